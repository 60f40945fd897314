"""What a worker still has to do before the work can be submitted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, Q
from django.urls import reverse

from assignments.models import (
    Assignment,
    AssignmentField,
    DeliverableRequest,
    Missing,
    Part,
    Visit,
)


@dataclass(frozen=True)
class Item:
    """One thing asked for: what it is, whether it is there, and where it is done."""

    label: str
    done: bool
    url: str
    detail: str = ""
    needed: bool = True
    """Whether the work can only be submitted once it is done."""
    place: str = ""
    """The part of a page that asks for everything at once: the visits, one request, the fields."""


def for_submission(assignment: Assignment) -> list[Item]:
    """Everything the client asked for, done or not, in the order it is done (four queries)."""
    visits = list(assignment.visits.current()) if assignment.wants_check_in else []
    wanted = assignment.deliverable_requests.annotate(
        there=Count(
            "deliverables",
            filter=Q(deliverables__removed_at=None) & ~Q(deliverables__verdict="refused"),
        )
    ).order_by("position", "pk")
    counted = [(request, request.there) for request in wanted]
    questions = assignment.asked.of_worker().filter(required=True).in_order()
    missing = asked_again(assignment)
    return items(assignment, visits, counted, missing=missing, questions=questions)


def asked_again(assignment: Assignment) -> list[Missing]:
    """What the client named as missing when they last sent this worker's work back."""
    since = assignment.assigned_at
    last = assignment.send_backs.filter(sent_back_at__gte=since).order_by("-pk")[:1]
    return list(Missing.objects.filter(send_back__in=last)) if since else []


def items(
    assignment: Assignment,
    visits: Sequence[Visit],
    wanted: Iterable[tuple[DeliverableRequest, int]],
    parts: Iterable[Part] = (),
    missing: Iterable[Missing] = (),
    *,
    questions: Iterable[AssignmentField] = (),
) -> list[Item]:
    """The same from rows that a page has read already: each request with its count of files.

    Parts to be returned are named too, though nothing waits for them.
    """
    return [
        *_visit_items(assignment, visits),
        *_deliverable_items(assignment, wanted),
        *_question_items(assignment, questions),
        *_missing_items(assignment, missing),
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
        Item("Check in on site", bool(visits), url, place="visits"),
        Item(
            "Check out", bool(visits) and all(v.checked_out_at for v in visits), url, place="visits"
        ),
    ]


def _missing_items(assignment: Assignment, missing: Iterable[Missing]) -> list[Item]:
    url = f"{assignment.get_absolute_url()}#sent-back"
    return [Item(f"Put right: {item.text}", bool(item.ticked_at), url) for item in missing]


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
            place=f"id_files_{request.pk}",
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


def _question_items(assignment: Assignment, questions: Iterable[AssignmentField]) -> list[Item]:
    """What the worker must fill in; the survey is asked while submitting."""
    fields = reverse("assignments:fields", args=[assignment.reference])
    survey = reverse("assignments:submission", args=[assignment.reference]) + "#survey"
    return [
        Item(
            f"{'Answer' if row.is_survey else 'Fill in'}: {row.label}",
            row.value is not None,
            survey if row.is_survey else fields,
            place=f"id_{'survey' if row.is_survey else 'own'}-f{row.pk}",
        )
        for row in questions
        if row.required and not row.by_client
    ]
