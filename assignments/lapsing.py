"""Requests for a change that nobody answered by the time their asker set."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.actors import SYSTEM
from activity.record import record, recorded_together
from assignments.changes import facts_of
from assignments.models import Assignment, ChangeRequest

BATCH = 200
OPEN = ChangeRequest.Status.OPEN


def sweep_expired(*, at: datetime) -> int:
    """Let every open request lapse whose time is over; returns how many did.

    A few statements for each batch, however many are due. An assignment on which somebody acts
    at this moment is passed over until the next sweep, and so is never waited for.
    """
    lapsed = 0
    while found := _lapse_batch(at=at):
        lapsed += found
    return lapsed


@transaction.atomic
def _lapse_batch(*, at: datetime) -> int:
    """1. Lock the assignments, as every verb does first. 2. Read what is due on them under
    that lock. 3. Close it, and say so to both sides."""
    due = ChangeRequest.objects.filter(status=OPEN, expires_at__lte=at)
    keys = due.order_by("expires_at", "pk").values("assignment_id")[:BATCH]
    locked = Assignment.objects.select_for_update(skip_locked=True, no_key=True, of=("self",))
    rows = locked.filter(pk__in=keys).select_related("company").order_by("pk")
    free = {row.pk: row for row in rows}
    requests = list(due.filter(assignment__in=free).order_by("pk"))
    ChangeRequest.objects.filter(pk__in=[request.pk for request in requests]).update(
        status=ChangeRequest.Status.LAPSED, answered_at=at
    )
    with recorded_together():
        for request in requests:
            request.assignment = free[request.assignment_id]
            record(
                "change.expired", request.assignment, by=SYSTEM, at=at,
                company_key=request.assignment.company_id, **facts_of(request),
            )  # fmt: skip
    return len(requests)
