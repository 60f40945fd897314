"""The case report in the admin, and its rows as a file."""

from __future__ import annotations

from datetime import date, tzinfo

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from accounts.acting import act_as_staff
from core.permissions import demand
from core.spreadsheets import download
from escalations import office_hours, reporting
from escalations.forms.desk import ReportForm
from escalations.views.entering import frame


@require_safe
def report(request: HttpRequest) -> HttpResponse:
    act_as_staff(request)
    demand(request, "escalations.read")
    hours = office_hours.current()
    form, first, last = _period(request, hours.zone)
    context = {
        **frame("Case report"),
        "form": form,
        "report": reporting.report_of(first, last, at=timezone.now(), hours=hours),
        "days": urlencode({"first": first.isoformat(), "last": last.isoformat()}),
    }
    return TemplateResponse(request, "admin/escalations/report.html", context)


@require_safe
def report_csv(request: HttpRequest) -> StreamingHttpResponse:
    act_as_staff(request)
    demand(request, "escalations.read")
    hours = office_hours.current()
    _, first, last = _period(request, hours.zone)
    name = f"cases-{first:%Y-%m-%d}-{last:%Y-%m-%d}.csv"
    return download(name, reporting.header(hours), reporting.csv_rows(first, last, hours=hours))


def _period(request: HttpRequest, zone: tzinfo) -> tuple[ReportForm, date, date]:
    """The days asked for; those that cannot be read, or are the wrong way round, are not."""
    form = ReportForm(request.GET)
    days = form.cleaned_data if form.is_valid() else {}
    first, last = reporting.period(
        days.get("first"), days.get("last"), at=timezone.now(), zone=zone
    )
    if not form.errors:
        form = ReportForm(initial={"first": first, "last": last})
    return form, first, last
