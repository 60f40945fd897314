"""A posting as JSON: its whole contents, keyed by the names of the fields.

Templates, series and the rows of an import hold postings in this form. The names come from
``assignments.contents``, so that a new field of a posting is carried without being named here;
one that a stored snapshot does not have yet takes the model's default.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any

from django.db import models

from assignments import contents
from assignments.asked import Asked
from assignments.contents import FIELDS, Contents, GivenDocument, GivenPart, Wanted
from assignments.models import Assignment
from assignments.schedule import Day
from core.wall_clock import on_wall

Content = dict[str, Any]


def _moment(written: str | None) -> datetime | None:
    return datetime.fromisoformat(written) if written else None


ROWS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "deliverables": lambda row: Wanted(**{**row, "due_at": _moment(row["due_at"])}),
    "days": lambda row: Day(*(datetime.fromisoformat(row[n]) for n in ("starts_at", "ends_at"))),
    "documents": lambda row: GivenDocument(**row),
    "parts": lambda row: GivenPart(**{**row, "value": row["value"] and Decimal(row["value"])}),
    "asked": Asked.read,
}
"""Each kind of rows of ``Contents``, and what reads one of its JSON; a test names them all."""


def _written(value: Any) -> Any:
    if isinstance(value, models.Model):
        return value.pk
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    return value


def take(of: Contents) -> Content:
    """The snapshot of what a form of a posting has cleaned, or of what is stored."""
    content = {name: _written(value) for name, value in of.fields.items()}
    for kind in ROWS:
        rows = getattr(of, kind)
        if rows is not None:
            content[kind] = [
                {name: _written(value) for name, value in asdict(row).items()} for row in rows
            ]
    if of.labels is not None:
        content["labels"] = list(of.labels)
    return content


def of_assignment(assignment: Assignment) -> Content:
    """The snapshot of a stored assignment, with all that hangs on it; its parts are new ones,
    not shipped yet."""
    return take(contents.as_new(contents.of(assignment)))


@cache
def _readers() -> dict[str, tuple[str, Callable[[str], Any] | None]]:
    """By field its column, and what reads its JSON; None where JSON says it as it is."""
    readers: dict[str, tuple[str, Callable[[str], Any] | None]] = {}
    for name in FIELDS:
        field: Any = Assignment._meta.get_field(name)
        reader: Callable[[str], Any] | None = None
        if isinstance(field, models.DateTimeField):
            reader = datetime.fromisoformat
        elif isinstance(field, models.DecimalField):
            reader = Decimal
        readers[name] = (field.attname, reader)
    return readers


def columns_of(content: Content) -> dict[str, Any]:
    """The values by column (``industry_id``), as the model's constructor takes them."""
    values = {}
    for name, (column, reader) in _readers().items():
        if name in content:
            value = content[name]
            values[column] = reader(value) if reader and value is not None else value
    return values


def assignment_of(content: Content) -> Assignment:
    """An assignment that is not stored, for whoever reads one."""
    return Assignment(**columns_of(content))


def contents_of(content: Content) -> Contents:
    """The snapshot as contents, every field of a posting in it; one query for each relation.

    What a relation pointed to and is gone counts as nothing.
    """
    posting = assignment_of(content)
    return replace(rows_of(content), fields={name: _there(posting, name) for name in FIELDS})


def rows_of(content: Content) -> Contents:
    """Only what hangs on the posting; a kind that the snapshot does not have is None."""
    kinds: dict[str, Any] = {
        kind: tuple(read(row) for row in content[kind])
        for kind, read in ROWS.items()
        if content.get(kind) is not None
    }
    labels = content.get("labels")
    return Contents(**kinds, labels=None if labels is None else tuple(labels))


def moved(content: Content, starts_at: datetime, zone: str = "") -> Content:
    """The same posting at another time; everything keeps its distance from the start.

    Distances are those of the clock on the wall, so that a change to summer time moves nothing.
    ``zone`` is that of its new site, where it has one.
    """
    values = {name: content[name] for name in content.keys() & set(FIELDS)}
    for name in ("starts_at", "ends_at"):
        values[name] = datetime.fromisoformat(values[name])
    posting = replace(rows_of(content), fields=values)
    if zone and zone != values["time_zone"]:
        posting = contents.in_zone(posting, zone)
    zone = posting.fields["time_zone"]
    away = on_wall(starts_at, zone) - on_wall(posting.fields["starts_at"], zone)
    return take(contents.shifted(posting, away))


def _there(posting: Assignment, name: str) -> Any:
    try:
        return getattr(posting, name)
    except models.ObjectDoesNotExist:
        return None
