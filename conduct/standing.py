"""Whether a company or a worker may take on new work: the gate of the verbs.

What is under way goes on; reading, messages, payments and cases stay open throughout.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from accounts.actors import Actor
from accounts.models import Company, WorkerProfile
from accounts.queries import hinders_workers
from conduct.models import Measure, MeasureQuerySet
from core.compiled import Compiled
from core.dates import date_words
from core.errors import DomainError


class NewWorkStopped(DomainError):
    message = "You cannot take on new work {until}: {why} What is under way goes on. See Standing."


class OtherSideStopped(DomainError):
    message = "{party} cannot take on new work at the moment. What is under way goes on as usual."


def _not_ended(concerned: Q) -> MeasureQuerySet:
    rows = Measure.objects.stops().filter(concerned)
    return rows.select_related("company", "worker__user").order_by("pk")


NOT_ENDED = Compiled(
    lambda company, worker: _not_ended(Q(company=company) | Q(worker=worker)),
    company=int,
    worker=int,
)
NOBODY = 0
"""A key that no company and no worker has."""


def require(
    *,
    company: Company | None = None,
    worker: WorkerProfile | None = None,
    workers: Sequence[WorkerProfile] = (),
    by: Actor,
    at: datetime,
) -> None:
    """Raise where one of them may take on no new work (one query).

    Who is concerned reads why and until when; the other side only that it is so. ``workers`` are
    those a client asks by name.
    """
    keys = (company.pk if company else NOBODY, worker.pk if worker else NOBODY)
    if workers:  # lists of changing length are not compiled
        keys_of = [keys[1], *(one.pk for one in workers)]
        rows = list(_not_ended(Q(company=keys[0]) | Q(worker__in=keys_of)))
    else:
        rows = NOT_ENDED.all(company=keys[0], worker=keys[1])
    found = [measure for measure in rows if measure.holds(at)]
    own = [measure for measure in found if _is_own(measure, by)]
    if own:
        raise NewWorkStopped(until=until_words(own), why=own[-1].words)
    if found:
        raise OtherSideStopped(party=str(found[0].party))


def until_words(measures: Sequence[Measure]) -> str:
    """``until December 8, 2026``, by the one that lasts longest."""
    ends = [measure.ends_at for measure in measures]
    known = [end for end in ends if end is not None]
    return f"until {date_words(max(known))}" if len(known) == len(ends) else "for now"


def _is_own(measure: Measure, by: Actor) -> bool:
    if measure.company_id is not None:
        return by.company is not None and by.company.pk == measure.company_id
    return by.worker is not None and by.worker.pk == measure.worker_id


def stopped(outer: str, *, at: datetime) -> Exists:
    """For a query: whether the company in that column may take on no new work."""
    return Exists(Measure.objects.stopping(at).filter(company=OuterRef(outer)))


def worker_stopped(outer: str, *, at: datetime) -> Exists:
    """For a query: whether the worker in that column may take on no new work."""
    return Exists(Measure.objects.stopping(at).filter(worker=OuterRef(outer)))


@hinders_workers
def stopped_for_lists() -> Exists:
    """For lists of whom to ask: by what the sweep has not ended, since lists have no clock."""
    return Exists(Measure.objects.stops().filter(worker=OuterRef("pk")))
