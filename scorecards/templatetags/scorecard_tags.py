"""Scorecards on pages of any app: dots, cards, and the rating panel of an assignment."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.models import Company, WorkerProfile
from assignments.models import Assignment
from core.components.reading import read
from core.dates import date_words
from scorecards import cards, queries, rating
from scorecards.models import Rating

register = template.Library()


@register.simple_tag
def company_badges(rows: Iterable[Any], name: str = "company") -> str:
    """Before a list: have the scorecards of every row's company at hand, in one query.

    ``name`` is where a row keeps its company (``assignment.company`` for one row further).
    Writes nothing.
    """
    queries.with_badges(_each(rows, name))
    return ""


@register.simple_tag
def worker_cards(rows: Iterable[Any], name: str = "worker") -> str:
    """Before a list of worker cards: the same for every row's worker."""
    queries.with_worker_cards(_each(rows, name))
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
    """The card of a company; ``small`` for the apply dialog and beside a name."""
    return _card(cards.company_card(company), small)


@register.simple_tag
def worker_card(worker: WorkerProfile, small: bool = False) -> SafeString:
    """The card of a worker; ``small`` in lists of applicants."""
    return _card(cards.worker_card(worker), small)


@register.simple_tag(takes_context=True)
def rating_panel(context: template.Context, assignment: Assignment) -> SafeString | str:
    """Both ratings of an assignment as the reader may see them, and the way to give one's own."""
    request = context["request"]
    if assignment.status not in rating.RATEABLE or assignment.worker_id is None:
        return ""
    given = queries.ratings_about(assignment)
    side = rating.side_of(request.actor)
    mine = next((one for one in given if one.by == side), None)
    theirs = next((one for one in given if one.by != side), None)
    refused = rating.refusal(assignment, given, side)
    panel = {
        "assignment": assignment,
        "mine": mine,
        "theirs": theirs if theirs and _is_shown(theirs) else None,
        "removed": bool(theirs and theirs.hidden_at),
        "shown_on": date_words(rating.shown_on(mine).date()) if mine else "",
        "may_rate": refused is None and request.actor.can("scorecards.rate", assignment),
        "too_late": str(refused) if isinstance(refused, rating.TooLateToRate) else "",
        "all": given if request.actor.is_staff else None,
    }
    return render_to_string("scorecards/_panel.html", panel, request=request)


@register.simple_tag(takes_context=True)
def rating_banner(context: template.Context, assignment: Assignment) -> SafeString | str:
    """Asks for the reader's rating where it may be given and has not been; its panel is read
    with it."""
    request = context["request"]
    if assignment.status not in rating.RATEABLE or assignment.worker_id is None:
        return ""
    given = queries.ratings_about(assignment)
    side = rating.side_of(request.actor)
    if any(one.by == side for one in given) or rating.refusal(assignment, given, side):
        return ""
    if not request.actor.can("scorecards.rate", assignment):
        return ""
    about = assignment.company if request.actor.is_worker else assignment.worker
    told = {"assignment": assignment, "action": f"Rate {about}", "theirs": about if given else ""}
    return render_to_string("scorecards/_banner.html", told, request=request)


def _is_shown(one: Rating) -> bool:
    return one.published_at is not None and one.hidden_at is None


def _each(rows: Iterable[Any], name: str) -> list[Any]:
    found = []
    for row in rows:
        for step in name.split("."):
            row = read(row, step)
        if row is not None:
            found.append(row)
    return found


def _card(card: Any, small: bool) -> SafeString:
    return render_to_string("components/scorecard.html", {"card": card, "compact": small})
