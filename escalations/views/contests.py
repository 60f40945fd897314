"""Contesting a rating: the page that opens the case about it."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from assignments.models import Assignment
from core.forms import refusals_in
from core.permissions import demand
from escalations import casework
from escalations.casework.contested import NothingToContest, rating_about
from escalations.casework.opening import last_day_to_contest, why_not_contest
from escalations.casework.steps import side_of
from escalations.forms import ContestForm
from escalations.queries import open_cases_of
from escalations.states import CONTEST
from scorecards.listing import opinion
from scorecards.moderating import ContestedBefore


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def contest(request: HttpRequest, reference: str) -> HttpResponse:
    """Contest the other side's rating; where a case about it is open, that is where to go."""
    rows = Assignment.objects.visible_to(request.actor).select_related("company", "worker__user")
    assignment = get_object_or_404(rows, reference=reference)
    demand(request, "escalations.open", assignment)
    side = side_of(request.actor, assignment)
    if standing := open_cases_of(assignment, side).filter(kind=CONTEST).first():
        return redirect(standing)
    found = rating_about(assignment, side)
    if found is None or found.hidden_at:
        messages.info(request, NothingToContest.message)
        return redirect(assignment)
    form = ContestForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        by, at = request.actor, timezone.now()
        with refusals_in(form):
            opened = casework.contest(assignment=assignment, by=by, at=at, **form.cleaned_data)
            said = f"Case {opened.label} is open. The rating is hidden until it ends."
            messages.success(request, said)
            return redirect(opened)
    contested = found.hidings.filter(contested=True).exists()
    refused = ContestedBefore() if contested else why_not_contest(found, at=timezone.now())
    context = {
        "assignment": assignment,
        "form": form,
        "said": opinion(found, request.actor, may_act=False),
        "refused": refused,
        "last_day": last_day_to_contest(found),
        "other": assignment.worker if side == "company" else assignment.company.name,
    }
    return render(request, "escalations/contest.html", context)
