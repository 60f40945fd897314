"""Reads of cases: lists, what is asked of whom, and the desk's queue."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.db.models import Case as Choice
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, When

from accounts.actors import Actor
from accounts.models import User
from assignments.models import Assignment
from core.compiled import Compiled
from escalations.models import Case, CaseEntry, CaseLink, Evidence, Exhibit, Opinion, Side
from escalations.states import CLOSED, CaseStatus

DUE_SOON = timedelta(hours=4)
WAITING = (CaseStatus.WAITING_CLIENT, CaseStatus.WAITING_WORKER)
COUNTED = ("mine", "unassigned", "due_soon", "overdue", "waiting", "proposed", "open")
"""The queues whose counts stand beside their names."""
WORD = re.compile(r"\w+")
LABEL = re.compile(r"\bC-(?=\d)", re.IGNORECASE)


@dataclass(frozen=True)
class Expectation:
    """Who owes what by when; ``side`` is ``staff``, ``company`` or ``worker``."""

    side: str
    words: str
    due_at: datetime | None


def cases_of(actor: Actor, *, open_only: bool = False) -> QuerySet[Case]:
    """The cases an actor may see, with what a row shows."""
    cases = Case.objects.visible_to(actor).select_related(
        "assignment", "company", "worker__user", "merged_into"
    )
    return cases.exclude(status__in=CLOSED) if open_only else cases


def for_page(actor: Actor) -> QuerySet[Case]:
    """One case with everything its page names."""
    merged = Case.objects.filter(merged_into=OuterRef("pk"))
    links = CaseLink.objects.filter(Q(first=OuterRef("pk")) | Q(second=OuterRef("pk")))
    cases = Case.objects.visible_to(actor).defer("search", "assignment__search")
    return cases.annotate(has_merged=Exists(merged), has_links=Exists(links)).select_related(
        "assignment__company", "assignment__worker__user", "company", "worker__user",
        "assignment__reservation", "assignment__invoice__worker", "assignment__invoice__company",
        "opened_by", "assignee", "hold", "merged_into",
    )  # fmt: skip


FOR_ACT = Compiled(
    lambda key: (
        Case.objects.filter(pk=key).select_related("company", "worker__user").only(
            "number", "side", "kind", "status", "assignment_id", "opened_by_id", "assignee_id",
            "company__name", "worker__user__full_name", "worker__user__email",
        )
    ),
    key=int,
)  # fmt: skip


def for_act(key: int) -> Case | None:
    """One case with no more than an act of staff needs: its verb reads it anew, under lock."""
    found: Case | None = FOR_ACT.first(key=key)
    return found


def open_cases_of(assignment: Assignment, side: str) -> QuerySet[Case]:
    return Case.objects.active().filter(assignment=assignment, side=side).order_by("pk")


def shown_on(assignment: Assignment, actor: Actor) -> QuerySet[Case]:
    """The cases about an assignment that its page names, newest first."""
    return Case.objects.visible_to(actor).filter(assignment=assignment).order_by("-pk")


def merged_into(case: Case) -> QuerySet[Case]:
    """The cases that ended in favor of this one; their story is part of it."""
    return Case.objects.filter(merged_into=case).defer("search").order_by("pk")


def entries_of(case: Case, merged: Sequence[Case], actor: Actor) -> QuerySet[CaseEntry]:
    """The timeline of the case, and of those merged into it, as far as the actor reads it."""
    keys = [case.pk, *(one.pk for one in merged)]
    found = CaseEntry.objects.visible_to(actor).filter(case__in=keys)
    return found.select_related("author").order_by("at", "pk")


def evidence_of(case: Case, merged: Sequence[Case] = ()) -> QuerySet[Evidence]:
    """What was put forward in the case, and in those merged into it."""
    keys = [case.pk, *(one.pk for one in merged)]
    found = Evidence.objects.filter(case__in=keys).select_related("added_by", "case")
    return found.defer("case__search").order_by("pk")


def linked_to(case: Case) -> list[tuple[Case, str]]:
    """The cases that staff linked to this one, with why."""
    rows = CaseLink.objects.filter(Q(first=case) | Q(second=case)).select_related("first", "second")
    rows = rows.defer("first__search", "second__search").order_by("pk")
    return [(row.second if row.first_id == case.pk else row.first, row.words) for row in rows]


def exhibits_of(case: Case, merged: Sequence[Case] = ()) -> QuerySet[Exhibit]:
    """What both sides point at in the case, and in those merged into it."""
    keys = [case.pk, *(one.pk for one in merged)]
    found = Exhibit.objects.filter(case__in=keys)
    return found.select_related("message__author", "visit", "deliverable__request").order_by("pk")


def opinion_of(case: Case, actor: Actor) -> Opinion | None:
    """What the actor's side said of the handling of this round."""
    side = Side.COMPANY if actor.is_client else Side.WORKER
    return case.opinions.filter(round=case.round, side=side).first()


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
        "waiting": Q(status__in=WAITING),
        "proposed": Q(status=CaseStatus.PROPOSED),
        "closed": Q(status__in=CLOSED),
    }.get(name, is_open)


