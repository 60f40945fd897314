"""Giving cases to others: taking one from somebody, handing over, assigning many at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.actors import Actor
from accounts.models import User
from core.errors import DomainError
from escalations.casework.desk import assign
from escalations.casework.sharing_out import HasAnInterest, require_fit, route
from escalations.casework.steps import Visibility, claim, entry, event, lock, require_open
from escalations.models import Case, CaseEntry

MOST_AT_ONCE = 100


class NotYoursToHandOver(DomainError):
    message = "{name} has this case. They hand it over themselves, or a lead assigns it."


class TooManyAtOnce(DomainError):
    message = "Choose at most {most} cases at a time."


@dataclass(frozen=True)
class Shared:
    """How it went with one of several cases."""

    case: Case
    refusal: str = ""


@transaction.atomic
def unassign(case: Case, *, by: Actor, at: datetime) -> Case:
    """Take the case from whoever has it, so that somebody else can be found for it."""
    case = lock(case)
    require_open(case)
    if case.assignee_id is not None:
        line = f"Took the case from {case.assignee}."
        case.assignee = None
        case.save(update_fields=["assignee"])
        entry(case, line, by=by, at=at, visibility=Visibility.STAFF)
    return case


@transaction.atomic
def hand_over(case: Case, *, to: User, words: str, by: Actor, at: datetime, key: str = "") -> Case:
    """Give one's own case to a colleague, with what they need to know, for staff alone."""
    case = lock(case)
    require_open(case)
    if case.assignee_id == to.pk:
        return case
    if case.assignee_id not in (None, by.user_id) and not by.can("escalations.lead"):
        raise NotYoursToHandOver(name=str(case.assignee))
    require_fit(case, to)
    case.assignee = to
    changed = {"assignee", *claim(case, by=by)}
    case.save(update_fields=sorted(changed))
    entry(case, words, by=by, at=at, kind=CaseEntry.Kind.NOTE, visibility=Visibility.STAFF, key=key)
    entry(case, f"Handed the case over to {to}.", by=by, at=at, visibility=Visibility.STAFF)
    event("taken", case, by=by, at=at, assignee=to.pk, handed_over=True)
    return case


def assign_many(cases: Sequence[Case], *, to: User | None, by: Actor, at: datetime) -> list[Shared]:
    """Assign each case, in a transaction of its own; without ``to`` routing says to whom."""
    if len(cases) > MOST_AT_ONCE:
        raise TooManyAtOnce(most=MOST_AT_ONCE)
    found = []
    for case in cases:
        try:
            with transaction.atomic():
                if not by.can("escalations.lead", case):
                    raise HasAnInterest(name=str(by.user), label=case.label)
                if to is None:
                    route(unassign(case, by=by, at=at), by=by, at=at)
                else:
                    assign(case, to=to, by=by, at=at)
        except DomainError as refused:
            found.append(Shared(case, str(refused)))
        else:
            found.append(Shared(case))
    return found
