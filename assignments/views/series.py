"""Series: beginning one, its page with its dates, changing its rule, pausing and ending it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assignments import recurring, snapshots
from assignments.forms.series import BeginForm, ChangeRhythmForm
from assignments.models import Series
from assignments.models.templates import SeriesState
from assignments.occurrences import plan_of
from assignments.views import series_words
from assignments.views.loading import load, posted, refusals_in
from assignments.views.templates import load_template
from conduct.gate import policies_accepted
from core.errors import DomainError
from core.forms import refused_in
from core.paging import cursors_of, number_key, page_of
from core.permissions import demand

PAGE, COMING = 30, 12
PREVIEW = "series-preview"
NEWEST = [number_key("pk", descending=True)]
ACTS = {"pause": recurring.pause, "resume": recurring.resume, "end": recurring.end}
DONE = {"pause": "Paused. No date is written until you resume it.", "resume": "The series goes on.",
        "end": "Ended. What is written stays."}  # fmt: skip


@login_required
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    demand(request, "assignments.see_templates")
    rows = Series.objects.filter(company=request.actor.company).select_related("member__user")
    page = page_of(rows, NEWEST, size=PAGE, **cursors_of(request.GET))
    plans = series_words.plans_of(page.rows)
    context = {
        "rows": [series_words.row_of(plan, at=timezone.now()) for plan in plans],
        "newer": page.newer_url(request.GET),
        "older": page.older_url(request.GET),
    }
    return render(request, "assignments/series_list.html", context)


@login_required
@policies_accepted
@require_http_methods(["GET", "HEAD", "POST"])
def repeat(request: HttpRequest, reference: str) -> HttpResponse:
    """Begin a series like an assignment."""
    assignment = load(request, reference, "assignments.save_template")
    back = (assignment.get_absolute_url(), "The assignment")
    return _begin(request, snapshots.of_assignment(assignment), assignment.title, back)


@login_required
@policies_accepted
@require_http_methods(["GET", "HEAD", "POST"])
def repeat_template(request: HttpRequest, reference: str) -> HttpResponse:
    """Begin a series from a template."""
    template = load_template(request, reference)
    back = (template.get_absolute_url(), "The template")
    return _begin(request, template.content, template.name, back)


@login_required
@require_safe
def detail(request: HttpRequest, reference: str) -> HttpResponse:
    """A series with its coming dates and those that are written."""
    series = load_series(request, reference)
    plan, at = plan_of(series), timezone.now()
    may_change = request.actor.can("assignments.change_series", series)
    running = series.state != SeriesState.ENDED
    coming = plan.coming(at=at, count=COMING) if running else []
    context = {
        "series": series,
        "words": series_words.rule_words(plan),
        "cautions": series_words.cautions(plan, coming),
        "facts": series_words.facts(plan),
        "coming": [series_words.line_of(one, series, at=at) for one in coming],
        "written": series_words.written(plan, at=at),
        "may_change": may_change and running,
        "is_paused": series.state == SeriesState.PAUSED,
    }
    return render(request, "assignments/series.html", context)


@login_required
@policies_accepted
@require_http_methods(["GET", "HEAD", "POST"])
def rhythm(request: HttpRequest, reference: str) -> HttpResponse:
    """Another rule, time of day or way of sending, from the next date on."""
    series = load_series(request, reference, "assignments.change_series")
    at, plan = timezone.now(), plan_of(series)
    form = ChangeRhythmForm(posted(request), plan=plan, at=at)
    if (part := _previewed(request, form)) is not None:
        return part
    if "show" not in request.POST and form.is_valid():
        waiting = plan.waiting(at=at)
        on = waiting[0].on if waiting else form.pattern.first_on
        with refusals_in(form):
            saved = recurring.reschedule(
                series, min(on, form.pattern.first_on), form.pattern, form.posting, **form.ahead,
                revision=form.cleaned_data["revision"], by=request.actor, at=at,
            )  # fmt: skip
            messages.success(request, "Saved, from the next date on.")
            return redirect(saved)
    back = (series.get_absolute_url(), "The series")
    context = {"form": form, "title": series.title, "back": back, "series": series}
    return render(request, "assignments/series_form.html", context)


@login_required
@policies_accepted
@require_POST
def state(request: HttpRequest, reference: str) -> HttpResponse:
    """Pause, resume or end."""
    series = load_series(request, reference, "assignments.change_series")
    act = next((name for name in ACTS if name in request.POST), None)
    if act is None:
        messages.error(request, "Choose what to do: pause, resume or end.")
        return redirect(series)
    try:
        ACTS[act](series, by=request.actor, at=timezone.now())
        messages.success(request, DONE[act])
    except DomainError as refused:
        messages.error(request, str(refused))
    return redirect(series)


def load_series(request: HttpRequest, reference: str, permission: str = "") -> Series:
    """404 where it is not the company's; every member may look, who may post may change."""
    rows = Series.objects.visible_to(request.actor).select_related("company", "member__user")
    series: Series = get_object_or_404(rows, reference=reference)
    demand(request, permission or "assignments.see_templates", series)
    return series


def _begin(
    request: HttpRequest, content: snapshots.Content, title: str, back: tuple[str, str]
) -> HttpResponse:
    at = timezone.now()
    form = BeginForm(posted(request), content=content, actor=request.actor, at=at)
    if (part := _previewed(request, form)) is not None:
        return part
    if "show" not in request.POST and form.is_valid():
        with refusals_in(form):
            made = recurring.begin(
                form.posting, form.pattern, **form.ahead,
                reference=form.cleaned_data["reference"], by=request.actor, at=at,
            )  # fmt: skip
        if refused_in(form) is None:
            recurring.write_next(made, at=at)
            messages.success(request, f"Series {made.reference} begun.")
            return redirect(made)
    context: dict[str, Any] = {"form": form, "title": title, "back": back, "series": None}
    return render(request, "assignments/series_form.html", context)


def _previewed(request: HttpRequest, form: Any) -> HttpResponse | None:
    """The next dates alone, for the page that asks while a person chooses."""
    if request.htmx and request.htmx.target == PREVIEW:
        return render(request, "assignments/_series_preview.html", {"form": form})
    return None
