"""Reads of scorecards: the rolled-up rows for badges and cards, and the rows behind a figure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Prefetch, QuerySet, prefetch_related_objects

from accounts.models import Company, WorkerProfile
from assignments.models import Assignment, Unassignment
from core.compiled import Compiled
from scorecards.formulas import Formula
from scorecards.models import CompanyScorecard, Window, WorkerScorecard
from scorecards.periods import since
from scorecards.rows import COMPANY_SOURCES, WORKER_SOURCES, Source


def with_badges(companies: Iterable[Company]) -> list[Company]:
    """The companies with their recent scorecards at hand, in one query for all of them."""
    found = list(companies)
    recent = CompanyScorecard.objects.filter(window=Window.RECENT)
    prefetch_related_objects(found, Prefetch("scorecards", recent, to_attr="recent_scorecards"))
    return found


def scorecard_of(company: Company, window: str = Window.RECENT) -> CompanyScorecard | None:
    """The rolled-up row of a company; free after ``with_badges``, else one query."""
    at_hand = getattr(company, "recent_scorecards", None)
    if window == Window.RECENT and at_hand is not None:
        return at_hand[0] if at_hand else None
    found: CompanyScorecard | None = OF_COMPANY.first(company=company.pk, window=window)
    if window == Window.RECENT:
        company.recent_scorecards = [found] if found else []  # type: ignore[attr-defined]
    return found


OF_COMPANY = Compiled(
    lambda company, window: CompanyScorecard.objects.filter(company=company, window=window),
    company=int,
    window=str,
)


def with_worker_cards(workers: Iterable[WorkerProfile]) -> list[WorkerProfile]:
    """The workers with their scorecards at hand, in one query for all of them."""
    found = list(workers)
    every = WorkerScorecard.objects.all()
    prefetch_related_objects(found, Prefetch("scorecards", every, to_attr="scorecards_at_hand"))
    return found


def scorecards_of(owner: Company | WorkerProfile) -> dict[str, Any]:
    """Both windows of an owner's scorecard by window; one query, or none after
    ``with_worker_cards``."""
    at_hand = getattr(owner, "scorecards_at_hand", None)
    if at_hand is not None:
        return {row.window: row for row in at_hand}
    rows: QuerySet[Any, Any] = (
        CompanyScorecard.objects.filter(company=owner)
        if isinstance(owner, Company)
        else WorkerScorecard.objects.filter(worker=owner)
    )
    return {row.window: row for row in rows}


def source_of(owner: Company | WorkerProfile, formula: Formula) -> Source:
    sources = COMPANY_SOURCES if isinstance(owner, Company) else WORKER_SOURCES
    return sources[formula.source]


def rows_behind(
    owner: Company | WorkerProfile, formula: Formula, *, window: str, at: datetime
) -> QuerySet[Any, Any]:
    """The rows a figure is drawn from, in no order yet; page them by ``dated_at`` and key."""
    source = source_of(owner, formula)
    rows = source.rows([owner.pk], at=at)
    start = since(window, at)
    if start and source.slides:
        rows = rows.filter(dated_at__gte=start)
    if source.name == "answers":
        return rows
    return rows.select_related(*_with_assignment(rows.model))


def assignments_behind(rows: Sequence[Any]) -> dict[int, Assignment]:
    """The assignment of each row of ``rows_behind`` by the row's key (one query for events)."""
    found: dict[int, Assignment] = {}
    events = {row.pk: row.subject_key for row in rows if hasattr(row, "subject_key")}
    if events:
        told = Assignment.objects.select_related("industry", "worker__user", "company").in_bulk(
            set(events.values())
        )
        return {pk: told[key] for pk, key in events.items() if key in told}
    for row in rows:
        found[row.pk] = row if isinstance(row, Assignment) else row.assignment
    return found


def _with_assignment(model: type[Any]) -> tuple[str, ...]:
    if model is Assignment:
        return ("industry", "worker__user", "company", "invoice")
    more = ("worker__user", "reason") if model is Unassignment else ()
    return ("assignment__industry", "assignment__worker__user", "assignment__company", *more)
