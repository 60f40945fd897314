"""Keeping the rolled-up rows true while time passes, and building them all anew."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from django.db.models import Q

from accounts.models import Company, WorkerProfile
from assignments.models import Assignment
from assignments.states import Status
from scorecards.models import CompanyScorecard, Window, WorkerScorecard
from scorecards.scoring import refresh_companies, refresh_workers

BATCH = 5_000
"""Owners whose rows are locked at a time: large enough to be quick, small enough that an event
of one of them waits seconds at most."""


def rebuild(*, at: datetime) -> int:
    """Draw every figure of every company and worker; returns how many owners there are."""
    return _in_batches(Company.objects.values_list("pk", flat=True), refresh_companies, at) + (
        _in_batches(WorkerProfile.objects.values_list("pk", flat=True), refresh_workers, at)
    )


def refresh_stale(*, at: datetime, older_than: timedelta) -> int:
    """Scorecards not drawn completely for a while: their windows have slid since."""
    stale = {"window": Window.RECENT, "computed_at__lt": at - older_than}
    companies = CompanyScorecard.objects.filter(**stale).values_list("company", flat=True)
    workers = WorkerScorecard.objects.filter(**stale).values_list("worker", flat=True)
    return _in_batches(companies, refresh_companies, at) + _in_batches(workers, refresh_workers, at)


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
