"""Changes to agreed work: what was asked, asking, and answering."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from assignments import gear, lifecycle
from assignments.forms.change import FORMS, AnswerForm, AskForm
from assignments.gear import ASKED_BY_WORKER
from assignments.models import Assignment, ChangeRequest
from assignments.queries import changes as queries
from assignments.states import MOVES
from assignments.views.applying import redirect_where_visible
from assignments.views.detail import menu_item
from assignments.views.loading import answers_late_moves, load, posted, refusals_in, refused_now
from conduct.gate import policies_accepted
from core.forms import missing_in
from core.permissions import demand

METHODS = ["GET", "HEAD", "POST"]
EFFECT = "change-effect"
ANSWERS = {
    "accept": lifecycle.accept_change,
    "decline": lifecycle.decline_change,
    "withdraw": lifecycle.withdraw_change,
}
SAID = {
    "accept": "Accepted. {side} is told.",
    "decline": "Declined. {side} is told why.",
    "withdraw": "Taken back. Nothing has changed.",
}


@login_required
@answers_late_moves
@policies_accepted
@require_http_methods(METHODS)
def changes(request: HttpRequest, reference: str) -> HttpResponse:
    """Everything that was asked on this assignment; answers are posted here."""
    assignment = load(request, reference, "assignments.see_changes")
    at = timezone.now()
    form = AnswerForm(posted(request))
    if form.is_valid():
        change = _answered(request, assignment, form)
        with refusals_in(form):
            _answer(request, change, form, at)
            return _after_answering(request, Assignment.objects.get(pk=assignment.pk))
    actions = gear.menu(assignment, request.actor, at=at)
    shown = queries.of(assignment, request.actor, at=at)
    context = {
        "assignment": assignment,
        "zone": assignment.zone,
        "currency": assignment.company.currency,
        "open": [one for one in shown if one.change.status == "open"],
        "closed": [one for one in shown if one.change.status != "open"],
        "asks": [action for action in actions if action.name in FORMS],
        "ask_title": "Ask for a change" if request.actor.is_worker else "Make a change",
        "gear": [menu_item(action) for action in actions],
        "form": form if form.is_bound else None,
        "failed": form.data.get("change", "") if form.is_bound else "",
        "missing": missing_in(form),
    }
    return render(request, "assignments/changes.html", context)


@login_required
@answers_late_moves
@policies_accepted
@require_http_methods(METHODS)
def ask(request: HttpRequest, reference: str, kind: str) -> HttpResponse:
    """Ask the other side; what a client adds in money takes effect at once."""
    assignment = load(request, reference, f"assignments.{kind}")
    refused_now(kind, assignment)
    actor, at = request.actor, timezone.now()
    form = FORMS[kind](posted(request), assignment=assignment, actor=actor, at=at)
    asking = form.is_valid() and "figures" not in request.POST
    actions = gear.menu(assignment, actor, at=at)
    context = {
        "assignment": assignment,
        "form": form,
        "kind": kind,
        "title": ASKED_BY_WORKER[kind] if actor.is_worker else MOVES[kind].label,
        "at_once": actor.is_client and kind != ChangeRequest.Kind.RESCHEDULE,
        "other": assignment.worker if actor.is_client else assignment.company,
        "currency": assignment.company.currency,
        "gear": [menu_item(action) for action in actions if action.url != request.path],
    }
    if request.htmx and request.htmx.target == EFFECT:
        return render(request, "assignments/_change_effect.html", context)
    if asking:
        with refusals_in(form):
            change = _ask(request, assignment, kind, form, at)
            _say_asked(request, change, at)
            return redirect("assignments:changes", reference)
    context["missing"] = missing_in(form)
    return render(request, "assignments/change.html", context)


def _after_answering(request: HttpRequest, assignment: Assignment) -> HttpResponse:
    """Back to the changes, unless the answer took the worker off the assignment."""
    if request.actor.can("assignments.see_changes", assignment):
        return redirect("assignments:changes", assignment.reference)
    messages.info(request, "You are off the assignment, without a mark on your scorecard.")
    return redirect_where_visible(request, assignment)


def _ask(
    request: HttpRequest, assignment: Assignment, kind: str, form: AskForm, at: datetime
) -> ChangeRequest:
    verb = lifecycle.VERBS[kind]
    return verb(assignment, by=request.actor, at=at, **form.values())


def _say_asked(request: HttpRequest, change: ChangeRequest, at: datetime) -> None:
    if change.asked_at != at:
        messages.info(request, "This was sent before; it is listed here.")
    elif change.status == ChangeRequest.Status.ACCEPTED:
        messages.success(request, "Added. The worker is told, and the money is set aside.")
    else:
        who = "worker" if change.side == ChangeRequest.Side.CLIENT else "client"
        messages.success(request, f"Sent. The {who} is asked to answer.")


def _answered(request: HttpRequest, assignment: Assignment, form: AnswerForm) -> ChangeRequest:
    """The request that is answered: 404 where it is not one of this assignment's."""
    change = assignment.changes.filter(pk=form.cleaned_data["change"]).first()
    if change is None:
        raise Http404
    demand(request, f"assignments.{change.kind}", assignment)
    return change


def _answer(request: HttpRequest, change: ChangeRequest, form: AnswerForm, at: datetime) -> None:
    act = form.cleaned_data["act"]
    more: dict[str, Any] = {"reason": form.cleaned_data["reason"]} if act == "decline" else {}
    done = ANSWERS[act](change, by=request.actor, at=at, **more)
    side = "The client" if done.side == ChangeRequest.Side.CLIENT else "The worker"
    messages.success(request, SAID[act].format(side=side))
