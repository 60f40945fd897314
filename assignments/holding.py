"""A schedule hold: the client lets the work wait, and lets it go on."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.actors import Actor
from assignments import closing, leaving, reasons, rescheduling
from assignments.models import Assignment, ChangeRequest, Hold, Reason
from assignments.moves import check, lock
from core.errors import DomainError


class StartHasPassed(DomainError):
    message = (
        "The start passed while the work was on hold. Propose new times to the worker instead."
    )
    field = "starts_at"


@transaction.atomic
def put_on_hold(assignment: Assignment, *, reason: str, by: Actor, at: datetime) -> Hold:
    """Let the work wait: nobody checks in or out, nothing is submitted, nothing counts as late.

    A visit that is going on ends now; an announced arrival is forgotten.
    """
    assignment = lock(assignment)
    placed = closing.hold(assignment, kind=Hold.Kind.SCHEDULE, reason=reason, by=by, at=at)
    for visit in assignment.visits.current().filter(checked_out_at=None):
        visit.checked_out_at = max(at, visit.checked_in_at)
        visit.save(update_fields=["checked_out_at"])
    if assignment.arriving_at:
        assignment.arriving_at = None
        assignment.save(update_fields=["arriving_at"])
    return placed


def resume(assignment: Assignment, held: Hold, *, by: Actor, at: datetime) -> None:
    """Let the locked assignment go on at the times agreed; where the start has passed, work must
    have begun."""
    if may_resume(assignment, at=at):
        closing.release(held, by=by, at=at)
    else:
        raise StartHasPassed


def may_resume(assignment: Assignment, *, at: datetime) -> bool:
    """Whether the times agreed before the hold can still be kept."""
    begun = assignment.started_at is not None or assignment.is_window
    return begun or assignment.starts_at > at


def answered(
    assignment: Assignment, request: ChangeRequest, *, accepted: bool, by: Actor, at: datetime
) -> None:
    """What the worker's answer to new times does to the hold that they would end.

    A yes ends the hold. A no takes the worker off without a mark; the assignment is sent again,
    for the times that the client proposed as long as they are still to come.
    """
    held = standing(assignment)
    if held is None or held.request_id != request.pk:
        return
    if accepted:
        closing.release(held, by=by, at=at)
        return
    check("back_out", assignment)
    assert request.starts_at is not None
    if request.starts_at > at:
        assignment.save(update_fields=rescheduling.move_times(assignment, request, at=at))
    why = reasons.named(Reason.Act.UNASSIGN, reasons.NEW_TIMES_DECLINED)
    leaving.take_off("back_out", assignment, why, note=request.answer, by=by, at=at)


def standing(assignment: Assignment) -> Hold | None:
    """The open schedule hold, if there is one."""
    return assignment.holds.filter(kind=Hold.Kind.SCHEDULE, released_at=None).first()
