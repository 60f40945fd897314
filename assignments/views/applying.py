"""A worker's answer to a sent assignment: apply, withdraw, decline, accept."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from assignments import amounts, applications, cautions, lifecycle, screening
from assignments.forms.application import AcceptForm, ApplicationForm, DeclineForm, TakingForm
from assignments.models import Application, Assignment
from assignments.views.loading import answers_late_moves, load, posted, refusals_in, refused_now
from conduct.gate import policies_accepted
from core.money import format_money

METHODS = ["GET", "HEAD", "POST"]
SHOWN = ("company", "industry")
"""What a worker reads of an assignment that nobody is assigned to yet."""


@login_required
@answers_late_moves
@policies_accepted
@require_http_methods(METHODS)
def apply(request: HttpRequest, reference: str) -> HttpResponse:
    assignment = load(request, reference, "assignments.apply", joined=SHOWN)
    refused_now("apply", assignment)
    if barred := lacks_something(request, assignment):
        return barred
    if standing := own_application(request, assignment):
        return already_applied(request, standing)
    at = timezone.now()
    form = ApplicationForm(
        posted(request), assignment=assignment, cautions=cautions.about(assignment), at=at
    )
    if form.is_valid():
        with refusals_in(form):
            made = lifecycle.apply(assignment, by=request.actor, at=at, **form.values())
            if made.applied_at != at:
                return already_applied(request, made)
            messages.success(request, applied_words(made))
            return redirect(assignment)
    return render(request, "assignments/apply.html", taking_context(assignment, form))


@login_required
@answers_late_moves
@policies_accepted
@require_http_methods(METHODS)
def accept(request: HttpRequest, reference: str) -> HttpResponse:
    assignment = load(request, reference, "assignments.accept", joined=SHOWN)
    if assignment.worker_id == request.actor.worker.pk:
        messages.info(request, "This assignment is yours already.")
        return redirect(assignment)
    refused_now("accept", assignment)
    if not assignment.first_to_accept:
        return redirect("assignments:apply", reference)
    if barred := lacks_something(request, assignment):
        return barred
    at = timezone.now()
    form = AcceptForm(
        posted(request), assignment=assignment, cautions=cautions.about(assignment), at=at
    )
    if form.is_valid():
        data = {"revision": form.cleaned_data["revision"], "red_scorecard_seen": form.seen}
        with refusals_in(form):
            lifecycle.accept(assignment, by=request.actor, at=at, **data)
            messages.success(request, "It is yours. The client has been told.")
            return redirect(assignment)
    return render(request, "assignments/accept.html", taking_context(assignment, form))


@login_required
@answers_late_moves
@require_http_methods(METHODS)
def withdraw(request: HttpRequest, reference: str) -> HttpResponse:
    assignment = load(request, reference, "assignments.withdraw")
    refused_now("withdraw", assignment)
    standing = own_application(request, assignment)
    if standing is None:
        messages.info(request, "You have no application here that could be withdrawn.")
        return redirect(assignment)
    if request.method == "POST":
        lifecycle.withdraw(standing, by=request.actor, at=timezone.now())
        messages.success(request, "Withdrawn. You may apply again while the assignment is open.")
        return redirect_where_visible(request, assignment)
    context = {"assignment": assignment, "application": standing, "zone": assignment.zone}
    return render(request, "assignments/withdraw.html", context)


@login_required
@answers_late_moves
@require_http_methods(METHODS)
def decline(request: HttpRequest, reference: str) -> HttpResponse:
    assignment = load(request, reference, "assignments.decline")
    refused_now("decline", assignment)
    form = DeclineForm(posted(request))
    if form.is_valid():
        at = timezone.now()
        with refusals_in(form):
            lifecycle.decline(assignment, by=request.actor, at=at, reason=form.said)
            messages.success(request, f"Declined. {assignment.reference} has left your lists.")
            return redirect("assignments:find_work")
    return render(request, "assignments/decline.html", {"assignment": assignment, "form": form})


def lacks_something(request: HttpRequest, assignment: Assignment) -> HttpResponse | None:
    """The page of what is missing, before the form; what is posted the verb itself refuses."""
    if request.method == "POST":
        return None
    lacking = screening.lacking(request.actor.worker, [assignment], timezone.now())
    return redirect("assignments:needs", assignment.reference) if any(lacking.values()) else None


def own_application(request: HttpRequest, assignment: Assignment) -> Application | None:
    """The worker's bid that stands."""
    found = applications.standing_of(request.actor.worker, assignment)
    return found if found and found.status == Application.Status.OPEN else None


def already_applied(request: HttpRequest, standing: Application) -> HttpResponse:
    messages.info(
        request, "You have applied already. To offer other terms, withdraw and apply again."
    )
    return redirect(standing.assignment)


def applied_words(made: Application) -> str:
    what = "Counteroffer sent" if made.is_counteroffer else "Applied"
    currency = made.assignment.company.currency
    price = made.terms.sentence(currency)
    if made.expenses:
        price += f", and expenses of up to {format_money(made.expenses, currency)}"
    return f"{what}: {price}. You are told as soon as the client decides."


def redirect_where_visible(request: HttpRequest, assignment: Assignment) -> HttpResponse:
    """Back to the assignment, or to the list where this worker no longer sees it."""
    if Assignment.objects.visible_to(request.actor).filter(pk=assignment.pk).exists():
        return redirect(assignment)
    return redirect("assignments:my_work")


def taking_context(assignment: Assignment, form: TakingForm) -> dict[str, Any]:
    return {
        "assignment": assignment,
        "form": form,
        "zone": assignment.zone,
        "price": assignment.terms.sentence(assignment.company.currency),
        "terms": amounts.terms_words(assignment.terms_days),
    }
