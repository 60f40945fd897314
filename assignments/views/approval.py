"""Submitted work before the client: approve it and say what it costs, or send it back."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import PurePath
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from assignments import lifecycle
from assignments.answers import groups_of
from assignments.forms.approval import ApproveForm, SendBackForm
from assignments.models import Assignment
from assignments.queries import submission
from assignments.queries.submission import Submission
from assignments.states import Status
from assignments.views.detail import file_row
from assignments.views.loading import (
    answers_late_moves,
    load,
    other_acts,
    posted,
    refusals_in,
    refused_now,
)
from conduct.gate import policies_accepted
from core.money import format_money

SHOWN = ("company", "worker__user", "reservation", "invoice")
DONE = (Status.INVOICED, Status.PAID)


@login_required
@answers_late_moves
@policies_accepted
@require_http_methods(["GET", "HEAD", "POST"])
def approval(request: HttpRequest, reference: str) -> HttpResponse:
    assignment = load(request, reference, "assignments.approve", joined=SHOWN)
    if request.method != "POST" and assignment.status not in DONE:
        refused_now("approve", assignment)
    at = timezone.now()
    data, sends_back = posted(request), "send_back" in request.POST
    approve_form = ApproveForm(None if sends_back else data, assignment=assignment)
    if approve_form.is_valid():
        with refusals_in(approve_form):
            _approve(request, assignment, approve_form, at)
            return redirect("assignments:approval", reference)
    handed_over = submission.of(assignment)
    back_form = SendBackForm(
        data if sends_back else None, wanted=handed_over.titles, refused=handed_over.refused_titles
    )
    if back_form.is_valid():
        with refusals_in(back_form):
            _send_back(request, assignment, back_form, at)
            return redirect(assignment)
    return _page(request, assignment, handed_over, approve_form, back_form, at)


def _page(
    request: HttpRequest,
    assignment: Assignment,
    handed_over: Submission,
    approve_form: ApproveForm,
    back_form: SendBackForm,
    at: datetime,
) -> HttpResponse:
    membership = request.actor.membership
    context = {
        "assignment": assignment,
        "submission": handed_over,
        "files": [(asked, files_of(asked, assignment)) for asked in handed_over.requests],
        "answers": groups_of(assignment, handed_over.answers),
        "approve_form": approve_form,
        "back_form": back_form,
        "is_done": assignment.status in DONE,
        "due_on": due_on(assignment, at),
        "currency": assignment.company.currency,
        "limit": membership.approve_limit if membership else None,
        "above_limit": is_above_limit(membership, handed_over),
        "gear": other_acts(request, assignment, at=at),
        "missing": getattr(getattr(approve_form, "refused", None), "missing", None),
    }
    return render(request, "assignments/approval.html", context)


def due_on(assignment: Assignment, at: datetime) -> date:
    """The day by which it is paid when approved at ``at``; as ``invoicing.issue`` counts it."""
    if assignment.invoice:
        return assignment.invoice.due_on
    return at.astimezone(UTC).date() + timedelta(days=assignment.terms_days)


def is_above_limit(membership: Any, handed_over: Submission) -> bool:
    """Whether the member may not approve this much; the verb has the last word."""
    limit = membership.approve_limit if membership else None
    return limit is not None and handed_over.quote.pay > limit


def files_of(asked: Any, assignment: Assignment) -> list[dict[str, Any]]:
    """What was handed in for one request, as the file list draws it."""
    judging = assignment.status == Status.PENDING_APPROVAL
    return [
        {
            **file_row(assignment, file, asked, removable=False, judging=judging),
            "kind": PurePath(file.name).suffix[1:].upper(),
            "by": file.handed_in_by,
        }
        for file in asked.handed_in
    ]


def _approve(request: HttpRequest, assignment: Assignment, form: ApproveForm, at: datetime) -> None:
    done = lifecycle.approve(assignment, **form.cleaned_data, by=request.actor, at=at)
    amount = format_money(done.invoice.worker_amount, assignment.company.currency)
    if done.status == Status.PAID:
        messages.success(request, f"Approved. {done.worker} has been paid {amount}.")
    else:
        due = done.invoice.due_on
        messages.success(request, f"Approved. {amount} is due on {due:%B} {due.day}, {due.year}.")


def _send_back(
    request: HttpRequest, assignment: Assignment, form: SendBackForm, at: datetime
) -> None:
    lifecycle.send_back(
        assignment, note=form.cleaned_data["note"], missing=form.lines,
        amount=form.cleaned_data["amount"], by=request.actor, at=at,
    )  # fmt: skip
    messages.success(request, f"Sent back. {assignment.worker} is told what is missing.")
