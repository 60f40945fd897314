"""The whole content of a posting: what a client writes down, as one value.

Creating, editing, duplicating, templates and imports all speak of it: ``of`` reads it from
an assignment, ``write_rows`` writes what hangs on one, ``again`` moves it to other days. A
part that is None is left as it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from accounts.actors import Actor
from assignments import asked, pricing
from assignments.asked import Asked
from assignments.models import (
    Assignment,
    AssignmentField,
    AssignmentLabel,
    DeliverableRequest,
    Document,
    Part,
    WorkDay,
)
from assignments.schedule import Day, days_of, span_of
from core.dates import zone_of
from core.errors import DomainError
from core.wall_clock import moved, on_wall

FIELDS = (
    "title",
    "industry",
    "description",
    "special_instructions",
    "skills",
    "owner",
    "customer",
    "project",
    "support_contact",
    "support_name",
    "support_phone",
    "support_email",
    "on_site",
    "location",
    "site_name",
    "street",
    "city",
    "region",
    "postal_code",
    "latitude",
    "longitude",
    "contact_name",
    "contact_phone",
    "dress_code",
    "access_instructions",
    "time_zone",
    "starts_at",
    "ends_at",
    "is_window",
    *pricing.FIELDS,
    "price_is_fixed",
    "terms_days",
    "wants_confirmation",
    "confirm_hours_before",
    "wants_check_in",
    "requirement_sets",
)
"""What a client writes; everything else on an assignment is set by verbs."""

PART_FIELDS = ("name", "number", "value", "carrier", "tracking", "return_wanted")
WEEK = timedelta(days=7)
NOTHING = timedelta(0)


class PartUnderWay(DomainError):
    message = "“{part}” is already on its way and stays on the assignment. Put its row back."


@dataclass(frozen=True)
class Wanted:
    """One deliverable asked for."""

    title: str
    count: int = 1
    instructions: str = ""
    due_at: datetime | None = None


@dataclass(frozen=True)
class GivenDocument:
    """A file handed over with the posting: where it is stored, and who may read it."""

    path: str
    name: str
    content_type: str
    size: int
    audience: str = Document.Audience.EVERYBODY


@dataclass(frozen=True)
class GivenPart:
    """A thing sent for the work; ``key`` is that of the row it changes, if there is one."""

    name: str
    number: str = ""
    value: Decimal | None = None
    carrier: str = ""
    tracking: str = ""
    return_wanted: bool = False
    key: int | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Contents:
    """``fields`` may be some of ``FIELDS`` only; each kind of rows is whole or None."""

    fields: Mapping[str, Any] = field(default_factory=dict)
    deliverables: tuple[Wanted, ...] | None = None
    days: tuple[Day, ...] | None = None
    documents: tuple[GivenDocument, ...] | None = None
    parts: tuple[GivenPart, ...] | None = None
    asked: tuple[Asked, ...] | None = None
    labels: tuple[int, ...] | None = None
    """The keys of the company's own labels on it, in order."""


def of(assignment: Assignment) -> Contents:
    """Everything a client wrote on this assignment (one query for each kind of rows)."""
    return Contents(
        fields={name: getattr(assignment, name) for name in FIELDS},
        deliverables=tuple(
            Wanted(request.title, request.count, request.instructions, request.due_at)
            for request in assignment.deliverable_requests.order_by("position", "pk")
        ),
        days=days_of(assignment),
        documents=tuple(
            GivenDocument(str(row.file), row.name, row.content_type, row.size, row.audience)
            for row in assignment.documents.order_by("position", "pk")
        ),
        parts=parts_of(assignment),
        asked=asked.of(assignment),
        labels=tuple(
            assignment.labels.filter(resolved_at=None, label__isnull=False)
            .order_by("label_id")
            .values_list("label_id", flat=True)
        ),
    )


def parts_of(assignment: Assignment) -> tuple[GivenPart, ...]:
    return tuple(
        GivenPart(**{name: getattr(row, name) for name in PART_FIELDS}, key=row.pk)
        for row in assignment.parts.order_by("position", "pk")
    )


def settle_times(assignment: Assignment, contents: Contents) -> None:
    """Where days are given, start, end and their count follow from them; before saving."""
    if contents.days is not None:
        assignment.day_count = max(1, len(contents.days))
    if contents.days:
        assignment.starts_at, assignment.ends_at = span_of(contents.days)
        assignment.is_window = False


def write_rows(
    assignment: Assignment,
    contents: Contents,
    *,
    by: Actor | None = None,
    at: datetime | None = None,
) -> None:
    """Make what hangs on the assignment what the contents say; to be called under its lock."""
    if contents.asked is not None:
        assignment.asked.current().delete()
    if contents.deliverables is not None:
        assignment.deliverable_requests.all().delete()
    if contents.days is not None:
        assignment.work_days.all().delete()
    if contents.documents is not None:
        assignment.documents.all().delete()
    if contents.parts is not None:
        change_parts(assignment, contents.parts)
    write_first_rows([(assignment, replace(contents, parts=None))], by=by, at=at)


