"""Drawing the figures of scorecards from the rows, many owners at a time.

A refresh costs the same few statements, however many owners, kinds of facts and windows. The
rolled-up rows are locked before the facts are read, so that of two refreshes at once the later
one sees everything the earlier one saw.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.conf import settings
from django.db import connection, transaction

from accounts.models import Company, WorkerProfile
from scorecards import claiming, drawing
from scorecards.formulas import COMPANY, WORKER, Formula, limits
from scorecards.models import CompanyScorecard, Window, WorkerScorecard
from scorecards.queries import scorecard_of
from scorecards.rows import COMPANY_SOURCES, WORKER_SOURCES, Source

WORK_MEM = "64MB"
"""What each sort and hash of a rebuild may take before it goes to disk."""


def refresh_company(company: Company, *, at: datetime) -> None:
    """Draw every figure of one company anew."""
    refresh_companies([company.pk], at=at)


def refresh_worker(worker: WorkerProfile, *, at: datetime) -> None:
    """Draw every figure of one worker anew."""
    refresh_workers([worker.pk], at=at)


@transaction.atomic
def refresh_companies(
    keys: Sequence[int], *, at: datetime, sources: Iterable[str] | None = None
) -> None:
    """Draw the figures of these companies anew, all of them or those of some sources.

    With ``sources`` only the figures that could have changed are drawn; ``computed_at`` then
    stays, so that the nightly sweep still comes round for the windows that slide.
    """
    at = claiming.claim(CompanyScorecard, keys, at=at)
    draw_companies(keys, at=at, sources=sources)


@transaction.atomic
def refresh_workers(
    keys: Sequence[int], *, at: datetime, sources: Iterable[str] | None = None
) -> None:
    """Draw the figures of these workers anew, all of them or those of some sources."""
    at = claiming.claim(WorkerScorecard, keys, at=at)
    draw_workers(keys, at=at, sources=sources)


@transaction.atomic
def refresh_everybody(
    model: type[CompanyScorecard] | type[WorkerScorecard], *, at: datetime
) -> int:
    """Draw every figure of all companies, or of all workers, by one statement; returns how
    many there are. An event of one of them waits until it is done."""
    at = claiming.claim_everybody(model, at=at)
    drawn = company_sources() if model is CompanyScorecard else worker_sources()
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL work_mem = '{WORK_MEM}'")
    return drawing.draw(model, drawn, None, at=at, complete=True) // len(Window.values)


def draw_companies(
    keys: Sequence[int], *, at: datetime, sources: Iterable[str] | None = None
) -> None:
    """The same on rows that are locked already: one statement."""
    drawn = company_sources(sources)
    drawing.draw(CompanyScorecard, drawn, keys, at=at, complete=sources is None)


def draw_workers(
    keys: Sequence[int], *, at: datetime, sources: Iterable[str] | None = None
) -> None:
    """The same on rows that are locked already: one statement."""
    drawn = worker_sources(sources)
    drawing.draw(WorkerScorecard, drawn, keys, at=at, complete=sources is None)


def crossed(card: CompanyScorecard) -> list[str]:
    """The names of the figures that make this scorecard red.

    Satisfaction counts once there are enough ratings in the window to say anything.
    """
    enough = card.ratings >= settings.NEW_CLIENT_RATINGS
    return [
        limit.formula
        for limit in limits()
        if limit.is_crossed(getattr(card, limit.formula))
        and (enough or limit.formula != "satisfaction")
    ]


def is_red(company: Company) -> bool:
    """Whether the company's scorecard of the last 90 days is red, as rolled up."""
    card = scorecard_of(company)
    return bool(card and card.is_red)


def company_sources(names: Iterable[str] | None = None) -> drawing.Drawn:
    return _drawn(COMPANY_SOURCES, COMPANY, names)


def worker_sources(names: Iterable[str] | None = None) -> drawing.Drawn:
    return _drawn(WORKER_SOURCES, WORKER, names)


def _drawn(
    known: Mapping[str, Source], formulas: Sequence[Formula], names: Iterable[str] | None
) -> drawing.Drawn:
    chosen = sorted(known if names is None else set(names))
    return [(known[name], [f for f in formulas if f.source == name]) for name in chosen]


def figures_of(card: CompanyScorecard | WorkerScorecard) -> Mapping[str, float | None]:
    """Every figure of a rolled-up row by name."""
    formulas = COMPANY if isinstance(card, CompanyScorecard) else WORKER
    return {formula.name: getattr(card, formula.name) for formula in formulas}
