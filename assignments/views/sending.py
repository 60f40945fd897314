"""Sending up to fifty assignments at once, to one audience, with what came of each."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.models import Company
from assignments import quoting, routing
from assignments.forms.routing import MOST_INVITED, PickedForm, SendManyForm
from assignments.models import Assignment
from assignments.queries import funds
from assignments.queries.find_work import REFERENCE
from assignments.routing import Sent
from assignments.states import Status
from assignments.views.loading import posted, refusals_in
from conduct.gate import policies_accepted
from core.money import ZERO
from core.permissions import demand

OFFERED = MOST_INVITED


@login_required
@policies_accepted
@require_http_methods(["GET", "HEAD", "POST"])
def send_many(request: HttpRequest) -> HttpResponse:
    """``?a=A-1&a=A-2`` names what is ticked first; without it the newest drafts are offered."""
    demand(request, "assignments.create")
    company = request.actor.company
    form = SendManyForm(posted(request), company=company)
    if form.is_valid():
        with refusals_in(form):
            results = _send(request, form)
            return render(request, "assignments/sent_many.html", outcome_of(results))
    picked = PickedForm(request.GET, company=company)
    picked.is_valid()
    named = list(picked.cleaned_data.get("a") or ())
    context = {"form": form, **offered(company, named, form), **money_of(company, named)}
    return render(request, "assignments/send_many.html", context)


def offered(company: Company, named: list[Assignment], form: SendManyForm) -> dict[str, Any]:
    """What can be ticked: what was named, else the newest drafts; ticked as it was posted."""
    rows = named or list(
        Assignment.objects.filter(company=company, status=Status.DRAFT)
        .select_related("company")
        .order_by("-pk")[:OFFERED]
    )
    ticked = {row.reference for row in named}
    if form.is_bound:
        posted_ones = form.data.getlist("assignments")
        ticked = {reference for reference in posted_ones if REFERENCE.fullmatch(reference)}
        missing = ticked - {row.reference for row in rows}
        if missing:
            field = form.fields["assignments"]
            rows += list(field.queryset.filter(reference__in=sorted(missing)[:OFFERED]))
    return {"rows": rows, "ticked": ticked, "was_named": bool(named)}


def money_of(company: Company, named: list[Assignment]) -> dict[str, Any]:
    """What sending the named drafts sets aside, and what there is."""
    drafts = [row for row in named if row.status == Status.DRAFT]
    at_once = [row for row in drafts if not row.terms_days]
    return {
        "drafts": len(drafts),
        "total": sum((quoting.of_budget(row).total for row in at_once), ZERO),
        "cash": funds.of_company(company, terms_days=0),
        "currency": company.currency,
    }


def _send(request: HttpRequest, form: SendManyForm) -> list[Sent]:
    data = form.cleaned_data
    return routing.send_many(
        list(data["assignments"]), on_marketplace=data["on_marketplace"], steps=form.steps,
        first_to_accept=data["mode"] == "first", by=request.actor, at=timezone.now(),
        **form.audience,
    )  # fmt: skip


def outcome_of(results: list[Sent]) -> dict[str, Any]:
    return {
        "results": results,
        "went": sum(result.went for result in results),
        "failed": [result for result in results if not result.went],
    }
