"""Scorecards, the rows behind every figure, and how the figures are made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import Company, WorkerProfile
from core import charts
from core.cards import Scorecard
from core.paging import cursors_of, moment_key, number_key, page_of
from core.permissions import demand
from scorecards import cards, editions, market, queries, scoring, sharing
from scorecards.forms import FigureForm
from scorecards.formulas import (
    COMPANY_FORMULAS,
    WORKER_FORMULAS,
    Formula,
    explained,
    limits,
    value_words,
)
from scorecards.models import FormulaEdition, Window
from scorecards.periods import months_before
from scorecards.showing import rows_in_words

NEWEST = [moment_key("dated_at", descending=True), number_key(descending=True)]
MONTHS = 12
MONTHS_SHOWN = 12
ROWS = 15


@dataclass(frozen=True, slots=True)
class Line:
    """One figure in the table of all, over both windows, with the marketplace's middle."""

    formula: Formula
    recent: str
    ever: str
    recent_middle: str = ""
    ever_middle: str = ""


@login_required
@require_safe
def own(request: HttpRequest) -> HttpResponse:
    """One's own scorecard: members see their company's, a worker their own."""
    demand(request, "scorecards.see_own")
    base, at = reverse("scorecards:own"), timezone.now()
    if request.actor.is_client:
        card = cards.company_card(request.actor.company, at=at, base=base)
        return _page(request, request.actor.company, card, at)
    card = cards.worker_card(request.actor.worker, at=at, base=base)
    return _page(request, request.actor.worker, card, at)


@login_required
@require_safe
def company_figures(request: HttpRequest, slug: str) -> HttpResponse:
    """A company's figures and the rows behind them, open to everybody signed in."""
    demand(request, "scorecards.see_company")
    company = get_object_or_404(Company.objects.visible_to(request.actor), slug=slug)
    at = timezone.now()
    return _page(request, company, cards.company_card(company, at=at), at)


@login_required
@require_safe
def worker_figures(request: HttpRequest, reference: str) -> HttpResponse:
    """A worker's figures and the rows behind them, for clients, staff and the worker."""
    workers = WorkerProfile.objects.visible_to(request.actor).select_related("user")
    worker = get_object_or_404(workers, reference=reference)
    demand(request, "accounts.see_worker", worker)
    at = timezone.now()
    return _page(request, worker, cards.worker_card(worker, at=at), at)


def _page(
    request: HttpRequest, owner: Company | WorkerProfile, card: Scorecard, at: datetime
) -> HttpResponse:
    known = COMPANY_FORMULAS if isinstance(owner, Company) else WORKER_FORMULAS
    form = FigureForm(request.GET, formulas=known)
    formula, window = form.formula, form.window_chosen
    source = queries.source_of(owner, formula)
    summary = sharing.summary(
        source, formula, owner.pk, window=window, months=MONTHS if formula.trend else 0, at=at
    )
    rows = queries.rows_behind(owner, formula, window=window, at=at)
    page = page_of(rows, NEWEST, size=ROWS, **cursors_of(request.GET))
    medians = market.compared_with("company" if isinstance(owner, Company) else "worker")
    both = {} if form.by_month_chosen else queries.scorecards_of(owner)
    context = {
        "owner": owner,
        "card": card,
        "formula": formula,
        "explained": explained(formula),
        "summary": summary,
        "middle": medians.get((window, formula.name)),
        "middle_words": _middle(medians, window, formula),
        "window": window,
        "windows": Window.choices,
        "slides": source.slides,
        "by_month": form.by_month_chosen,
        "kept": _kept(both.get(window), summary),
        "lines": [] if form.by_month_chosen else _lines(both, known, medians),
        "has_middle": bool(medians),
        "months": _months(owner, known, at) if form.by_month_chosen else None,
        "rows": rows_in_words(page.rows, summary, request.actor),
        "chart": _chart(owner, summary, at),
        "changes": _changes(owner, formula, at),
        "newer": page.newer_url(request.GET),
        "older": page.older_url(request.GET),
    }
    return render(request, "scorecards/figures.html", context)


def _kept(card: Any, summary: sharing.Summary) -> dict[str, Any] | None:
    """What the rolled-up row says, and of when, where the rows come to something else by now:
    time alone changes some figures between two sweeps."""
    formula = summary.formula
    drawn_at = card.drawn_at.get(formula.source) if card else None
    words = value_words(getattr(card, formula.name), formula.unit) if drawn_at else ""
    if not drawn_at or words == summary.words:
        return None
    return {"words": words, "at": datetime.fromisoformat(drawn_at)}


def _lines(both: dict[str, Any], known: dict[str, Formula], medians: market.Medians) -> list[Line]:
    recent, ever = both.get(Window.RECENT), both.get(Window.ALL_TIME)
    return [
        Line(
            formula,
            value_words(getattr(recent, name, None), formula.unit),
            value_words(getattr(ever, name, None), formula.unit),
            _middle(medians, Window.RECENT, formula),
            _middle(medians, Window.ALL_TIME, formula),
        )
        for name, formula in known.items()
    ]


def _middle(medians: market.Medians, window: str, formula: Formula) -> str:
    found = medians.get((window, formula.name))
    return value_words(found.median, formula.unit) if found else ""


def _months(
    owner: Company | WorkerProfile, known: dict[str, Formula], at: datetime
) -> dict[str, Any]:
    """Every figure in each of the last months, latest first; what only the present has is left
    out."""
    sources = scoring.company_sources() if isinstance(owner, Company) else scoring.worker_sources()
    found = sharing.by_month(sources, owner.pk, months=MONTHS_SHOWN, at=at)
    return {
        "names": [f"{month:%b %Y}" for month in months_before(at, MONTHS_SHOWN)[::-1]],
        "lines": [
            (formula, [value_words(value, formula.unit) for value in found[name][::-1]])
            for name, formula in known.items()
            if name in found
        ],
    }


def _changes(
    owner: Company | WorkerProfile, formula: Formula, at: datetime
) -> list[tuple[editions.Change, FormulaEdition]]:
    """The changes of this figure's formula that came into force within the window."""
    side = "company" if isinstance(owner, Company) else "worker"
    return [one for one in editions.noted(at) if formula.name in getattr(one[0], side)]


def _chart(owner: Company | WorkerProfile, summary: sharing.Summary, at: datetime) -> Any:
    """The figure in each of the last twelve months, where a trend means something."""
    formula = summary.formula
    scale = 100 if formula.unit == "share" else 1
    shown = [None if value is None else round(value * scale, 2) for value in summary.by_month]
    if len([value for value in shown if value is not None]) < 2:
        return None
    limit = next((one.limit for one in limits() if one.formula == formula.name), None)
    return charts.line(
        title=f"{formula.label} by month",
        desc=f"{formula.label} in each of the last twelve calendar months.",
        labels=[f"{month:%b %Y}" for month in months_before(at, MONTHS)],
        series=[(formula.label, shown)],
        x_label="Month",
        y_label="Percent" if formula.unit == "share" else "Days",
        unit="%" if formula.unit == "share" else "days",
        threshold=None if limit is None or isinstance(owner, WorkerProfile) else limit * scale,
    )
