"""A worker's years: the sums, the payments behind them as CSV, and a sheet as PDF."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import WorkerProfile
from core import spreadsheets
from core.permissions import demand
from payments import queries
from payments.days import utc_day
from payments.views.worker_tabs import worker_tabs
from payments.year_paper import year_pdf

EARLIEST = 2020
COLUMNS = ("Paid on (UTC)", "Client", "Invoice", "Assignment", "Title", "Amount", "Currency")


def _known(year: int) -> int:
    """A year the books can hold; 404 for any other, the future ones too."""
    if not EARLIEST <= year <= utc_day(timezone.now()).year:
        raise Http404
    return year


@login_required
@require_safe
def years(request: HttpRequest, year: int = 0) -> HttpResponse:
    """One year; without a number, this one."""
    demand(request, "payments.earnings")
    today, worker = utc_day(timezone.now()), request.actor.worker
    shown = _known(year or today.year)
    context = {
        "tabs": worker_tabs("years"),
        "year": queries.year_of(worker, shown),
        "years": queries.years_with_pay(worker, today=today),
        "now": timezone.now(),
    }
    return render(request, "payments/year.html", context)


@login_required
@require_safe
def year_export(request: HttpRequest, year: int) -> StreamingHttpResponse:
    """Every payment of the year as CSV, sent while it is read."""
    demand(request, "payments.earnings")
    rows = _rows(request.actor.worker, _known(year))
    return spreadsheets.download(f"earnings-{year}.csv", COLUMNS, rows)


def _rows(worker: WorkerProfile, year: int) -> Iterator[list[object]]:
    for invoice in queries.paid_in(worker, year).iterator(chunk_size=1000):
        yield [
            f"{invoice.paid_at.astimezone(UTC):%Y-%m-%d}",
            invoice.company.name,
            invoice.label,
            invoice.reference,
            invoice.title,
            invoice.worker_amount,
            invoice.currency,
        ]


@login_required
@require_safe
def year_sheet(request: HttpRequest, year: int) -> HttpResponse:
    demand(request, "payments.earnings")
    worker = request.actor.worker
    found = queries.year_of(worker, _known(year))
    tax = queries.arrangements_of(worker).tax_details
    sheet = year_pdf(worker, found, tax, at=timezone.now())
    response = HttpResponse(sheet, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="earnings-{year}.pdf"'
    return response
