"""Which figures an event can change; those are drawn anew."""

from __future__ import annotations

from activity.models import Event
from activity.reactions import react_to
from scorecards import claiming, scoring

MONEY = ("payments", "owed")
COMPANY_FIGURES: dict[str, tuple[str, ...]] = {
    "assignment.submitted": ("pending",),
    "assignment.sent_back": ("pending",),
    "assignment.approved": ("approvals", "pending", *MONEY),
    "assignment.paid": MONEY,
    "assignment.cancelled": ("late_cancellations", "pending", *MONEY),
    "assignment.mark_changed": ("late_cancellations",),
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
    "assignment.assigned": ("deliverables",),
    "assignment.checked_in": ("arrivals",),
    "change.accepted": ("deliverables",),
    "assignment.released": ("arrivals", "deliverables"),
    "assignment.deliverable_refused": ("deliverables",),
    "assignment.deliverable_accepted": ("deliverables",),
    "assignment.handed_in": ("deliverables",),
    "assignment.deliverable_removed": ("deliverables",),
    "assignment.submitted": ("deliverables",),
    "assignment.approved": ("completed", "deliverables"),
    "assignment.cancelled": ("arrivals", "completed", "deliverables"),
    "assignment.mark_changed": ("cancellations", "abandoned"),
    "assignment.unassigned": ("cancellations", "abandoned", "deliverables"),
    "assignment.backed_out": ("cancellations", "abandoned", "deliverables"),
    "rating.published": ("ratings",),
    "rating.hidden": ("ratings",),
    "rating.contested": ("ratings",),
    "rating.restored": ("ratings",),
}


@react_to(*COMPANY_FIGURES, *WORKER_FIGURES)
def refresh_figures(event: Event) -> None:
    """Draw the figures of both sides that this event can have changed: three statements at
    most, one to find and lock the rows, and one for each side."""
    of_company = COMPANY_FIGURES.get(event.kind, ())
    of_worker = WORKER_FIGURES.get(event.kind, ())
    if not _matters(event):
        return
    touched = claiming.claim_touched(
        event.company_key if of_company else None,
        worker=event.data.get("worker") if of_worker else None,
        assignment=event.subject_key if of_worker else None,
        at=event.at,
    )
    at = touched.moment(event.at)
    if touched.company is not None:
        scoring.draw_companies([touched.company], at=at, sources=of_company)
    if touched.worker is not None:
        scoring.draw_workers([touched.worker], at=at, sources=of_worker)


def _matters(event: Event) -> bool:
    """Of messages only the replies to a waiting worker change a figure."""
    return event.kind != "message.posted" or "waited" in event.data
