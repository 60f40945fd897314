"""Scorecards, the rows behind every figure, and how the figures are made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
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
from scorecards import cards, queries, scoring
from scorecards.forms import FigureForm
from scorecards.formulas import (
    COMPANY_FORMULAS,
    VERSION,
    WORKER_FORMULAS,
    Formula,
    explained,
    limits,
    value_words,
)
from scorecards.models import Window
from scorecards.periods import months_before
from scorecards.showing import rows_in_words

NEWEST = [moment_key("dated_at", descending=True), number_key(descending=True)]
MONTHS = 12
ROWS = 15


@dataclass(frozen=True, slots=True)
class Line:
    """One figure in the table of all, over both windows."""

    formula: Formula
    recent: str
    ever: str


@login_required
@require_safe
def own(request: HttpRequest) -> HttpResponse:
    """One's own scorecard: members see their company's, a worker their own."""
    demand(request, "scorecards.see_own")
    base = reverse("scorecards:own")
    if request.actor.is_client:
        card = cards.company_card(request.actor.company, base=base)
        return _page(request, request.actor.company, card)
    return _page(request, request.actor.worker, cards.worker_card(request.actor.worker, base=base))


@login_required
@require_safe
def company_figures(request: HttpRequest, slug: str) -> HttpResponse:
    """A company's figures and the rows behind them, open to everybody signed in."""
    demand(request, "scorecards.see_company")
    company = get_object_or_404(Company.objects.visible_to(request.actor), slug=slug)
    return _page(request, company, cards.company_card(company))


@login_required
@require_safe
def worker_figures(request: HttpRequest, reference: str) -> HttpResponse:
    """A worker's figures and the rows behind them, for clients, staff and the worker."""
    workers = WorkerProfile.objects.visible_to(request.actor).select_related("user")
    worker = get_object_or_404(workers, reference=reference)
    demand(request, "accounts.see_worker", worker)
    return _page(request, worker, cards.worker_card(worker))


@require_safe
def formulas(request: HttpRequest) -> HttpResponse:
    """Every formula, from the definitions that compute them."""
    groups = [
        ("company", "Company scorecard", [(f, explained(f)) for f in COMPANY_FORMULAS.values()]),
        ("worker", "Worker scorecard", [(f, explained(f)) for f in WORKER_FORMULAS.values()]),
    ]
    context = {
        "groups": groups,
        "version_words": str(VERSION),
        "limits": [(COMPANY_FORMULAS[one.formula].label, one.words) for one in limits()],
        "fewest": settings.NEW_CLIENT_RATINGS,
    }
    return render(request, "scorecards/formulas.html", context)


def _page(request: HttpRequest, owner: Company | WorkerProfile, card: Scorecard) -> HttpResponse:
    known = COMPANY_FORMULAS if isinstance(owner, Company) else WORKER_FORMULAS
    at = timezone.now()
    form = FigureForm(request.GET, formulas=known)
    formula, window = form.formula, form.window_chosen
    rows = queries.rows_behind(owner, formula, window=window, at=at)
    page = page_of(rows, NEWEST, size=ROWS, **cursors_of(request.GET))
    context = {
        "owner": owner,
        "card": card,
        "formula": formula,
        "explained": explained(formula),
        "window": window,
        "windows": Window.choices,
        "slides": queries.source_of(owner, formula).slides,
        "lines": _lines(owner, known),
        "rows": rows_in_words(page.rows, formula, request.actor),
        "chart": _chart(owner, formula, at),
        "newer": page.newer_url(request.GET),
        "older": page.older_url(request.GET),
    }
    return render(request, "scorecards/figures.html", context)


def _lines(owner: Company | WorkerProfile, known: dict[str, Formula]) -> list[Line]:
    both = queries.scorecards_of(owner)
    recent, ever = both.get(Window.RECENT), both.get(Window.ALL_TIME)
    return [
        Line(
            formula,
            value_words(getattr(recent, name, None), formula.unit),
            value_words(getattr(ever, name, None), formula.unit),
        )
        for name, formula in known.items()
    ]


def _chart(owner: Company | WorkerProfile, formula: Formula, at: datetime) -> Any:
    """The figure in each of the last twelve months, where a trend means something."""
    if not formula.trend:
        return None
    source = queries.source_of(owner, formula)
    found = scoring.monthly(source, [formula], owner.pk, months=MONTHS, at=at)[formula.name]
    scale = 100 if formula.unit == "share" else 1
    shown = [None if value is None else round(value * scale, 2) for value in found]
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
