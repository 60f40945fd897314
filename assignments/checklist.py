"""What a worker still has to do before the work can be submitted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, Q
from django.urls import reverse

from assignments.models import Assignment, DeliverableRequest, Part, Visit


@dataclass(frozen=True)
class Item:
    """One thing asked for: what it is, whether it is there, and where it is done."""

    label: str
    done: bool
    url: str
    detail: str = ""
    needed: bool = True
    """Whether the work can only be submitted once it is done."""


def for_submission(assignment: Assignment) -> list[Item]:
    """Everything the client asked for, done or not, in the order it is done (two queries)."""
    visits = list(assignment.visits.current()) if assignment.wants_check_in else []
    wanted = assignment.deliverable_requests.annotate(
        there=Count("deliverables", filter=Q(deliverables__removed_at=None))
    ).order_by("position", "pk")
    return items(assignment, visits, [(request, request.there) for request in wanted])


def items(
    assignment: Assignment,
    visits: Sequence[Visit],
    wanted: Iterable[tuple[DeliverableRequest, int]],
    parts: Iterable[Part] = (),
) -> list[Item]:
    """The same from rows that a page has read already: each request with its count of files.

    Parts to be returned are named too, though nothing waits for them.
    """
    return [
        *_visit_items(assignment, visits),
        *_deliverable_items(assignment, wanted),
        *_part_items(assignment, parts),
    ]


def share_done(items: list[Item]) -> tuple[int, int]:
    """How many of how many are done, for the progress bar."""
    needed = [item for item in items if item.needed]
    return sum(item.done for item in needed), len(needed)


def _visit_items(assignment: Assignment, visits: Sequence[Visit]) -> list[Item]:
    if not assignment.wants_check_in:
        return []
    url = reverse("assignments:visits", args=[assignment.reference])
    return [
        Item("Check in on site", bool(visits), url),
        Item("Check out", bool(visits) and all(v.checked_out_at for v in visits), url),
    ]


def _deliverable_items(
    assignment: Assignment, wanted: Iterable[tuple[DeliverableRequest, int]]
) -> list[Item]:
    url = reverse("assignments:deliverables", args=[assignment.reference])
    return [
        Item(
            f"Hand in: {request.title}",
            there >= request.count,
            url,
            f"{there} of {request.count}" if request.count > 1 else "",
        )
        for request, there in wanted
    ]


def _part_items(assignment: Assignment, parts: Iterable[Part]) -> list[Item]:
    url = reverse("assignments:parts", args=[assignment.reference])
    return [
        Item(f"Return: {part.name}", bool(part.returned_at or part.back_at), url, needed=False)
        for part in parts
        if part.return_wanted
    ]
