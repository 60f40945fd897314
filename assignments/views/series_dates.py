"""One date of a series: skip it, move it, change it alone or with all that follow."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from assignments import recurring, snapshots
from assignments.forms.series import MoveForm, ScopeForm
from assignments.forms.sheet import Sheet
from assignments.models import Series
from assignments.occurrences import Occurrence, plan_of
from assignments.views import series_words
from assignments.views.loading import posted, refusals_in
from assignments.views.posting import drawn, without_saving
from assignments.views.series import load_series
from conduct.gate import policies_accepted
from core.errors import DomainError
from core.wall_clock import on_wall


@login_required
@policies_accepted
@require_http_methods(["GET", "HEAD", "POST"])
def entry(request: HttpRequest, reference: str, on: str) -> HttpResponse:
    series, occurrence = _load(request, reference, on)
    if "skip" in request.POST or "restore" in request.POST:
        return _skipped(request, series, occurrence)
    zone = occurrence.part.zone
    form = MoveForm(
        posted(request), zone=zone, initial={"starts_at": on_wall(occurrence.start.at, zone)}
    )
    at = timezone.now()
    if form.is_valid():
        with refusals_in(form):
            starts_at = form.cleaned_data["starts_at"]
            recurring.change_date(
                series, occurrence.on, starts_at=starts_at, by=request.actor, at=at
            )
            messages.success(request, "Moved. The other dates stay as they are.")
            return redirect(series)
    context = {
        "series": series,
        "line": series_words.line_of(occurrence, series, at=at),
        "form": form,
        "is_skipped": occurrence.is_skipped,
    }
    return render(request, "assignments/series_date.html", context)


@login_required
@policies_accepted
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, reference: str, on: str) -> HttpResponse:
    """The posting of one date; the change holds for it alone, or for all that follow."""
    series, occurrence = _load(request, reference, on)
    at = timezone.now()
    like = snapshots.contents_of(occurrence.content)
    sheet = Sheet(posted(request), uploads=request.FILES, actor=request.actor, at=at, like=like)
    scope = ScopeForm(posted(request), initial={"revision": series.revision})
    context: dict[str, Any] = {
        "page": "assignments/series_date_edit.html",
        "series": series,
        "line": series_words.line_of(occurrence, series, at=at),
        "lead_form": scope,
        "saves_only": True,
        "draft_key": f"{series.reference}-{on}",
    }
    if (page := without_saving(request, sheet, context)) is not None:
        return page
    good = all([scope.is_valid(), sheet.is_valid()])
    if good:
        with refusals_in(scope):
            _change(request, series, occurrence, sheet, scope)
            messages.success(request, "Saved.")
            return redirect(series)
    return drawn(request, sheet, context)


def _change(
    request: HttpRequest, series: Series, occurrence: Occurrence, sheet: Sheet, scope: ScopeForm
) -> None:
    given: dict[str, Any] = {
        "content": snapshots.take(sheet.contents),
        "by": request.actor,
        "at": timezone.now(),
    }
    if scope.cleaned_data["scope"] == "this":
        recurring.change_date(series, occurrence.on, **given)
    else:
        revision = scope.cleaned_data["revision"]
        recurring.change_following(series, occurrence.on, revision=revision, **given)


def _skipped(request: HttpRequest, series: Series, occurrence: Occurrence) -> HttpResponse:
    skips = "skip" in request.POST
    try:
        verb = recurring.skip if skips else recurring.restore
        verb(series, occurrence.on, by=request.actor, at=timezone.now())
        messages.success(request, "Left out." if skips else "Taken back in.")
    except DomainError as refused:
        messages.error(request, str(refused))
    return redirect(series)


def _load(request: HttpRequest, reference: str, on: str) -> tuple[Series, Occurrence]:
    """The series and one of its dates; 404 where it has none on that day."""
    series = load_series(request, reference, "assignments.change_series")
    plan = plan_of(series)
    try:
        day = date.fromisoformat(on)
    except ValueError:
        raise Http404
    if not plan.has(day):
        raise Http404
    return series, plan.at(day)
