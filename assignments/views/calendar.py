"""Calendars of a company and of a worker, and the private address a program reads them at."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Membership
from assignments import feeds, ics
from assignments.filters import BoardFilter
from assignments.forms.calendar import SPANS, FeedKeyForm, SpanForm
from assignments.models import Assignment, CalendarFeed
from assignments.queries import calendar
from assignments.queries.calendar import Day, Turn
from core.badges import badge_for
from core.dates import date_words, time_words, zone_word
from core.permissions import demand

WEEKDAYS = ("Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat")
SPAN_NAMES = ("span", "on")


@login_required
@require_safe
def company_calendar(request: HttpRequest) -> HttpResponse:
    demand(request, "assignments.see_board")
    filters = BoardFilter(request.GET, actor=request.actor, at=timezone.now())
    rows = calendar.of_company(filters.rows)
    return _page(request, rows, "assignments:calendar", {"form": filters.form})


@login_required
@require_safe
def my_calendar(request: HttpRequest) -> HttpResponse:
    demand(request, "assignments.find_work")
    return _page(request, calendar.of_worker(request.actor.worker), "assignments:my_calendar", {})


def _page(
    request: HttpRequest, rows: QuerySet[Assignment, Assignment], name: str, context: dict[str, Any]
) -> HttpResponse:
    zone = ZoneInfo(request.user.time_zone)
    form = SpanForm(request.GET, today=timezone.now().astimezone(zone).date())
    days, is_whole = calendar.days_between(rows, form.first, form.last)
    cells = [_cell(day, form, for_worker=request.actor.is_worker) for day in days]
    kept = _kept(request.GET)

    def address(**span: Any) -> str:
        return f"{reverse(name)}?{urlencode([*kept, *span.items()])}"

    context |= {
        "span": form,
        "weeks": [cells[n : n + 7] for n in range(0, len(cells), 7)],
        "weekdays": WEEKDAYS,
        "is_whole": is_whole,
        "has_any": any(day.count for day in days),
        "before_url": address(span=form.kind, on=form.before),
        "after_url": address(span=form.kind, on=form.after),
        "today_url": address(span=form.kind),
        "spans": [
            {"label": label, "url": address(span=value, on=form.on), "active": value == form.kind}
            for value, label in SPANS
        ],
        "kept": kept,
    }
    return render(request, "assignments/calendar.html", context)


def _kept(query: QueryDict) -> list[tuple[str, str]]:
    left_out = (*SPAN_NAMES, "after", "before")
    return [(name, query[name]) for name in query if name not in left_out and query[name]]


def _cell(day: Day, form: SpanForm, *, for_worker: bool) -> dict[str, Any]:
    return {
        "on": day.on,
        "words": date_words(day.on),
        "is_today": day.on == form.today,
        "is_outside": form.is_month and day.on.month != form.on.month,
        "count": day.count,
        "pills": [_pill(turn, day.on, for_worker=for_worker) for turn in day.turns],
        "url": "" if for_worker else _board_of(day.on),
    }


def _board_of(on: date) -> str:
    return f"{reverse('assignments:list')}?{urlencode({'starts_from': on, 'starts_to': on})}"


def _pill(turn: Turn, on: date, *, for_worker: bool) -> dict[str, Any]:
    """One assignment under one of its days, in words."""
    row = turn.assignment
    start = turn.starts_at.astimezone(row.zone)
    who = row.company.name if for_worker else str(row.worker or "")
    badge = badge_for(row.status, row.get_status_display())
    begins = start.date() == on
    return {
        "url": row.get_absolute_url(),
        "time": f"{time_words(start)} {zone_word(start)}" if begins else "goes on",
        "any_time": row.is_window and begins,
        "title": row.title,
        "who": who,
        "place": row.place,
        "badge": badge,
    }


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def feed_settings(request: HttpRequest) -> HttpResponse:
    """The private address: shown, made anew, or taken back."""
    demand(request, "assignments.subscribe")
    if request.method == "POST":
        if "close" in request.POST:
            feeds.close_feed(by=request.actor, at=timezone.now())
            messages.success(
                request, "The address is taken back. Programs that read it get nothing."
            )
        else:
            feeds.renew_feed(by=request.actor, at=timezone.now())
            messages.success(request, "Here is your private address.")
        return redirect("assignments:feed_settings")
    feed = feeds.feed_of(request.actor)
    context = {
        "feed": feed,
        "address": _address(feed) if feed else "",
        "back_url": reverse(
            "assignments:calendar" if request.actor.is_client else "assignments:my_calendar"
        ),
    }
    return render(request, "assignments/feed.html", context)


def _address(feed: CalendarFeed) -> str:
    name = "assignments:feed" if feed.company_id else "assignments:my_feed"
    return f"{settings.SITE_URL}{reverse(name)}?{urlencode({'key': feed.key})}"


@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """The calendar of whoever the key belongs to; a program has no session."""
    form = FeedKeyForm(request.GET)
    if not form.is_valid():
        raise Http404
    known = CalendarFeed.objects.select_related("user").filter(key=form.cleaned_data["key"]).first()
    if known is None or not known.user.is_active or not _is_still_theirs(known):
        raise Http404
    at = timezone.now()
    rows: Iterable[Assignment] = calendar.for_feed(_rows_of(known), at=at)
    body = ics.calendar(rows, for_worker=known.worker_id is not None, at=at)
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["Cache-Control"] = "private, no-store"
    return response


def _is_still_theirs(known: CalendarFeed) -> bool:
    """A member who left the company reads nothing more."""
    if known.company_id is None:
        return True
    current = Membership.objects.current()
    return current.filter(user=known.user_id, company=known.company_id).exists()


def _rows_of(known: CalendarFeed) -> QuerySet[Assignment, Assignment]:
    if known.worker_id:
        return calendar.of_worker(known.worker_id)
    return calendar.of_company(Assignment.objects.filter(company=known.company_id))
