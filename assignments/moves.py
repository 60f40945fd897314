"""What every verb of the lifecycle does first and last: lock, check the table, save, record."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from accounts.actors import Actor
from activity.record import record
from assignments.models import Assignment, ChangeRequest, Hold
from assignments.states import MOVES, UNDER_WAY, Status, allowed
from core.compiled import Compiled
from core.errors import DomainError

KEPT = ("company", "industry", "owner", "worker")


class IllegalMove(DomainError):
    message = (
        "The assignment is {status} now, so “{label}” is no longer possible. "
        "Its page shows what has happened."
    )


class OnHold(DomainError):
    message = (
        "The assignment is on hold ({kind}), so “{label}” has to wait until the hold is released."
    )


def lock(assignment: Assignment) -> Assignment:
    """The assignment's row under lock, read anew; the caller's copy may be stale.

    People and company that the caller has read already are kept, where they are still the
    same ones. Money is not: reservation and invoice change under this lock.
    """
    locked = Assignment.objects.locked(assignment.pk)
    for name in KEPT:
        relation: Any = Assignment._meta.get_field(name)
        key = getattr(locked, relation.attname)
        if relation.is_cached(assignment) and key == getattr(assignment, relation.attname):
            relation.set_cached_value(locked, relation.get_cached_value(assignment))
    return locked


def open_holds(assignment: Assignment) -> set[str]:
    """The kinds of hold that are open on the assignment."""
    return set(
        Hold.objects.filter(assignment=assignment, released_at=None).values_list("kind", flat=True)
    )


def refusal(name: str, assignment: Assignment, holds: set[str]) -> DomainError | None:
    """Why the table refuses this move now, or None where it allows it."""
    move = MOVES[name]
    if assignment.status not in move.sources:
        status = Status(assignment.status).label.lower()
        return IllegalMove(status=status, label=move.label)
    for kind in sorted(move.held_by & holds):
        return OnHold(kind=kind, label=move.label)
    return None


def check(name: str, assignment: Assignment) -> None:
    """Raise ``IllegalMove`` or ``OnHold`` unless the locked assignment may make this move."""
    if refused := refusal_now(name, assignment):
        raise refused


def refusal_now(name: str, assignment: Assignment) -> DomainError | None:
    """As ``refusal``, with the holds read where the move can be held at all.

    Whether a change waits for an answer is read in the same statement, so that ``finish`` need
    not ask again.
    """
    if not MOVES[name].held_by:
        return refusal(name, assignment, set())
    standing = set(HOLDS_AND_CHANGES.all(assignment=assignment.pk))
    assignment.is_asked_for_change = bool(standing & set(ChangeRequest.Kind.values))
    return refusal(name, assignment, standing)


def _holds_and_changes(assignment: int) -> QuerySet[Hold, Any]:
    holds = Hold.objects.filter(assignment=assignment, released_at=None)
    asked = ChangeRequest.objects.filter(assignment=assignment, status=ChangeRequest.Status.OPEN)
    kinds = asked.values_list("kind", flat=True)
    return holds.values_list("kind", flat=True).union(kinds, all=True)


HOLDS_AND_CHANGES = Compiled(_holds_and_changes, assignment=int)
"""The kinds of hold that are open, and of change that is asked for."""


def finish(
    name: str,
    assignment: Assignment,
    /,
    *,
    by: Actor,
    at: datetime,
    fields: Iterable[str] = (),
    save: bool = True,
    **data: Any,
) -> Assignment:
    """Set the move's target status, save the named fields, and record the move's event.

    ``save`` is off where another move follows in the same breath and saves for both.
    """
    move, before = MOVES[name], assignment.status
    changed = set(fields)
    if move.target is not None and assignment.status != move.target:
        assignment.status = move.target
        changed.add("status")
    if changed and save:
        assignment.save(update_fields=sorted(changed))
    if "status" in changed and before in UNDER_WAY and assignment.is_asked_for_change:
        lapse(assignment, at=at)
    record(move.event, assignment, by=by, at=at, company_key=assignment.company_id, **data)
    return assignment


def lapse(assignment: Assignment, *, at: datetime) -> None:
    """Close the requests that can no longer be asked for in the status the assignment has."""
    gone = [kind for kind in ChangeRequest.Kind.values if not allowed(kind, assignment.status)]
    assignment.changes.filter(status=ChangeRequest.Status.OPEN, kind__in=gone).update(
        status=ChangeRequest.Status.LAPSED, answered_at=at
    )
