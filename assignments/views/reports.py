"""What each act of sending came to: who got it, who could not and why."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from assignments.forms.reports import ReportForm
from assignments.queries import reports
from assignments.views.loading import load, other_acts
from core.paging import number_key, page_of

ORDER = [number_key("pk")]
PAGE = 50


@login_required
@require_safe
def send_reports(request: HttpRequest, reference: str) -> HttpResponse:
    """Every report of the assignment, and its plan; kept after somebody is assigned."""
    assignment = load(request, reference, "assignments.see_applications")
    context = {
        "assignment": assignment,
        "told": reports.of_assignment(assignment),
        "plan": reports.plan_of(assignment),
        "gear": other_acts(request, assignment, at=timezone.now()),
    }
    return render(request, "assignments/send_reports.html", context)


@login_required
@require_safe
def send_report(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """Everybody in one report, page by page."""
    assignment = load(request, reference, "assignments.see_applications")
    report = get_object_or_404(assignment.send_reports.select_related("made_by"), pk=number)
    form = ReportForm(request.GET)
    form.is_valid()
    wanted = form.cleaned_data
    page = page_of(
        reports.lines_of(report, wanted.get("outcome") or ""), ORDER, size=PAGE,
        after=wanted.get("after", ""), before=wanted.get("before", ""),
    )  # fmt: skip
    context = {
        "assignment": assignment,
        "report": report,
        "form": form,
        "rows": page.rows,
        "newer": page.newer_url(request.GET),
        "older": page.older_url(request.GET),
    }
    return render(request, "assignments/send_report.html", context)
