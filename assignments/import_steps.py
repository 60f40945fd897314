"""The background of an import: read the file, check its rows, create or take back its drafts.

Each step begins anew when a worker died in it; rows are checked in batches, each kept in a
transaction of its own with the progress, and drafts are created in one.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import IO, Any

from django.conf import settings
from django.core.cache import cache

from accounts.actors import Actor
from assignments import importing
from assignments.forms.import_rows import RowReader
from assignments.models import Import, ImportRow
from assignments.models.imports import Stage
from core.csv_files import TO_BE_ASKED, Record, Unreadable, encoding_of, records, separator_of
from core.csv_formats import Look
from core.errors import DomainError

Clock = Callable[[], datetime]
SAMPLE_ROWS = 4
LONGEST_SAMPLE = 200


def run_one(*, clock: Clock) -> Import | None:
    """Claim one waiting import and do its step; None where nothing waits."""
    imported = importing.claim(at=clock())
    if imported is None:
        return None
    step = {
        Stage.READING: read,
        Stage.CHECKING: check,
        Stage.CREATING: create,
        Stage.UNDOING: take_back,
    }[Stage(imported.stage)]
    try:
        step(imported, clock=clock)
    except importing.LostTheClaim:
        pass
    except DomainError as refused:
        importing.refuse(imported, str(refused), at=clock())
    return imported


def read(imported: Import, *, clock: Clock) -> None:
    """Find out how the file is written and what stands in it, without keeping more than that."""
    with opened(imported) as file:
        encoding = encoding_of(file)
        shown_in = encoding or _readable(file)
        separator = separator_of(file, shown_in)
        found = records(file, shown_in, separator)
        first = next((record for record in found if not record.is_blank), None)
        if first is None:
            raise Unreadable("This file has no rows.")
        shape: dict[str, Any] = {
            "encoding": encoding,
            "separator": separator,
            "headings": [_heading(cell) for cell in _without_blank_end(first.cells)],
        }
        rows, shape["samples"], shape["looks"] = _looked_at(found, len(shape["headings"]))
        if not encoding:
            shape["readings"] = _readings(file)
    if not rows:
        raise Unreadable("There are headings and no rows below them. Add a row for each draft.")
    if rows > settings.IMPORT_MAX_ROWS:
        raise Unreadable(
            f"This file has {rows:,} rows. The most for one import is "
            f"{settings.IMPORT_MAX_ROWS:,}: split it."
        )
    importing.done_reading(imported, shape, rows, at=clock())


def check(imported: Import, *, clock: Clock) -> None:
    """Send every row through the posting form; keep its posting, or its errors."""
    imported = importing.begin_checking(imported)
    shape = imported.shape
    reader = RowReader(
        actor=Actor.as_client(imported.member),
        at=clock(),
        headings=shape["headings"],
        choices=imported.choices,
        defaults=imported.defaults,
    )
    batch: list[ImportRow] = []
    with opened(imported) as file:
        found = records(file, shape["encoding"], shape["separator"])
        for record in data_rows(found):
            content, errors = reader.read(record.cells)
            batch.append(
                ImportRow(
                    of=imported,
                    number=record.number,
                    cells=record.cells,
                    content=content,
                    errors=errors,
                    is_bad=bool(errors),
                )
            )
            if len(batch) >= importing.AT_ONCE:
                importing.stage_rows(imported, batch, at=clock())
                batch = []
    importing.stage_rows(imported, batch, at=clock())
    importing.done_checking(imported, at=clock())


def create(imported: Import, *, clock: Clock) -> None:
    """Create all drafts at once; how far it is stands in the cache until then."""

    def tell(count: int) -> None:
        cache.set(progress_key(imported), count, timeout=600)

    importing.publish(imported, at=clock(), tell=tell)


def take_back(imported: Import, *, clock: Clock) -> None:
    """Delete all drafts at once."""
    importing.take_back(imported, at=clock())


def progress_key(imported: Import) -> str:
    return f"import:{imported.pk}:written"


@contextmanager
def opened(imported: Import) -> Iterator[IO[bytes]]:
    """The stored file; one that is gone is refused like one that cannot be read."""
    try:
        file = imported.file.open("rb")
    except FileNotFoundError:
        raise Unreadable("The file is no longer stored. Upload it again.")
    try:
        yield file
    finally:
        file.close()


def data_rows(found: Iterator[Record]) -> Iterator[Record]:
    """The rows below the headings, without blank ones."""
    filled = (record for record in found if not record.is_blank)
    next(filled, None)
    return filled


def _looked_at(
    found: Iterator[Record], width: int
) -> tuple[int, list[list[str]], list[dict[str, Any]]]:
    """How many rows there are, the first of them, and what each column shows of its formats."""
    looks = [Look() for _ in range(width)]
    samples: list[list[str]] = []
    rows = 0
    for record in found:
        if record.is_blank:
            continue
        rows += 1
        if rows <= SAMPLE_ROWS:
            samples.append([cell[:LONGEST_SAMPLE] for cell in record.cells[:width]])
        for look, cell in zip(looks, record.cells, strict=False):
            look.at(cell)
    return rows, samples, [look.as_json() for look in looks]


def _readable(file: IO[bytes]) -> str:
    """An encoding to show the file in while a person is asked for the right one."""
    for encoding in TO_BE_ASKED:
        try:
            for _ in records(file, encoding, ","):
                pass
        except Unreadable as refused:
            if "encoding" not in str(refused):
                return encoding
        else:
            return encoding
    raise Unreadable("This file is in no encoding that we read. Save it as “CSV UTF-8”.")


def _readings(file: IO[bytes]) -> dict[str, str]:
    """The first signs beyond ASCII, as each encoding that must be asked for reads them."""
    file.seek(0)
    while piece := file.read(64 * 1024):
        strange = next((i for i, byte in enumerate(piece) if byte > 127), None)
        if strange is not None:
            around = piece[max(0, strange - 20) : strange + 40]
            return {name: _printed(around.decode(name, "replace")) for name in TO_BE_ASKED}
    return {}


def _heading(cell: str) -> str:
    return _printed(cell)[:80]


def _printed(text: str) -> str:
    kept = (c for c in text if c.isspace() or unicodedata.category(c)[0] != "C")
    return " ".join("".join(kept).split())


def _without_blank_end(cells: list[str]) -> list[str]:
    end = len(cells)
    while end > 1 and not cells[end - 1].strip():
        end -= 1
    return cells[:end]
