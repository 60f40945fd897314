"""Giving a rating."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from assignments.models import Assignment
from core.errors import DomainError
from core.forms import refuse
from core.permissions import demand
from scorecards import queries, rating
from scorecards.forms import RatingForm
from scorecards.models import Rating


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def rate(request: HttpRequest, reference: str) -> HttpResponse:
    visible = Assignment.objects.visible_to(request.actor).select_related("company", "worker__user")
    assignment = get_object_or_404(visible, reference=reference)
    demand(request, "scorecards.rate", assignment)
    given = {found.by: found for found in queries.ratings_about(assignment)}
    side = rating.side_of(request.actor)
    if not rating.can_rate(assignment, list(given.values()), side):
        messages.info(request, _why_not(given.get(side)))
        return redirect(assignment)
    mine = given.get(side)
    form = RatingForm(request.POST or None, side=side, initial=_initial(mine))
    if form.is_valid():
        try:
            rating.rate(assignment=assignment, by=request.actor, at=timezone.now(), **form.values())
        except DomainError as refused:
            refuse(form, refused)
        else:
            messages.success(request, "Thank you. It is shown once both sides have rated.")
            return redirect(assignment)
    return render(
        request,
        "scorecards/rate.html",
        {"assignment": assignment, "form": form, "mine": mine, "side": side},
    )


def _initial(mine: Rating | None) -> dict[str, object]:
    names = ("overall", "mark_1", "mark_2", "mark_3", "comment")
    return {name: getattr(mine, name) for name in names} if mine else {}


def _why_not(mine: Rating | None) -> str:
    if mine:
        return str(rating.RatingIsFinal())
    return str(rating.NotYetRateable())
