"""Scorecards: a list with the figures of 50 companies, one event, and a rebuild of everybody."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Company
from activity.models import Event
from assignments.models import Assignment
from scorecards import cards, keeping, queries
from scorecards.models import CompanyScorecard, WorkerScorecard
from scorecards.reactions import COMPANY_FIGURES, WORKER_FIGURES, refresh_figures
from scorecards.rows import READ_OF_ASSIGNMENTS

LISTED = 50
MOST_EXTRA = 1
MOST_STATEMENTS = 3
MOST_TIMES = 20
RUNS = 3
CONTROL = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE SAVEPOINT")


def run(*, only: list[str] | None) -> int:
    """Measure what was chosen; returns how many goals are missed."""
    measures: dict[str, Callable[[], bool]] = {
        "scorecards on a list": _on_a_list, "scorecard event": _event,
        "scorecard rebuild": _rebuild,
    }  # fmt: skip
    return sum(measure() for name, measure in measures.items() if not only or name in only)


def _on_a_list() -> bool:
    """Badge and three figures of 50 companies, beside the companies alone."""
    companies = list(Company.objects.order_by("pk")[:LISTED])
    began = time.perf_counter()
    with CaptureQueriesContext(connection) as captured:
        for company in queries.with_badges(companies):
            cards.badge_of(company)
            cards.told_of(company)
    spent = (time.perf_counter() - began) * 1000
    over = len(captured) > MOST_EXTRA
    print(
        f"\nscorecards on a list: those of {len(companies)} companies in {len(captured)} "
        f"statement more, {spent:.1f} ms, at most {MOST_EXTRA}{'  above' if over else ''}",
        flush=True,
    )
    return over


def _event() -> bool:
    """Each kind of event that changes a figure, applied to an assignment of an ordinary company
    and to one of the largest; undone."""
    kinds = sorted({*COMPANY_FIGURES, *WORKER_FIGURES})
    missed = False
    done = Assignment.objects.filter(approved_at__isnull=False, worker__isnull=False)
    for whose, found in (
        ("an ordinary company", done.exclude(company=1).order_by("pk").first()),
        ("the largest", done.filter(company=1).order_by("pk").first()),
    ):
        assert found is not None
        most, slowest = 0, ("", 0.0)
        with transaction.atomic():
            for kind in kinds:
                statements, seconds = _applied(kind, found)
                most, slowest = max(most, statements), max(slowest, (kind, seconds), key=_second)
            transaction.set_rollback(True)
        over = most > MOST_STATEMENTS
        missed |= over
        print(
            f"scorecard event: {len(kinds)} kinds at {whose}, {most} statements at most, the "
            f"slowest {slowest[0]} in {slowest[1] * 1000:.1f} ms; at most "
            f"{MOST_STATEMENTS} statements{'  above' if over else ''}",
            flush=True,
        )
    return missed


def _second(pair: tuple[str, float]) -> float:
    return pair[1]


def _applied(kind: str, assignment: Assignment) -> tuple[int, float]:
    event = Event(
        kind=kind, subject_kind="assignments.assignment", subject_key=assignment.pk,
        company_key=assignment.company_id, at=timezone.now(), data={"waited": 60.0},
    )  # fmt: skip
    refresh_figures(event)
    began = time.perf_counter()
    with CaptureQueriesContext(connection) as captured:
        refresh_figures(event)
    spent = time.perf_counter() - began
    return sum(not q["sql"].startswith(CONTROL) for q in captured.captured_queries), spent


def _rebuild() -> bool:
    """Every figure of everybody, all rows written, beside one reading of the whole table of
    assignments: of the columns that the figures are drawn from, and of nothing but its rows."""
    scans, counts, rebuilds = [], [], []
    owners = statements = 0
    for _ in range(RUNS):
        scans.append(_seconds(lambda: _scan(*READ_OF_ASSIGNMENTS)))
        counts.append(_seconds(lambda: _scan("*")))
        with CaptureQueriesContext(connection) as captured:
            began = time.perf_counter()
            owners = keeping.rebuild(at=timezone.now() + timedelta(seconds=1))
            rebuilds.append(time.perf_counter() - began)
        statements = len([q for q in captured if not q["sql"].startswith(CONTROL)])
    scan, count, rebuild = min(scans), min(counts), min(rebuilds)
    over = rebuild > MOST_TIMES * scan
    rows = CompanyScorecard.objects.count() + WorkerScorecard.objects.count()
    print(
        f"\nscorecard rebuild: {owners:,} companies and workers ({rows:,} rows) of "
        f"{Assignment.objects.count():,} assignments in {rebuild:.1f} s and {statements} "
        f"statements; a sequential scan of the assignments {scan * 1000:.0f} ms: "
        f"{rebuild / scan:.1f} times, at most {MOST_TIMES}{'  above' if over else ''}; "
        f"a bare count(*) {count * 1000:.0f} ms, {rebuild / count:.1f} times",
        flush=True,
    )
    return over


def _scan(*columns: str) -> None:
    """Every row read by one process, without an index, and these columns counted."""
    with transaction.atomic(), connection.cursor() as cursor:
        for kind in ("indexscan", "indexonlyscan", "bitmapscan"):
            cursor.execute(f"SET LOCAL enable_{kind} = off")
        cursor.execute("SET LOCAL max_parallel_workers_per_gather = 0")
        counted = ", ".join(f"count({column})" for column in columns)
        cursor.execute(f'SELECT {counted} FROM "{Assignment._meta.db_table}"')
        cursor.fetchone()


def _seconds(act: Callable[[], Any]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began
