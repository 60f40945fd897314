"""What happens to conversations when an assignment moves on without the worker."""

from __future__ import annotations

from activity.models import Event
from activity.reactions import react_to
from assignments.models import Assignment
from messaging.answering import end_hopeless_waits


@react_to(
    "application.declined", "application.withdrawn", "application.expired", "assignment.assigned",
    "assignment.declined", "assignment.voided",
)  # fmt: skip
def nobody_left_to_answer(event: Event) -> None:
    if assignment := Assignment.objects.filter(pk=event.subject_key).first():
        end_hopeless_waits(assignment)
