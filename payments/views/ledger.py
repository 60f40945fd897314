"""Statements: every movement of a company's money, and of a worker's earnings."""

from collections.abc import Iterator

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import Company
from core import spreadsheets
from core.paging import cursors_of, page_of
from core.permissions import demand
from payments import queries
from payments.days import utc_day
from payments.forms import StatementForm
from payments.models import AccountKind, LedgerAccount
from payments.views.worker_tabs import worker_tabs

PAGE = 30
COLUMNS = ("Date (UTC)", "What", "About", "Invoice", "Amount", "Balance", "Currency")


def _account(request: HttpRequest, kind: str) -> LedgerAccount | None:
    """The actor's own account of this kind, if it was ever opened."""
    currency = request.actor.company.currency if request.actor.company else "USD"
    own = LedgerAccount.objects.visible_to(request.actor)
    return own.filter(kind=kind, currency=currency).first()


@login_required
@require_safe
def ledger(request: HttpRequest) -> HttpResponse:
    demand(request, "payments.view")
    form = StatementForm(request.GET)
    tabs = [
        {"label": label, "url": f"?account={value}", "active": value == _name(form)}
        for value, label in form.fields["account"].choices
    ]
    context = _lines(request, _account(request, form.kind)) | {
        "name": _name(form),
        "currency": request.actor.company.currency,
        "tabs": tabs,
    }
    return render(request, "payments/ledger.html", context)


def _lines(request: HttpRequest, account: LedgerAccount | None) -> dict[str, object]:
    page = page_of(
        queries.statement(account), queries.NEWEST_POSTINGS, size=PAGE, **cursors_of(request.GET)
    )
    return {
        "lines": queries.with_balances(page.rows, first_page=not page.before),
        "newer": page.newer_url(request.GET),
        "older": page.older_url(request.GET),
        "now": timezone.now(),
    }


@login_required
@require_safe
def earnings_statement(request: HttpRequest) -> HttpResponse:
    """A worker's own: what came in, what went to the bank, and the balance after each."""
    demand(request, "payments.earnings")
    account = _account(request, AccountKind.WORKER_EARNINGS)
    context = _lines(request, account) | {
        "tabs": worker_tabs("earnings_statement"),
        "currency": "USD",
    }
    return render(request, "payments/earnings_statement.html", context)


@login_required
@require_safe
def earnings_export(request: HttpRequest) -> StreamingHttpResponse:
    """The whole statement of a worker as CSV, oldest first."""
    demand(request, "payments.earnings")
    account = _account(request, AccountKind.WORKER_EARNINGS)
    day = utc_day(timezone.now())
    rows = _rows(account) if account else iter(())
    return spreadsheets.download(f"earnings-{day:%Y-%m-%d}.csv", COLUMNS, rows)


def _name(form: StatementForm) -> str:
    return form.kind.removeprefix("company_")


@login_required
@require_safe
def ledger_export(request: HttpRequest) -> StreamingHttpResponse:
    """The whole statement as CSV, oldest first, sent while it is read."""
    demand(request, "payments.view")
    form = StatementForm(request.GET)
    account = _account(request, form.kind)
    company: Company = request.actor.company
    day = utc_day(timezone.now())
    name = f"{company.slug}-{_name(form)}-{day:%Y-%m-%d}.csv"
    rows = _rows(account) if account else iter(())
    return spreadsheets.download(name, COLUMNS, rows)


def _rows(account: LedgerAccount) -> Iterator[list[object]]:
    for posting, balance in queries.exported(account):
        transfer = posting.transfer
        bill = getattr(transfer, "invoice", None)
        yield [
            f"{posting.at:%Y-%m-%d %H:%M:%S}",
            transfer.get_kind_display(),
            transfer.memo,
            bill.label if bill else "",
            posting.effect,
            balance,
            account.currency,
        ]
