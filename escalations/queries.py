"""Reads of cases: lists, what is asked of whom, and the desk's queue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case as Choice
from django.db.models import Count, F, Q, QuerySet, When

from accounts.actors import Actor
from accounts.models import User
from assignments.models import Assignment
from escalations.models import Case, Evidence, Side
from escalations.states import CLOSED, CaseStatus

DUE_SOON = timedelta(hours=4)


@dataclass(frozen=True)
class Expectation:
    """Who owes what by when; ``side`` is ``staff``, ``company`` or ``worker``."""

    side: str
    words: str
    due_at: datetime | None


def cases_of(actor: Actor, *, open_only: bool = False) -> QuerySet[Case]:
    """The cases an actor may see, with what a row shows."""
    cases = Case.objects.visible_to(actor).select_related("assignment", "company", "worker__user")
    return cases.exclude(status__in=CLOSED) if open_only else cases


def for_page(actor: Actor) -> QuerySet[Case]:
    """One case with everything its page names."""
    return Case.objects.visible_to(actor).select_related(
        "assignment__company", "assignment__worker__user", "company", "worker__user",
        "opened_by", "assignee", "hold",
    )  # fmt: skip


def open_cases_of(assignment: Assignment, side: str) -> QuerySet[Case]:
    return Case.objects.active().filter(assignment=assignment, side=side).order_by("pk")


def shown_on(assignment: Assignment, actor: Actor) -> QuerySet[Case]:
    """The cases about an assignment that its page names, newest first."""
    return Case.objects.visible_to(actor).filter(assignment=assignment).order_by("-pk")


def evidence_of(case: Case) -> QuerySet[Evidence]:
    return case.evidence.select_related("added_by").order_by("pk")


def expectations(case: Case) -> list[Expectation]:
    """What is asked of whom by when, most pressing first; nothing once the case has ended."""
    if case.status in CLOSED:
        return []
    asked = {
        CaseStatus.WAITING_CLIENT: [Side.COMPANY],
        CaseStatus.WAITING_WORKER: [Side.WORKER],
        CaseStatus.PROPOSED: [Side.COMPANY, Side.WORKER],
    }.get(CaseStatus(case.status), [])
    does = (
        "accept the proposal or object"
        if case.status == CaseStatus.PROPOSED
        else "answer the question of the Escalations Team"
    )
    found = [Expectation(side, does, case.party_answer_due_at) for side in asked]
    other = case.other_side
    if other not in asked and case.other_side_answered_at is None:
        found.append(Expectation(other, "tell your side of it", case.other_side_due_at))
    if case.first_answered_at is None:
        found.append(Expectation("staff", "give the first answer", case.first_answer_due_at))
    else:
        found.append(Expectation("staff", "tell both sides where it stands", case.update_due_at))
    return found


def with_due(cases: QuerySet[Case]) -> QuerySet[Case]:
    """Annotate ``due_at``: when staff owe the case its first answer or its next update."""
    answer_owed = When(first_answered_at=None, then=F("first_answer_due_at"))
    return cases.annotate(due_at=Choice(answer_owed, default=F("update_due_at")))


def queue(name: str, *, user: User, at: datetime) -> Q:
    """The condition of one of the desk's queues, over cases ``with_due``."""
    is_open = ~Q(status__in=CLOSED)
    return {
        "mine": is_open & Q(assignee=user),
        "unassigned": is_open & Q(assignee=None),
        "due_soon": is_open & Q(due_at__gt=at, due_at__lte=at + DUE_SOON),
        "overdue": is_open & Q(due_at__lte=at),
        "closed": Q(status__in=CLOSED),
    }.get(name, is_open)


def queue_counts(*, user: User, at: datetime) -> dict[str, int]:
    """How many cases stand in each queue of open ones (one query)."""
    names = ("mine", "unassigned", "due_soon", "overdue", "open")
    counts = {name: Count("pk", filter=queue(name, user=user, at=at)) for name in names}
    return with_due(Case.objects.active()).aggregate(**counts)


def searched(cases: QuerySet[Case], words: str) -> QuerySet[Case]:
    """By case number, assignment reference, or the names of company and worker."""
    number = words.upper().removeprefix("C-").strip()
    found = (
        Q(assignment__reference__iexact=words)
        | Q(company__name__icontains=words)
        | Q(worker__user__full_name__icontains=words)
        | Q(assignment__title__icontains=words)
    )
    if number.isdigit() and len(number) < 10:
        found |= Q(number=int(number))
    return cases.filter(found)


def desk_rows(filters: dict[str, Any], *, user: User, at: datetime) -> QuerySet[Case]:
    """The rows of one queue with the filters and the search of the desk applied."""
    rows = with_due(Case.objects.all()).filter(
        queue(filters.get("queue") or "open", user=user, at=at)
    )
    for name in ("kind", "status", "priority", "side"):
        if filters.get(name):
            rows = rows.filter(**{name: filters[name]})
    if filters.get("q"):
        rows = searched(rows, filters["q"])
    return rows.select_related("assignment", "company", "worker__user", "assignee")


def earlier_cases(case: Case, *, most: int = 10) -> dict[str, list[Case]]:
    """The other cases of each party, newest first."""
    others = Case.objects.exclude(pk=case.pk).select_related("assignment").order_by("-pk")
    return {
        Side.COMPANY: list(others.filter(company_id=case.company_id)[:most]),
        Side.WORKER: list(others.filter(worker_id=case.worker_id)[:most]),
    }
