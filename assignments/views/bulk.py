"""What is ticked on the board: look at what an act would do to each, then do it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.actors import Actor
from assignments import bulk
from assignments.bulk import ACTS, Act, Outcome
from assignments.forms.bulk import (
    ELSEWHERE,
    FORMS,
    ActForm,
    SelectionForm,
    seen_in,
    stamps_of,
)
from assignments.models import Assignment
from conduct.gate import policies_accepted
from core.money import ZERO
from core.permissions import demand

REPORT = "bulk_report"
"""Where a session keeps what came of the last act, for the page that tells it."""

PERMITS = {"send": "assignments.create", "export": "assignments.see_board"}


def offered_to(actor: Actor) -> list[tuple[str, str]]:
    """The acts a member may choose among; whether each fits each row is told on the next page."""
    company = actor.company
    everywhere = [(name, label) for name, label in ELSEWHERE if actor.can(PERMITS[name], company)]
    here = [
        (act.name, act.label)
        for act in ACTS.values()
        if actor.can(f"assignments.{act.name}", Assignment(company=company))
    ]
    return [*everywhere, *here]


@login_required
@policies_accepted
@require_http_methods(["GET", "HEAD", "POST"])
def many(request: HttpRequest) -> HttpResponse:
    demand(request, "assignments.see_board")
    if request.method != "POST":
        return _report(request)
    selection = SelectionForm(request.POST)
    if not selection.is_valid():
        for errors in selection.errors.values():
            messages.warning(request, errors[0])
        return redirect("assignments:list")
    rows = selection.rows_of(request.actor.company)
    name = selection.cleaned_data["act"]
    if name in PERMITS:
        return _elsewhere(name, rows)
    return _act(request, ACTS[name], rows, at=timezone.now())


def counted(count: int) -> str:
    return f"{count or 'no'} assignment{'' if count == 1 else 's'}"


def _elsewhere(name: str, rows: list[Assignment]) -> HttpResponse:
    page = reverse("assignments:send_many" if name == "send" else "assignments:export")
    return redirect(f"{page}?{urlencode([('a', row.reference) for row in rows])}")


def _act(request: HttpRequest, act: Act, rows: list[Assignment], *, at: datetime) -> HttpResponse:
    confirmed = "confirmed" in request.POST
    form = FORMS.get(act.name, ActForm)(
        request.POST if confirmed else None,
        company=request.actor.company,
        is_late=any(row.is_late_notice(at) for row in rows),
    )
    if confirmed and form.is_valid():
        seen = seen_in(request.POST)
        results = bulk.run(act, rows, form.choices, seen=seen, by=request.actor, at=at)
        request.session[REPORT] = {"act": act.name, "lines": [_line(act, one) for one in results]}
        return redirect("assignments:bulk")
    foreseen = bulk.preview(act, rows, form.choices, by=request.actor, at=at)
    possible = [one for one in foreseen if one.went]
    context: dict[str, Any] = {
        "act": act,
        "heading": f"{act.label} {counted(len(possible))}" if possible else act.label,
        "form": form,
        "possible": possible,
        "refused": [one for one in foreseen if not one.went],
        "stamps": stamps_of([one.assignment for one in possible]),
        "total": sum((one.cost for one in possible), ZERO),
        "currency": request.actor.company.currency,
    }
    return render(request, "assignments/bulk.html", context)


def _line(act: Act, outcome: Outcome) -> dict[str, Any]:
    row = outcome.assignment
    is_gone = act.name == "delete" and outcome.went
    return {
        "reference": row.reference,
        "title": row.title,
        "url": "" if is_gone else row.get_absolute_url(),
        "went": outcome.went,
        "words": outcome.words,
    }


def _report(request: HttpRequest) -> HttpResponse:
    """What came of the last act in this session."""
    report = request.session.get(REPORT)
    if not report:
        return redirect("assignments:list")
    act, lines = ACTS[report["act"]], report["lines"]
    context = {
        "act": act,
        "heading": f"{counted(sum(line['went'] for line in lines)).capitalize()} {act.done}",
        "all": len(lines),
        "went": [line for line in lines if line["went"]],
        "refused": [line for line in lines if not line["went"]],
    }
    return render(request, "assignments/bulk_report.html", context)
