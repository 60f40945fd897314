"""The client completes the work for the worker: times, files, hours, and hands it over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from accounts.actors import Actor
from assignments import deliverables, visiting, working
from assignments.models import Assignment, DeliverableRequest, Visit
from assignments.moves import check, finish, lock
from assignments.states import Status
from core.files import CleanUpload

WRITTEN_DOWN = "Entered by the client"


@transaction.atomic
def complete_for(
    assignment: Assignment,
    *,
    reason: str,
    resolution: str,
    by: Actor,
    at: datetime,
    visits: Sequence[tuple[datetime, datetime]] = (),
    files: Sequence[tuple[DeliverableRequest, CleanUpload]] = (),
    hours: Decimal | None = None,
    units: Decimal | None = None,
    amount: Decimal | None = None,
    expenses: Decimal | None = None,
    answers: Mapping[int, Any] | None = None,
    without_missing: bool = False,
) -> Assignment:
    """Enter what the worker did and submit it in their place; approval follows as always.

    The worker is told, with the reason. Visits entered here never count for or against being
    on time. ``answers`` are to the fields and the survey that the worker was asked, by the keys
    of their rows. ``without_missing`` goes without what was asked for and is not there.
    """
    assignment = lock(assignment)
    if assignment.status == Status.PENDING_APPROVAL:
        return assignment
    check("complete_for", assignment)
    assert assignment.worker is not None
    for open_visit in assignment.visits.current().filter(checked_out_at=None):
        open_visit.checked_out_at = max(at, open_visit.checked_in_at)
        open_visit.save(update_fields=["checked_out_at"])
    for start, end in visits:
        visiting.require_times(assignment, start, end, at=at)
        Visit.objects.create(
            assignment=assignment,
            worker=assignment.worker,
            checked_in_at=start,
            checked_out_at=end,
            note=WRITTEN_DOWN,
        )
    for request, upload in files:
        deliverables.hand_in(request, upload, by=by, at=at)
    begun = min((start for start, _ in visits), default=at)
    assignment.started_at = assignment.started_at or begun
    assignment.arriving_at = None
    finish(
        "complete_for", assignment, by=by, at=at, note=reason, fields=["started_at", "arriving_at"]
    )
    return working.submit(
        assignment,
        resolution=resolution,
        hours=hours,
        units=units,
        amount=amount,
        expenses=expenses,
        answers=answers,
        without_missing=without_missing,
        by=by,
        at=at,
    )
