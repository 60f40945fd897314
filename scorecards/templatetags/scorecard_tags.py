"""Scorecards on pages of any app: dots, cards, and the rating panel of an assignment."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import template
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from accounts.actors import ANONYMOUS
from accounts.models import Company, WorkerProfile
from assignments.models import Assignment
from core.components.reading import now_of, read
from core.dates import date_words
from scorecards import cards, listing, queries, rating, repeating

register = template.Library()
LATEST = 3


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
    """The scorecard dot of a company with its word, a link to its scorecard; beside it its three
    figures while the pointer or the focus is on it, or after a tap (``hovers.js``). Built flat,
    since lists print many."""
    tone, word = cards.badge_of(company)
    figures = format_html_join(
        "",
        '<span class="hover-figure{}"><span>{}</span><b>{}{}</b></span>',
        (
            (" tone-bad" if red else "", label, value, " (red)" if red else "")
            for label, value, red in cards.told_of(company)
        ),
    )
    return format_html(
        '<span class="has-hover"><a class="badge tone-{}" href="{}"><span class="dot" '
        'aria-hidden="true"></span>{}<span class="visually-hidden">: scorecard of {}</span></a>'
        '<span class="hover-card"><span class="hover-basis">Last {} days</span>{}'
        '<span class="hover-more">Tap again for the whole scorecard</span></span></span>',
        tone,
        reverse("scorecards:company_figures", args=[company.slug]),
        word,
        company,
        settings.SCORECARD_WINDOW_DAYS,
        figures,
    )


@register.simple_tag(takes_context=True)
def company_card(context: template.Context, company: Company, small: bool = False) -> SafeString:
    """The card of a company; ``small`` for the apply dialog and beside a name."""
    return _card(cards.company_card(company, at=now_of(context)), small)


@register.simple_tag(takes_context=True)
def worker_card(
    context: template.Context, worker: WorkerProfile, small: bool = False
) -> SafeString:
    """The card of a worker; ``small`` in lists of applicants."""
    return _card(cards.worker_card(worker, at=now_of(context)), small)


@register.simple_tag(takes_context=True)
def rating_panel(context: template.Context, assignment: Assignment) -> SafeString | str:
    """Both ratings of an assignment as the reader may see them, and the way to give one's own."""
    request = context["request"]
    if rating.ended(assignment) is None:
        return ""
    given = listing.ratings_of(assignment)
    side = rating.side_of(request.actor)
    said = {one.by == side: listing.opinion(one, request.actor) for one in given}
    mine, theirs = said.get(True), said.get(False)
    refused = rating.refusal(assignment, given, side, at=now_of(context))
    too_late = isinstance(refused, rating.TooLateToRate | rating.RatingClosed)
    panel = {
        "assignment": assignment,
        "mine": mine,
        "mine_heading": "Your rating" if request.actor.is_worker else "Your company’s rating",
        "theirs": theirs if theirs and theirs.rating.published_at else None,
        "theirs_heading": _about_you(assignment, request.actor),
        "shown_on": date_words(rating.shown_on(mine.rating).date()) if mine else "",
        "closes": rating.closes(assignment, given),
        "may_rate": refused is None and request.actor.can("scorecards.rate", assignment),
        "too_late": str(refused) if too_late else "",
        "all": list(said.values()) if request.actor.is_staff else None,
    }
    return render_to_string("scorecards/_panel.html", panel, request=request)


@register.simple_tag(takes_context=True)
def rating_banner(context: template.Context, assignment: Assignment) -> SafeString | str:
    """Asks for the reader's rating where it may be given and has not been; its panel is read
    with it."""
    request = context["request"]
    if rating.ended(assignment) is None:
        return ""
    given = listing.ratings_of(assignment)
    side = rating.side_of(request.actor)
    if any(one.by == side for one in given):
        return ""
    if rating.refusal(assignment, given, side, at=now_of(context)):
        return ""
    if not request.actor.can("scorecards.rate", assignment):
        return ""
    about = assignment.company if request.actor.is_worker else assignment.worker
    told = {"assignment": assignment, "action": f"Rate {about}", "theirs": about if given else ""}
    return render_to_string("scorecards/_banner.html", told, request=request)


@register.inclusion_tag("scorecards/_about.html", takes_context=True)
def ratings_about(
    context: template.Context, owner: Company | WorkerProfile, public: bool = False
) -> dict[str, Any]:
    """The latest ratings about a company or a worker with the tally of all (at most two
    queries); ``public`` as a visitor reads them."""
    actor = ANONYMOUS if public else context["request"].actor
    rows, tally = listing.latest(owner, most=LATEST)
    name = "company_ratings" if isinstance(owner, Company) else "worker_ratings"
    key = owner.slug if isinstance(owner, Company) else owner.reference
    return {
        "owner": owner,
        "rows": listing.opinions(rows, actor),
        "total": sum(tally.values()),
        "tally": listing.tally_words(tally),
        "url": reverse(f"scorecards:{name}", args=[key]) + ("?as=visitor" if public else ""),
    }


@register.inclusion_tag("scorecards/_repeat.html", takes_context=True)
def repeat_share(
    context: template.Context, owner: Company | WorkerProfile, small: bool = False
) -> dict[str, Any]:
    """How many came back to work with a company, or with a worker (one query)."""
    is_company = isinstance(owner, Company)
    name = "company_repeat" if is_company else "worker_repeat"
    key = owner.slug if is_company else owner.reference
    return {
        "repeat": repeating.share_of(
            owner, at=now_of(context), company=None if is_company else _company_of(context)
        ),
        "is_company": is_company,
        "url": reverse(f"scorecards:{name}", args=[key]),
        "small": small,
    }


@register.inclusion_tag("scorecards/_latest.html", takes_context=True)
def latest_rating(context: template.Context, company: Company) -> dict[str, Any]:
    """What was last said about a client in words, for who thinks of applying (one query)."""
    rows = listing.narrowed(listing.about(company), with_words=True)
    latest = rows.order_by("-published_at", "-pk").first()
    return {
        "said": latest and listing.opinion(latest, context["request"].actor, may_act=False),
        "url": reverse("scorecards:company_ratings", args=[company.slug]),
    }


def _company_of(context: template.Context) -> Company | None:
    return context["request"].actor.company


def _about_you(assignment: Assignment, actor: Any) -> str:
    if actor.is_worker:
        return f"{assignment.company} about you"
    return f"{assignment.worker} about {assignment.company}"


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
