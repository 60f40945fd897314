"""A worker's side of requirements: what one assignment asks, and what would open the most work."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from assignments import screening
from assignments.moves import refusal_now
from assignments.queries import unlocking
from assignments.views.loading import load
from core.permissions import demand


@login_required
@require_safe
def needs(request: HttpRequest, reference: str) -> HttpResponse:
    assignment = load(request, reference, "assignments.see_needs", joined=("company",))
    context = {
        "assignment": assignment,
        "screening": screening.screened(assignment, request.actor.worker, timezone.now()),
        "may_apply": refusal_now("apply", assignment) is None,
    }
    return render(request, "assignments/needs.html", context)


@login_required
@require_safe
def qualifications(request: HttpRequest) -> HttpResponse:
    """What the worker lacks for open work, first what would open the most of it."""
    demand(request, "assignments.find_work")
    found = unlocking.to_get_next(request.actor.worker, at=timezone.now())
    return render(request, "assignments/qualifications.html", {"found": found})
