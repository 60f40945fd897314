"""Settings: the company's customers, projects and locations."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Company
from assignments import catalog
from assignments.forms.catalog import (
    FORMS,
    CatalogForm,
    ContactRows,
    FindForm,
    FindLocationsForm,
    FindProjectsForm,
    contact_rows,
)
from assignments.forms.sheet import typed_in
from assignments.models import Customer, Location, Project
from assignments.queries import catalog as lists
from assignments.views.loading import posted, refusals_in
from core.paging import cursors_of, page_of
from core.permissions import demand

PAGE = 30


@dataclass(frozen=True)
class Shelf:
    """One of the lists: what stands on it, and the names of its pages."""

    model: type
    noun: str
    nouns: str
    rows: Callable[[Company | None], Any]
    find: Callable[..., FindForm]

    def found(self, company: Company, form: FindForm) -> Any:
        """The rows asked for; a parameter that cannot be read is left out."""
        form.is_valid()
        asked = form.cleaned_data
        rows = self.rows(company).filter(archived_at__isnull=not asked.get("archived"))
        if asked.get("customer"):
            rows = rows.filter(customer=asked["customer"])
        search = lists.found_locations if self.model is Location else lists.named
        return search(rows, asked.get("words") or "")


SHELVES = {
    shelf.noun: shelf
    for shelf in (
        Shelf(Customer, "customer", "customers", lists.customers,
              lambda data, company: FindForm(data)),
        Shelf(Project, "project", "projects", lists.projects, FindProjectsForm),
        Shelf(Location, "location", "locations", lists.locations, FindLocationsForm),
    )
}  # fmt: skip


def _company(request: HttpRequest) -> Company:
    """The company acted for; whoever acts for none has no such settings."""
    if request.actor.company is None:
        raise Http404
    return request.actor.company


@login_required
@require_safe
def listing(request: HttpRequest, noun: str) -> HttpResponse:
    shelf, company = SHELVES[noun], _company(request)
    demand(request, "assignments.see_catalog")
    form = shelf.find(request.GET, company=company)
    page = page_of(shelf.found(company, form), lists.BY_NAME, size=PAGE, **cursors_of(request.GET))
    context = {
        "form": form,
        "rows": page.rows,
        "newer": page.newer_url(request.GET),
        "older": page.older_url(request.GET),
        "asked": any(form.cleaned_data.values()),
        "currency": company.currency,
        "may_manage": request.actor.can("assignments.add_to_catalog"),
    }
    return render(request, f"assignments/catalog/{shelf.nouns}.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, noun: str) -> HttpResponse:
    shelf, company = SHELVES[noun], _company(request)
    demand(request, "assignments.add_to_catalog")
    return _writing(request, shelf, company, entry=None)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def entry(request: HttpRequest, noun: str, reference: str) -> HttpResponse:
    """One entry: change it, archive it, or take it back into use."""
    shelf = SHELVES[noun]
    found = get_object_or_404(shelf.model.objects.visible_to(request.actor), reference=reference)
    demand(request, "assignments.change_catalog", found)
    if request.method == "POST" and "shelve" in request.POST:
        return _shelved(request, shelf, found)
    return _writing(request, shelf, found.company, entry=found)


def _shelved(request: HttpRequest, shelf: Shelf, found: Any) -> HttpResponse:
    """Archive, or restore what is archived."""
    at = timezone.now()
    try:
        if found.archived_at is None:
            catalog.archive(found, by=request.actor, at=at)
            messages.success(request, f"{found.name} is archived. Work posted for it keeps it.")
        else:
            catalog.restore(found, by=request.actor, at=at)
            messages.success(request, f"{found.name} can be chosen again.")
    except catalog.NameTaken as refused:
        messages.error(request, str(refused))
        return redirect(found)
    return redirect(f"assignments:{shelf.nouns}")


def _writing(request: HttpRequest, shelf: Shelf, company: Company, *, entry: Any) -> HttpResponse:
    """The form of an entry, shown, or saved where it is good."""
    form = FORMS[shelf.model](posted(request), company=company, entry=entry)
    rows = _contacts(request, shelf, entry)
    added = "add" in request.POST and rows is not None
    if added:
        form, rows = _with_more_rows(form, rows)
    elif request.method == "POST" and form.is_valid() and (rows is None or rows.is_valid()):
        with refusals_in(form):
            saved = _saved(request, shelf, form, rows, timezone.now())
            messages.success(request, f"{saved.name} is saved.")
            return redirect(f"assignments:{shelf.nouns}")
    context = {"form": form, "rows": rows, "entry": entry, "shelf": shelf, "added": added}
    return render(request, "assignments/catalog/entry.html", context)


def _contacts(request: HttpRequest, shelf: Shelf, entry: Any) -> ContactRows | None:
    if shelf.model is not Location:
        return None
    stored = entry.contacts.order_by("position") if entry else ()
    return contact_rows(posted(request), stored=stored, extra=1 if entry else 2)


def _with_more_rows(form: CatalogForm, rows: ContactRows) -> tuple[CatalogForm, ContactRows]:
    """Everything as typed, unchecked, with two more blank rows; for a page without script."""
    typed = [typed_in(row) for row in rows.forms]
    again = type(form)(company=form.company, initial=typed_in(form))
    again.entry = form.entry
    return again, contact_rows(initial=typed, extra=2)


def _saved(
    request: HttpRequest, shelf: Shelf, form: CatalogForm, rows: ContactRows | None, at: datetime
) -> Any:
    contacts = {} if rows is None else {"contacts": rows.contacts()}
    if form.entry is None:
        return catalog.add(shelf.model, form.values(), by=request.actor, at=at, **contacts)
    return catalog.change(form.entry, form.values(), by=request.actor, at=at, **contacts)
