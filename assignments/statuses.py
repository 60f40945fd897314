"""What the table of moves is made of: the statuses, and what one move says."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models


class Status(models.TextChoices):
    DRAFT = "draft", "Draft"
    SENT = "sent", "Sent"
    ASSIGNED = "assigned", "Assigned"
    IN_PROGRESS = "in_progress", "In progress"
    PENDING_APPROVAL = "pending_approval", "Pending approval"
    INVOICED = "invoiced", "Invoiced"
    PAID = "paid", "Paid"
    CANCELLED = "cancelled", "Cancelled"
    VOIDED = "voided", "Voided"


BEFORE_WORKER = frozenset({Status.DRAFT, Status.SENT, Status.VOIDED})
"""Statuses in which no worker is assigned; in every other one somebody is."""

UNDER_WAY = frozenset({Status.ASSIGNED, Status.IN_PROGRESS, Status.PENDING_APPROVAL})
ENDED = frozenset({Status.PAID, Status.CANCELLED, Status.VOIDED})

WITH_WORKER = set(Status) - BEFORE_WORKER

TONES = {
    Status.DRAFT: "neutral",
    Status.SENT: "info",
    Status.ASSIGNED: "info",
    Status.IN_PROGRESS: "info",
    Status.PENDING_APPROVAL: "warning",
    Status.INVOICED: "good",
    Status.PAID: "good",
    Status.CANCELLED: "bad",
    Status.VOIDED: "neutral",
}


@dataclass(frozen=True)
class Move:
    """One thing that can be done to an assignment.

    ``target`` is None where the status stays: the table then only says from which statuses
    the act is allowed. ``side`` says who does it, ``permission`` names the rule in
    ``assignments.rules``, ``event`` what is recorded, ``url`` the page where it is done.
    ``held_by`` lists the kinds of open hold under which the move is refused.
    """

    name: str
    label: str
    sources: frozenset[Status]
    target: Status | None
    side: str
    permission: str
    event: str
    url: str | None = None
    held_by: frozenset[str] = frozenset()
    primary: bool = False


DISPUTE, SCHEDULE = frozenset({"dispute"}), frozenset({"schedule"})


def move_of(
    name: str, label: str, sources: set[Status], target: Status | None, side: str, **kw: object
) -> Move:
    kw.setdefault("permission", f"assignments.{name}")
    kw.setdefault("event", f"assignment.{name}")
    return Move(name, label, frozenset(sources), target, side, **kw)  # type: ignore[arg-type]
