"""The worker's page of a company's own fields, and the files that answer them."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from assignments import lifecycle
from assignments.forms.asked import worker_form
from assignments.models import Assignment, AssignmentFieldQuerySet
from assignments.views.loading import answers_late_moves, load, posted, refusals_in, refused_now
from core import files


@login_required
@answers_late_moves
@require_http_methods(["GET", "HEAD", "POST"])
def fields(request: HttpRequest, reference: str) -> HttpResponse:
    """What the client asks of the worker; saved as often as one likes until submission."""
    assignment = load(request, reference, "assignments.fill_in")
    refused_now("fill_in", assignment)
    rows = list(assignment.asked.of_worker().filter(is_survey=False).in_order())
    form = worker_form(assignment, rows, posted(request), request.FILES)
    if form.is_valid():
        with refusals_in(form):
            lifecycle.fill_in(assignment, form.answers, by=request.actor, at=timezone.now())
            missing = [row.label for row in rows if row.required and form.answers[row.pk] is None]
            if missing:
                messages.info(request, f"Saved. Still missing: {'; '.join(missing)}.")
                return redirect("assignments:fields", reference)
            messages.success(request, "Saved. The client sees it when you submit.")
            return redirect(assignment)
    context = {
        "assignment": assignment,
        "form": form,
        "done": sum(row.value is not None for row in rows),
        "all": len(rows),
    }
    return render(request, "assignments/fields/fill_in.html", context)


@login_required
@require_safe
def file(request: HttpRequest, reference: str, number: int) -> HttpResponseBase:
    """The file that answers one question, for whoever may read the answer."""
    assignment = load(request, reference, "assignments.see_contact")
    row = get_object_or_404(answers_shown(request, assignment), pk=number, kind="file")
    if row.value is None:
        raise Http404
    try:
        stored = default_storage.open(row.value["path"])
    except FileNotFoundError:
        raise Http404 from None
    return files.serve(stored, row.value["name"], row.value["content_type"])


def answers_shown(request: HttpRequest, assignment: Assignment) -> AssignmentFieldQuerySet:
    """What this actor may read: a worker nothing of the company's own, nor of other workers."""
    rows = assignment.asked.all()
    return rows.for_the_worker() if request.actor.is_worker else rows
