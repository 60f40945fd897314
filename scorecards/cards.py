"""Scorecards as the card on a page shows them: figures in words, tone, trend and threshold."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.urls import reverse

from accounts.models import Company, WorkerProfile
from core.cards import Figure, Scorecard
from scorecards.formulas import (
    COMPANY_FORMULAS,
    WORKER_FORMULAS,
    Limit,
    counted,
    limits,
    value_words,
)
from scorecards.models import CompanyScorecard, Window, WorkerScorecard
from scorecards.periods import trend_of
from scorecards.queries import scorecard_of, scorecards_of
from scorecards.scoring import crossed

COMPANY_CARD = ("satisfaction", "approval_days", "days_past_due")
WORKER_CARD = ("satisfaction", "on_time", "deliverables_on_time")
BASIS = {
    "satisfaction": ("ratings", "rating"),
    "approval_days": ("approvals", "approval"),
    "days_past_due": ("payments", "payment"),
}
WIDEST = {"satisfaction": 1.0, "approval_days": 6.0, "days_past_due": 2.0}
"""The value at the right end of the little scale."""

NOTHING_YET = {"on_time": "no check-ins yet", "deliverables_on_time": "none with a due time yet"}
GOOD_SHARE = 0.9


def badge_of(company: Company) -> tuple[str, str]:
    """Tone and word of a company's scorecard dot; free after ``queries.with_badges``."""
    card = scorecard_of(company)
    if card is not None and card.is_red:
        return "bad", "Red scorecard"
    if card is None or card.is_new:
        return "neutral", "New client"
    if card.satisfaction is None:
        return "neutral", "No recent ratings"
    return "good", f"{value_words(card.satisfaction, 'share')} satisfied"


def told_of(company: Company) -> list[tuple[str, str, bool]]:
    """The three figures with their words, and whether each is red; free after
    ``queries.with_badges``."""
    card = scorecard_of(company)
    red = crossed(card) if card and card.is_red else []
    return [
        (
            COMPANY_FORMULAS[name].label,
            _in_words(name, getattr(card, name) if card else None, COMPANY_FORMULAS[name].unit),
            name in red,
        )
        for name in COMPANY_CARD
    ]


def company_card(company: Company, *, at: datetime, base: str = "") -> Scorecard:
    """The three figures a worker weighs before applying, of the last 90 days.

    ``base`` is the page on which "Why?" opens the rows; by default the company's figures.
    """
    card = scorecard_of(company)
    tone, word = badge_of(company)
    base = base or reverse("scorecards:company_figures", args=[company.slug])
    return Scorecard(
        title="Company scorecard",
        tone=tone,
        word=word,
        basis=_days_covered(),
        href=base,
        figures=[_company_figure(card, name, base, at) for name in COMPANY_CARD],
    )


def worker_card(worker: WorkerProfile, *, at: datetime, base: str = "") -> Scorecard:
    """Satisfaction, on time and deliverables on time of the last 90 days."""
    both = scorecards_of(worker)
    recent, ever = both.get(Window.RECENT), both.get(Window.ALL_TIME)
    done = ever.completed if ever else 0
    base = base or reverse("scorecards:worker_figures", args=[worker.reference])
    return Scorecard(
        title="Worker scorecard",
        tone="neutral" if done else "info",
        word="" if done else "New worker",
        basis=f"{_days_covered()} · {done} completed in all",
        href=base,
        figures=[_worker_figure(recent, name, base, at) for name in WORKER_CARD],
    )


def _days_covered() -> str:
    return f"Last {settings.SCORECARD_WINDOW_DAYS} days"


def _company_figure(card: CompanyScorecard | None, name: str, base: str, at: datetime) -> Figure:
    formula, limit = COMPANY_FORMULAS[name], _limit(name)
    value = getattr(card, name) if card else None
    is_bad = bool(card and name in crossed(card))
    rows, word = BASIS[name]
    return Figure(
        label=formula.label,
        value=_in_words(name, value, formula.unit),
        note=_counted(card, rows, word),
        tone="neutral" if value is None else "bad" if is_bad else "good",
        word="red" if is_bad else "",
        trend=trend_of(card.trend.get(name, {}), at) if card else [],
        position=None if value is None else _position(name, value),
        threshold=_position(name, limit.limit),
        threshold_word=limit.words,
        url=f"{base}?figure={name}#figure",
    )


def _worker_figure(card: WorkerScorecard | None, name: str, base: str, at: datetime) -> Figure:
    formula = WORKER_FORMULAS[name]
    value = getattr(card, name) if card else None
    good = "good" if value is not None and value >= GOOD_SHARE else "warning"
    return Figure(
        label=formula.label,
        value=value_words(value, formula.unit),
        note=_counted(card, "ratings", "rating")
        if name == "satisfaction"
        else (NOTHING_YET[name] if value is None else ""),
        tone="neutral" if value is None else good,
        trend=trend_of(card.trend.get(name, {}), at) if card else [],
        position=None if value is None else round(value * 100, 1),
        url=f"{base}?figure={name}#figure",
    )


def _in_words(name: str, value: float | None, unit: str) -> str:
    if name == "days_past_due" and value is not None:
        return "On time" if value == 0 else f"{value_words(value, unit)} late"
    return value_words(value, unit)


def _counted(card: CompanyScorecard | WorkerScorecard | None, rows: str, word: str) -> str:
    number = getattr(card, rows) if card else 0
    return counted(number, word) if number else f"no {word}s yet"


def _limit(name: str) -> Limit:
    return next(limit for limit in limits() if limit.formula == name)


def _position(name: str, value: float) -> float:
    return min(100.0, round(value / WIDEST[name] * 100, 1))
