"""What a side may point at as evidence: what both sides of the assignment can read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from accounts.models import WorkerProfile
from assignments.models import Assignment, Deliverable, Visit
from core.dates import moment_words
from messaging.models import Message

NEWEST = 60
"""Messages on offer; older ones come into a case by the transcript."""
EXCERPT = 160


def messages_of(assignment: Assignment, worker: WorkerProfile) -> QuerySet[Message, Message]:
    """The messages of the thread that both sides read, newest first."""
    return (
        Message.objects.filter(
            thread__assignment=assignment,
            thread__worker=worker,
            visibility=Message.Visibility.PARTIES,
        )
        .select_related("author")
        .order_by("-pk")
    )


def visits_of(assignment: Assignment, worker: WorkerProfile) -> QuerySet[Visit, Visit]:
    return Visit.objects.filter(assignment=assignment, worker=worker).order_by("checked_in_at")


def files_of(assignment: Assignment, worker: WorkerProfile) -> QuerySet[Any, Any]:
    """What this worker handed in and has not taken back."""
    return (
        Deliverable.objects.standing()
        .filter(assignment=assignment, handed_in_by_id=worker.user_id)
        .select_related("request")
        .order_by("pk")
    )


def belong(things: Iterable[Any], assignment: Assignment, worker: WorkerProfile) -> bool:
    """Whether all of these are of the assignment and known to both sides (three queries)."""
    keys: dict[type, set[int]] = {Message: set(), Visit: set(), Deliverable: set()}
    for thing in things:
        keys[type(thing)].add(thing.pk)
    found = (
        (messages_of(assignment, worker), keys[Message]),
        (visits_of(assignment, worker), keys[Visit]),
        (files_of(assignment, worker), keys[Deliverable]),
    )
    return all(
        not wanted or rows.filter(pk__in=wanted).count() == len(wanted) for rows, wanted in found
    )


def message_words(message: Message, assignment: Assignment) -> str:
    said = message.body or "A file"
    short = said if len(said) <= EXCERPT else said[: EXCERPT - 1] + "…"
    when = moment_words(message.posted_at, assignment.time_zone)
    return f"{message.author}: {short}|{when}"


def visit_words(visit: Visit, assignment: Assignment) -> str:
    came = moment_words(visit.checked_in_at, assignment.time_zone)
    if visit.checked_out_at is None:
        return f"Checked in {came}|and not checked out"
    left = moment_words(visit.checked_out_at, assignment.time_zone)
    return f"Checked in {came}|out {left}, {visit.hours_words}"


def file_words(file: Any, assignment: Assignment) -> str:
    asked = file.request.title if file.request else "for earlier work"
    when = moment_words(file.handed_in_at, assignment.time_zone)
    return f"{file.name}|{asked}, handed in {when}"
