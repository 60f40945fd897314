"""Sending an assignment: to whom, how its worker is found, and what is set aside for it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from assignments import completeness, lifecycle, quoting
from assignments.forms.routing import RoutingForm
from assignments.forms.sheet import typed_in
from assignments.models import Assignment
from assignments.queries import candidates, funds
from assignments.states import Status
from assignments.views.loading import (
    answers_late_moves,
    attempted,
    load,
    other_acts,
    posted,
    refused_now,
)
from conduct.gate import policies_accepted
from core.money import format_money
from payments import credit


@login_required
@answers_late_moves
@policies_accepted
@require_http_methods(["GET", "HEAD", "POST"])
def routing(request: HttpRequest, reference: str) -> HttpResponse:
    assignment = load(request, reference, "assignments.send")
    is_draft = assignment.status == Status.DRAFT
    refused_now("send" if is_draft else "invite", assignment)
    form = RoutingForm(posted(request), assignment=assignment, company=assignment.company)
    if form.is_valid() and "find" not in request.POST:
        act = _send if is_draft else _invite
        if attempted(form, lambda: act(request, assignment, form)):
            return redirect(assignment)
    return _page(request, assignment, form)


def _page(request: HttpRequest, assignment: Assignment, form: RoutingForm) -> HttpResponse:
    """The form with chosen workers and search results; a search judges nothing else."""
    searched, chosen = "find" in request.POST, form.chosen if form.is_bound else []
    words = form.cleaned_data.get("words", "") if form.is_bound else ""
    company = assignment.company
    shown = form
    if searched and not form["words"].errors:
        shown = RoutingForm(initial=typed_in(form), assignment=assignment, company=company)
    found = candidates.found(request.actor, words) if searched else []
    invited = list(candidates.invited_to(assignment))
    known = {worker.pk for worker in chosen} | {one.worker_id for one in invited}
    fresh = [worker for worker in found if worker.pk not in known]
    context = {
        "assignment": assignment,
        "form": shown,
        "is_draft": assignment.status == Status.DRAFT,
        "chosen": candidates.as_candidates(chosen, assignment),
        "found": candidates.as_candidates(fresh, assignment),
        "searched": searched,
        "invited": invited,
        "gear": other_acts(request, assignment, at=timezone.now()),
        "blocking": credit.blocking_invoice(company, at=timezone.now()),
        **money_of(assignment, getattr(form, "refused", None)),
    }
    return render(request, "assignments/routing.html", context)


def money_of(assignment: Assignment, refused: Exception | None) -> dict[str, Any]:
    """What sending sets aside, from what, and what is left or missing."""
    quote = quoting.of_budget(assignment)
    available = funds.of_company(assignment.company, terms_days=assignment.terms_days)
    requests = list(assignment.deliverable_requests.order_by("position", "pk"))
    return {
        "quote": quote,
        "funds": available,
        "left": available.after(quote.total),
        "missing": getattr(refused, "missing", None) or available.missing_for(quote.total),
        "currency": assignment.company.currency,
        "lacking": completeness.missing(completeness.of_assignment(assignment, requests)),
    }


def _send(request: HttpRequest, assignment: Assignment, form: RoutingForm) -> Assignment:
    data = form.cleaned_data
    sent = lifecycle.send(
        assignment,
        on_marketplace=data["on_marketplace"],
        first_to_accept=data["mode"] == "first",
        workers=form.chosen,
        revision=data["revision"],
        by=request.actor,
        at=timezone.now(),
    )
    total = format_money(quoting.of_budget(sent).total, sent.company.currency)
    kind = "counts against your credit" if sent.terms_days else "is set aside from your balance"
    messages.success(request, f"Sent {_audience(form)}. {total} {kind}.")
    return sent


def _invite(request: HttpRequest, assignment: Assignment, form: RoutingForm) -> bool:
    made = lifecycle.invite(
        assignment,
        workers=form.chosen,
        on_marketplace=form.cleaned_data["on_marketplace"],
        by=request.actor,
        at=timezone.now(),
    )
    if made:
        messages.success(request, f"{len(made)} more worker{'s' * (len(made) != 1)} invited.")
    else:
        messages.success(request, "Saved.")
    return True


def _audience(form: RoutingForm) -> str:
    count = len(form.chosen)
    parts = ["to the marketplace"] if form.cleaned_data["on_marketplace"] else []
    if count:
        parts.append(f"to {count} chosen worker{'s' * (count != 1)}")
    return " and ".join(parts)
