"""Saved views of the board: keep the filters that are set, rename, share, remove."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models.functions import Lower
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from assignments import saved_views
from assignments.filters import BoardFilter
from assignments.forms.saved_views import SavedViewForm
from assignments.models import SavedView
from assignments.views.loading import posted, refusals_in
from core.permissions import demand
from core.set_filters import chips_of


@login_required
@require_safe
def views(request: HttpRequest) -> HttpResponse:
    demand(request, "assignments.see_board")
    found = SavedView.objects.visible_to(request.actor).select_related("owner")
    rows = [
        {"view": view, "is_own": view.owner_id == request.user.pk, "set": asked(request, view)}
        for view in found.order_by(Lower("name"), "pk")
    ]
    return render(request, "assignments/saved_views.html", {"rows": rows})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_view(request: HttpRequest) -> HttpResponse:
    """The filters stand in the query string, read by the board's own form."""
    demand(request, "assignments.see_board")
    at = timezone.now()
    filters = BoardFilter(request.GET, actor=request.actor, at=at)
    form = SavedViewForm(posted(request))
    if form.is_valid():
        data = {**form.cleaned_data, "query": filters.asked}
        with refusals_in(form):
            view = saved_views.save_view(**data, by=request.actor, at=at)
            messages.success(request, f"“{view.name}” is among your views now.")
            return redirect(view)
    context = {"form": form, "set": [chip.label for chip in chips_of(filters.form, request.GET)]}
    return render(request, "assignments/saved_view.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def view(request: HttpRequest, reference: str) -> HttpResponse:
    found = get_object_or_404(SavedView.objects.visible_to(request.actor), reference=reference)
    demand(request, "assignments.change_view", found)
    at = timezone.now()
    if "remove" in request.POST:
        saved_views.remove_view(found, by=request.actor, at=at)
        messages.success(request, f"The view “{found.name}” is removed.")
        return redirect("assignments:views")
    form = SavedViewForm(
        posted(request), initial={"name": found.name, "is_shared": found.is_shared}
    )
    if form.is_valid():
        change = form.cleaned_data
        with refusals_in(form):
            saved_views.change_view(found, **change, by=request.actor, at=at)
            messages.success(request, "Saved.")
            return redirect("assignments:views")
    context = {"form": form, "view": found, "set": asked(request, found)}
    return render(request, "assignments/saved_view.html", context)


def asked(request: HttpRequest, view: SavedView) -> list[str]:
    """What a view asks for, in words."""
    query = QueryDict(view.query)
    filters: Any = BoardFilter(query, actor=request.actor, at=timezone.now())
    return [chip.label for chip in chips_of(filters.form, query)]
