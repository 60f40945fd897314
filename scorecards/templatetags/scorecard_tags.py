"""Scorecards on pages of any app: dots, cards, and the rating panel of an assignment."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.models import Company, WorkerProfile
from assignments.models import Assignment
from scorecards import cards, queries, rating
from scorecards.models import Rating

register = template.Library()


@register.simple_tag
def company_badges(rows: Any, name: str = "company") -> str:
    """Have the scorecards of every row's company at hand, in one query; writes nothing."""
    queries.with_badges(getattr(row, name) for row in rows)
    return ""


@register.simple_tag
def company_badge(company: Company) -> SafeString:
    """The scorecard dot of a company with its word; built flat, since lists print many."""
    tone, word = cards.badge_of(company)
    return format_html(
        '<span class="badge tone-{}"><span class="dot" aria-hidden="true"></span>{}</span>',
        tone,
        word,
    )


@register.simple_tag
def company_card(company: Company, small: bool = False) -> SafeString:
    return _card(cards.company_card(company), small)


@register.simple_tag
def worker_cards(rows: Any, name: str = "worker") -> str:
    """Have the scorecards of every row's worker at hand, in one query; writes nothing."""
    queries.with_worker_cards(getattr(row, name) for row in rows)
    return ""


@register.simple_tag
def worker_card(worker: WorkerProfile, small: bool = False) -> SafeString:
    return _card(cards.worker_card(worker), small)


@register.simple_tag(takes_context=True)
def rating_panel(context: template.Context, assignment: Assignment) -> SafeString | str:
    """Both ratings of an assignment as the reader may see them, and the way to give one's own."""
    actor = context["request"].actor
    if assignment.status not in rating.RATEABLE or assignment.worker_id is None:
        return ""
    given = {r.by: r for r in queries.ratings_about(assignment)}
    side = rating.side_of(actor)
    other = Rating.By.COMPANY if side == Rating.By.WORKER else Rating.By.WORKER
    theirs = given.get(other)
    may_rate = actor.can("scorecards.rate", assignment) and rating.can_rate(
        assignment, list(given.values()), side
    )
    return render_to_string(
        "scorecards/_panel.html",
        {
            "assignment": assignment,
            "mine": given.get(side) if not actor.is_staff else None,
            "theirs": theirs if theirs and theirs.published_at and not theirs.hidden_at else None,
            "waiting": theirs is None or theirs.published_at is None,
            "may_rate": may_rate,
            "both": given if actor.is_staff else None,
        },
        request=context["request"],
    )


def _card(card: Any, small: bool) -> SafeString:
    return render_to_string("components/scorecard.html", {"card": card, "compact": small})
