"""Statements: a company's invoices of a week or a month together, and paying without being asked.

A statement is a paper about invoices that stand already, so it moves nothing. Several invoices
are paid one by one, each in a transaction of its own: what can be paid is, and the page says
of every other why not.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, QuerySet, Sum

from accounts.actors import SYSTEM, Actor
from accounts.models import Company
from activity.record import record
from core.errors import DomainError
from payments import credit, subjects
from payments.days import utc_day
from payments.models import (
    AutoPayAttempt,
    CompanyBooks,
    Invoice,
    Statement,
    StatementPeriod,
)


@transaction.atomic
def arrange(
    company: Company, *, statements: str, auto_pay: bool, by: Actor, at: datetime
) -> CompanyBooks:
    """Say how a company pays: with statements or without, by itself on the due day or not."""
    books = credit.lock_books(company)
    wanted = (StatementPeriod(statements).value, auto_pay)
    if (books.statements, books.auto_pay) != wanted:
        books.statements, books.auto_pay = wanted
        books.save(update_fields=["statements", "auto_pay"])
        record(
            "books.arranged", books, by=by, at=at, company_key=company.pk,
            statements=books.statements, auto_pay=auto_pay,
        )  # fmt: skip
    return books


def last_period(kind: str, today: date) -> tuple[date, date]:
    """First and last day of the week (Monday to Sunday) or month that ended before ``today``."""
    if kind == StatementPeriod.WEEK:
        monday = today - timedelta(days=today.weekday() + 7)
        return monday, monday + timedelta(days=6)
    last = today.replace(day=1) - timedelta(days=1)
    return last.replace(day=1), last


def sweep(*, at: datetime) -> int:
    """Make the statements that fell due; a period without invoices gets none. Safe to repeat."""
    made = 0
    today = utc_day(at)
    for kind in (StatementPeriod.WEEK, StatementPeriod.MONTH):
        first, last = last_period(kind, today)
        waiting = _unstated(last).filter(company=OuterRef("company"))
        books = CompanyBooks.objects.filter(Exists(waiting), statements=kind)
        for one in books.select_related("company"):
            made += issue(one.company, first, last, at=at) is not None
    return made


def _unstated(last: date) -> QuerySet[Invoice, Invoice]:
    """Invoices on terms up to that day which no statement shows yet."""
    end = datetime.combine(last + timedelta(days=1), time(), UTC)
    return Invoice.objects.filter(
        statement=None, terms_days__gt=0, withdrawn_at=None, issued_at__lt=end
    )


@transaction.atomic
def issue(company: Company, first: date, last: date, *, at: datetime) -> Statement | None:
    """The statement of these days, with what earlier ones missed; None where there is nothing.

    Made once for a period: the one that exists is returned. Records ``statement.issued``.
    """
    books = credit.lock_books(company)
    earlier = Statement.objects.filter(company=company, last_day=last).first()
    if earlier:
        return earlier
    invoices = _unstated(last).filter(company=company)
    sums = invoices.aggregate(total=Sum("total"), count=Count("pk"))
    if not sums["count"]:
        return None
    books.last_statement_number += 1
    books.save(update_fields=["last_statement_number"])
    made = Statement.objects.create(
        company=company,
        number=books.last_statement_number,
        first_day=first,
        last_day=last,
        issued_at=at,
        currency=company.currency,
        total=sums["total"],
        invoice_count=sums["count"],
    )
    invoices.update(statement=made)
    record(
        "statement.issued", made, by=SYSTEM, at=at, company_key=company.pk,
        statement=made.label, total=str(made.total), amount=str(made.total),
    )  # fmt: skip
    return made


@dataclass(frozen=True)
class Paid:
    """What became of one invoice among several."""

    invoice: Invoice
    refusal: DomainError | None = None

    @property
    def is_paid(self) -> bool:
        return self.refusal is None


def pay_several(invoices: Iterable[Invoice], *, by: Actor, at: datetime) -> list[Paid]:
    """Pay these, the one due first before the others; what is refused stays as it was."""
    outcomes = []
    for invoice in sorted(invoices, key=lambda one: (one.due_on, one.pk)):
        try:
            outcomes.append(Paid(subjects.pay(invoice, by=by, at=at)))
        except DomainError as refusal:
            outcomes.append(Paid(invoice, refusal))
    return outcomes


def sweep_auto_pay(*, at: datetime, limit: int = 500) -> int:
    """Pay what is due today or before, where the company wants that; returns how many.

    What cannot be paid is tried once a day, and the company's payers are told why: records
    ``invoice.auto_pay_failed``.
    """
    today = utc_day(at)
    wanting = CompanyBooks.objects.filter(company=OuterRef("company"), auto_pay=True)
    tried = AutoPayAttempt.objects.filter(invoice=OuterRef("pk"), day=today)
    due = Invoice.objects.unpaid().filter(~Exists(tried), Exists(wanting), due_on__lte=today)
    due = due.select_related("company", "worker__user").order_by("due_on", "pk")[:limit]
    paid = 0
    for outcome in pay_several(due, by=SYSTEM, at=at):
        paid += outcome.is_paid
        if outcome.refusal:
            _not_paid(outcome.invoice, str(outcome.refusal), today, at=at)
    return paid


@transaction.atomic
def _not_paid(invoice: Invoice, refusal: str, day: date, *, at: datetime) -> None:
    _, is_new = AutoPayAttempt.objects.get_or_create(
        invoice=invoice, day=day, defaults={"refusal": refusal[:300]}
    )
    if is_new:
        record(
            "invoice.auto_pay_failed", invoice, by=SYSTEM, at=at, company_key=invoice.company_id,
            invoice=invoice.label, reason=refusal,
        )  # fmt: skip
