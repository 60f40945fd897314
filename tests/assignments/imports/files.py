"""Files to import, as people and spreadsheets make them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.actors import Actor
from assignments import import_steps, importing
from assignments.forms.import_columns import COLUMNS, guess
from assignments.models import Import

HEADINGS = (
    "Title", "Industry", "Description", "Site name", "Street and number", "ZIP code",
    "Start", "End", "Price", "Deliverables",
)  # fmt: skip


def row(number: int = 1, **changes: str) -> list[str]:
    """A good row of the file, on 13 November 2026."""
    cells = {
        "Title": f"Replace access point {number}",
        "Industry": "Networking",
        "Description": "Swap the access point, test it, and take a photo before leaving.",
        "Site name": f"Store {number}",
        "Street and number": f"{number} High Street",
        "ZIP code": "43215",
        "Start": "2026-11-13 09:00",
        "End": "2026-11-13 13:00",
        "Price": "375.00",
        "Deliverables": "2 x Photo; Signed form",
        **changes,
    }
    return [cells[heading] for heading in HEADINGS]


def text(
    rows: Iterable[Sequence[str]], headings: Sequence[str] = HEADINGS, separator: str = ","
) -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator)
    writer.writerow(headings)
    writer.writerows(rows)
    return out.getvalue()


def upload_of(content: str | bytes, name: str = "stores.csv") -> SimpleUploadedFile:
    data = content.encode() if isinstance(content, str) else content
    return SimpleUploadedFile(name, data, content_type="text/csv")


def uploaded(content: str | bytes, by: Actor, *, at: datetime, **more: Any) -> Import:
    """An import whose file has been read."""
    imported = importing.upload(upload_of(content), "stores.csv", by=by, at=at, **more)
    return worked(imported, at=at)


def worked(imported: Import, *, at: datetime) -> Import:
    """What the worker makes of it, until it waits for a person."""
    while import_steps.run_one(clock=lambda: at):
        pass
    imported.refresh_from_db()
    return imported


def chosen(imported: Import, by: Actor, *, at: datetime, **more: Any) -> Import:
    """Checked, with the columns as the headings let guess."""
    found = guess(imported.shape["headings"], COLUMNS)
    columns = {str(index): name for index, name in found.items()}
    more = {"formats": {}, "defaults": None, **more}
    importing.choose(imported, columns=columns, by=by, at=at, **more)
    return worked(imported, at=at)


def checked(content: str | bytes, by: Actor, *, at: datetime, **more: Any) -> Import:
    return chosen(uploaded(content, by, at=at), by, at=at, **more)


def created(content: str | bytes, by: Actor, *, at: datetime) -> Import:
    imported = checked(content, by, at=at)
    importing.create(imported, by=by, at=at)
    return worked(imported, at=at)
