"""Public questions about an assignment, and answering them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from assignments.models import Assignment
from core.forms import refusals_in
from core.permissions import demand
from messaging import asking
from messaging.forms import AnswerForm, AskForm
from messaging.models import Question
from messaging.queries import questions_about
from messaging.views.threads import FLAGGED


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def questions(request: HttpRequest, reference: str) -> HttpResponse:
    """Everything asked and answered; a worker asks, a member answers."""
    rows = Assignment.objects.visible_to(request.actor).select_related("company")
    assignment = get_object_or_404(rows, reference=reference)
    if request.method != "POST":
        return page(request, assignment)
    if request.actor.is_worker:
        return _ask(request, assignment)
    demand(request, "messaging.answer_question", assignment)
    return _answer(request, assignment)


def page(
    request: HttpRequest, assignment: Assignment, status: int = 200, **forms: Any
) -> HttpResponse:
    context = {
        "assignment": assignment,
        "panel": panel_of(assignment, request, **forms),
    }
    return render(request, "messaging/questions.html", context, status=status)


def panel_of(
    assignment: Assignment,
    request: HttpRequest,
    ask: AskForm | None = None,
    answer: AnswerForm | None = None,
) -> dict[str, Any]:
    """What ``messaging/_questions.html`` shows (one query)."""
    actor = request.actor
    may_ask = actor.is_worker and asking.is_open(assignment)
    return {
        "rows": questions_about(assignment),
        "own": actor.worker.pk if actor.worker else None,
        "names": not actor.is_worker,
        "may_answer": asking.is_open(assignment)
        and actor.can("messaging.answer_question", assignment),
        "ask": (ask or AskForm()) if may_ask else None,
        "answer": answer,
        "answering": answer.data.get("question") if answer else None,
        "closed": not asking.is_open(assignment),
    }


def _ask(request: HttpRequest, assignment: Assignment) -> HttpResponse:
    form = AskForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        with refusals_in(form):
            asked = asking.ask(
                assignment, body=data["body"], key=data["key"], by=request.actor,
                at=timezone.now(),
            )  # fmt: skip
            messages.success(request, "Asked. You are told when the client answers.")
            if asked.has_contact_details:
                messages.warning(request, FLAGGED)
            return redirect(f"{assignment.get_absolute_url()}#questions")
    return page(request, assignment, 422, ask=form)


def _answer(request: HttpRequest, assignment: Assignment) -> HttpResponse:
    form = AnswerForm(request.POST)
    if form.is_valid():
        rows = Question.objects.visible_to(request.actor).filter(assignment=assignment)
        question = get_object_or_404(
            rows.select_related("assignment"), pk=form.cleaned_data["question"]
        )
        with refusals_in(form):
            asking.answer(
                question, answer=form.cleaned_data["answer"], by=request.actor, at=timezone.now()
            )
            messages.success(request, "Answered, for every worker who reads the assignment.")
            return redirect(f"{assignment.get_absolute_url()}#questions")
    return page(request, assignment, 422, answer=form)
