"""Reason codes: those the site comes with, those on offer, and the mark one leaves."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from assignments.models import Mark, Reason
from core.errors import DomainError

DECISION = "decision"
"""A cancellation by a decision of the Escalations Team."""
NEW_TIMES_DECLINED = "new_times_declined"
"""A worker who could not come at the new times after a hold."""

DEFAULTS: tuple[tuple[str, str, str, str], ...] = (
    ("cancel", "customer_cancelled", "Our customer cancelled", "late"),
    ("cancel", "site_not_ready", "The site is not ready", "late"),
    ("cancel", "no_longer_needed", "The work is no longer needed", "late"),
    ("cancel", "parts_missing", "Parts or equipment are missing", "late"),
    ("cancel", "posted_by_mistake", "Posted by mistake", "late"),
    ("cancel", "worker_asked", "The worker asked us to cancel", "none"),
    ("cancel", "other", "Another reason", "late"),
    ("cancel", DECISION, "Decided by the Escalations Team", "none"),
    ("unassign", "plans_changed", "Our plans changed", "none"),
    ("unassign", "another_worker", "We chose another worker", "none"),
    ("unassign", "agreed", "We agreed on it with the worker", "none"),
    ("unassign", "not_confirmed", "The worker did not confirm", "cancelled"),
    ("unassign", "worker_cancelled", "The worker told us they cannot come", "late"),
    ("unassign", "unreachable", "The worker cannot be reached", "late"),
    ("unassign", "no_show", "The worker did not come", "abandoned"),
    ("unassign", "left_the_site", "The worker left before it was done", "abandoned"),
    ("unassign", "unassign_other", "Another reason", "none"),
    ("unassign", NEW_TIMES_DECLINED, "The new times do not suit the worker", "none"),
    ("back_out", "illness", "I am ill, or have an emergency", "late"),
    ("back_out", "conflict", "Something else came up", "late"),
    ("back_out", "travel", "I cannot get there", "late"),
    ("back_out", "not_as_described", "The work is not what was described", "cancelled"),
    ("back_out", "unsafe", "The site is closed or not safe", "none"),
    ("back_out", "asked_by_client", "The client asked me to", "none"),
    ("back_out", "had_to_leave", "I have to leave before it is done", "abandoned"),
    ("back_out", "back_out_other", "Another reason", "late"),
)
"""Act, code, words, effect; in the order in which they are offered."""
INTERNAL = frozenset({DECISION, NEW_TIMES_DECLINED})


class NotAReason(DomainError):
    message = "Choose one of the reasons in the list."
    field = "reason"


def establish(model: Any = Reason) -> None:
    """Add the codes the site comes with where they are missing; what staff changed stays."""
    model.objects.bulk_create(
        [
            model(
                act=act, code=code, label=label, effect=effect, position=position,
                is_internal=code in INTERNAL,
            )
            for position, (act, code, label, effect) in enumerate(DEFAULTS)
        ],
        ignore_conflicts=True,
    )  # fmt: skip


def offered(act: str) -> QuerySet[Reason, Reason]:
    """The reasons a person may choose from for this act, in order."""
    return Reason.objects.filter(act=act, is_active=True, is_internal=False)


def named(act: str, code: str) -> Reason:
    """The reason of this code; raises ``NotAReason`` where it is not one for this act."""
    found = Reason.objects.filter(act=act, code=code).first()
    if found is None:
        raise NotAReason
    return found


def mark_of(reason: Reason, *, late: bool, started: bool) -> Mark:
    """The mark a reason leaves: ``late`` under 24 hours before the start or after it,
    ``started`` from the start on."""
    effect = reason.effect
    if effect == Reason.Effect.NONE:
        return Mark.NONE
    if effect == Reason.Effect.ABANDONED and started:
        return Mark.ABANDONED
    if late and effect != Reason.Effect.CANCELLED:
        return Mark.CANCELLED_LATE
    return Mark.CANCELLED
