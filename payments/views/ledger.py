"""A company's statement: every movement of its cash, and of what is reserved."""

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
from payments.models import LedgerAccount

PAGE = 30
COLUMNS = ("Date (UTC)", "What", "About", "Invoice", "Amount", "Balance", "Currency")


def _account(request: HttpRequest, kind: str) -> LedgerAccount | None:
    company = request.actor.company
    own = LedgerAccount.objects.visible_to(request.actor)
    return own.filter(kind=kind, company=company, currency=company.currency).first()


@login_required
@require_safe
def ledger(request: HttpRequest) -> HttpResponse:
    demand(request, "payments.view")
    form = StatementForm(request.GET)
    account = _account(request, form.kind)
    page = page_of(
        queries.statement(account), queries.NEWEST_POSTINGS, size=PAGE, **cursors_of(request.GET)
    )
    tabs = [
        {"label": label, "url": f"?account={value}", "active": value == _name(form)}
        for value, label in form.fields["account"].choices
    ]
    context = {
        "account": account,
        "name": _name(form),
        "company": request.actor.company,
        "lines": queries.with_balances(page.rows, first_page=not page.before),
        "tabs": tabs,
        "newer": page.newer_url(request.GET),
        "older": page.older_url(request.GET),
        "now": timezone.now(),
    }
    return render(request, "payments/ledger.html", context)


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
