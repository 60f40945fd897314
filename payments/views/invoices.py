"""Invoices: the list, the page, the sheet as PDF, and paying."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from core.forms import missing_in, refusals_in
from core.money import format_money
from core.paging import cursors_of, page_of
from core.permissions import demand
from payments import queries, subjects
from payments.badges import badge_of
from payments.days import utc_day
from payments.filters import STATUSES, InvoiceFilter
from payments.forms import PayForm
from payments.models import Invoice
from payments.paper import invoice_pdf
from payments.views.rows import invoice_rows

PAGE = 30


def load(request: HttpRequest, number: int, company: str = "") -> Invoice:
    """The invoice the actor may see; without a company the number must be the only such."""
    found = queries.for_invoice_page(Invoice.objects.visible_to(request.actor))
    found = found.filter(number=number)
    if company:
        found = found.filter(company__slug=company)
    matching = list(found[:2])
    if len(matching) != 1:
        raise Http404
    return matching[0]


@login_required
@require_safe
def invoices(request: HttpRequest) -> HttpResponse:
    demand(request, "payments.view")
    at = timezone.now()
    today = utc_day(at)
    own = queries.for_invoice_list(Invoice.objects.visible_to(request.actor))
    filters = InvoiceFilter(request.GET, queryset=own, today=today)
    page = page_of(filters.rows, queries.NEWEST_INVOICES, size=PAGE, **cursors_of(request.GET))
    context = {
        "form": filters.form,
        "rows": invoice_rows(page.rows, today=today),
        "may_pay": request.actor.can("payments.pay"),
        "can_tick": any(one.status == "open" for one in page.rows),
        "tabs": _tabs(request.GET, filters.form.cleaned_data.get("status") or ""),
        "newer": page.newer_url(request.GET),
        "older": page.older_url(request.GET),
        "filtered": any(filters.form.cleaned_data.values()),
        "now": at,
    }
    return render(request, "payments/invoices.html", context)


def _tabs(query: QueryDict, current: str) -> list[dict[str, object]]:
    kept = query.copy()
    for name in ("status", "after", "before"):
        kept.pop(name, None)
    tabs = []
    for value, label in [("", "All"), *STATUSES]:
        address = kept.copy()
        if value:
            address["status"] = value
        tabs.append({"label": label, "url": f"?{address.urlencode()}", "active": value == current})
    return tabs


@login_required
@require_safe
def invoice(request: HttpRequest, number: int, company: str = "") -> HttpResponse:
    found = load(request, number, company)
    demand(request, "payments.view_invoice", found)
    at = timezone.now()
    context = _about(request, found) | {"now": at}
    return render(request, "payments/invoice.html", context)


def _about(request: HttpRequest, found: Invoice) -> dict[str, object]:
    for_worker = request.actor.is_worker
    shown = [line for line in found.lines.all() if not (for_worker and line.kind == "fee")]
    may_pay = found.status == "open" and request.actor.can("payments.pay", found)
    return {
        "invoice": found,
        "lines": shown,
        "total": found.worker_amount if for_worker else found.total,
        "for_worker": for_worker,
        "badge": badge_of(found, today=utc_day(timezone.now())),
        "may_pay": may_pay,
        "may_download": request.actor.can("payments.view_sheet", found),
    }


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def pay_invoice(request: HttpRequest, number: int, company: str = "") -> HttpResponse:
    """Says what would move, and moves it; an invoice already paid leads to its page."""
    found = load(request, number, company)
    demand(request, "payments.pay", found)
    if found.status != "open":
        messages.info(request, f"{found.label} is {found.status}: there is nothing to pay.")
        return redirect(found)
    form = PayForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_in(form):
            subjects.pay(found, by=request.actor, at=timezone.now())
            amount = format_money(found.total, found.currency)
            messages.success(request, f"{found.label} is paid: {amount}.")
            return redirect(found)
    standing = queries.standing_of(found.company, today=utc_day(timezone.now()))
    context = _about(request, found) | {
        "form": form,
        "standing": standing,
        "left": standing.cash - found.total,
        "missing": missing_in(form) or max(found.total - standing.cash, 0),
    }
    return render(request, "payments/pay_invoice.html", context)


@login_required
@require_safe
def invoice_sheet(request: HttpRequest, number: int, company: str = "") -> HttpResponse:
    """The invoice as PDF."""
    found = load(request, number, company)
    demand(request, "payments.view_sheet", found)
    response = HttpResponse(invoice_pdf(found), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{found.label}.pdf"'
    return response
