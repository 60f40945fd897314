"""Holding the money of a case's assignment, and letting it go, before anything is decided."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.actors import Actor
from assignments import lifecycle
from assignments.models import Hold
from assignments.states import allowed
from core.errors import DomainError
from escalations import office_hours
from escalations.casework.steps import (
    answered,
    claim,
    entry,
    event,
    lock,
    lock_assignment,
    require_open,
)
from escalations.models import Case, CaseEntry


class NothingToHold(DomainError):
    message = "No money of this case is waiting any more, so there is nothing to hold."


class NotOnHold(DomainError):
    message = "This case holds nothing now. Reload the page."


class AnotherHolds(DomainError):
    message = "{label} is open and rests on the same hold. Lift it there, or merge the two."


def is_holding(case: Case) -> bool:
    return case.hold is not None and case.hold.released_at is None


@transaction.atomic
def hold_money(case: Case, *, words: str, by: Actor, at: datetime, key: str = "") -> Case:
    """Let approval and payment wait for the decision, and tell both sides why."""
    assignment = lock_assignment(case)
    case = lock(case)
    require_open(case)
    if is_holding(case):
        return case
    is_theirs = assignment.worker_id == case.worker_id
    if not is_theirs or not allowed("hold", assignment.status):
        raise NothingToHold
    reason = f"Case {case.label}: {case.get_kind_display().lower()}"
    case.hold = lifecycle.hold(assignment, kind=Hold.Kind.DISPUTE, reason=reason, by=by, at=at)
    _tell(case, words, "Put approval and payment on hold.", by=by, at=at, key=key)
    event("held", case, by=by, at=at)
    return case


@transaction.atomic
def lift_hold(case: Case, *, words: str, by: Actor, at: datetime, key: str = "") -> Case:
    """Let approval and payment go on while the case stays open, and tell both sides why."""
    lock_assignment(case)
    case = lock(case)
    require_open(case)
    if not is_holding(case):
        raise NotOnHold
    others = Case.objects.active().filter(hold=case.hold).exclude(pk=case.pk).order_by("pk")
    if other := others.first():
        raise AnotherHolds(label=other.label)
    assert case.hold is not None
    lifecycle.release(case.hold, by=by, at=at)
    case.hold = None
    _tell(case, words, "Lifted the hold; approval and payment go on.", by=by, at=at, key=key)
    event("hold_lifted", case, by=by, at=at)
    return case


def _tell(case: Case, words: str, act: str, *, by: Actor, at: datetime, key: str) -> None:
    changed = {"hold"} | claim(case, by=by)
    changed |= answered(case, at=at, to="parties", hours=office_hours.current())
    case.save(update_fields=sorted(changed))
    entry(case, words, by=by, at=at, kind=CaseEntry.Kind.MESSAGE, key=key)
    entry(case, act, by=by, at=at)
