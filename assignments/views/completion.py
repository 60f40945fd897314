"""The client completes the work for the worker."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from assignments import lifecycle
from assignments.checklist import Item
from assignments.forms.asked import AnswersForm, worker_form
from assignments.forms.completion import VISITS, CompletionForm, VisitTimesForm
from assignments.models import Assignment
from assignments.queries.detail import Attached, attached_to
from assignments.views.handing_in import items_of
from assignments.views.loading import (
    answers_late_moves,
    load,
    other_acts,
    posted,
    refusals_in,
    refused_now,
)


@login_required
@answers_late_moves
@require_http_methods(["GET", "HEAD", "POST"])
def completion(request: HttpRequest, reference: str) -> HttpResponse:
    assignment, at = load(request, reference, "assignments.complete_for"), timezone.now()
    refused_now("complete_for", assignment)
    attached, data = attached_to(assignment, request.actor), posted(request)
    files = request.FILES if data is not None else None
    form = CompletionForm(data, files, assignment=assignment, requests=attached.requests)
    asked = _questions(assignment, attached, data, files)
    visits = [
        VisitTimesForm(data, prefix=f"visit-{number}", zone=assignment.time_zone)
        for number in range(VISITS if assignment.wants_check_in else 0)
    ]
    valid = [each.is_valid() for each in (form, *visits, *asked)]
    if all(valid):
        with refusals_in(form):
            _complete(request, assignment, form, visits, asked, at)
            return _said(request, assignment)
    context = {
        "assignment": assignment,
        "form": form,
        "visit_forms": visits,
        "attached": attached,
        "asked": asked,
        "items": [_here(item) for item in items_of(assignment, attached)],
        "currency": assignment.company.currency,
        "price": assignment.terms.sentence(assignment.company.currency),
        "zone": assignment.zone,
        "gear": other_acts(request, assignment, at=at),
    }
    return render(request, "assignments/completion.html", context)


def _questions(
    assignment: Assignment, attached: Attached, data: Any, files: Any
) -> list[AnswersForm]:
    """What the worker was asked to fill in, and the closing survey; nothing has to be answered."""
    own = [row for row in attached.asked if row.is_for_page]
    survey = [row for row in attached.asked if row.is_survey]
    return [
        worker_form(assignment, own, data, files),
        worker_form(assignment, survey, data, files, prefix="survey"),
    ]


def _here(item: Item) -> Item:
    """The entry leads to where this page asks for it: the worker's pages are not the client's."""
    return replace(item, url=f"#{item.place}") if item.place else item


def _complete(
    request: HttpRequest,
    assignment: Assignment,
    form: CompletionForm,
    visits: list[VisitTimesForm],
    asked: list[AnswersForm],
    at: datetime,
) -> None:
    times = [times for one in visits if (times := one.times)]
    answers = {key: value for one in asked for key, value in one.answers.items()}
    lifecycle.complete_for(
        assignment, visits=times, files=form.uploads, answers=answers, by=request.actor, at=at,
        **form.claim,
    )  # fmt: skip


def _said(request: HttpRequest, assignment: Assignment) -> HttpResponse:
    messages.success(
        request, f"Completed. {assignment.worker} has been told. It now waits for approval."
    )
    if request.actor.can("assignments.approve", assignment):
        return redirect("assignments:approval", assignment.reference)
    return redirect(assignment)
