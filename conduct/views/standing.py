"""One's own standing: what was recorded, what follows until when, and the appeal."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actors import Actor
from conduct import appeals
from conduct.forms.standing import AppealForm
from conduct.models import Measure, Severity
from conduct.queries.standing import ladder, measures_of, standing_of
from core.errors import DomainError
from core.forms import refuse
from core.paging import cursors_of, moment_key, number_key, page_of
from core.permissions import demand

NEWEST_FIRST = [moment_key("begins_at", descending=True), number_key(descending=True)]


def party_of(actor: Actor) -> dict[str, Any]:
    """The actor's own side, as the queries name it."""
    return {"company": actor.company, "worker": actor.worker}


@login_required
@require_safe
def own(request: HttpRequest) -> HttpResponse:
    """Where one stands, the ladder, and everything that was ever recorded."""
    demand(request, "conduct.see_standing")
    now, party = timezone.now(), party_of(request.actor)
    page = page_of(measures_of(**party), NEWEST_FIRST, **cursors_of(request.GET))
    steps = ladder()
    context = {
        "standing": standing_of(**party, at=now),
        "rows": page.rows,
        "newer": page.newer_url(request.GET),
        "older": page.older_url(request.GET),
        "ordinary": [step for step in steps if step.severity == Severity.ORDINARY],
        "severe": [step for step in steps if step.severity == Severity.SEVERE],
        "party": request.actor.company or request.actor.worker,
        "now": now,
    }
    return render(request, "conduct/standing.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def measure(request: HttpRequest, reference: str) -> HttpResponse:
    """One violation and what follows; posting appeals it."""
    rows = measures_of(**party_of(request.actor)) if _has_side(request) else Measure.objects.none()
    found = get_object_or_404(rows, reference=reference)
    now = timezone.now()
    refused = appeals.why_not(found, at=now)
    form = AppealForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        demand(request, "conduct.appeal", found)
        if form.is_valid() and _appealed(request, found, form):
            return redirect(found)
    context = {
        "measure": found,
        "appeal": getattr(found, "appeal", None),
        "holds": found.holds(now),
        "refused": refused,
        "may_appeal": request.actor.can("conduct.appeal", found),
        "form": form,
        "now": now,
    }
    return render(request, "conduct/measure.html", context, status=422 if form.errors else 200)


def _has_side(request: HttpRequest) -> bool:
    return request.actor.is_client or request.actor.is_worker


def _appealed(request: HttpRequest, found: Measure, form: AppealForm) -> bool:
    try:
        appeals.appeal(found, words=form.cleaned_data["words"], by=request.actor, at=timezone.now())
    except DomainError as refused:
        refuse(form, refused)
        return False
    messages.success(request, "Your appeal is made. Another member of staff decides it.")
    return True
