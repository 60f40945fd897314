"""Moving the times of agreed work."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import F

from assignments.models import Assignment, ChangeRequest
from assignments.schedule import move_to
from assignments.states import Status
from core.errors import DomainError

FURTHEST = timedelta(days=730)
LONGEST = timedelta(days=180)


class InThePast(DomainError):
    message = "This time has passed. Choose a later one."
    field = "starts_at"


class EndsInThePast(InThePast):
    field = "ends_at"


class NoSuchTimes(DomainError):
    message = "Choose an end after the start, within 180 days of it, in the next two years."
    field = "ends_at"


class NothingChanges(DomainError):
    message = "These are the times already agreed. Choose others."
    field = "starts_at"


def move_times(assignment: Assignment, request: ChangeRequest, *, at: datetime) -> list[str]:
    """The new times; due times of deliverables move along. Both sides just agreed to them, so a
    confirmation is asked for anew only where the time for it is still to come."""
    assert request.starts_at is not None and request.ends_at is not None
    require_possible(assignment, request.starts_at, request.ends_at, at=at)
    later = request.starts_at - assignment.starts_at
    if later:
        due = assignment.deliverable_requests.filter(due_at__isnull=False)
        due.update(due_at=F("due_at") + later)
    fields = move_to(assignment, request.starts_at, request.ends_at)
    confirm_by = request.starts_at - timedelta(hours=assignment.confirm_hours_before)
    if assignment.wants_confirmation and assignment.status == Status.ASSIGNED:
        assignment.confirmed_at = None if confirm_by > at else at
    return [*fields, "confirmed_at"]


def require_possible(
    assignment: Assignment, starts_at: datetime, ends_at: datetime, *, at: datetime
) -> None:
    begun = assignment.status == Status.IN_PROGRESS and starts_at == assignment.starts_at
    if starts_at < at and not begun:
        raise InThePast
    if ends_at <= at:
        raise EndsInThePast
    if not starts_at < ends_at <= starts_at + LONGEST or starts_at > at + FURTHEST:
        raise NoSuchTimes
