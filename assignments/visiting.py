"""Times on site set right afterwards; what was pressed at the time is kept."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from accounts.actors import Actor
from assignments.models import Assignment, Visit, VisitCorrection
from assignments.moves import check, finish, lock
from core.errors import DomainError

LONGEST = timedelta(hours=24)


class NoSuchTimes(DomainError):
    message = "Enter a check-out after the check-in, at most 24 hours later and not in the future."
    field = "checked_out_at"


class InTheFuture(DomainError):
    message = "This time has not come yet."
    field = "checked_in_at"


class Overlaps(DomainError):
    message = "These times overlap with another visit. Correct that one first."
    field = "checked_in_at"


class StillOnSite(DomainError):
    message = "The visit is still going on: only its check-in can be corrected now."
    field = "checked_out_at"


@transaction.atomic
def correct_visit(
    visit: Visit,
    *,
    checked_in_at: datetime,
    checked_out_at: datetime | None,
    reason: str,
    by: Actor,
    at: datetime,
) -> Visit:
    """Set the times of a visit right; the other side sees what they were, and why.

    The worker may until submission, the client until approval. The first check-in as it was
    pressed still decides whether the worker was on time.
    """
    assert by.user is not None
    assignment = lock(visit.assignment)
    visit.refresh_from_db()
    if (visit.checked_in_at, visit.checked_out_at) == (checked_in_at, checked_out_at):
        return visit
    move = "correct_visit" if by.is_worker else "amend_visit"
    check(move, assignment)
    require_times(assignment, checked_in_at, checked_out_at, at=at, leave_out=visit)
    if bool(visit.checked_out_at) != bool(checked_out_at):
        raise StillOnSite
    VisitCorrection.objects.create(
        visit=visit,
        was_checked_in_at=visit.checked_in_at,
        was_checked_out_at=visit.checked_out_at,
        reason=reason,
        corrected_by=by.user,
        corrected_at=at,
    )
    visit.checked_in_at, visit.checked_out_at = checked_in_at, checked_out_at
    visit.save(update_fields=["checked_in_at", "checked_out_at"])
    finish(move, assignment, by=by, at=at, visit=visit.pk, note=reason)
    return visit


def require_times(
    assignment: Assignment,
    start: datetime,
    end: datetime | None,
    *,
    at: datetime,
    leave_out: Visit | None = None,
) -> None:
    """Refuse times that cannot have been: in the future, too long, or within another visit."""
    if start > at:
        raise InTheFuture
    if end is not None and not (start < end <= start + LONGEST and end <= at):
        raise NoSuchTimes
    others = assignment.visits.current()
    if leave_out is not None:
        others = others.exclude(pk=leave_out.pk)
    until = end or at
    if others.filter(
        Q(checked_out_at=None) | Q(checked_out_at__gt=start), checked_in_at__lt=until
    ).exists():
        raise Overlaps
