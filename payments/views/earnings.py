"""A worker's money: what waits, what is due, what is there."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from core import charts
from core.paging import cursors_of, page_of
from core.permissions import demand
from payments import queries, subjects
from payments.days import utc_day
from payments.models import Invoice
from payments.views.rows import invoice_rows
from payments.views.worker_tabs import worker_tabs

PAGE = 30


@login_required
@require_safe
def earnings(request: HttpRequest) -> HttpResponse:
    demand(request, "payments.earnings")
    at, worker = timezone.now(), request.actor.worker
    today = utc_day(at)
    own = queries.for_invoice_list(Invoice.objects.visible_to(request.actor))
    page = page_of(own, queries.NEWEST_INVOICES, size=PAGE, **cursors_of(request.GET))
    awaiting, awaiting_count = subjects.awaiting_approval(worker)
    months = queries.paid_by_month(worker, today=today)
    context = {
        "tabs": worker_tabs("earnings"),
        "earned": queries.earned_by(worker, today=today),
        "awaiting": awaiting,
        "awaiting_count": awaiting_count,
        "rows": invoice_rows(page.rows, today=today),
        "chart": _chart(months) if any(amount for _, amount, _ in months) else None,
        "newer": page.newer_url(request.GET),
        "older": page.older_url(request.GET),
        "now": at,
    }
    return render(request, "payments/earnings.html", context)


def _chart(months: list) -> charts.Chart:
    return charts.bars(
        title="Paid per month",
        desc="What clients paid you in each of the last 12 months.",
        labels=[f"{first:%b %Y}" for first, _, _ in months],
        series=[("Paid", [float(amount) for _, amount, _ in months])],
        x_label="Month",
        y_label="Paid",
        unit="$",
    )
