"""The mark that a cancellation or a leaving left on a scorecard, set by a decision of staff."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.actors import Actor
from activity.record import record
from assignments.models import Cancellation, Mark, Unassignment
from assignments.moves import lock


@transaction.atomic
def set_mark(
    row: Cancellation | Unassignment, mark: str, *, by: Actor, at: datetime
) -> Cancellation | Unassignment:
    """Give the ending another mark, or none; records ``assignment.mark_changed``, after which
    the figures of the side concerned are drawn anew."""
    assignment = lock(row.assignment)
    row.refresh_from_db()
    if row.mark == mark:
        return row
    before, row.mark = Mark(row.mark), Mark(mark)
    row.save(update_fields=["mark"])
    record(
        "assignment.mark_changed", assignment, by=by, at=at, company_key=assignment.company_id,
        mark=mark, before=before.label.lower(), now=Mark(mark).label.lower(),
        **({"worker": row.worker.reference} if isinstance(row, Unassignment) else {}),
    )  # fmt: skip
    return row
