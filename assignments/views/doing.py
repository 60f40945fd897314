"""While the work is done: on the way, times set right, files judged, lines ticked off, holds."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from assignments import lifecycle
from assignments.forms.doing import (
    CorrectionForm,
    HoldForm,
    OnMyWayForm,
    ReleaseForm,
    TickForm,
    VerdictForm,
)
from assignments.holding import may_resume, standing
from assignments.models import Assignment, Deliverable, Missing, Visit
from assignments.views.loading import (
    answers_late_moves,
    load,
    other_acts,
    posted,
    refusals_in,
    refused_now,
)
from core.dates import moment_words

METHODS = ["GET", "HEAD", "POST"]
PENDING_PAGE = "#deliverables"


@login_required
@answers_late_moves
@require_http_methods(METHODS)
def on_my_way(request: HttpRequest, reference: str) -> HttpResponse:
    assignment, at = load(request, reference, "assignments.check_in"), timezone.now()
    refused_now("on_my_way", assignment)
    form = OnMyWayForm(posted(request), assignment=assignment, at=at)
    if form.is_valid():
        with refusals_in(form):
            lifecycle.on_my_way(
                assignment,
                arriving_at=form.arriving_at,
                note=form.cleaned_data["note"],
                by=request.actor,
                at=at,
            )
            clock = moment_words(form.arriving_at, assignment.zone, "time")
            messages.success(request, f"The client knows that you arrive at {clock}.")
            return redirect(assignment)
    context = {"assignment": assignment, "form": form, "zone": assignment.zone, "now": at}
    return render(request, "assignments/on_my_way.html", context)


@login_required
@answers_late_moves
@require_http_methods(METHODS)
def correction(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """Set the times of a visit right: the worker until submission, the client until approval."""
    is_worker = request.actor.is_worker
    assignment = load(request, reference, f"assignments.{'check_in' if is_worker else 'amend'}")
    refused_now("correct_visit" if is_worker else "amend_visit", assignment)
    visits = Visit.objects.current().prefetch_related("corrections__corrected_by")
    visit = get_object_or_404(visits, pk=number, assignment=assignment)
    form = CorrectionForm(posted(request), visit=visit, zone=assignment.time_zone)
    if form.is_valid():
        with refusals_in(form):
            lifecycle.correct_visit(
                visit,
                reason=form.cleaned_data["reason"],
                by=request.actor,
                at=timezone.now(),
                **form.times,
            )
            other = assignment.company if is_worker else assignment.worker
            messages.success(request, f"Corrected. {other} sees the times before and the reason.")
            return redirect(f"{assignment.get_absolute_url()}#visits")
    context = {"assignment": assignment, "form": form, "visit": visit, "zone": assignment.zone}
    return render(request, "assignments/correction.html", context)


@login_required
@answers_late_moves
@require_http_methods(METHODS)
def verdict(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """The client accepts or refuses one file."""
    assignment = load(request, reference, "assignments.judge")
    refused_now("refuse_deliverable", assignment)
    files = Deliverable.objects.standing().select_related("request", "handed_in_by")
    file = get_object_or_404(files, pk=number, assignment=assignment)
    form = VerdictForm(posted(request), initial={"verdict": file.verdict, "reason": file.refusal})
    if form.is_valid():
        with refusals_in(form):
            judge(request, file, form)
            said = "refused. The worker is asked to replace it." if form.refuses else "accepted."
            messages.success(request, f"“{file.name}” is {said}")
            return redirect(back_to(request, assignment))
    context = {
        "assignment": assignment,
        "file": file,
        "form": form,
        "zone": assignment.zone,
        "gear": other_acts(request, assignment, at=timezone.now()),
    }
    return render(request, "assignments/verdict.html", context)


@login_required
@answers_late_moves
@require_POST
def tick(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    assignment = load(request, reference, "assignments.submit")
    items = Missing.objects.select_related("send_back__assignment")
    item = get_object_or_404(items, pk=number, send_back__assignment=assignment)
    form = TickForm(request.POST)
    form.is_valid()
    done = form.cleaned_data.get("done", False)
    with refusals_in(form):
        lifecycle.tick_off(item, done=done, by=request.actor, at=timezone.now())
    return redirect(f"{assignment.get_absolute_url()}#sent-back")


@login_required
@answers_late_moves
@require_http_methods(METHODS)
def hold(request: HttpRequest, reference: str) -> HttpResponse:
    assignment = load(request, reference, "assignments.put_on_hold")
    refused_now("put_on_hold", assignment)
    form, at = HoldForm(posted(request)), timezone.now()
    if form.is_valid():
        with refusals_in(form):
            lifecycle.put_on_hold(
                assignment, reason=form.cleaned_data["reason"], by=request.actor, at=at
            )
            messages.success(request, f"On hold. {assignment.worker} has been told why.")
            return redirect(assignment)
    context: dict[str, Any] = {
        "assignment": assignment,
        "form": form,
        "held": standing(assignment),
        "gear": other_acts(request, assignment, at=at),
    }
    return render(request, "assignments/hold.html", context)


def judge(request: HttpRequest, file: Deliverable, form: VerdictForm) -> None:
    by, at = request.actor, timezone.now()
    if form.refuses:
        lifecycle.refuse_deliverable(file, reason=form.cleaned_data["reason"], by=by, at=at)
    else:
        lifecycle.accept_deliverable(file, by=by, at=at)


def back_to(request: HttpRequest, assignment: Assignment) -> str:
    """Where files are looked at: on the page of approval while that is due."""
    if assignment.submitted_at and request.actor.can("assignments.approve", assignment):
        return reverse("assignments:approval", args=[assignment.reference]) + PENDING_PAGE
    return f"{assignment.get_absolute_url()}{PENDING_PAGE}"


@login_required
@answers_late_moves
@require_http_methods(METHODS)
def release(request: HttpRequest, reference: str) -> HttpResponse:
    assignment = load(request, reference, "assignments.put_on_hold")
    refused_now("take_off_hold", assignment)
    at, held = timezone.now(), standing(assignment)
    form = ReleaseForm(
        posted(request), assignment=assignment, may_keep=may_resume(assignment, at=at)
    )
    if form.is_valid():
        with refusals_in(form):
            lifecycle.take_off_hold(assignment, by=request.actor, at=at, **form.values)
            said = "is asked for the new times" if form.moves else "has been told that it goes on"
            messages.success(request, f"{assignment.worker} {said}.")
            return redirect(assignment)
    asked = held.request if held and held.request and held.request.status == "open" else None
    context: dict[str, Any] = {
        "assignment": assignment,
        "form": form,
        "held": held,
        "asked": asked,
        "gear": other_acts(request, assignment, at=at),
    }
    return render(request, "assignments/release.html", context)
