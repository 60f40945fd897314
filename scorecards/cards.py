"""Scorecards as the card on a page shows them: figures in words, tone, trend and threshold."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from accounts.models import Company, WorkerProfile
from core.cards import Figure, Scorecard
from scorecards.formulas import (
    COMPANY_FORMULAS,
    WORKER_FORMULAS,
    Formula,
    Limit,
    counted,
    limits,
    value_words,
)
from scorecards.models import CompanyScorecard, WorkerScorecard
from scorecards.queries import scorecard_of, scorecards_of
from scorecards.scoring import crossed

COMPANY_CARD = ("satisfaction", "approval_days", "days_past_due")
WORKER_CARD = ("satisfaction", "on_time", "deliverables_on_time")
BASIS = {
    "satisfaction": ("ratings", "rating"),
    "approval_days": ("approvals", "approval"),
    "days_past_due": ("payments", "payment"),
}
MOST = {"satisfaction": 1.0, "approval_days": 7.0, "days_past_due": 7.0}
"""The value at the right end of the little scale."""


def badge_of(company: Company) -> tuple[str, str]:
    """Tone and word of a company's scorecard dot; free after ``queries.with_badges``."""
    card = scorecard_of(company)
    if card is not None and card.is_red:
        return "bad", "Red scorecard"
    if card is None or card.is_new:
        return "neutral", "New client"
    return "good", f"{value_words(card.satisfaction, 'share')} satisfied"


def company_card(company: Company) -> Scorecard:
    """The three figures a worker weighs before applying, of the last 90 days."""
    card = scorecard_of(company)
    tone, word = badge_of(company)
    return Scorecard(
        title="Company Scorecard",
        tone=tone,
        word=word,
        basis="Last 90 days",
        href=reverse("scorecards:company_figures", args=[company.slug]),
        figures=[_company_figure(company, card, name) for name in COMPANY_CARD],
    )


def worker_card(worker: WorkerProfile) -> Scorecard:
    """Satisfaction, on time and deliverables on time of the last 90 days."""
    both = scorecards_of(worker)
    recent, ever = both.get("recent"), both.get("all_time")
    done = ever.completed if ever else 0
    return Scorecard(
        title="Worker scorecard",
        tone="good" if recent and (recent.satisfaction or 0) >= 0.9 else "neutral",
        word="" if done else "New worker",
        basis=f"Last 90 days · {done} completed in all",
        figures=[_worker_figure(recent, name) for name in WORKER_CARD],
    )


def all_figures(
    card: CompanyScorecard | WorkerScorecard | None, *, url: str = ""
) -> list[tuple[Formula, str]]:
    """Every figure of a window with its value in words, in the order of the formulas."""
    formulas = COMPANY_FORMULAS if isinstance(card, CompanyScorecard) else WORKER_FORMULAS
    if card is None:
        return []
    return [(f, value_words(getattr(card, f.name), f.unit)) for f in formulas.values()]


def _company_figure(company: Company, card: CompanyScorecard | None, name: str) -> Figure:
    formula, limit = COMPANY_FORMULAS[name], _limit(name)
    value = getattr(card, name) if card else None
    is_bad = bool(card and name in crossed(card))
    return Figure(
        label=formula.label,
        value=_in_words(formula, value),
        note=_basis(card, name),
        tone="neutral" if value is None else "bad" if is_bad else "good",
        word=limit.words if is_bad else "",
        trend=[point for point in (card.trend.get(name, []) if card else []) if point is not None],
        position=None if value is None else _position(name, value),
        threshold=_position(name, limit.limit),
        threshold_word="" if is_bad else limit.words,
        url=f"{reverse('scorecards:company_figures', args=[company.slug])}?figure={name}",
    )


def _worker_figure(card: WorkerScorecard | None, name: str) -> Figure:
    formula = WORKER_FORMULAS[name]
    value = getattr(card, name) if card else None
    return Figure(
        label=formula.label,
        value=value_words(value, formula.unit),
        tone="neutral" if value is None else "good" if value >= 0.9 else "warning",
        note=f"{counted(card.ratings, 'rating')}" if card and name == "satisfaction" else "",
    )


def _in_words(formula: Formula, value: float | None) -> str:
    if formula.name == "days_past_due" and value == 0:
        return "on time"
    return value_words(value, formula.unit)


def _basis(card: CompanyScorecard | None, name: str) -> str:
    rows, word = BASIS[name]
    return counted(getattr(card, rows), word) if card else "nothing yet"


def _limit(name: str) -> Limit:
    return next(limit for limit in limits() if limit.formula == name)


def _position(name: str, value: Any) -> float:
    return min(100.0, round(value / MOST[name] * 100, 1))
