"""Statements, paying several invoices at once, and how a company pays."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from core.money import ZERO, format_money
from core.paging import cursors_of, page_of
from core.permissions import demand
from payments import queries
from payments import statements as verbs
from payments.company_papers import statement_pdf
from payments.days import utc_day
from payments.forms import PayingForm, SeveralForm
from payments.models import CompanyBooks, Invoice, Statement
from payments.views.rows import invoice_rows

PAGE = 30


@login_required
@require_safe
def statements(request: HttpRequest) -> HttpResponse:
    demand(request, "payments.view")
    own = Statement.objects.visible_to(request.actor)
    page = page_of(own, queries.NEWEST_STATEMENTS, size=PAGE, **cursors_of(request.GET))
    context = {
        "rows": page.rows,
        "books": CompanyBooks.objects.filter(company=request.actor.company).first(),
        "may_pay": request.actor.can("payments.pay"),
        "newer": page.newer_url(request.GET),
        "older": page.older_url(request.GET),
        "now": timezone.now(),
    }
    return render(request, "payments/statements.html", context)


def _load(request: HttpRequest, number: int) -> Statement:
    own = Statement.objects.visible_to(request.actor).select_related("company")
    found = own.filter(number=min(number, 2**31 - 1), company=request.actor.company).first()
    if found is None:
        raise Http404
    return found


@login_required
@require_safe
def statement(request: HttpRequest, number: int) -> HttpResponse:
    demand(request, "payments.view")
    found = _load(request, number)
    invoices = list(queries.for_invoice_list(found.invoices.order_by("due_on", "pk")))
    unpaid = [one for one in invoices if one.status == "open"]
    context = {
        "statement": found,
        "rows": invoice_rows(invoices, today=utc_day(timezone.now())),
        "unpaid": unpaid,
        "owed": sum((one.total for one in unpaid), ZERO),
        "may_pay": request.actor.can("payments.pay"),
        "now": timezone.now(),
    }
    return render(request, "payments/statement.html", context)


@login_required
@require_safe
def sheet(request: HttpRequest, number: int) -> HttpResponse:
    """The statement as PDF."""
    demand(request, "payments.view")
    found = _load(request, number)
    invoices = queries.for_invoice_list(found.invoices.order_by("due_on", "pk"))
    response = HttpResponse(statement_pdf(found, list(invoices)), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{found.label}.pdf"'
    return response


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def several(request: HttpRequest) -> HttpResponse:
    """Says what the ticked invoices come to, and pays them; what is refused says why."""
    demand(request, "payments.pay")
    form = SeveralForm(request.POST if request.method == "POST" else request.GET)
    if not form.is_valid():
        messages.warning(request, form.errors["number"][0])
        return redirect("payments:invoices")
    own = Invoice.objects.visible_to(request.actor).filter(number__in=form.cleaned_data["number"])
    chosen = list(queries.for_invoice_list(own.order_by("due_on", "pk")))
    unpaid = [one for one in chosen if one.status == "open"]
    if not unpaid:
        messages.info(request, "Nothing is owed on these invoices.")
        return redirect("payments:invoices")
    if request.method == "POST":
        return _paid(request, unpaid)
    standing = queries.standing_of(request.actor.company, today=utc_day(timezone.now()))
    total = sum((one.total for one in unpaid), ZERO)
    context = {
        "invoices": unpaid,
        "left_out": len(chosen) - len(unpaid),
        "total": total,
        "standing": standing,
        "currency": request.actor.company.currency,
        "missing": max(total - standing.cash, ZERO),
        "left": standing.cash - total,
    }
    return render(request, "payments/pay_several.html", context)


def _paid(request: HttpRequest, unpaid: list[Invoice]) -> HttpResponse:
    outcomes = verbs.pay_several(unpaid, by=request.actor, at=timezone.now())
    paid = [one.invoice for one in outcomes if one.is_paid]
    if paid:
        total = sum((one.total for one in paid), ZERO)
        many = f"{len(paid)} invoices are" if len(paid) > 1 else f"{paid[0].label} is"
        messages.success(request, f"{many} paid: {format_money(total, paid[0].currency)}.")
    for outcome in outcomes:
        if outcome.refusal:
            messages.error(request, f"{outcome.invoice.label}: {outcome.refusal}")
    return redirect("payments:invoices")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def paying(request: HttpRequest) -> HttpResponse:
    """Statements or none, by itself or by hand; for those who may pay."""
    demand(request, "payments.pay")
    company = request.actor.company
    books = CompanyBooks.objects.filter(company=company).first()
    initial = {"statements": "never", "auto_pay": False}
    if books:
        initial = {"statements": books.statements, "auto_pay": books.auto_pay}
    form = PayingForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        verbs.arrange(company, **form.cleaned_data, by=request.actor, at=timezone.now())
        messages.success(request, "How you pay is saved.")
        return redirect("payments:overview")
    return render(request, "payments/paying.html", {"form": form})
