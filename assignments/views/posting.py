"""Writing an assignment down: new, edit, and the look through a worker's eyes before sending."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from assignments import completeness, contents, lifecycle, quoting, snapshots
from assignments.completeness import Beside
from assignments.forms.sheet import Sheet
from assignments.forms.templates import StartForm
from assignments.models import Assignment
from assignments.posting import ChangedMeanwhile
from assignments.queries.detail import Attached
from assignments.states import Status
from assignments.views import detail
from assignments.views.loading import (
    answers_late_moves,
    load,
    other_acts,
    posted,
    refusals_in,
    refused_now,
)
from conduct.gate import policies_accepted
from core.permissions import demand

ASIDE, FOUND = "posting-aside", "found-locations"
OWN = "own-fields"
PARTS = {"site": "assignments/_posting_site.html", "days": "assignments/_posting_days.html"}
"""The parts of the page that scripts ask for alone."""
SAVED_BEFORE = "This draft was saved before. Change it here and save again."


@login_required
@policies_accepted
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    demand(request, "assignments.create")
    at = timezone.now()
    form = StartForm(request.GET, company=request.actor.company)
    template = form.cleaned_data.get("template") if form.is_valid() else None
    like = template and contents.again(snapshots.contents_of(template.content), at=at)
    sheet = Sheet(posted(request), uploads=request.FILES, actor=request.actor, at=at, like=like)
    context = {"start": form, "chosen": template}
    if template:
        context["draft_key"] = f"from-{template.reference}"
    return _written(request, sheet, context, lifecycle.create, at=at)


@login_required
@answers_late_moves
@policies_accepted
@require_http_methods(["GET", "HEAD", "POST"])
def duplicate(request: HttpRequest, reference: str) -> HttpResponse:
    """The form of a new posting, filled from one that exists, its times still to come."""
    original = load(request, reference, "assignments.duplicate")
    at = timezone.now()
    like = contents.again(contents.of(original), at=at)
    sheet = Sheet(posted(request), uploads=request.FILES, actor=request.actor, at=at, like=like)
    moved = like.fields["starts_at"] != original.starts_at
    context = {"original": original, "moved": moved}
    return _written(request, sheet, context, partial(lifecycle.duplicate, original), at=at)


def _written(
    request: HttpRequest,
    sheet: Sheet,
    context: dict[str, Any],
    make: Callable[..., Assignment],
    *,
    at: datetime,
) -> HttpResponse:
    """The page of a posting that is not stored yet, or what storing it leads to."""
    if (page := without_saving(request, sheet, context)) is not None:
        return page
    if sheet.is_valid():
        with refusals_in(sheet.form):
            made = _create(request, sheet, make, at)
            if made.created_at != at:
                messages.info(request, SAVED_BEFORE)
                return redirect("assignments:edit", made.reference)
            messages.success(request, f"Draft {made.reference} saved. Nobody has seen it yet.")
            return _next_page(request, made)
    return drawn(request, sheet, context)


@login_required
@answers_late_moves
@policies_accepted
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, reference: str) -> HttpResponse:
    assignment = load(request, reference, "assignments.edit")
    refused_now("edit", assignment)
    at = timezone.now()
    sheet = Sheet(
        posted(request), uploads=request.FILES, actor=request.actor, at=at, assignment=assignment
    )
    context = {"assignment": assignment, "gear": other_acts(request, assignment, at=at)}
    if (page := without_saving(request, sheet, context)) is not None:
        return page
    if sheet.is_valid():
        with refusals_in(sheet.form):
            saved = _save(request, sheet, at)
            messages.success(request, f"{saved.reference} saved.")
            return _next_page(request, saved)
    return drawn(request, sheet, context)


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
        "public_documents": [row for row in page["attached"].documents if not row.private],
        "points": completeness.of_assignment(assignment, _beside(page["attached"])),
        "currency": assignment.company.currency,
        "is_draft": assignment.status == Status.DRAFT,
    }
    return render(request, "assignments/preview.html", context)


def _beside(attached: Attached) -> Beside:
    return Beside(attached.requests, attached.parts, attached.documents, max(1, len(attached.days)))


def without_saving(
    request: HttpRequest, sheet: Sheet, context: dict[str, Any]
) -> HttpResponse | None:
    """The page itself, a part of it, or one with more on it; None where saving was asked."""
    if request.method != "POST":
        return drawn(request, sheet, context)
    part = request.htmx.target if request.htmx else ""
    if part == ASIDE:
        sheet.is_valid()
        aside = {"sheet": sheet, "live": True, **context}
        return render(request, "assignments/_posting_aside.html", aside)
    if part == FOUND:
        sheet.find_locations()
        return render(request, "assignments/_found_locations.html", {"sheet": sheet})
    if part == OWN:
        sheet.retype()
        return render(request, "assignments/_posting_fields.html", {"sheet": sheet, **context})
    changed = _changed(request, sheet)
    if changed is None:
        return None
    if part in PARTS:
        return render(request, PARTS[part], {"sheet": sheet, **context})
    figures = Sheet(
        request.POST, actor=request.actor, at=sheet.form.at, assignment=sheet.assignment
    )
    figures.is_valid()
    return drawn(request, sheet, {**context, "figures": figures, "changed": changed})


def _changed(request: HttpRequest, sheet: Sheet) -> str | None:
    """Do what a button within the form asks for, and name the part of the page it changed."""
    if "add" in request.POST:
        sheet.more_rows()
        return "wanted"
    if "add_days" in request.POST:
        sheet.more_days()
        return "days"
    if "add_parts" in request.POST:
        sheet.more_parts()
        return "parts"
    if "add_documents" in request.POST:
        sheet.retype()
        return "documents"
    if "fill_days" in request.POST:
        sheet.fill_days(request.POST)
        return "days"
    if "show_fields" in request.POST:
        return "own"
    if "find_location" in request.POST:
        sheet.find_locations()
        found = sheet.found
        sheet.retype()
        sheet.found = found
        return "site"
    if "use_location" in request.POST:
        sheet.fill_from(request.POST["use_location"])
        return "site"
    return None


def drawn(request: HttpRequest, sheet: Sheet, context: dict[str, Any]) -> HttpResponse:
    refused = getattr(sheet.form, "refused", None)
    context = {
        "figures": sheet,
        **context,
        "sheet": sheet,
        "missing": getattr(refused, "missing", None),
        "currency": request.actor.company.currency,
    }
    return render(request, context.get("page", "assignments/posting.html"), context)


def _create(
    request: HttpRequest, sheet: Sheet, make: Callable[..., Assignment], at: datetime
) -> Assignment:
    return make(
        contents=sheet.contents,
        reference=sheet.form.cleaned_data["reference"],
        save_location=sheet.saves_location,
        by=request.actor,
        at=at,
    )


def _save(request: HttpRequest, sheet: Sheet, at: datetime) -> Assignment:
    """Save, or find that the same form was saved already."""
    assert sheet.assignment is not None
    try:
        return lifecycle.edit(
            sheet.assignment,
            sheet.contents,
            revision=sheet.form.cleaned_data["revision"],
            save_location=sheet.saves_location,
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