def queue_counts(*, user: User, at: datetime) -> dict[str, int]:
    """How many cases stand in each queue of open ones (one query)."""
    counts = {name: Count("pk", filter=queue(name, user=user, at=at)) for name in COUNTED}
    return with_due(Case.objects.active()).aggregate(**counts)


def searched(cases: QuerySet[Case], words: str) -> QuerySet[Case]:
    """By number, assignment, names and story: each word, or what begins with it, must be there."""
    wanted = None
    for word in WORD.findall(LABEL.sub("", words.replace("_", " "))):
        begins = SearchQuery(f"{word}:*", config="simple", search_type="raw")
        other_form = SearchQuery(word, config="english", search_type="plain")
        wanted = begins | other_form if wanted is None else wanted & (begins | other_form)
    return cases.filter(search=wanted) if wanted else cases.none()


def desk_rows(filters: dict[str, Any], *, user: User, at: datetime) -> QuerySet[Case]:
    """The rows of one queue with the filters and the search of the desk applied."""
    rows = with_due(Case.objects.all()).filter(
        queue(filters.get("queue") or "open", user=user, at=at)
    )
    for name in ("kind", "status", "priority", "side", "assignee"):
        if filters.get(name):
            rows = rows.filter(**{name: filters[name]})
    if filters.get("q"):
        rows = searched(rows, filters["q"])
    return rows


def as_rows(cases: QuerySet[Case]) -> QuerySet[Case]:
    """What a row of the queue shows, without the texts it does not."""
    return (
        with_due(cases)
        .select_related("assignment", "company", "worker__user", "assignee", "merged_into")
        .only(
            "number", "kind", "side", "status", "priority", "closed_at", "first_answered_at",
            "first_answer_due_at", "update_due_at", "merged_into__number",
            "assignment__title", "assignment__reference", "company__name",
            "worker__user__full_name", "worker__user__email",
            "assignee__full_name", "assignee__email",
        )
    )  # fmt: skip


def earlier_cases(case: Case, *, most: int = 10) -> dict[str, list[Case]]:
    """The other cases of each party, newest first (one query)."""
    others = (
        Case.objects.exclude(pk=case.pk)
        .only("number", "kind", "status", "opened_at", "company_id", "worker_id")
        .order_by("-pk")
    )
    of_company = others.filter(company_id=case.company_id)[:most]
    of_worker = others.filter(worker_id=case.worker_id)[:most]
    found = list(of_company.union(of_worker).order_by("-number"))
    return {
        Side.COMPANY: [one for one in found if one.company_id == case.company_id][:most],
        Side.WORKER: [one for one in found if one.worker_id == case.worker_id][:most],
    }
