"""One's own standing: what was recorded, what follows until when, and the appeal."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actors import Actor
from conduct import appeals
from conduct.forms.standing import AppealForm
from conduct.models import AppealFile, Measure, Severity
from conduct.queries.standing import ladder, measures_of, standing_of
from core.files import serve
from core.forms import refusals_in
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
    appeal = getattr(found, "appeal", None)
    refused = appeals.why_not(found, at=now)
    form = AppealForm()
    if request.method == "POST":
        form = AppealForm(request.POST, request.FILES)
        demand(request, "conduct.appeal", found)
        if form.is_valid():
            with refusals_in(form):
                appeals.appeal(found, **form.cleaned_data, by=request.actor, at=now)
                said = "Your appeal is made. Another member of staff decides it."
                messages.success(request, said)
                return redirect(found)
    context = {
        "measure": found,
        "appeal": appeal,
        "files": appeals.files_of(appeal) if appeal else [],
        "holds": found.holds(now),
        "refused": refused,
        "may_appeal": request.actor.can("conduct.appeal", found),
        "form": form,
        "now": now,
    }
    return render(request, "conduct/measure.html", context, status=422 if form.errors else 200)


@login_required
@require_safe
def appeal_file(request: HttpRequest, reference: str, code: str) -> HttpResponseBase:
    """A file of one's own appeal; staff open it at the desk."""
    files = AppealFile.objects
    rows = files.visible_to(request.actor) if _has_side(request) else files.none()
    kept = get_object_or_404(rows, appeal__measure__reference=reference, reference=code)
    return serve(kept.file, kept.name, kept.content_type)


def _has_side(request: HttpRequest) -> bool:
    return request.actor.is_client or request.actor.is_worker
