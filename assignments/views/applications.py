"""Who applied, side by side; assigning one, declining another."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from assignments import lifecycle, quoting
from assignments.applications import NoLongerOpen
from assignments.forms.applications import AssignForm, ChooseForm, DeclineForm, OrderForm, StarForm
from assignments.models import Assignment
from assignments.queries import applicants, candidates, funds
from assignments.states import Status
from assignments.views.loading import answers_late_moves, load, other_acts, refusals_in
from conduct.gate import policies_accepted
from core.permissions import demand


@login_required
@answers_late_moves
@policies_accepted
@require_http_methods(["GET", "HEAD", "POST"])
def applications(request: HttpRequest, reference: str) -> HttpResponse:
    assignment = load(request, reference, "assignments.see_applications")
    at = timezone.now()
    form: ChooseForm | None = None
    if request.method == "POST":
        demand(request, "assignments.assign", assignment)
        if "star" in request.POST:
            return _star(request, assignment, at)
        form = _answer(request, assignment)
        act = _decline if isinstance(form, DeclineForm) else _assign
        if form.is_valid():
            with refusals_in(form):
                act(request, form, at)
                stays = isinstance(form, DeclineForm)
                return redirect(f"assignments:{'applications' if stays else 'detail'}", reference)
    return render(
        request, "assignments/applications.html", context_of(request, assignment, form, at=at)
    )


def context_of(
    request: HttpRequest, assignment: Assignment, form: ChooseForm | None, *, at: datetime
) -> dict[str, Any]:
    refused = getattr(form, "refused", None)
    return {
        "assignment": assignment,
        "form": form,
        "declined_pk": _application_of(form) if isinstance(form, DeclineForm) else None,
        "assigned_pk": _application_of(form) if isinstance(form, AssignForm) else None,
        **ordered(request, assignment, at=at),
        "closed": applicants.closed_for(assignment),
        "declines": list(candidates.declines_of(assignment)),
        "is_open": assignment.status == Status.SENT,
        "posted_words": assignment.terms.sentence(assignment.company.currency),
        "quote": quoting.of_budget(assignment),
        "funds": funds.of_company(assignment.company, terms_days=assignment.terms_days),
        "currency": assignment.company.currency,
        "missing": getattr(refused, "missing", None),
        "gear": other_acts(request, assignment, at=at),
    }


def ordered(request: HttpRequest, assignment: Assignment, *, at: datetime) -> dict[str, Any]:
    """The applicants in the order asked for; what cannot be read counts as not asked."""
    order = OrderForm(request.GET)
    order.is_valid()
    wanted = order.cleaned_data
    starred = bool(wanted.get("starred"))
    found = applicants.open_for(
        assignment, at=at, order=wanted.get("sort") or "first", starred=starred
    )
    return {"applicants": found, "order": order, "only_starred": starred}


def _star(request: HttpRequest, assignment: Assignment, at: datetime) -> HttpResponse:
    """Put a star on an application or take it off; back to the same place on the page."""
    form = StarForm(request.POST)
    found = None
    if form.is_valid():
        found = assignment.applications.filter(pk=form.cleaned_data["application"]).first()
    if found is None:
        messages.error(request, "This application is no longer there.")
        return redirect(request.get_full_path())
    try:
        starred = form.cleaned_data["star"] == "on"
        lifecycle.shortlist(found, starred=starred, by=request.actor, at=at)
    except NoLongerOpen as refused:
        messages.warning(request, str(refused))
    return redirect(f"{request.get_full_path()}#application-{found.pk}")


def _answer(request: HttpRequest, assignment: Assignment) -> ChooseForm:
    kind = DeclineForm if "decline" in request.POST else AssignForm
    form = kind(request.POST)
    form.fields["application"].queryset = assignment.applications.select_related("worker__user")
    return form


def _application_of(form: ChooseForm) -> int | None:
    chosen = form.cleaned_data.get("application") if form.is_bound else None
    return chosen.pk if chosen and form.errors else None


def _assign(request: HttpRequest, form: ChooseForm, at: datetime) -> None:
    application = form.cleaned_data["application"]
    lifecycle.assign(
        application, override_note=form.cleaned_data["override_note"], by=request.actor, at=at
    )
    messages.success(
        request, f"{application.worker} is assigned and has been told. The others are told too."
    )


def _decline(request: HttpRequest, form: ChooseForm, at: datetime) -> None:
    application = form.cleaned_data["application"]
    lifecycle.decline_application(
        application, reason=form.cleaned_data["reason"], by=request.actor, at=at
    )
    messages.success(request, f"{application.worker} is told that you declined, and why.")
