"""A company's money in one look."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from core.permissions import demand
from payments import credit, ledger, queries
from payments.days import utc_day
from payments.views.rows import invoice_rows


@login_required
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    demand(request, "payments.view")
    at, company = timezone.now(), request.actor.company
    today = utc_day(at)
    standing = queries.standing_of(company, today=today)
    cash = ledger.Accounts(company.currency, company=company).cash
    newest = list(queries.statement(cash).order_by("-pk")[:8])
    context = {
        "company": company,
        "standing": standing,
        "blocking": credit.blocking_invoice(company, at=at) if standing.past_due_count else None,
        "next_due": invoice_rows(queries.next_due(company), today=today),
        "under_way": queries.fundings_of(company),
        "lines": queries.with_balances(newest, first_page=True),
        "may_fund": request.actor.can("payments.fund"),
        "may_refund": request.actor.can("payments.refund"),
        "may_pay": request.actor.can("payments.pay"),
        "now": at,
    }
    return render(request, "payments/overview.html", context)
