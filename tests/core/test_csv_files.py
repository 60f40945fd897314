"""CSV as spreadsheets write it: read for certain, or refused with what to do."""

from __future__ import annotations

import io
import tracemalloc

import pytest

from core.csv_files import (
    LONGEST_RECORD,
    Unreadable,
    encoding_of,
    letter_of,
    records,
    separator_of,
)


def read(data: bytes) -> list[list[str]]:
    file = io.BytesIO(data)
    encoding = encoding_of(file) or "cp1252"
    found = records(file, encoding, separator_of(file, encoding))
    return [record.cells for record in found]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_every_usual_separator_and_encoding_is_found(separator, encoding):
    rows = [["Title", "Café"], ["Größe, fest; oder | was", "1"], ["x", "2"]]
    quoted = "\r\n".join(separator.join(f'"{cell}"' for cell in row) for row in rows)
    assert read(quoted.encode(encoding)) == rows


def test_big_endian_utf_16_is_read_by_its_mark():
    assert read(b"\xfe\xff" + "a;é\n1;2\n".encode("utf-16-be")) == [["a", "é"], ["1", "2"]]


def test_the_separator_that_excel_declares_wins_and_is_no_row():
    assert read(b"sep=;\r\na,b;c\r\n1,5;2\r\n") == [["a,b", "c"], ["1,5", "2"]]


def test_decimal_commas_do_not_pass_for_separators():
    assert read(b"Title;Price\nA;1,50\nB;2,75\nC, and D;3\n")[1] == ["A", "1,50"]


def test_one_column_is_a_file_too():
    assert read(b"Title\nReplace it\n") == [["Title"], ["Replace it"]]


def test_quotation_marks_keep_line_breaks_separators_and_themselves():
    assert read(b'a,b\n"one\r\ntwo","say ""hi"", please"\n')[1] == [
        "one\r\ntwo",
        'say "hi", please',
    ]


def test_old_line_breaks_are_read():
    assert read(b"a,b\r1,2\r3,4\r") == [["a", "b"], ["1", "2"], ["3", "4"]]


def test_rows_are_numbered_as_the_spreadsheet_shows_them():
    file = io.BytesIO(b'sep=,\na,b\n"x\ny",1\n,\nz,2\n')
    found = list(records(file, "utf-8-sig", ","))
    assert [(r.number, r.is_blank) for r in found] == [
        (1, False), (2, False), (3, True), (4, False),
    ]  # fmt: skip


def test_windows_text_proves_no_encoding():
    assert encoding_of(io.BytesIO("Größe,1\n".encode("cp1252"))) == ""
    late = b"a,b\n" * 40_000 + "é".encode("cp1252") + b",1\n"
    assert encoding_of(io.BytesIO(late)) == ""


def test_a_sign_cut_by_the_reading_is_no_error():
    text = ("x" * (64 * 1024 - 1) + "é,b\n").encode()
    assert encoding_of(io.BytesIO(text)) == "utf-8-sig"


@pytest.mark.parametrize(
    "data,words",
    [
        (b"", "empty"),
        (b" \r\n ", "empty"),
        (b"PK\x03\x04rest", "Excel workbook"),
        (b"\xd0\xcf\x11\xe0rest", "old Excel"),
        (b"%PDF-1.7", "PDF"),
        (b"a,b\n1,\x002\n", "NUL"),
        (b"a,b\n" * 100_000 + b"1,\x002\n", "Line 100001 has a NUL"),
        ("a,b\n1,2\n".encode("utf-16-le"), "NUL"),
        (b"\xff\xfe" + "a,\0b\n".encode("utf-16-le"), "NUL"),
        (b"\xff\xfea\x00,\x00b", "do not belong"),
        (b'a,b\n"open,2\n3,4\n', "never closed"),
        (b'a,b\n"x"y,2\n', "On line 2 a quotation mark"),
        (b"a,b\n" + b"x" * 10_000_000, "longer than a row"),
        (b'a,b\n"' + b"x\n" * 400_000, "longer than a cell"),
        (b"a,b\n" + b'"x\n",' * 200_000, "longer than a row"),
        (b"a," * 300 + b"b\n", "more than 200 columns"),
    ],
    ids=lambda value: repr(value)[:24],
)
def test_what_cannot_be_read_is_refused_in_words(data, words):
    with pytest.raises(Unreadable, match=words):
        read(data)


def test_one_endless_line_takes_no_endless_memory():
    file = io.BytesIO(b"a,b\n" + b"x" * 50_000_000)
    tracemalloc.start()
    with pytest.raises(Unreadable):
        list(records(file, "utf-8-sig", ","))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 12 * LONGEST_RECORD


def test_the_file_stays_open_for_its_owner():
    file = io.BytesIO(b"a,b\n1,2\n")
    list(records(file, "utf-8-sig", ","))
    assert not file.closed


@pytest.mark.parametrize(
    "index,letter", [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")]
)
def test_columns_have_the_letters_of_the_spreadsheet(index, letter):
    assert letter_of(index) == letter
