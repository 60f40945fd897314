"""Ending early: cancel with a worker assigned, void before that, delete a draft."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from assignments import lifecycle
from assignments.forms.ending import CancellationForm, VoidForm
from assignments.models import Assignment
from assignments.views.loading import (
    answers_late_moves,
    load,
    other_acts,
    posted,
    refusals_in,
    refused_now,
)
from core.forms import missing_in
from core.money import ZERO, format_money

OUTCOME = "cancellation-outcome"


@login_required
@answers_late_moves
@require_http_methods(["GET", "HEAD", "POST"])
def cancellation(request: HttpRequest, reference: str) -> HttpResponse:
    assignment = load(request, reference, "assignments.cancel")
    refused_now("cancel", assignment)
    at = timezone.now()
    form = CancellationForm(posted(request), assignment=assignment, at=at)
    context = {
        "assignment": assignment,
        "form": form,
        "has_started": assignment.starts_at <= at,
        "currency": assignment.company.currency,
        "gear": other_acts(request, assignment, at=at),
    }
    if request.htmx and request.htmx.target == OUTCOME:
        form.is_valid()
        return render(request, "assignments/_cancellation_outcome.html", context)
    if form.is_valid():
        with refusals_in(form):
            _cancel(request, assignment, form, at)
            return redirect(assignment)
    context["missing"] = missing_in(form)
    return render(request, "assignments/cancellation.html", context)


@login_required
@answers_late_moves
@require_http_methods(["GET", "HEAD", "POST"])
def void(request: HttpRequest, reference: str) -> HttpResponse:
    assignment = load(request, reference, "assignments.void")
    refused_now("void", assignment)
    at = timezone.now()
    form = VoidForm(posted(request))
    if form.is_valid():
        with refusals_in(form):
            _void(request, assignment, form, at)
            return redirect(assignment)
    context = {
        "assignment": assignment,
        "form": form,
        "currency": assignment.company.currency,
        "applicants": assignment.applications.filter(status="open").count(),
        "gear": other_acts(request, assignment, at=at),
    }
    return render(request, "assignments/void.html", context)


@login_required
@answers_late_moves
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, reference: str) -> HttpResponse:
    if request.method == "POST" and not Assignment.objects.filter(reference=reference).exists():
        messages.info(request, f"{reference[:12]} is deleted already.")
        return redirect("assignments:list")
    assignment = load(request, reference, "assignments.delete")
    refused_now("delete", assignment)
    if request.method == "POST":
        try:
            lifecycle.delete(assignment, by=request.actor, at=timezone.now())
        except Assignment.DoesNotExist:
            messages.info(request, f"{reference} is deleted already.")
        else:
            messages.success(request, f"The draft “{assignment.title}” is deleted.")
        return redirect("assignments:list")
    context = {
        "assignment": assignment,
        "gear": other_acts(request, assignment, at=timezone.now()),
    }
    return render(request, "assignments/delete.html", context)


def _cancel(
    request: HttpRequest, assignment: Assignment, form: CancellationForm, at: datetime
) -> None:
    fee = form.fee if form.is_late else ZERO
    ended = lifecycle.cancel(
        assignment,
        reason=form.cleaned_data["reason"],
        note=form.cleaned_data["note"],
        fee=fee,
        by=request.actor,
        at=at,
    )
    words = format_money(ended.cancellation.fee, assignment.company.currency)
    paid = f"{ended.worker} gets {words}." if ended.cancellation.fee else "No fee was paid."
    messages.success(request, f"Cancelled. {ended.worker} has been told. {paid}")


def _void(request: HttpRequest, assignment: Assignment, form: VoidForm, at: datetime) -> None:
    taken_back = lifecycle.void(assignment, note=form.cleaned_data["note"], by=request.actor, at=at)
    messages.success(request, f"{taken_back.reference} is taken back. What was set aside is free.")
