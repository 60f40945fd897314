"""The home of staff: the queues of the escalation desk, the cases due next, and credentials."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse

from accounts.actors import Actor
from escalations.models import Case
from escalations.queries import queue_counts, with_due
from marketplace.home.parts import Home, Tile
from vetting.queries.credentials import waiting_for_staff

MOST_CASES = 6
QUEUES = (
    ("overdue", "Overdue", "bad", "circle-alert", "Answer them first"),
    ("due_soon", "Due within 4 hours", "warning", "clock", "Answer them"),
    ("mine", "Mine", "info", "user", "Open my cases"),
    ("unassigned", "Unassigned", "neutral", "circle-dashed", "Take one"),
)


def home_of(actor: Actor, *, at: datetime) -> Home:
    assert actor.user is not None
    if not actor.can("escalations.work"):
        return Home(tiles=reviews(actor), more={"works_cases": False})
    counts = queue_counts(user=actor.user, at=at)
    desk = reverse("admin:escalations_case_changelist")
    return Home(
        tiles=[
            Tile(
                label,
                str(counts[name]),
                f"{desk}?queue={name}",
                act,
                tone=tone if counts[name] else "neutral",
                icon=icon,
            )
            for name, label, tone, icon, act in QUEUES
        ]
        + reviews(actor),
        more={
            "works_cases": True,
            "desk": desk,
            "open_cases": counts["open"],
            "cases": with_due(Case.objects.active())
            .select_related("assignment", "company", "worker__user", "assignee")
            .order_by("due_at", "pk")[:MOST_CASES],
        },
    )


def reviews(actor: Actor) -> list[Tile]:
    """For those who review credentials: how many wait."""
    if not actor.can("vetting.review_credentials"):
        return []
    waiting = waiting_for_staff()
    return [
        Tile(
            "Credentials to review", str(waiting), reverse("admin:vetting_credential_changelist"),
            "Review them", tone="info" if waiting else "neutral", icon="badge-check",
        )
    ]  # fmt: skip
