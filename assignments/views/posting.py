"""Writing an assignment down: new, edit, and the look through a worker's eyes before sending."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from assignments import completeness, lifecycle, quoting
from assignments.forms.sheet import Sheet
from assignments.models import Assignment
from assignments.posting import ChangedMeanwhile
from assignments.states import Status
from assignments.views import detail
from assignments.views.loading import (
    answers_late_moves,
    attempted,
    load,
    other_acts,
    posted,
    refused_now,
)
from conduct.gate import policies_accepted
from core.permissions import demand

ASIDE = "posting-aside"


@login_required
@policies_accepted
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    demand(request, "assignments.create")
    at = timezone.now()
    sheet = Sheet(posted(request), actor=request.actor, at=at)
    if (page := _without_saving(request, sheet, {})) is not None:
        return page
    if sheet.is_valid():
        made = attempted(sheet.form, lambda: _create(request, sheet, at))
        if made and made.created_at != at:
            messages.info(request, "This draft was saved before. Change it here and save again.")
            return redirect("assignments:edit", made.reference)
        if made:
            messages.success(request, f"Draft {made.reference} saved. Nobody has seen it yet.")
            return _next_page(request, made)
    return _page(request, sheet, {})


@login_required
@answers_late_moves
@policies_accepted
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, reference: str) -> HttpResponse:
    assignment = load(request, reference, "assignments.edit")
    refused_now("edit", assignment)
    at = timezone.now()
    sheet = Sheet(posted(request), actor=request.actor, at=at, assignment=assignment)
    context = {"assignment": assignment, "gear": other_acts(request, assignment, at=at)}
    if (page := _without_saving(request, sheet, context)) is not None:
        return page
    if sheet.is_valid():
        saved = attempted(sheet.form, lambda: _save(request, sheet, at))
        if saved:
            messages.success(request, f"{saved.reference} saved.")
            return _next_page(request, saved)
    return _page(request, sheet, context)


@login_required
@answers_late_moves
@require_safe
def preview(request: HttpRequest, reference: str) -> HttpResponse:
    """What a worker will see, with what is missing and what it costs beside it."""
    assignment = load(request, reference, "assignments.edit")
    refused_now("edit", assignment)
    page = detail.page_of(assignment, request.actor, at=timezone.now())
    context = {
        **page,
        "quote": quoting.of_budget(assignment),
        "points": completeness.of_assignment(assignment, page["attached"].requests),
        "currency": assignment.company.currency,
        "is_draft": assignment.status == Status.DRAFT,
    }
    return render(request, "assignments/preview.html", context)


def _without_saving(
    request: HttpRequest, sheet: Sheet, context: dict[str, Any]
) -> HttpResponse | None:
    """The page itself, its live figures, or one with more rows; None where saving was asked."""
    if request.method != "POST":
        return _page(request, sheet, context)
    if request.htmx and request.htmx.target == ASIDE:
        sheet.is_valid()
        return render(request, "assignments/_posting_aside.html", {"sheet": sheet, **context})
    if "add" in request.POST:
        figures = Sheet(
            request.POST, actor=request.actor, at=sheet.form.at, assignment=sheet.assignment
        )
        figures.is_valid()
        sheet.more_rows()
        return _page(request, sheet, {**context, "figures": figures, "added": True})
    return None


def _page(request: HttpRequest, sheet: Sheet, context: dict[str, Any]) -> HttpResponse:
    refused = getattr(sheet.form, "refused", None)
    context = {
        "figures": sheet,
        **context,
        "sheet": sheet,
        "missing": getattr(refused, "missing", None),
        "currency": request.actor.company.currency,
    }
    return render(request, "assignments/posting.html", context)


def _create(request: HttpRequest, sheet: Sheet, at: datetime) -> Assignment:
    return lifecycle.create(
        sheet.form.values(),
        deliverables=sheet.wanted,
        reference=sheet.form.cleaned_data["reference"],
        by=request.actor,
        at=at,
    )


def _save(request: HttpRequest, sheet: Sheet, at: datetime) -> Assignment:
    """Save, or find that the same form was saved already."""
    assert sheet.assignment is not None
    try:
        return lifecycle.edit(
            sheet.assignment,
            sheet.form.values(),
            revision=sheet.form.cleaned_data["revision"],
            deliverables=sheet.wanted,
            by=request.actor,
            at=at,
        )
    except ChangedMeanwhile:
        if sheet.says_what_is_stored():
            return sheet.assignment
        raise


def _next_page(request: HttpRequest, assignment: Assignment) -> HttpResponse:
    if "preview" in request.POST and assignment.status == Status.DRAFT:
        return redirect("assignments:preview", assignment.reference)
    return redirect(assignment)
