"""Handing in deliverables and submitting the work."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from assignments import amounts, checklist, lifecycle
from assignments.forms.asked import AnswersForm, worker_form
from assignments.forms.work import HandInForm, SubmissionForm
from assignments.models import Assignment, Deliverable
from assignments.queries.detail import Attached, attached_to
from assignments.views.detail import wanted_of
from assignments.views.loading import answers_late_moves, load, posted, refusals_in, refused_now
from core import files

METHODS = ["GET", "HEAD", "POST"]


@login_required
@answers_late_moves
@require_http_methods(METHODS)
def deliverables(request: HttpRequest, reference: str) -> HttpResponse:
    """Add files to what is asked for. Good ones are kept even where others are refused."""
    assignment = load(request, reference, "assignments.hand_in")
    refused_now("hand_in", assignment)
    attached = attached_to(assignment, request.actor)
    form = None
    if request.method == "POST":
        form = HandInForm(request.POST, request.FILES, requests=attached.requests)
        if form.is_valid() and hand_in_all(request, form, at=timezone.now()):
            return redirect("assignments:deliverables", reference)
    context = {
        "assignment": assignment,
        "entries": entries_of(assignment, attached, form),
        "form": form,
        "items": items_of(assignment, attached),
        "zone": assignment.zone,
    }
    return render(request, "assignments/deliverables.html", context)


@login_required
@answers_late_moves
@require_http_methods(METHODS)
def deliverable(request: HttpRequest, reference: str, number: int) -> HttpResponseBase:
    """GET downloads the file, for whoever may see the work; POST takes it back."""
    permission = "assignments.hand_in" if request.method == "POST" else "assignments.see_contact"
    assignment = load(request, reference, permission)
    found = get_object_or_404(readable(request), pk=number, assignment=assignment)
    if request.method == "POST":
        lifecycle.remove(found, by=request.actor, at=timezone.now())
        messages.success(request, f"“{found.name}” was taken back.")
        return redirect("assignments:deliverables", reference)
    return files.serve(found.file, found.name, found.content_type)


@login_required
@answers_late_moves
@require_http_methods(METHODS)
def submission(request: HttpRequest, reference: str) -> HttpResponse:
    assignment = load(request, reference, "assignments.submit")
    refused_now("submit", assignment)
    attached = attached_to(assignment, request.actor)
    back = attached.sent_back
    form, survey = submission_forms(request, assignment, attached)
    if all([form.is_valid(), survey.is_valid()]):
        at = timezone.now()
        claim = {**form.cleaned_data, "answers": survey.answers}
        with refusals_in(form):
            lifecycle.submit(assignment, by=request.actor, at=at, **claim)
            messages.success(request, "Submitted. The client has been asked to approve.")
            return redirect(assignment)
    items = items_of(assignment, attached, survey=False)
    context = {
        "assignment": assignment,
        "form": form,
        "survey": survey,
        "items": items,
        "complete": all(item.done for item in items if item.needed),
        "sent_back": back,
        "missing": attached.missing,
        "price": assignment.terms.sentence(assignment.company.currency),
        "terms": amounts.terms_words(assignment.terms_days),
    }
    return render(request, "assignments/submission.html", context)


def submission_forms(
    request: HttpRequest, assignment: Assignment, attached: Attached
) -> tuple[SubmissionForm, AnswersForm]:
    """What the worker claims, and the client's closing survey."""
    back, data = attached.sent_back, posted(request)
    form = SubmissionForm(
        data,
        assignment=assignment,
        visited=attached.hours,
        proposed=back.proposed_amount if back else None,
        initial={"resolution": assignment.resolution},
    )
    questions = [row for row in attached.asked if row.is_survey]
    survey = worker_form(assignment, questions, data, request.FILES, strict=True, prefix="survey")
    return form, survey


def readable(request: HttpRequest) -> QuerySet[Deliverable, Deliverable]:
    """Files that stand; for the client and staff to look at, an earlier worker's too."""
    stands = Q(removed_at__isnull=True)
    if request.method != "POST" and not request.actor.is_worker:
        stands |= Q(removed_at=F("unassignment__unassigned_at"))
    return Deliverable.objects.filter(stands)


def hand_in_all(request: HttpRequest, form: HandInForm, *, at: datetime) -> bool:
    """Hand in every good file and say what was not taken; False where nothing could be."""
    uploads, wanted = form.cleaned_data["files"], form.cleaned_data["request"]
    taken = 0
    for upload in uploads.good:
        with refusals_in(form):
            lifecycle.hand_in(wanted, upload, by=request.actor, at=at)
            taken += 1
    if not taken:
        return False
    messages.success(request, f"{taken} file{'s' * (taken != 1)} handed in for “{wanted.title}”.")
    for sentence in [*uploads.refused, *form.errors.get("files", [])]:
        messages.warning(request, sentence)
    return True


def items_of(
    assignment: Assignment, attached: Attached, *, survey: bool = True
) -> list[checklist.Item]:
    """The checklist; without the survey where that stands on the page itself."""
    counts = [(wanted, attached.count_of(wanted)) for wanted in attached.requests]
    questions = [row for row in attached.asked if survey or not row.is_survey]
    return checklist.items(
        assignment,
        attached.visits,
        counts,
        attached.parts,
        attached.missing,
        questions=questions,
    )


def entries_of(
    assignment: Assignment, attached: Attached, form: HandInForm | None
) -> list[dict[str, Any]]:
    """What is asked for, each with a form of its own; the one that was sent keeps its errors."""
    entries = []
    sent = form.data.get("request") if form else None
    for entry in wanted_of(assignment, attached, at=timezone.now(), removable=True):
        key = str(entry["request"].pk)
        own = HandInForm(
            requests=attached.requests, initial={"request": key}, auto_id=f"id_{key}_%s"
        )
        if form is not None and sent == key:
            form.auto_id = f"id_{key}_%s"
            own = form
        entries.append({**entry, "form": own})
    return entries