def write_first_rows(
    each: Iterable[tuple[Assignment, Contents]],
    *,
    by: Actor | None = None,
    at: datetime | None = None,
) -> None:
    """Write what hangs on assignments that have nothing yet: one statement for each kind."""
    pairs = list(each)
    AssignmentField.objects.bulk_create(
        row
        for assignment, contents in pairs
        for row in asked.rows_for(assignment, contents.asked or (), by=by, at=at)
    )
    DeliverableRequest.objects.bulk_create(
        DeliverableRequest(
            assignment=assignment,
            title=wanted.title,
            count=wanted.count,
            instructions=wanted.instructions,
            due_at=wanted.due_at,
            position=position,
        )
        for assignment, contents in pairs
        for position, wanted in enumerate(contents.deliverables or ())
    )
    WorkDay.objects.bulk_create(
        WorkDay(assignment=assignment, starts_at=day.starts_at, ends_at=day.ends_at)
        for assignment, contents in pairs
        for day in sorted(contents.days or ())
    )
    Document.objects.bulk_create(
        Document(
            assignment=assignment,
            file=given.path,
            name=given.name,
            content_type=given.content_type,
            size=given.size,
            audience=given.audience,
            position=position,
        )
        for assignment, contents in pairs
        for position, given in enumerate(contents.documents or ())
    )
    Part.objects.bulk_create(
        Part(assignment=assignment, position=position, **_facts_of(given))
        for assignment, contents in pairs
        for position, given in enumerate(contents.parts or ())
    )


def _facts_of(given: GivenPart) -> dict[str, Any]:
    return {name: getattr(given, name) for name in PART_FIELDS}


def change_parts(assignment: Assignment, parts: Sequence[GivenPart]) -> None:
    """Change the rows that stay and keep what has happened to them; ``PartUnderWay`` where one
    that is on its way was left out."""
    rows = {row.pk: row for row in assignment.parts.all()}
    kept = {given.key for given in parts}
    for row in rows.values():
        if row.pk not in kept:
            if row.is_under_way:
                raise PartUnderWay(part=row.name)
            row.delete()
    for position, given in enumerate(parts):
        row = rows.get(given.key or 0) or Part(assignment=assignment)
        for name, value in _facts_of(given).items():
            setattr(row, name, value)
        if row.returned_at:
            row.return_wanted = True
        row.position = position
        row.save()


def drop_rows(*drafts: Assignment) -> None:
    """Delete what hangs on drafts that are deleted; files stay, since copies share them."""
    for model in (DeliverableRequest, WorkDay, Document, Part, AssignmentField, AssignmentLabel):
        model._default_manager.filter(assignment__in=drafts).delete()


def as_new(contents: Contents) -> Contents:
    """The same posting with parts that nobody has shipped yet."""
    parts = contents.parts and tuple(
        replace(part, carrier="", tracking="", key=None) for part in contents.parts
    )
    return replace(contents, parts=parts)


def again(contents: Contents, *, at: datetime) -> Contents:
    """The same posting for another time: moved by whole weeks until it starts after ``at``.

    Weekday and time of day stay as the site's clock shows them. Parts are new ones, not shipped
    yet.
    """
    contents = as_new(contents)
    late_by = at - contents.fields["starts_at"]
    return contents if late_by < NOTHING else shifted(contents, (late_by // WEEK + 1) * WEEK)


def in_zone(contents: Contents, zone: str) -> Contents:
    """The same posting at a site in another zone: its clocks show there what they showed here."""
    old = contents.fields["time_zone"]

    def there(moment: datetime) -> datetime:
        return moved(on_wall(moment, old).replace(tzinfo=zone_of(zone)), NOTHING, zone)

    return _each_moment(contents, there, time_zone=zone)


def shifted(contents: Contents, by: timedelta) -> Contents:
    """Every moment of the posting moved by whole days on the site's clock."""
    zone = contents.fields["time_zone"]
    return _each_moment(contents, lambda moment: moved(moment, by, zone))


def _each_moment(
    contents: Contents, change: Callable[[datetime], datetime], **fields: Any
) -> Contents:
    times = {name: change(contents.fields[name]) for name in ("starts_at", "ends_at")}
    wanted = contents.deliverables and tuple(
        replace(one, due_at=one.due_at and change(one.due_at)) for one in contents.deliverables
    )
    days = contents.days and tuple(
        Day(change(day.starts_at), change(day.ends_at)) for day in contents.days
    )
    return replace(
        contents, fields={**contents.fields, **times, **fields}, deliverables=wanted, days=days
    )
