"""A schedule hold: the client lets the work wait, and lets it go on."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.actors import Actor
from assignments import closing
from assignments.models import Assignment, Hold
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


@transaction.atomic
def take_off_hold(assignment: Assignment, *, by: Actor, at: datetime) -> Assignment:
    """Let the work go on at the times agreed; where the start has passed, work must have begun."""
    assignment = lock(assignment)
    check("take_off_hold", assignment)
    held = standing(assignment)
    if held is None:
        return assignment
    if assignment.started_at is None and not assignment.is_window and assignment.starts_at <= at:
        raise StartHasPassed
    closing.release(held, by=by, at=at)
    return assignment


def standing(assignment: Assignment) -> Hold | None:
    """The open schedule hold, if there is one."""
    return assignment.holds.filter(kind=Hold.Kind.SCHEDULE, released_at=None).first()
