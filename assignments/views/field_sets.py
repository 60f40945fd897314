"""Settings: the company's own sets of fields and its closing surveys."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Company
from assignments import field_sets
from assignments.forms.catalog import FindForm
from assignments.forms.field_sets import (
    EMPTY_ROWS,
    FieldRows,
    FieldSetForm,
    field_rows,
    reordered,
)
from assignments.forms.sheet import typed_in
from assignments.models import FieldSet
from assignments.queries import catalog as lists
from assignments.queries import custom
from assignments.views.loading import posted, refusals_in
from core.paging import cursors_of, page_of
from core.permissions import demand

PAGE = 30
STEPS = {"up": -1, "down": 1}
"""Buttons of a row, and which way they move it."""


def own_company(request: HttpRequest) -> Company:
    """The company acted for; whoever acts for none has no such settings."""
    if request.actor.company is None:
        raise Http404
    return request.actor.company


@login_required
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    company = own_company(request)
    demand(request, "assignments.see_catalog")
    form = FindForm(request.GET)
    form.is_valid()
    asked = form.cleaned_data
    rows = custom.field_sets(company).filter(archived_at__isnull=not asked.get("archived"))
    rows = lists.with_words(rows, asked.get("words") or "")
    page = page_of(rows, lists.BY_NAME, size=PAGE, **cursors_of(request.GET))
    context = {
        "form": form,
        "rows": page.rows,
        "newer": page.newer_url(request.GET),
        "older": page.older_url(request.GET),
        "asked": any(asked.values()),
        "may_manage": request.actor.can("assignments.add_to_catalog"),
    }
    return render(request, "assignments/fields/sets.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    company = own_company(request)
    demand(request, "assignments.add_to_catalog")
    return _writing(request, company, entry=None)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def entry(request: HttpRequest, reference: str) -> HttpResponse:
    """One set: change it, archive it, or take it back into use."""
    found = get_object_or_404(FieldSet.objects.visible_to(request.actor), reference=reference)
    demand(request, "assignments.change_catalog", found)
    if request.method == "POST" and "shelve" in request.POST:
        return _shelved(request, found)
    return _writing(request, found.company, entry=found)


def _shelved(request: HttpRequest, found: FieldSet) -> HttpResponse:
    """Archive, or restore what is archived."""
    at = timezone.now()
    try:
        if found.archived_at is None:
            field_sets.archive(found, by=request.actor, at=at)
            messages.success(request, f"{found.name} is archived. Work posted with it keeps it.")
        else:
            field_sets.restore(found, by=request.actor, at=at)
            messages.success(request, f"{found.name} is asked again.")
    except field_sets.SetNameTaken as refused:
        messages.error(request, str(refused))
        return redirect(found)
    return redirect("assignments:field_sets")


def _writing(request: HttpRequest, company: Company, *, entry: FieldSet | None) -> HttpResponse:
    """The form of a set, shown, or saved where it is good."""
    form = FieldSetForm(posted(request), company=company, entry=entry)
    stored = entry.fields.filter(archived_at=None).order_by("position", "pk") if entry else ()
    rows = field_rows(posted(request), stored=stored, extra=0 if entry else EMPTY_ROWS)
    changed = _changed(request, rows)
    if changed is not None:
        form = FieldSetForm(company=company, initial=typed_in(form))
        rows = changed
    elif request.method == "POST" and form.is_valid() and rows.is_valid():
        with refusals_in(form):
            saved = _saved(request, form, rows, entry, timezone.now())
            messages.success(request, f"{saved.name} is saved.")
            return redirect("assignments:field_sets")
    context = {
        "form": form,
        "rows": rows,
        "entry": entry,
        "changed": changed is not None,
        "moved": request.POST.get("up") or request.POST.get("down"),
    }
    return render(request, "assignments/fields/set.html", context)


def _changed(request: HttpRequest, rows: FieldRows) -> FieldRows | None:
    """Everything as typed, with a row more or in another order; None where saving was asked."""
    step = next((name for name in STEPS if name in request.POST), None)
    if step is None and "add" not in request.POST:
        return None
    typed = [typed_in(row) for row in rows.forms]
    if step is not None:
        return field_rows(initial=reordered(typed, request.POST[step], STEPS[step]))
    return field_rows(initial=typed, extra=EMPTY_ROWS)


def _saved(
    request: HttpRequest,
    form: FieldSetForm,
    rows: FieldRows,
    entry: FieldSet | None,
    at: datetime,
) -> Any:
    name, use, fields = form.cleaned_data["name"], form.usage, rows.given()
    if entry is None:
        return field_sets.add(name, use, fields, by=request.actor, at=at)
    return field_sets.change(entry, name, use, fields, by=request.actor, at=at)
