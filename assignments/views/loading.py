"""What the pages of one assignment have in common: loading it, and answering a late move."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect

from assignments import gear
from assignments.models import Assignment
from assignments.moves import IllegalMove, OnHold, refusal_now
from assignments.queries.named import named
from assignments.routing import SomebodyElseWasAssigned
from assignments.views.detail import menu_item
from core import forms
from core.permissions import demand

View = Callable[..., HttpResponse]
TOO_LATE = (IllegalMove, OnHold, SomebodyElseWasAssigned)


EVERYTHING = (
    "company", "industry", "owner", "customer", "project", "location", "support_contact",
    "worker__user", "reservation", "invoice",
)  # fmt: skip


def load(
    request: HttpRequest,
    reference: str,
    permission: str,
    *,
    joined: tuple[str, ...] = EVERYTHING,
) -> Assignment:
    """The assignment with what every page shows of it: 404 where it cannot be seen, 403 where
    the rule says no. A page that shows less names what it needs; the rest is read when asked for.
    """
    assignment = named(reference, request.actor, joined=joined)
    if assignment is None:
        raise Http404
    demand(request, permission, assignment)
    return assignment


def posted(request: HttpRequest) -> QueryDict | None:
    """What was posted, an empty form included; None for a page that is only looked at."""
    return request.POST if request.method == "POST" else None


def refused_now(name: str, assignment: Assignment) -> None:
    """Raise the refusal of a move that the table does not allow now; for the page of a move."""
    if refused := refusal_now(name, assignment):
        raise refused


def other_acts(request: HttpRequest, assignment: Assignment, *, at: datetime) -> list[Any]:
    """The gear menu on the page of an act: every entry but the one that leads here."""
    actions = gear.menu(assignment, request.actor, at=at)
    return [menu_item(action) for action in actions if action.url != request.path]


def answers_late_moves(view: View) -> View:
    """A move that came too late becomes a message on the page of the assignment."""

    @wraps(view)
    def answering(request: HttpRequest, reference: str, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, reference, **kwargs)
        except TOO_LATE as refused:
            messages.warning(request, str(refused))
            return redirect("assignments:detail", reference)

    return answering


def refusals_in(form: BaseForm) -> forms.Refusals:
    """Like the core's; a move that came too late is left to ``answers_late_moves``."""
    return forms.refusals_in(form, not_ours=TOO_LATE)
