"""Evidence by reference: pointing at messages, visits and deliverables of the assignment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from accounts.actors import Actor
from assignments.models import Deliverable, Visit
from core.errors import DomainError
from escalations import pointing
from escalations.casework.desk import heard
from escalations.casework.steps import (
    entry,
    event,
    lock,
    require_open,
    side_of,
    standing_entry,
)
from escalations.models import Case, Exhibit
from messaging.models import Message

MOST_EXHIBITS = 60
"""Things that one side may point at in one case."""

Thing = Message | Visit | Deliverable
NAMES = {"message": ("message", "messages"), "visit": ("visit", "visits"),
         "deliverable": ("file", "files")}  # fmt: skip


class NotOfThisAssignment(DomainError):
    message = (
        "One of the things you chose does not belong to this assignment, or only your side can "
        "read it. Choose from the list."
    )


class TooManyExhibits(DomainError):
    message = "At most {most} messages, visits and files of each side fit into a case."


@transaction.atomic
def point_at(
    case: Case, *, things: Sequence[Thing], by: Actor, at: datetime, key: str = ""
) -> list[Exhibit]:
    """Put forward what both sides know already; what stands in the case already is left out."""
    case = lock(case)
    if standing_entry(case, key):
        return []
    require_open(case)
    side = side_of(by, case)
    made = keep(case, things, by=by, at=at)
    if not made:
        return []
    if changed := heard(case, side, at=at):
        case.save(update_fields=sorted(changed))
    entry(case, f"Added evidence: {words_of(made)}.", by=by, at=at, key=key)
    event("evidence_added", case, by=by, at=at, side=str(side), what=words_of(made))
    return made


def keep(case: Case, things: Sequence[Thing], *, by: Actor, at: datetime) -> list[Exhibit]:
    """The rows alone, for a case under lock; raises where a thing is none of this case."""
    assert by.user is not None
    there = {(one.kind, one.thing_id) for one in case.exhibits.all()}
    wanted = {(kind_of(thing), thing.pk): thing for thing in things}
    new = {name: thing for name, thing in wanted.items() if name not in there}
    if not pointing.belong(new.values(), case.assignment, case.worker):
        raise NotOfThisAssignment
    side = side_of(by, case)
    if case.exhibits.filter(side=side).count() + len(new) > MOST_EXHIBITS:
        raise TooManyExhibits(most=MOST_EXHIBITS)
    return Exhibit.objects.bulk_create(
        [
            Exhibit(case=case, side=side, added_by=by.user, added_at=at, **{kind: thing})
            for (kind, _), thing in new.items()
        ]
    )


def kind_of(thing: Thing) -> str:
    return thing._meta.model_name or ""


def words_of(exhibits: Sequence[Exhibit]) -> str:
    """``2 messages and 1 visit``."""
    parts = []
    for kind, (one, many) in NAMES.items():
        count = sum(exhibit.kind == kind for exhibit in exhibits)
        if count:
            parts.append(f"{count} {one if count == 1 else many}")
    return " and ".join(", ".join(parts).rsplit(", ", 1))
