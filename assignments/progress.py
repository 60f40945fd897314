"""The progress line of an assignment: every stage with its date, and where it stands now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from accounts.actors import Actor
from assignments.models import Assignment
from assignments.states import Status

STAGES = (
    ("Draft", "created_at", Status.DRAFT),
    ("Sent", "sent_at", Status.SENT),
    ("Assigned", "assigned_at", Status.ASSIGNED),
    ("In progress", "started_at", Status.IN_PROGRESS),
    ("Submitted", "submitted_at", Status.PENDING_APPROVAL),
    ("Approved", "approved_at", Status.INVOICED),
    ("Paid", "paid_at", Status.PAID),
)
ORDER = [status for _, _, status in STAGES]


@dataclass(frozen=True)
class Step:
    """One stage: ``state`` is done, current, upcoming or stopped."""

    label: str
    at: datetime | None
    state: str
    note: str = ""


def steps(assignment: Assignment, actor: Actor) -> list[Step]:
    """The line as this actor sees it: a worker's begins when the assignment was sent."""
    stages = STAGES[1:] if actor.is_worker else STAGES
    if assignment.status in (Status.CANCELLED, Status.VOIDED):
        return _stopped(assignment, stages)
    now = ORDER.index(Status(assignment.status))
    line = []
    for label, moment, status in stages:
        place = ORDER.index(status)
        state = "done" if place < now else "current" if place == now else "upcoming"
        if status == Status.PAID and assignment.status == Status.PAID:
            state = "done"
        at = getattr(assignment, moment) if place <= now else None
        line.append(Step(label, at, state))
    return line


def _stopped(assignment: Assignment, stages: tuple[tuple[str, str, Status], ...]) -> list[Step]:
    """What had been reached, and then the end."""
    reached = [
        Step(label, at, "done")
        for label, moment, _ in stages
        if (at := getattr(assignment, moment)) is not None
    ]
    ended = assignment.cancelled_at or assignment.voided_at
    return [*reached, Step(Status(assignment.status).label, ended, "stopped")]
