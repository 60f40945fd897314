"""A company's books: how much it owes on terms, how much it may, and what is past due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Sum

from accounts.actors import Actor
from accounts.models import Company
from activity.record import record
from core.money import ZERO, is_exact
from payments.models import CompanyBooks, Invoice, Reservation
from payments.refusals import BadAmount, PaymentOverdue


def lock_books(company: Company) -> CompanyBooks:
    """The company's books under lock, opened when they are first needed.

    Whoever takes credit or an invoice number holds this lock, after that on the
    assignment and before those on ledger accounts.
    """
    locked = CompanyBooks.objects.select_for_update(no_key=True)
    books = locked.filter(company=company).first()
    if books is None:
        CompanyBooks.objects.bulk_create([CompanyBooks(company=company)], ignore_conflicts=True)
        books = locked.get(company=company)
    return books


def next_invoice_number(company: Company) -> int:
    """Take the number after the company's last one; books are opened when first needed.

    One statement, which holds the lock on the books from then on, as ``lock_books`` does.
    """
    table = connection.ops.quote_name(CompanyBooks._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} AS books (company_id, credit_limit, last_invoice_number)"  # noqa: S608
            " VALUES (%s, 0, 1) ON CONFLICT (company_id)"
            " DO UPDATE SET last_invoice_number = books.last_invoice_number + 1"
            " RETURNING last_invoice_number",
            [company.pk],
        )
        (number,) = cursor.fetchone()
    return int(number)


def owed_on_terms(company: Company) -> Decimal:
    """Open invoices on terms: money the company owes by a later day."""
    invoices = Invoice.objects.unpaid().filter(company=company, terms_days__gt=0)
    return invoices.aggregate(owed=Sum("total"))["owed"] or ZERO


def promised_on_terms(company: Company) -> Decimal:
    """Open reservations on credit: work under way that will be invoiced on terms."""
    open_ones = Reservation.objects.open().filter(company=company, basis=Reservation.Basis.CREDIT)
    return open_ones.aggregate(promised=Sum("amount"))["promised"] or ZERO


def exposure(company: Company) -> Decimal:
    """How much of its credit the company uses (product §7)."""
    return owed_on_terms(company) + promised_on_terms(company)


def blocking_invoice(company: Company, *, at: datetime) -> Invoice | None:
    """The oldest unpaid invoice that blocks new sends, from day 7 past due (product §7)."""
    last_day = at.astimezone(UTC).date() - timedelta(days=settings.OVERDUE_BLOCK_DAYS)
    unpaid = Invoice.objects.unpaid().filter(company=company, due_on__lte=last_day)
    return unpaid.order_by("due_on", "pk").first()


def require_nothing_overdue(company: Company, *, at: datetime) -> None:
    """Raise ``PaymentOverdue`` while an invoice blocks new sends."""
    invoice = blocking_invoice(company, at=at)
    if invoice:
        days = (at.astimezone(UTC).date() - invoice.due_on).days
        raise PaymentOverdue(invoice.label, invoice.due_on, days)


@transaction.atomic
def set_limit(company: Company, limit: Decimal, *, by: Actor, at: datetime) -> CompanyBooks:
    """Agree how much a company may owe on terms; records ``credit.changed``.

    A limit below what is owed already stops only what comes next.
    """
    if limit != ZERO and not is_exact(limit):
        raise BadAmount("Enter a limit of 0 or more, in dollars and cents.")
    books = lock_books(company)
    before = books.credit_limit
    if limit != before:
        books.credit_limit = limit
        books.save(update_fields=["credit_limit"])
        told = {"before": str(before), "after": str(limit)}
        record("credit.changed", books, by=by, at=at, company_key=company.pk, **told)
    return books
