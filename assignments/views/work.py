"""A worker's own work: the list with the next act first, and the acts that need one press."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from assignments import lifecycle
from assignments.claiming import visited_hours
from assignments.forms.work import CHECK_IN, VisitForm
from assignments.models import Assignment, Visit
from assignments.queries import my_work as queries
from assignments.states import Status
from assignments.views import own_rows
from assignments.views.loading import answers_late_moves, load, posted, refusals_in, refused_now
from core.dates import moment_words
from core.paging import cursors_of, page_of
from core.permissions import demand

METHODS = ["GET", "HEAD", "POST"]
TABS = {
    "todo": ("To do", queries.to_do, queries.SOONEST, own_rows.to_do),
    "invitations": ("Invitations", queries.invitations, queries.NEWEST, own_rows.invited),
    "applied": ("Applied", queries.applied, queries.NEWEST, own_rows.applied),
    "waiting": ("Waiting", queries.waiting, queries.NEWEST, own_rows.waiting),
    "done": ("Done", queries.done, queries.NEWEST, own_rows.done),
}


WORDS = {
    "confirm": ("Confirm", "Confirm that you will be there. The client is told.",
                "Confirm I will be there", "check"),
    "unconfirm": ("Not sure about", "The client is told that you may not be there after all. To "
                  "give the work back, back out instead.", "Take the confirmation back", "x"),
    "start": ("Start", "Start when you begin. The client is told.", "Start work", "play"),
}  # fmt: skip
"""The title, the sentence, the button and the icon of an act that needs one press."""


class TabForm(forms.Form):
    tab = forms.ChoiceField(choices=[(key, tab[0]) for key, tab in TABS.items()], required=False)


@login_required
@require_safe
def my_work(request: HttpRequest) -> HttpResponse:
    demand(request, "assignments.find_work")
    worker, at = request.actor.worker, timezone.now()
    chosen = chosen_tab(request.GET)
    _, rows_of, keys, words_of = TABS[chosen]
    page = page_of(rows_of(worker), keys, **cursors_of(request.GET))
    context = {
        "tab": chosen,
        "tabs": tabs_of(chosen, queries.counts(worker)),
        "rows": [words_of(row, at) for row in page.rows],
        "newer": page.newer_url(request.GET),
        "older": page.older_url(request.GET),
        "now": at,
    }
    return render(request, "assignments/my_work.html", context)


@login_required
@answers_late_moves
@require_http_methods(METHODS)
def confirmation(request: HttpRequest, reference: str) -> HttpResponse:
    return one_press(
        request, reference, "confirm", lifecycle.confirm, "Confirmed. The client knows you come."
    )


@login_required
@answers_late_moves
@require_http_methods(METHODS)
def unconfirmation(request: HttpRequest, reference: str) -> HttpResponse:
    return one_press(
        request, reference, "unconfirm", lifecycle.unconfirm, "Taken back. The client is told.",
        permission="assignments.confirm",
    )  # fmt: skip


@login_required
@answers_late_moves
@require_http_methods(METHODS)
def start(request: HttpRequest, reference: str) -> HttpResponse:
    return one_press(
        request, reference, "start", lifecycle.start, "Started. Submit the work when it is done."
    )


@login_required
@answers_late_moves
@require_http_methods(METHODS)
def visits(request: HttpRequest, reference: str) -> HttpResponse:
    """Check in and out; a page that was left open says what happened instead of acting."""
    assignment = load(request, reference, "assignments.check_in")
    made = list(assignment.visits.current().order_by("checked_in_at", "pk"))
    form = VisitForm(posted(request))
    if form.is_valid():
        at = timezone.now()
        if said := out_of_date(form, made, assignment):
            messages.info(request, said)
            return redirect(assignment)
        with refusals_in(form):
            visit = checked(request, assignment, form, at)
            messages.success(request, visit_words(visit, assignment))
            return redirect(assignment)
    if request.method != "POST":
        refused_now("check_in", assignment)
    return render(request, "assignments/visits.html", visits_context(assignment, made, form))


def chosen_tab(query: QueryDict) -> str:
    form = TabForm(query)
    form.is_valid()
    return form.cleaned_data.get("tab") or "todo"


def tabs_of(chosen: str, counts: dict[str, int]) -> list[dict[str, Any]]:
    address = reverse("assignments:my_work")
    return [
        {
            "label": tab[0],
            "url": f"{address}?tab={key}",
            "active": key == chosen,
            "count": counts.get(key),
        }
        for key, tab in TABS.items()
    ]


def one_press(
    request: HttpRequest,
    reference: str,
    name: str,
    verb: Callable[..., Assignment],
    said: str,
    *,
    permission: str = "",
) -> HttpResponse:
    """The page of an act without a form; pressing twice does it once."""
    assignment = load(request, reference, permission or f"assignments.{name}")
    form = forms.Form(posted(request))
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            verb(assignment, by=request.actor, at=timezone.now())
            messages.success(request, said)
            return redirect(assignment)
    else:
        refused_now(name, assignment)
    context = {
        "assignment": assignment,
        "form": form,
        "act_words": WORDS[name],
        "zone": assignment.zone,
    }
    return render(request, "assignments/one_press.html", context)


def out_of_date(form: VisitForm, made: list[Visit], assignment: Assignment) -> str:
    """What has happened since the page was shown, if that makes the press pointless."""
    if form.cleaned_data["seen"] == len(made) or not made:
        return ""
    if form.cleaned_data["act"] != CHECK_IN:
        return ""
    return f"{visit_words(made[-1], assignment)} If you are back on site, check in again."


def checked(request: HttpRequest, assignment: Assignment, form: VisitForm, at: datetime) -> Visit:
    if form.cleaned_data["act"] == CHECK_IN:
        return lifecycle.check_in(assignment, by=request.actor, at=at, **form.place)
    return lifecycle.check_out(assignment, by=request.actor, at=at, note=form.cleaned_data["note"])


def visit_words(visit: Visit, assignment: Assignment) -> str:
    """``Checked in at 9:02 AM EST.``, or out, with the hours."""
    if visit.checked_out_at:
        out = moment_words(visit.checked_out_at, assignment.zone, "time")
        return f"Checked out at {out}, after {visit.hours_words}."
    return f"Checked in at {moment_words(visit.checked_in_at, assignment.zone, 'time')}."


def visits_context(assignment: Assignment, made: list[Visit], form: VisitForm) -> dict[str, Any]:
    open_visit = next((visit for visit in made if not visit.checked_out_at), None)
    return {
        "assignment": assignment,
        "form": form,
        "visits": made,
        "open_visit": open_visit,
        "seen": len(made),
        "may_correct": assignment.status == Status.IN_PROGRESS,
        "hours": visited_hours(made),
        "zone": assignment.zone,
    }
