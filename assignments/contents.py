"""The whole content of a posting: what a client writes down, as one value.

Creating, editing, duplicating, templates and imports all speak of it: ``of`` reads it from
an assignment, ``write_rows`` writes what hangs on one, ``again`` moves it to other days. A
part that is None is left as it stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from assignments import pricing
from assignments.models import Assignment, DeliverableRequest
from core.wall_clock import moved

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
)
"""What a client writes; everything else on an assignment is set by verbs."""

WEEK = timedelta(days=7)
NOTHING = timedelta(0)


@dataclass(frozen=True)
class Wanted:
    """One deliverable asked for."""

    title: str
    count: int = 1
    instructions: str = ""
    due_at: datetime | None = None


@dataclass(frozen=True)
class Contents:
    """``fields`` may be some of ``FIELDS`` only; each kind of rows is whole or None."""

    fields: Mapping[str, Any] = field(default_factory=dict)
    deliverables: tuple[Wanted, ...] | None = None


def of(assignment: Assignment) -> Contents:
    """Everything a client wrote on this assignment (one query for each kind of rows)."""
    return Contents(
        fields={name: getattr(assignment, name) for name in FIELDS},
        deliverables=tuple(
            Wanted(request.title, request.count, request.instructions, request.due_at)
            for request in assignment.deliverable_requests.order_by("position", "pk")
        ),
    )


def write_rows(assignment: Assignment, contents: Contents) -> None:
    """Make what hangs on the assignment what the contents say; to be called under its lock."""
    if contents.deliverables is not None:
        assignment.deliverable_requests.all().delete()
    write_first_rows([(assignment, contents)])


def write_first_rows(pairs: Iterable[tuple[Assignment, Contents]]) -> None:
    """Write what hangs on assignments that have nothing yet: one statement for each kind."""
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


def drop_rows(*drafts: Assignment) -> None:
    """Delete what hangs on drafts that are deleted."""
    DeliverableRequest.objects.filter(assignment__in=drafts).delete()


def again(contents: Contents, *, at: datetime) -> Contents:
    """The same posting for another time: moved by whole weeks until it starts after ``at``.

    Weekday and time of day stay as the site's clock shows them.
    """
    late_by = at - contents.fields["starts_at"]
    return contents if late_by < NOTHING else shifted(contents, (late_by // WEEK + 1) * WEEK)


def shifted(contents: Contents, by: timedelta) -> Contents:
    """Every moment of the posting moved by whole days on the site's clock."""
    zone = contents.fields["time_zone"]
    fields = {
        **contents.fields,
        "starts_at": moved(contents.fields["starts_at"], by, zone),
        "ends_at": moved(contents.fields["ends_at"], by, zone),
    }
    wanted = contents.deliverables and tuple(
        replace(one, due_at=one.due_at and moved(one.due_at, by, zone))
        for one in contents.deliverables
    )
    return replace(contents, fields=fields, deliverables=wanted)
