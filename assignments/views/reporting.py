"""Reporting an assignment to staff."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from assignments import reporting
from assignments.forms.reporting import ReportForm
from assignments.views.loading import load, other_acts, posted, refusals_in

SAID = "Thank you. Our staff look at it; the other side does not learn that you reported it."


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, reference: str) -> HttpResponse:
    assignment = load(request, reference, "assignments.report", joined=("company", "worker__user"))
    at = timezone.now()
    if request.actor.is_client and assignment.worker is None:
        messages.info(request, str(reporting.NobodyToReport()))
        return redirect(assignment)
    form = ReportForm(posted(request))
    if form.is_valid():
        with refusals_in(form):
            reporting.report(assignment, **form.cleaned_data, by=request.actor, at=at)
            messages.success(request, SAID)
            return redirect(assignment)
    context = {
        "assignment": assignment,
        "form": form,
        "about": assignment.worker if request.actor.is_client else assignment.company,
        "gear": other_acts(request, assignment, at=at),
    }
    return render(request, "assignments/report.html", context, status=422 if form.errors else 200)
