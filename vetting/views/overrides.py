"""Letting single workers pass a requirement set, with a note."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.queries import workers_found
from vetting import requirement_sets as verbs
from vetting.forms.requirements import OverrideForm, WorkerSearchForm
from vetting.models import RequirementSet
from vetting.queries import groups
from vetting.queries import requirements as queries
from vetting.views.requirement_sets import MANAGE, load

MOST_FOUND = 20


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def overrides(request: HttpRequest, reference: str) -> HttpResponse:
    """Search for workers, tick them, say why; below, who may pass now."""
    found = load(request, reference, MANAGE)
    if request.method == "POST" and "end" in request.POST:
        return ended(request, found)
    form = OverrideForm(request.POST if request.method == "POST" else None, company=found.company)
    if form.is_valid():
        verbs.override_all(found, **form.cleaned_data, by=request.actor, at=timezone.now())
        messages.success(request, "They may pass now, whatever they lack.")
        return redirect("vetting:requirement_overrides", found.reference)
    return render(request, "vetting/overrides.html", context_of(request, found, form))


def context_of(request: HttpRequest, found: RequirementSet, form: OverrideForm) -> dict[str, Any]:
    search = WorkerSearchForm(request.GET)
    words = search.cleaned_data["q"] if search.is_valid() else ""
    hits: Any = []
    if words:
        open_ones = groups.may_be_added(workers_found(request.actor, words=words), found.company)
        hits = queries.may_pass(open_ones, found).order_by("-rank", "user__full_name", "pk")
    return {
        "found": found,
        "form": form,
        "search": search,
        "searched": bool(words),
        "hits": hits[:MOST_FOUND],
        "ticked": form.data.getlist("workers") if form.is_bound else [],
        "rows": queries.overrides_of(found),
    }


def ended(request: HttpRequest, found: RequirementSet) -> HttpResponse:
    written = request.POST["end"]
    key = int(written) if written.isascii() and written.isdigit() and len(written) < 19 else 0
    standing = get_object_or_404(
        found.overrides.select_related("requirement_set", "worker__user"), pk=key
    )
    verbs.end_override(standing, by=request.actor, at=timezone.now())
    messages.success(request, f"{standing.worker} is asked again from now on.")
    return redirect("vetting:requirement_overrides", found.reference)
