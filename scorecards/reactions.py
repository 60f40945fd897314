"""Which figures an event can change; those are drawn anew."""

from __future__ import annotations

from accounts.models import WorkerProfile
from activity.models import Event
from activity.reactions import react_to
from assignments.models import Assignment
from scorecards import scoring

MONEY = ("payments", "owed")
COMPANY_FIGURES: dict[str, tuple[str, ...]] = {
    "assignment.submitted": ("pending",),
    "assignment.sent_back": ("pending",),
    "assignment.approved": ("approvals", "pending", *MONEY),
    "assignment.paid": MONEY,
    "assignment.cancelled": ("late_cancellations", "pending", *MONEY),
    "assignment.held": ("pending", *MONEY),
    "assignment.released": ("approvals", "pending", *MONEY),
    "invoice.issued": MONEY,
    "invoice.paid": MONEY,
    "invoice.withdrawn": MONEY,
    "message.posted": ("answers",),
    "rating.published": ("ratings",),
    "rating.hidden": ("ratings",),
    "rating.contested": ("ratings",),
    "rating.restored": ("ratings",),
}
WORKER_FIGURES: dict[str, tuple[str, ...]] = {
    "assignment.checked_in": ("arrivals",),
    "assignment.released": ("arrivals", "deliverables"),
    "assignment.deliverable_refused": ("deliverables",),
    "assignment.deliverable_accepted": ("deliverables",),
    "assignment.handed_in": ("deliverables",),
    "assignment.deliverable_removed": ("deliverables",),
    "assignment.submitted": ("deliverables",),
    "assignment.approved": ("completed", "deliverables"),
    "assignment.cancelled": ("completed", "deliverables"),
    "assignment.unassigned": ("cancellations", "abandoned", "deliverables"),
    "assignment.backed_out": ("cancellations", "abandoned", "deliverables"),
    "rating.published": ("ratings",),
    "rating.hidden": ("ratings",),
    "rating.contested": ("ratings",),
    "rating.restored": ("ratings",),
}


@react_to(*COMPANY_FIGURES)
def refresh_company(event: Event) -> None:
    """Draw the company's figures that this event can have changed."""
    if event.company_key is None or not _matters(event):
        return
    scoring.refresh_companies([event.company_key], at=event.at, sources=COMPANY_FIGURES[event.kind])


@react_to(*WORKER_FIGURES)
def refresh_worker(event: Event) -> None:
    """Draw the worker's figures that this event can have changed."""
    worker = _worker_of(event)
    if worker is not None:
        scoring.refresh_workers([worker], at=event.at, sources=WORKER_FIGURES[event.kind])


def _worker_of(event: Event) -> int | None:
    """The worker an event names, else the one who is assigned."""
    if reference := event.data.get("worker"):
        named = WorkerProfile.objects.filter(reference=reference)
        return named.values_list("pk", flat=True).first()
    assigned = Assignment.objects.filter(pk=event.subject_key)
    return assigned.values_list("worker", flat=True).first()


def _matters(event: Event) -> bool:
    """Of messages only the replies to a waiting worker change a figure."""
    return event.kind != "message.posted" or "waited" in event.data
