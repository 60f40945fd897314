"""Find workers: search, why each stands there, what is done with the ticked, side by side."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_safe

from accounts.queries import order_of_workers
from assignments import lifecycle
from assignments.models import Assignment
from conduct.gate import policies_accepted
from core.errors import DomainError
from core.forms import refuse
from core.paging import page_of
from core.permissions import demand
from marketplace.finding import queries
from marketplace.finding.forms import CompareForm, FinderForm, TickedForm
from vetting import groups
from vetting.models import Group
from vetting.views.loading import left_out


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def workers(request: HttpRequest) -> HttpResponse:
    """At most ten statements, whatever is found; posted, an act on those ticked."""
    demand(request, "accounts.find_workers")
    return act(request) if request.method == "POST" else listed(request)


@policies_accepted
def act(request: HttpRequest) -> HttpResponse:
    company = request.actor.company
    ticked = TickedForm(request.POST, company=company, lists=queries.lists_of(company))
    if ticked.is_valid():
        try:
            return done(request, ticked.cleaned_data)
        except DomainError as refused:
            refuse(ticked, refused)
    return listed(request, ticked, status=422)


def listed(
    request: HttpRequest, ticked: TickedForm | None = None, status: int = 200
) -> HttpResponse:
    company = request.actor.company
    lists = queries.lists_of(company)
    form = FinderForm(request.GET, lists=lists)
    context = {
        "form": form,
        "ticked": ticked or TickedForm(company=company, lists=lists),
        "chosen": ticked.data.getlist("workers") if ticked else [],
        "page": None,
        "here": request.get_full_path(),
    }
    if form.is_valid():
        context |= page_with(request, form)
    return render(request, "finding/workers.html", context, status=status)


def page_with(request: HttpRequest, form: FinderForm) -> dict[str, Any]:
    wanted = form.cleaned_data
    found = queries.matching(request.actor, wanted, form.place, timezone.now())
    page = page_of(
        found, order_of_workers(form.place), size=24, after=wanted["after"],
        before=wanted["before"],
    )  # fmt: skip
    return {
        "page": page,
        "rows": queries.with_reasons(page.rows, request.actor),
        "newer": page.newer_url(request.GET),
        "older": page.older_url(request.GET),
    }


def done(request: HttpRequest, data: dict[str, Any]) -> HttpResponse:
    """What was chosen, done with the ticked workers; then back to the same list."""
    chosen, at = list(data["workers"]), timezone.now()
    if data["act"] == "compare":
        query = urlencode({"w": [worker.reference for worker in chosen]}, doseq=True)
        return redirect(f"{reverse('compare_workers')}?{query}")
    if data["act"] == "group":
        own = Group.objects.visible_to(request.actor).select_related("company")
        group = get_object_or_404(own, reference=data["group"])
        demand(request, "vetting.manage_group", group)
        outcome = groups.invite(group, chosen, by=request.actor, at=at)
        if outcome.changed:
            verb = "in" if group.is_private else "invited to"
            count = len(outcome.changed)
            who = str(outcome.changed[0].worker) if count == 1 else f"{count} workers"
            messages.success(request, f"{who} {'is' if count == 1 else 'are'} {verb} “{group}”.")
        if rest := left_out(outcome):
            messages.warning(request, rest)
    else:
        own = Assignment.objects.visible_to(request.actor).select_related("company")
        assignment = get_object_or_404(own, reference=data["assignment"])
        demand(request, "assignments.invite", assignment)
        lifecycle.invite(assignment, workers=chosen, by=request.actor, at=at)
        messages.success(request, f"Invited to “{assignment.title}”; who has it keeps it.")
    return redirect(request.get_full_path())


@login_required
@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    """Up to four workers side by side."""
    demand(request, "accounts.find_workers")
    form = CompareForm(request.GET, company=request.actor.company)
    chosen = list(form.cleaned_data["w"]) if form.is_valid() else []
    rows = queries.with_reasons(sorted(chosen, key=lambda one: one.pk), request.actor)
    return render(request, "finding/compare.html", {"rows": rows, "form": form})
