"""What a worker still has to do before the work can be submitted."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q
from django.urls import reverse

from assignments.models import Assignment, Visit


@dataclass(frozen=True)
class Item:
    """One thing asked for: what it is, whether it is there, and where it is done."""

    label: str
    done: bool
    url: str
    detail: str = ""


def for_submission(assignment: Assignment) -> list[Item]:
    """Everything the client asked for, done or not, in the order it is done (two queries)."""
    return [*_visit_items(assignment), *_deliverable_items(assignment)]


def share_done(items: list[Item]) -> tuple[int, int]:
    """How many of how many are done, for the progress bar."""
    return sum(item.done for item in items), len(items)


def _visit_items(assignment: Assignment) -> list[Item]:
    if not assignment.wants_check_in:
        return []
    url = reverse("assignments:visits", args=[assignment.reference])
    visits: list[Visit] = list(assignment.visits.all())
    return [
        Item("Check in on site", bool(visits), url),
        Item("Check out", bool(visits) and all(v.checked_out_at for v in visits), url),
    ]


def _deliverable_items(assignment: Assignment) -> list[Item]:
    url = reverse("assignments:deliverables", args=[assignment.reference])
    wanted = assignment.deliverable_requests.annotate(
        there=Count("deliverables", filter=Q(deliverables__removed_at=None))
    ).order_by("position", "pk")
    return [
        Item(
            f"Hand in: {request.title}",
            request.there >= request.count,
            url,
            f"{request.there} of {request.count}" if request.count > 1 else "",
        )
        for request in wanted
    ]
