"""CSV files that people hand in, as spreadsheets write them: encoding, separator, quotation.

A file is read once from its beginning to its end, record by record, so that neither its size nor
one endless line can fill the memory. What cannot be read for certain is refused with a sentence
that says what to do in the spreadsheet; nothing is guessed silently.
"""

from __future__ import annotations

import codecs
import contextlib
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from core.errors import DomainError

SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}
ENCODINGS = {
    "utf-8-sig": "UTF-8",
    "utf-16": "UTF-16",
    "cp1252": "Windows (Western European)",
    "mac_roman": "Mac (Western European)",
}
TO_BE_ASKED = ("cp1252", "mac_roman")
"""Encodings in which nearly every file can be read, rightly or wrongly: a person must say so."""

MOST_COLUMNS = 200
LONGEST_RECORD = 500_000
"""Characters of one record, over all its lines; the longest posting has about 17,000."""
SAMPLE_RECORDS = 20
CHUNK = 64 * 1024
SAVE_AS = "In the spreadsheet choose Save as, “CSV UTF-8”, and use that file."
DISGUISED = (
    (b"PK\x03\x04", "an Excel workbook (XLSX) or another archive"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook (XLS)"),
    (b"%PDF-", "a PDF"),
)


class Unreadable(DomainError):
    message = "This file cannot be read as CSV."
    field = "file"


def check_beginning(start: bytes) -> None:
    """Refuse by its first bytes what only calls itself CSV."""
    if not start.strip():
        raise Unreadable("This file is empty. Save the sheet as “CSV UTF-8” and choose it again.")
    for magic, name in DISGUISED:
        if start.startswith(magic):
            raise Unreadable(f"This is {name}. {SAVE_AS}")
    if b"\0" in start and not start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise _not_text(1)


def encoding_of(file: IO[bytes]) -> str:
    """The encoding that the file proves by its mark or by its bytes; empty where it must be asked.

    Reads the whole file, a piece at a time.
    """
    file.seek(0)
    start = file.read(CHUNK)
    check_beginning(start)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    decoder = codecs.getincrementaldecoder("utf-8")()
    piece = start
    try:
        while piece:
            decoder.decode(piece)
            piece = file.read(CHUNK)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return ""
    return "utf-8-sig"


class Lines:
    """The lines of a file as text, none of them endless, counted for messages."""

    def __init__(self, file: IO[bytes], encoding: str) -> None:
        file.seek(0)
        self.text = io.TextIOWrapper(file, encoding=encoding, errors="strict", newline="")
        self.number = 0
        self.held = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        try:
            line = self.text.readline(LONGEST_RECORD - self.held + 1)
        except UnicodeError:
            raise Unreadable(
                f"Somewhere after line {self.number} are signs that do not belong to the encoding "
                f"of this file. {SAVE_AS}"
            )
        if not line:
            raise StopIteration
        self.number += 1
        self.held += len(line)
        if self.held > LONGEST_RECORD:
            raise Unreadable(
                f"The row that ends on line {self.number} is longer than a row can be. A quotation "
                "mark may be missing there, or the file has no line breaks."
            )
        if "\0" in line:
            raise _not_text(self.number)
        return line

    def let_go(self) -> None:
        """Leave the file to whoever opened it, who may have closed it already."""
        with contextlib.suppress(ValueError):
            self.text.detach()


@dataclass(frozen=True, slots=True)
class Record:
    """One row: its number as a spreadsheet shows it (the headings are row 1), and its cells."""

    number: int
    cells: list[str]

    @property
    def is_blank(self) -> bool:
        return not any(cell.strip() for cell in self.cells)


def records(file: IO[bytes], encoding: str, separator: str) -> Iterator[Record]:
    """Every row from the headings on, blank ones included; raises ``Unreadable`` on the way."""
    lines = Lines(file, encoding)
    reader = csv.reader(lines, delimiter=separator, strict=True)
    number = 0
    try:
        for cells in reader:
            lines.held = 0
            if number == 0 and lines.number == 1 and _declares_separator(cells):
                continue
            number += 1
            if len(cells) > MOST_COLUMNS and any(cell.strip() for cell in cells[MOST_COLUMNS:]):
                raise Unreadable(
                    f"Row {number} has more than {MOST_COLUMNS} columns. Remove those that are not "
                    "needed, or check how the columns are separated."
                )
            yield Record(number, cells[:MOST_COLUMNS])
    except csv.Error as error:
        raise Unreadable(_malformed(error, lines.number))
    finally:
        lines.let_go()


def separator_of(file: IO[bytes], encoding: str) -> str:
    """What stands between the cells: said by a first line ``sep=;``, else the sign by which the
    first rows fall into the most columns of the same number; a comma where there is one column."""
    lines = Lines(file, encoding)
    try:
        first = next(lines, "")
        lines.held = 0
    finally:
        lines.let_go()
    declared = first.strip().removeprefix('"')
    if declared[:4].lower() == "sep=" and declared[4:5] in SEPARATORS:
        return declared[4:5]
    if declared.lower() == "sep=" and "\t" in first:
        return "\t"
    best, best_score = ",", (0, 0)
    for separator in SEPARATORS:
        score = _score(file, encoding, separator)
        if score > best_score:
            best, best_score = separator, score
    return best


def _score(file: IO[bytes], encoding: str, separator: str) -> tuple[int, int]:
    """How many of the first rows have as many cells as the first, and how many cells that is."""
    widths: list[int] = []
    found = records(file, encoding, separator)
    try:
        for record in found:
            if not record.is_blank:
                widths.append(len(record.cells))
            if len(widths) >= SAMPLE_RECORDS:
                break
    except Unreadable:
        pass
    finally:
        found.close()  # type: ignore[attr-defined]
    if not widths or widths[0] < 2:
        return (0, 0)
    return (sum(width == widths[0] for width in widths), widths[0])


def _declares_separator(cells: list[str]) -> bool:
    start = cells[0].strip().lower() if cells else ""
    return start.startswith("sep=") and len(start) <= 5 and not any(cells[1:])


def _not_text(line: int) -> Unreadable:
    return Unreadable(
        f"Line {line} has a NUL byte: this is not text, or was saved without its encoding. "
        f"{SAVE_AS}"
    )


def _malformed(error: csv.Error, line: int) -> str:
    words = str(error)
    if "field larger" in words:
        return (
            f"A cell that ends on line {line} is longer than a cell can be. "
            "A quotation mark may be missing before it."
        )
    if "unexpected end" in words:
        return (
            "The file ends within a cell: a quotation mark is opened and never closed. "
            "Save it again from the spreadsheet."
        )
    return (
        f"On line {line} a quotation mark is out of place. A cell with quotation marks or "
        "separators must stand in quotation marks, those within it doubled. Save it again from "
        "the spreadsheet."
    )


def letter_of(index: int) -> str:
    """The name of a column as a spreadsheet shows it: ``A``, ``B``, … ``AA``."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(ord("A") + rest) + name
    return name
