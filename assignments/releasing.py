"""The end of a schedule hold: at once where the times stand, else with the worker's answer."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.actors import Actor
from assignments import changes, holding
from assignments.models import Assignment
from assignments.moves import check, lock


@transaction.atomic
def take_off_hold(
    assignment: Assignment,
    *,
    by: Actor,
    at: datetime,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    reason: str = "",
) -> Assignment:
    """Let the work go on at the times agreed, or ask the worker for new ones.

    New times are a reschedule request: a yes moves the times and ends the hold, a no takes the
    worker off without a mark. Until the answer the hold stands, and nothing counts as late.
    """
    assignment = lock(assignment)
    check("take_off_hold", assignment)
    held = holding.standing(assignment)
    if held is None:
        return assignment
    if starts_at is None or ends_at is None:
        holding.resume(assignment, held, by=by, at=at)
        return assignment
    held.request = changes.reschedule(
        assignment,
        starts_at=starts_at,
        ends_at=ends_at,
        reason=reason or held.reason,
        by=by,
        at=at,
    )
    held.save(update_fields=["request"])
    return assignment
