"""What the money pages read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Case, Count, F, Min, Q, QuerySet, Sum, When

from accounts.models import Company
from core.money import ZERO
from core.paging import Key, moment_key, number_key
from payments.models import (
    AccountKind,
    CompanyBooks,
    Funding,
    Invoice,
    LedgerAccount,
    Posting,
    Reservation,
    Side,
)

DUE_SOON_DAYS = 7

NEWEST_INVOICES: list[Key] = [
    moment_key("issued_at", descending=True),
    number_key("pk", descending=True),
]
NEWEST_STATEMENTS: list[Key] = [number_key("pk", descending=True)]
NEWEST_POSTINGS: list[Key] = [number_key("pk", descending=True)]

EFFECT = Case(When(side=Side.CREDIT, then=F("amount")), default=-F("amount"))
"""What a posting does to a customer account."""


@dataclass(frozen=True)
class Standing:
    """A company's money in one look; all amounts in its currency."""

    cash: Decimal
    reserved: Decimal
    credit_limit: Decimal
    owed_on_terms: Decimal
    promised_on_terms: Decimal
    owed: Decimal
    due_soon: Decimal
    due_soon_count: int
    past_due: Decimal
    past_due_count: int
    oldest_due_on: date | None

    @property
    def credit_used(self) -> Decimal:
        return self.owed_on_terms + self.promised_on_terms

    @property
    def credit_free(self) -> Decimal:
        return max(self.credit_limit - self.credit_used, ZERO)


def standing_of(company: Company, *, today: date) -> Standing:
    """Four statements, whatever the company's size: unpaid invoices have their own index."""
    balances = dict(
        LedgerAccount.objects.filter(company=company, currency=company.currency).values_list(
            "kind", "balance"
        )
    )
    books = CompanyBooks.objects.filter(company=company).first()
    promised = (
        Reservation.objects.open()
        .filter(company=company, basis=Reservation.Basis.CREDIT)
        .aggregate(promised=Sum("amount"))
    )["promised"]
    late = Q(due_on__lt=today)
    soon = Q(due_on__gte=today, due_on__lte=today + timedelta(days=DUE_SOON_DAYS))
    unpaid = (
        Invoice.objects.unpaid()
        .filter(company=company)
        .aggregate(
            owed=Sum("total"),
            owed_on_terms=Sum("total", filter=Q(terms_days__gt=0)),
            due_soon=Sum("total", filter=soon),
            due_soon_count=Count("pk", filter=soon),
            past_due=Sum("total", filter=late),
            past_due_count=Count("pk", filter=late),
            oldest_due_on=Min("due_on"),
        )
    )
    return Standing(
        cash=balances.get(AccountKind.COMPANY_CASH, ZERO),
        reserved=balances.get(AccountKind.COMPANY_RESERVED, ZERO),
        credit_limit=books.credit_limit if books else ZERO,
        promised_on_terms=promised or ZERO,
        owed_on_terms=unpaid["owed_on_terms"] or ZERO,
        owed=unpaid["owed"] or ZERO,
        due_soon=unpaid["due_soon"] or ZERO,
        due_soon_count=unpaid["due_soon_count"],
        past_due=unpaid["past_due"] or ZERO,
        past_due_count=unpaid["past_due_count"],
        oldest_due_on=unpaid["oldest_due_on"],
    )


def next_due(company: Company, *, limit: int = 5) -> list[Invoice]:
    """The unpaid invoices that are due first."""
    unpaid = Invoice.objects.unpaid().filter(company=company)
    return list(unpaid.select_related("company", "worker__user").order_by("due_on", "pk")[:limit])


def fundings_of(company: Company, *, limit: int = 5) -> list[Funding]:
    """The company's latest requests to add funds that are under way or failed."""
    rows = Funding.objects.filter(company=company).exclude(status=Funding.Status.SETTLED)
    return list(rows.order_by("-pk")[:limit])


def for_invoice_list(invoices: QuerySet[Invoice, Invoice]) -> QuerySet[Invoice, Invoice]:
    """Everything a row of an invoice list shows, in one query."""
    return invoices.select_related("company", "worker__user")


def for_invoice_page(invoices: QuerySet[Invoice, Invoice]) -> QuerySet[Invoice, Invoice]:
    return invoices.select_related("company", "worker__user", "transfer__made_by").prefetch_related(
        "lines", "credit_notes__company"
    )


def statement(account: LedgerAccount) -> QuerySet[Posting, Posting]:
    """The lines of one account, each with its transfer and its effect on the balance."""
    return (
        Posting.objects.filter(account=account)
        .select_related("account", "transfer", "transfer__invoice__company")
        .annotate(effect=EFFECT)
    )


@dataclass(frozen=True)
class StatementLine:
    posting: Posting
    effect: Decimal
    balance: Decimal

    @property
    def invoice(self) -> Invoice | None:
        return getattr(self.posting.transfer, "invoice", None)


def with_balances(postings: Sequence[Posting], *, first_page: bool) -> list[StatementLine]:
    """Lines newest first, each with the balance after it.

    Read backwards from the balance that came with the rows themselves, so that the newest
    page costs nothing more; an older page adds up what came after it.
    """
    if not postings:
        return []
    newest = postings[0]
    balance = newest.account.balance
    if not first_page:
        later = Posting.objects.filter(account=newest.account, pk__gt=newest.pk)
        balance -= later.aggregate(moved=Sum(EFFECT))["moved"] or ZERO
    lines = []
    for posting in postings:
        effect: Decimal = posting.effect  # type: ignore[attr-defined]
        lines.append(StatementLine(posting, effect, balance))
        balance -= effect
    return lines


def exported(account: LedgerAccount) -> Iterator[tuple[Posting, Decimal]]:
    """Every line of an account, oldest first, with the balance after it; read in portions."""
    balance = ZERO
    postings: Iterable[Any] = statement(account).order_by("pk").iterator(chunk_size=1000)
    for posting in postings:
        balance += posting.effect
        yield posting, balance
