"""Lists of ratings: what waits, what was said about one's side, what it said."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.actors import ANONYMOUS
from accounts.models import Company, WorkerProfile
from accounts.views.profiles import as_visitor, not_to_read
from assignments.models import Assignment
from core.paging import Page, cursors_of, moment_key, number_key, page_of
from core.permissions import demand
from scorecards import listing, rating
from scorecards.forms import OwnRatingsForm, RatingsForm

NEWEST = number_key(descending=True)
ROWS = 15


@login_required
@require_safe
def own(request: HttpRequest) -> HttpResponse:
    """What waits for one's rating, what was said about one, and what one said."""
    demand(request, "scorecards.see_ratings")
    at, form = timezone.now(), OwnRatingsForm(request.GET)
    page = _page(request, form, at)
    context = {
        "form": form,
        "shown": form.shown,
        "tabs": _tabs(request, form.shown, at),
        "page": page,
        "rows": _rows(request, form.shown, page),
        "is_filtered": any(form.cleaned_data.get(name) for name in ("overall", "with_words")),
        "newer": page.newer_url(request.GET),
        "older": page.older_url(request.GET),
        "now": at,
    }
    return render(request, "scorecards/ratings.html", context)


@require_safe
def of_company(request: HttpRequest, slug: str) -> HttpResponse:
    """What those who worked for a company said of it; for visitors, where it is public."""
    found = Company.objects.readable_by(request.actor).filter(slug=slug).first()
    return _about(request, found) if found else not_to_read(request)


@require_safe
def of_worker(request: HttpRequest, reference: str) -> HttpResponse:
    """What clients said of a worker; for others than clients, where the worker is public."""
    rows = WorkerProfile.objects.readable_by(request.actor).select_related("user")
    found = rows.filter(reference=reference).first()
    return _about(request, found) if found else not_to_read(request)


def _about(request: HttpRequest, owner: Company | WorkerProfile) -> HttpResponse:
    form, visitor = RatingsForm(request.GET), as_visitor(request)
    form.is_valid()
    wanted, tally = _wanted(form), listing.tally(owner)
    order = [moment_key("published_at", descending=True), NEWEST]
    page = page_of(
        listing.narrowed(listing.about(owner), **wanted), order, size=ROWS,
        **cursors_of(request.GET),
    )  # fmt: skip
    knows = isinstance(owner, Company) or (
        not visitor and request.actor.can("accounts.see_worker", owner)
    )
    context = {
        "form": form,
        "owner": owner,
        "name": str(owner) if knows else owner.public_name,
        "layout": f"layouts/{'public' if visitor else 'app'}.html",
        "kept": [("as", "visitor")] if visitor else [],
        "rows": listing.opinions(page.rows, ANONYMOUS if visitor else request.actor),
        "tally": listing.tally_words(tally),
        "total": sum(tally.values()),
        "is_filtered": any(wanted.values()),
        "newer": page.newer_url(request.GET),
        "older": page.older_url(request.GET),
    }
    return render(request, "scorecards/about.html", context)


def _page(request: HttpRequest, form: OwnRatingsForm, at: datetime) -> Page[Any]:
    cursors = cursors_of(request.GET)
    if form.shown == "to_rate":
        waiting = listing.waiting_for(request.actor, at=at)
        order = [moment_key("ended_at", descending=True), NEWEST]
        return page_of(waiting, order, size=ROWS, **cursors)
    if form.shown == "about":
        rows = listing.received_by(request.actor)
        order = [moment_key("published_at", descending=True), NEWEST]
    else:
        rows = listing.given_by(request.actor)
        order = [moment_key("rated_at", descending=True), NEWEST]
    return page_of(listing.narrowed(rows, **_wanted(form)), order, size=ROWS, **cursors)


def _wanted(form: OwnRatingsForm) -> dict[str, Any]:
    given = form.cleaned_data
    return {
        "overall": given.get("overall") or "",
        "with_words": given.get("with_words") or False,
    }


def _rows(request: HttpRequest, shown: str, page: Page[Any]) -> list[Any]:
    if shown != "to_rate":
        return listing.opinions(page.rows, request.actor)
    return [_waiting(row, request) for row in page.rows]


def _waiting(assignment: Assignment, request: HttpRequest) -> dict[str, Any]:
    about = assignment.company if request.actor.is_worker else assignment.worker
    return {
        "assignment": assignment,
        "about": str(about),
        "closes": rating.closes(assignment, assignment.ratings_at_hand),
        "may_rate": request.actor.can("scorecards.rate", assignment),
    }


def _tabs(request: HttpRequest, shown: str, at: datetime) -> list[dict[str, Any]]:
    labels = dict(OwnRatingsForm.SHOWN)
    if request.actor.is_client:
        labels["about"] = f"About {request.actor.company}"
    return [
        {
            "label": label,
            "url": f"?show={name}",
            "active": name == shown,
            "count": listing.count_to_rate(request.actor, at=at) if name == "to_rate" else 0,
        }
        for name, label in labels.items()
    ]
