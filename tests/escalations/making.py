"""Cases for tests, opened through the verb with everything a form would give."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from accounts.actors import Actor
from assignments.models import Assignment
from escalations import casework
from escalations.models import Case

AFTER = timedelta(hours=1)


def opened(assignment: Assignment, by: Actor, *, at: datetime | None = None, **given: Any) -> Case:
    """A payment dispute unless ``kind`` says otherwise, an hour after the last step of the work."""
    facts: dict[str, Any] = {
        "kind": "payment_dispute",
        "what_happened": "The price was cut after the work was done.",
        "outcome": "pay_in_full",
        "outcome_words": "Pay what was agreed.",
        **given,
    }
    if at is None:
        steps = (assignment.assigned_at, assignment.started_at, assignment.submitted_at)
        at = max(step for step in steps if step) + AFTER
    return casework.open_case(assignment=assignment, by=by, at=at, **facts)
