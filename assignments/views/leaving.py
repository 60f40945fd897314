"""A worker leaves an assignment that goes on: taken off, backing out, and the price after it."""

from __future__ import annotations

from datetime import datetime

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from assignments import lifecycle, posted_terms, quoting
from assignments.forms.leaving import BackOutForm, UnassignForm
from assignments.models import Assignment
from assignments.moves import open_holds
from assignments.views.applying import redirect_where_visible
from assignments.views.loading import (
    answers_late_moves,
    load,
    other_acts,
    posted,
    refusals_in,
    refused_now,
)
from core.forms import missing_in
from core.money import ZERO

METHODS = ["GET", "HEAD", "POST"]


@login_required
@answers_late_moves
@require_http_methods(METHODS)
def unassign(request: HttpRequest, reference: str) -> HttpResponse:
    assignment = load(request, reference, "assignments.unassign")
    refused_now("unassign", assignment)
    at, held = timezone.now(), "schedule" in open_holds(assignment)
    form = UnassignForm(posted(request), assignment=assignment, at=at, held=held)
    if form.is_valid():
        with refusals_in(form):
            _unassign(request, assignment, form, at)
            return redirect("assignments:routing", reference)
    context = {
        "assignment": assignment,
        "form": form,
        "held": held,
        "currency": assignment.company.currency,
        "missing": missing_in(form),
        "gear": other_acts(request, assignment, at=at),
    }
    return render(request, "assignments/unassign.html", context)


@login_required
@answers_late_moves
@require_http_methods(METHODS)
def back_out(request: HttpRequest, reference: str) -> HttpResponse:
    assignment = load(request, reference, "assignments.back_out")
    refused_now("back_out", assignment)
    at, held = timezone.now(), "schedule" in open_holds(assignment)
    form = BackOutForm(posted(request), assignment=assignment, at=at, held=held)
    if form.is_valid():
        with refusals_in(form):
            lifecycle.back_out(assignment, by=request.actor, at=at, **form.cleaned_data)
            messages.success(request, "You have backed out. The client has been told why.")
            return redirect_where_visible(request, assignment)
    context = {"assignment": assignment, "form": form, "held": held, "zone": assignment.zone}
    return render(request, "assignments/back_out.html", context)


@login_required
@answers_late_moves
@require_http_methods(METHODS)
def budget(request: HttpRequest, reference: str) -> HttpResponse:
    """Offer it at the posted price again, after a worker with another price has left."""
    assignment = load(request, reference, "assignments.edit")
    refused_now("restore_budget", assignment)
    form = forms.Form(posted(request))
    at, terms = timezone.now(), posted_terms.of(assignment)
    quote = quoting.of_terms(terms, assignment.fee_rate)
    if form.is_valid():
        with refusals_in(form):
            lifecycle.restore_budget(assignment, by=request.actor, at=at)
            messages.success(request, "It is offered at the price you posted.")
            return redirect(assignment)
    held = assignment.reservation.amount if assignment.reservation else ZERO
    context = {
        "assignment": assignment,
        "form": form,
        "posted": terms.sentence(assignment.company.currency),
        "agreed": assignment.terms.sentence(assignment.company.currency),
        "is_posted": terms == assignment.terms,
        "quote": quote,
        "more": max(quote.total - held, ZERO),
        "less": max(held - quote.total, ZERO),
        "currency": assignment.company.currency,
        "missing": missing_in(form),
        "gear": other_acts(request, assignment, at=at),
    }
    return render(request, "assignments/budget.html", context)


def _unassign(
    request: HttpRequest, assignment: Assignment, form: UnassignForm, at: datetime
) -> None:
    name = str(assignment.worker)
    lifecycle.unassign(assignment, by=request.actor, at=at, **form.values)
    messages.success(request, f"{name} is off the assignment and has been told. It is open again.")
