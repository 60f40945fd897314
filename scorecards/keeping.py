"""Keeping the rolled-up rows true while time passes, and building them all anew."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q

from assignments.models import Assignment
from assignments.states import Status
from scorecards import editions, market
from scorecards.formulas import VERSION
from scorecards.models import CompanyScorecard, WorkerScorecard
from scorecards.rows import COMPANY_SOURCES, WORKER_SOURCES, Source
from scorecards.scoring import refresh_companies, refresh_everybody, refresh_workers

BATCH = 5_000
"""Owners whose rows are locked at a time: large enough to be quick, small enough that an event
of one of them waits seconds at most."""


SWEPT = timedelta(hours=3)
"""How far back the sweep looks for what time has changed; it comes round every hour."""


def rebuild(*, at: datetime) -> int:
    """Draw every figure of every company and worker; returns how many owners there are."""
    done = refresh_everybody(CompanyScorecard, at=at) + refresh_everybody(WorkerScorecard, at=at)
    editions.finish(editions.begin(at=at), done, at=at)
    market.draw(at=at)
    return done


def refresh_stale(*, at: datetime, older_than: timedelta) -> int:
    """Scorecards not drawn completely for a while, and those of an earlier version of the
    formulas."""
    edition = editions.begin(at=at)
    stale = Q(computed_at__lt=at - older_than) | Q(formula_version__lt=VERSION)
    companies = CompanyScorecard.objects.filter(stale).values_list("company", flat=True)
    workers = WorkerScorecard.objects.filter(stale).values_list("worker", flat=True)
    done = _in_batches(companies, refresh_companies, at)
    done += _in_batches(workers, refresh_workers, at)
    if edition.recomputed_at is None:
        editions.finish(edition, done, at=at)
    return done


def refresh_sliding(*, at: datetime, within: timedelta = SWEPT) -> int:
    """Owners of whom a row has left the window lately, or a deliverable has fallen due."""
    edge = at - timedelta(days=settings.SCORECARD_WINDOW_DAYS)
    done = 0
    for sources, refresh in (
        (COMPANY_SOURCES, refresh_companies), (WORKER_SOURCES, refresh_workers),
    ):  # fmt: skip
        for source in sources.values():
            if source.slides:
                spans = [(edge - within, edge)]
                if source.name == "deliverables":
                    spans.append((at - within, at))
                done += _refresh_dated(source, refresh, spans, at=at)
    return done


def _refresh_dated(
    source: Source, refresh: Callable[..., None], spans: Sequence[tuple[datetime, datetime]],
    *, at: datetime,
) -> int:  # fmt: skip
    dated = Q()
    for start, end in spans:
        dated |= Q(dated_at__gte=start, dated_at__lt=end)
    rows = source.recipe(at).filter(dated).exclude(**{source.owner: None}).order_by()

    def drawn(keys: Sequence[int], *, at: datetime) -> None:
        refresh(keys, at=at, sources=(source.name,))

    return _in_batches(rows.values_list(source.owner, flat=True), drawn, at)


def refresh_waiting(*, at: datetime) -> int:
    """Companies with work to approve or invoices past due: waiting alone changes these."""
    waiting = Assignment.objects.filter(
        Q(status=Status.PENDING_APPROVAL)
        | Q(invoice__paid_at=None, invoice__withdrawn_at=None, invoice__due_on__lt=at.date())
    ).values_list("company", flat=True)

    def refresh(keys: Sequence[int], *, at: datetime) -> None:
        refresh_companies(keys, at=at, sources=("pending", "payments", "owed"))

    return _in_batches(waiting, refresh, at)


def _in_batches(keys: Iterable[int], refresh: Callable[..., None], at: datetime) -> int:
    done = 0
    for batch in _batches(sorted(set(keys))):
        refresh(batch, at=at)
        done += len(batch)
    return done


def _batches(keys: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(keys), BATCH):
        yield keys[start : start + BATCH]
