"""Labels of the demonstration's client: its own, on what they are for; and views of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from assignments import labelling, saved_views
from assignments.models import Assignment, Label
from assignments.states import Status
from marketplace.demo.people import Client

LABELS = (
    ("Rush", "bad", "zap", 0.16),
    ("Call ahead", "info", "phone", 0.2),
    ("Spare parts on site", "neutral", "truck", 0.14),
    ("Key account", "good", "star", 0.18),
    ("After hours", "warning", "flag", 0.1),
)
"""Name, tone, icon, and the share of the work that is labelled so."""

LIVE = (Status.DRAFT, Status.SENT, Status.ASSIGNED, Status.IN_PROGRESS, Status.PENDING_APPROVAL)


def build(client: Client, *, now: datetime) -> None:
    """The labels, on much of what is going on; one that fell out of use is archived."""
    random = Random(2031)
    at = now - timedelta(hours=2)
    by = client.actor
    kept = [
        labelling.add_label(name=name, tone=tone, icon=icon, by=by, at=at - timedelta(days=30))
        for name, tone, icon, _ in LABELS
    ]
    old = labelling.add_label(
        name="Pilot 2025", tone="neutral", icon="bookmark", by=by, at=at - timedelta(days=30)
    )
    labelling.shelve_label(old, by=by, at=at - timedelta(days=4))
    live = Assignment.objects.filter(company=by.company, status__in=LIVE).order_by("pk")
    for assignment in live:
        chosen = [
            label for label, row in zip(kept, LABELS, strict=True) if random.random() < row[3]
        ]
        if chosen:
            labelling.relabel(assignment, chosen, by=client.manager, at=at)
    _views(client, kept, at=at)


def _views(client: Client, labels: list[Label], *, at: datetime) -> None:
    """What the team looks at every morning."""
    rush = f"label={labels[0].reference}"
    saved_views.save_view(name="Rush", query=rush, is_shared=True, by=client.actor, at=at)
    saved_views.save_view(
        name="To approve", query="needs=approve", is_shared=True, by=client.manager, at=at
    )
