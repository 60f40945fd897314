"""Files that somebody made to hurt: they neither hold up the pages nor get half in."""

from __future__ import annotations

import csv
import io
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.conf import settings as ours
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.test import Client
from django.test.client import FakePayload
from django.urls import reverse

from assignments import import_steps, importing
from assignments.models import Assignment, Import, ImportRow
from core import csv_files
from core.csv_files import Unreadable
from tests.assignments.imports.files import (
    HEADINGS,
    checked,
    created,
    row,
    text,
    upload_of,
    uploaded,
)
from tests.assignments.pages import errors_of, hidden
from tests.factories import accounts as people

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

URL = "/assignments/import/"
MB = 1024 * 1024
EVIL = ("=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(1)", "\tx", " =1+1")


@pytest.fixture(autouse=True)
def _industry(db):
    people.industry()


@pytest.fixture
def as_alice(alice, client_of) -> Client:
    return client_of(alice)


class Flood(FakePayload):
    """A form with one endless file in it, made while it is read; counts what was taken."""

    def __init__(self, head: bytes, size: int) -> None:
        super().__init__()
        self.head, self.left, self.taken = io.BytesIO(head), size - len(head), 0

    def __len__(self) -> int:
        return self.left

    def read(self, size: int = -1) -> bytes:
        size = min(size if size and size > 0 else 64 * 1024, 64 * 1024)
        piece = self.head.read(size)
        if not piece:
            piece = (b"a,b,c,d\n" * (size // 8 + 1))[: min(size, self.left)]
            self.left -= len(piece)
        self.taken += len(piece)
        return piece

    readline = read


def flood(client: Client, size: int) -> tuple[object, Flood]:
    """Post a file of this size to the page of imports."""
    head = (
        '--edge\r\nContent-Disposition: form-data; name="reference"\r\n\r\n'
        f"{hidden(client, URL, 'reference')}\r\n"
        '--edge\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n'
        "Content-Type: text/csv\r\n\r\n"
    ).encode()
    body = Flood(head, size)
    answer = client.generic(
        "POST", URL, b"x", content_type="multipart/form-data; boundary=edge",
        **{"wsgi.input": body, "CONTENT_LENGTH": str(size)},
    )  # fmt: skip
    return answer, body


@contextmanager
def memory() -> Iterator[list[int]]:
    """The most memory that was taken within, in bytes."""
    peak: list[int] = []
    tracemalloc.start()
    try:
        yield peak
        peak.append(tracemalloc.get_traced_memory()[1])
    finally:
        tracemalloc.stop()


# the size


def test_a_hundred_megabytes_are_thrown_away_as_they_come(as_alice, monkeypatch):
    def never(*args: object, **kwargs: object) -> None:
        raise AssertionError("nothing of it may be stored or read as CSV")

    monkeypatch.setattr(TemporaryUploadedFile, "__init__", never)
    monkeypatch.setattr(csv_files, "records", never)
    begun = time.perf_counter()
    with memory() as peak:
        page, body = flood(as_alice, 100 * MB)
    assert "The most for one import is 20 MB" in errors_of(page)
    assert Import.objects.count() == 0
    assert peak[0] < 12 * MB and time.perf_counter() - begun < 30
    assert body.taken >= 99 * MB  # to the end, so that the browser gets its answer


def test_what_is_far_above_the_limit_is_cut_off_at_once(as_alice):
    page, body = flood(as_alice, 1024 * MB)
    assert page.status_code in (200, 400) and Import.objects.count() == 0
    assert body.taken < 2 * MB


def test_the_page_does_not_read_the_file_it_takes(as_alice, settings, monkeypatch):
    """A file at the limit is looked at for its first bytes only: reading it is a worker's."""
    settings.IMPORT_MAX_BYTES = 2 * MB
    monkeypatch.setattr(import_steps, "run_one", None)
    monkeypatch.setattr(csv_files.csv, "reader", None)
    content = b"Title\n" + b"x\n" * (MB - 10)
    reference = hidden(as_alice, URL, "reference")
    answer = as_alice.post(URL, {"reference": reference, "file": upload_of(content)})
    assert answer.status_code == 302
    assert Import.objects.get().stage == "reading"


# what is in it


def test_one_line_without_end_takes_no_memory(alice, at):
    content = b"Title\n" + b"x" * (10 * MB)
    imported = importing.upload(upload_of(content), "a.csv", by=alice, at=at)
    with memory() as peak:
        import_steps.run_one(clock=lambda: at)
    imported.refresh_from_db()
    assert imported.stage == "refused" and "longer than a row can be" in imported.note
    assert peak[0] < 12 * MB


def test_one_cell_without_end_is_refused_too(alice, at):
    imported = uploaded('Title\n"' + "x\n" * 3_000_000, alice, at=at)
    assert imported.stage == "refused" and "longer than a cell can be" in imported.note


@pytest.mark.parametrize(
    "content",
    [
        b"Title,\0\nx,y\n",
        b"Title\n" + b"fine\n" * 3_000 + b"a\0b\n",
        "Title\nA\0B\n".encode("utf-16"),
    ],
    ids=["first", "late", "utf-16"],
)
def test_a_nul_byte_anywhere_is_refused_with_its_line(alice, at, content):
    if b"\0" in content[:20] and not content.startswith(b"\xff\xfe"):
        with pytest.raises(Unreadable, match="Line 1 has a NUL byte"):
            uploaded(content, alice, at=at)
        return
    imported = uploaded(content, alice, at=at)
    assert imported.stage == "refused" and "NUL byte" in imported.note
    assert ImportRow.objects.count() == 0


@pytest.mark.parametrize(
    "content,stages",
    [
        ("Título\nCafé\n".encode("cp1252"), {"mapping"}),
        ("Title\nCafé\n".encode()[:-2] + b"\n", {"mapping"}),  # a letter cut in half
        (b"\xff\xfe" + "Title\nx\n".encode("utf-16-le")[:-1], {"refused"}),
        (b"\xfe\xff" + "Title\nx\n".encode("utf-16-be"), {"mapping"}),
        ("Title\nx\n".encode("utf-16-le"), {"unstored"}),
        ("Title\nx\n".encode("utf-32"), {"refused", "unstored"}),
        (bytes(range(1, 256)) * 40, {"refused", "mapping"}),
        (b"\xed\xa0\x80\nx\n", {"refused", "mapping"}),  # half of a surrogate pair
    ],
    ids=["cp1252", "cut", "odd", "big-endian", "unmarked", "utf-32", "noise", "surrogate"],
)
def test_a_wrong_encoding_is_asked_about_or_refused_never_guessed(alice, at, content, stages):
    try:
        imported = uploaded(content, alice, at=at)
    except Unreadable:
        assert "unstored" in stages
        return
    assert imported.stage in stages
    assert imported.stage != "refused" or imported.note
    if imported.stage == "mapping" and b"\xff" in content[:2]:
        assert imported.shape["encoding"]


# ten thousand bad rows, with as many as the limit is set to here


@pytest.fixture
def few_rows(settings):
    settings.IMPORT_MAX_ROWS = 600
    return 600


def test_a_file_of_bad_rows_is_told_of_within_bounds(as_alice, alice, at, few_rows):
    long = "9" * 3_000
    bad = ["x" * 5_000, "Alchemy", "", "", "", "zip", "soon", "later", long, "; ".join(["x"] * 90)]
    imported = checked(text([bad] * few_rows), alice, at=at)
    assert (imported.stage, imported.rows_bad, imported.rows_good) == ("checked", few_rows, 0)
    errors = imported.rows.values_list("errors", flat=True)
    assert max(len(one) for one in errors) <= len(HEADINGS)
    assert max(len(str(error)) for one in errors for error in one) < 600
    begun = time.perf_counter()
    page = as_alice.get(imported.get_absolute_url())
    assert len(page.context["rows"]) == 25 and len(page.content) < 300_000
    assert time.perf_counter() - begun < 5
    with pytest.raises(importing.HasErrors, match=f"{few_rows} of the rows"):
        importing.create(imported, by=alice, at=at)
    assert Assignment.objects.count() == 0


def test_one_row_above_the_most_is_refused_before_any_is_checked(alice, at, few_rows):
    imported = uploaded(text([row()] * (few_rows + 1)), alice, at=at)
    assert imported.stage == "refused" and "601 rows" in imported.note
    assert ImportRow.objects.count() == 0
    assert few_rows == ours.IMPORT_MAX_ROWS


def test_one_bad_row_among_the_most_creates_nothing(alice, at, few_rows):
    rows = [row(n) for n in range(few_rows - 1)] + [row(few_rows, Price="much")]
    imported = checked(text(rows), alice, at=at)
    assert (imported.rows_bad, imported.rows_good) == (1, few_rows - 1)
    with pytest.raises(importing.HasErrors):
        importing.create(imported, by=alice, at=at)
    assert Assignment.objects.count() == 0


def test_two_hundred_columns_are_read_and_one_more_is_refused(alice, at):
    wide = [f"Column {n}" for n in range(200)]
    assert uploaded(text([["x"] * 200], wide), alice, at=at).stage == "mapping"
    imported = uploaded(text([["x"] * 201], [*wide, "more"]), alice, at=at)
    assert imported.stage == "refused" and "200 columns" in imported.note


# formula cells


@pytest.mark.parametrize("evil", EVIL)
def test_formulas_go_in_as_text_and_come_out_neutralised(as_alice, alice, at, evil):
    made = created(text([row(1, **{"Site name": f"Store {evil}"}, Title=evil)]), alice, at=at)
    draft = importing.drafts_of(made).get()
    assert draft.title == evil.strip()
    board = as_alice.get("/assignments/export.csv")
    cells = _cells(board)
    assert [cell for cell in cells if draft.title in cell and cell.startswith(_SIGNS)] == []
    bad = checked(text([row(1, Title=evil, Price="much")]), alice, at=at)
    errors = as_alice.get(reverse("assignments:import_errors", args=[bad.reference]))
    assert [cell for cell in _cells(errors) if cell.lstrip(" ").startswith(_SIGNS)] == []


_SIGNS = ("=", "+", "-", "@", "\t", "\r")


def _cells(answer) -> list[str]:
    body = b"".join(answer.streaming_content).decode("utf-8-sig")
    return [cell for line in csv.reader(io.StringIO(body)) for cell in line]
