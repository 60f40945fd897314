"""Writing to all applicants of an assignment, and whom it reached."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from assignments.models import Assignment
from assignments.states import Status
from core.forms import refusals_in
from core.paging import cursors_of, number_key, page_of
from core.permissions import demand
from messaging import broadcasting, contact_details, queries
from messaging.forms import BroadcastForm
from messaging.views.threads import FLAGGED

NEWEST = [number_key(descending=True)]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def broadcasts(request: HttpRequest, reference: str) -> HttpResponse:
    rows = Assignment.objects.visible_to(request.actor).select_related("company")
    assignment = get_object_or_404(rows, reference=reference)
    demand(request, "messaging.broadcast", assignment)
    form = BroadcastForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_in(form):
            _send(request, assignment, form)
            return redirect("messaging:broadcasts", reference)
    page = page_of(queries.broadcasts_about(assignment), NEWEST, size=10, **cursors_of(request.GET))
    context = {
        "assignment": assignment,
        "form": form,
        "rows": page.rows,
        "applicants": sum(one.user.is_active for one in broadcasting.applicants_of(assignment))
        if assignment.status == Status.SENT
        else 0,
        "newer": page.newer_url(request.GET),
        "older": page.older_url(request.GET),
    }
    status = 422 if form.errors else 200
    return render(request, "messaging/broadcasts.html", context, status=status)


def _send(request: HttpRequest, assignment: Assignment, form: BroadcastForm) -> None:
    data = form.cleaned_data
    made = broadcasting.send(
        assignment, body=data["body"], key=str(data["key"]), by=request.actor, at=timezone.now()
    )
    messages.success(request, f"Sent to {made.told} applicant{'' if made.told == 1 else 's'}.")
    if contact_details.mentioned_in(made.body):
        messages.warning(request, FLAGGED)
