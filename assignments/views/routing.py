"""Sending an assignment: to whom now and later, how its worker is found, what is set aside."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from assignments import completeness, lifecycle, quoting
from assignments.completeness import Beside
from assignments.contents import parts_of
from assignments.forms.routing import PlanForm, RoutingForm
from assignments.forms.sheet import typed_in
from assignments.models import Assignment
from assignments.queries import candidates, funds, matches, reports
from assignments.queries.reports import Told
from assignments.states import Status
from assignments.views.loading import (
    answers_late_moves,
    load,
    other_acts,
    posted,
    refusals_in,
    refused_now,
)
from assignments.waterfall import NothingPlanned
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
        with refusals_in(form):
            act(request, assignment, form)
            return redirect(assignment)
    return _page(request, assignment, form)


def _page(request: HttpRequest, assignment: Assignment, form: RoutingForm) -> HttpResponse:
    """The form with chosen workers and search results; a search judges nothing else."""
    is_draft = assignment.status == Status.DRAFT
    invited = list(candidates.invited_to(assignment))
    plan = None if is_draft else reports.plan_of(assignment)
    context = {
        "assignment": assignment,
        "form": form,
        "is_draft": is_draft,
        "invited": invited,
        "plan": plan,
        "may_plan": plan is None or not plan.is_running,
        "told": [] if is_draft else reports.of_assignment(assignment)[:3],
        "gear": other_acts(request, assignment, at=timezone.now()),
        **choices(request, assignment, form, {one.worker_id for one in invited}),
        "lacking": lacking_in(assignment),
    }
    if is_draft:
        context |= money_of(assignment, getattr(form, "refused", None))
        context["blocking"] = credit.blocking_invoice(assignment.company, at=timezone.now())
    return render(request, "assignments/routing.html", context)


def lacking_in(assignment: Assignment) -> list[Any]:
    """What a worker would still ask (three queries)."""
    beside = Beside(
        list(assignment.deliverable_requests.values_list("pk", flat=True)),
        parts_of(assignment),
        list(assignment.documents.values_list("pk", flat=True)),
        assignment.day_count,
    )
    return completeness.missing(completeness.of_assignment(assignment, beside))


def choices(
    request: HttpRequest, assignment: Assignment, form: RoutingForm, known: set[int]
) -> dict[str, Any]:
    """Workers to tick: those ticked already, the found or the matching ones, the favorites."""
    wanted = request.POST.get("find", "")
    chosen = form.chosen if form.is_bound else []
    known = known | {worker.pk for worker in chosen}
    context: dict[str, Any] = {"chosen": candidates.as_candidates(chosen, assignment)}
    if wanted == "matches":
        asked = form.matches
        found = matches.best(assignment, miles=asked.miles, most=asked.most, at=timezone.now())
        context["matches"] = [match for match in found if match.worker.pk not in known]
        context["searched_matches"] = True
    elif wanted:
        found = candidates.found(request.actor, form.cleaned_data.get("words", ""))
        fresh = [worker for worker in found if worker.pk not in known]
        context["found"] = candidates.as_candidates(fresh, assignment)
        context["searched"] = True
    else:
        rows = candidates.favorites(request.actor, apart_from=known)
        context["favorites"] = candidates.as_candidates(rows, assignment)
    if wanted and not form["words"].errors:
        context["form"] = RoutingForm(
            initial=typed_in(form), assignment=assignment, company=assignment.company
        )
    return context


def money_of(assignment: Assignment, refused: Exception | None) -> dict[str, Any]:
    """What sending sets aside, from what, and what is left or missing."""
    quote = quoting.of_budget(assignment)
    available = funds.of_company(assignment.company, terms_days=assignment.terms_days)
    return {
        "quote": quote,
        "funds": available,
        "left": available.after(quote.total),
        "missing": getattr(refused, "missing", None) or available.missing_for(quote.total),
        "currency": assignment.company.currency,
    }


def _send(request: HttpRequest, assignment: Assignment, form: RoutingForm) -> None:
    data, at = form.cleaned_data, timezone.now()
    sent = lifecycle.send(
        assignment, on_marketplace=data["on_marketplace"], workers=form.chosen,
        first_to_accept=data["mode"] == "first", revision=data["revision"], steps=form.steps,
        by=request.actor, at=at, **form.audience,
    )  # fmt: skip
    total = format_money(quoting.of_budget(sent).total, sent.company.currency)
    kind = "counts against your credit" if sent.terms_days else "is set aside from your balance"
    latest = reports.of_assignment(sent)[:1]
    messages.success(request, f"{_words(latest)} {total} {kind}.")


def _invite(request: HttpRequest, assignment: Assignment, form: RoutingForm) -> None:
    at, steps = timezone.now(), form.steps
    report = lifecycle.invite(
        assignment, workers=form.chosen, on_marketplace=form.cleaned_data["on_marketplace"],
        by=request.actor, at=at, **form.audience,
    )  # fmt: skip
    if steps:
        lifecycle.plan(assignment, steps, by=request.actor, at=at)
    latest = reports.of_assignment(assignment)[:1] if report else []
    planned = f" {len(steps)} more step{'s' * (len(steps) != 1)} planned." if steps else ""
    messages.success(request, f"{_words(latest) if latest else 'Saved.'}{planned}")


def _words(latest: list[Told]) -> str:
    """``Sent to group “A”: 12 got it · 1 blocked by you.``"""
    told = latest[0]
    return f"Sent to {told.report.audience}{': ' + told.words if told.words else ''}."


@require_POST
@login_required
@answers_late_moves
@policies_accepted
def plan(request: HttpRequest, reference: str) -> HttpResponse:
    """Send the next step of the plan now, or stop it."""
    assignment = load(request, reference, "assignments.invite")
    form = PlanForm(request.POST)
    at = timezone.now()
    try:
        if not form.is_valid():
            messages.error(request, "Choose what to do with the plan.")
        elif form.cleaned_data["act"] == "skip":
            step = lifecycle.skip_ahead(assignment, by=request.actor, at=at)
            messages.success(request, step.note or f"Sent now: {step.words}.")
        else:
            lifecycle.stop(assignment, by=request.actor, at=at)
            messages.success(request, "The plan is stopped. Who has it keeps it.")
    except NothingPlanned as refused:
        messages.warning(request, str(refused))
    return redirect("assignments:routing", reference)
