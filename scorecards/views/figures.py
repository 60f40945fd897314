"""Scorecards and the rows behind every figure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import Company, WorkerProfile
from assignments.models import Assignment
from core import charts
from core.paging import Page, cursors_of, moment_key, number_key, page_of
from core.permissions import demand
from scorecards import cards, queries, scoring
from scorecards.forms import FigureForm
from scorecards.formulas import COMPANY_FORMULAS, VERSION, WORKER_FORMULAS, Formula, explained
from scorecards.formulas import value_words as in_words
from scorecards.models import Window
from scorecards.periods import months_before

NEWEST = [moment_key("dated_at", descending=True), number_key(descending=True)]
MONTHS = 12


@dataclass(frozen=True)
class Behind:
    """One row behind a figure: what it is about, when it counted, and with what value."""

    title: str
    url: str
    at: datetime
    value: str


@login_required
@require_safe
def own(request: HttpRequest) -> HttpResponse:
    """One's own scorecard: a company's members see the company's, a worker their own."""
    demand(request, "scorecards.see_own")
    actor = request.actor
    if actor.is_client:
        return redirect("scorecards:company_figures", actor.company.slug)
    return _page(request, actor.worker, WORKER_FORMULAS, card=cards.worker_card(actor.worker))


@login_required
@require_safe
def company_figures(request: HttpRequest, slug: str) -> HttpResponse:
    """A company's figures and the rows behind them, open to everybody signed in.

    Workers and other companies read what the rows are about and their values, not who
    did the work.
    """
    demand(request, "scorecards.see_company")
    company = get_object_or_404(Company, slug=slug)
    return _page(request, company, COMPANY_FORMULAS, card=cards.company_card(company))


@require_safe
def formulas(request: HttpRequest) -> HttpResponse:
    """Every formula, from the definitions that compute them."""
    groups = [
        ("Company Scorecard", [(f, explained(f)) for f in COMPANY_FORMULAS.values()]),
        ("Worker scorecard", [(f, explained(f)) for f in WORKER_FORMULAS.values()]),
    ]
    return render(request, "scorecards/formulas.html", {"groups": groups, "version": VERSION})


def _page(
    request: HttpRequest,
    owner: Company | WorkerProfile,
    known: dict[str, Formula],
    *,
    card: Any,
) -> HttpResponse:
    at = timezone.now()
    form = FigureForm(request.GET, formulas=known)
    formula, window = form.formula, form.window_chosen
    rows = queries.rows_behind(owner, formula, window=window, at=at)
    page = page_of(rows, NEWEST, size=25, **cursors_of(request.GET))
    both = queries.scorecards_of(owner)
    recent, ever = both.get(Window.RECENT), both.get(Window.ALL_TIME)
    context = {
        "owner": owner,
        "card": card,
        "formula": formula,
        "explained": explained(formula),
        "window": window,
        "windows": Window.choices,
        "figures": _both_windows(known, recent, ever),
        "rows": _rows(request, page, formula),
        "chart": _chart(owner, formula, at),
        "newer": page.newer_url(request.GET),
        "older": page.older_url(request.GET),
        "version": VERSION,
    }
    return render(request, "scorecards/figures.html", context)


def _both_windows(
    known: dict[str, Formula], recent: Any, ever: Any
) -> list[tuple[Formula, str, str]]:
    return [
        (
            formula,
            in_words(getattr(recent, name, None), formula.unit),
            in_words(getattr(ever, name, None), formula.unit),
        )
        for name, formula in known.items()
    ]


def _rows(request: HttpRequest, page: Page[Any], formula: Formula) -> list[Behind]:
    about = queries.assignments_behind(page.rows)
    return [_behind(request, row, about[row.pk], formula) for row in page.rows if row.pk in about]


def _behind(request: HttpRequest, row: Any, about: Assignment, formula: Formula) -> Behind:
    actor = request.actor
    mine = actor.is_staff or about.company_id == getattr(actor.company, "pk", None)
    theirs = bool(actor.worker and about.worker_id == actor.worker.pk)
    title = f"{about.reference} {about.title}" if mine or theirs else str(about.industry)
    return Behind(
        title=title,
        url=about.get_absolute_url() if mine or theirs else "",
        at=row.dated_at,
        value=_value(row, formula),
    )


def _value(row: Any, formula: Formula) -> str:
    """The share of a single row in words: yes or no for shares, the measure for the rest."""
    if formula.source == "ratings":
        return str(row.get_overall_display())
    value = getattr(row, "value", None)
    if value is None:
        return "counts"
    if formula.source in ("approvals", "payments"):
        return "on time" if value == 0 else in_words(value, "days")
    if formula.source == "answers":
        return in_words(value, "hours")
    return "yes" if value else "no"


def _chart(owner: Company | WorkerProfile, formula: Formula, at: datetime) -> Any:
    """The figure of each of the last twelve months, where a trend means something."""
    if not formula.trend:
        return None
    source = queries.source_of(owner, formula)
    found = scoring.monthly(source, [formula], owner.pk, months=MONTHS, at=at)[formula.name]
    shown = [None if v is None else v * 100 if formula.unit == "share" else v for v in found]
    if not any(v is not None for v in shown):
        return None
    return charts.line(
        title=f"{formula.label} by month",
        desc=f"{formula.label} in each of the last twelve months.",
        labels=[f"{month:%b}" for month in months_before(at, MONTHS)],
        series=[(formula.label, shown)],
        x_label="Month",
        y_label=formula.label,
        unit="%" if formula.unit == "share" else "days" if formula.unit == "days" else "",
    )
