"""Invoices: issued with a number without gaps, paid once, or withdrawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from django.db import transaction

from accounts.actors import Actor
from accounts.models import Company, WorkerProfile
from activity.record import record
from core.money import LARGEST, ZERO, round_money
from payments import credit, ledger, reservations
from payments.fees import fee_on
from payments.models import Invoice, InvoiceLine, Reservation, Transfer, TransferKind
from payments.refusals import BadAmount, InsufficientCash, InvoicePaid, InvoiceWithdrawn


@dataclass(frozen=True)
class LineItem:
    """One line of worker pay, as it will stand on the invoice."""

    kind: str
    description: str
    quantity: Decimal
    unit_price: Decimal

    @property
    def amount(self) -> Decimal:
        return round_money(self.quantity * self.unit_price)


@transaction.atomic
def issue(
    *,
    company: Company,
    worker: WorkerProfile,
    reference: str,
    title: str,
    lines: Sequence[LineItem],
    terms_days: int,
    fee_rate: Decimal,
    by: Actor,
    at: datetime,
) -> Invoice:
    """Write an invoice over ``lines`` of worker pay, and add the line of the fee.

    The number follows the company's last one; the lock on its books keeps the numbers
    without gaps. Due on the day of ``at`` (UTC) plus the terms. The caller holds the lock
    on the thing billed, so that it is billed once. Records ``invoice.issued``.
    """
    worker_amount = sum((line.amount for line in lines), ZERO)
    if not ZERO < worker_amount <= LARGEST / 2 or any(line.amount < 0 for line in lines):
        raise BadAmount()
    fee = fee_on(worker_amount, fee_rate)
    number = credit.next_invoice_number(company)
    invoice = Invoice.objects.create(
        company=company,
        worker=worker,
        number=number,
        reference=reference,
        title=title[:200],
        currency=company.currency,
        worker_amount=worker_amount,
        fee_amount=fee,
        total=worker_amount + fee,
        terms_days=terms_days,
        issued_at=at,
        due_on=at.astimezone(UTC).date() + timedelta(days=terms_days),
    )
    InvoiceLine.objects.bulk_create(_rows(invoice, lines, fee_rate))
    _tell("issued", invoice, by=by, at=at)
    return invoice


def _rows(invoice: Invoice, lines: Sequence[LineItem], fee_rate: Decimal) -> list[InvoiceLine]:
    rows = [
        InvoiceLine(
            invoice=invoice,
            kind=line.kind,
            description=line.description[:200],
            quantity=line.quantity,
            unit_price=line.unit_price,
            amount=line.amount,
        )
        for line in lines
    ]
    if invoice.fee_amount:
        percent = f"{(fee_rate * 100).normalize():f}"
        rows.append(
            InvoiceLine(
                invoice=invoice,
                kind=InvoiceLine.Kind.FEE,
                description=f"Service fee, {percent}% of worker pay",
                quantity=Decimal(1),
                unit_price=invoice.fee_amount,
                amount=invoice.fee_amount,
            )
        )
    return rows


@transaction.atomic
def pay(
    invoice: Invoice, *, by: Actor, at: datetime, reservation: Reservation | None = None
) -> Invoice:
    """Pay an invoice in full; one already paid is returned as it is.

    1. From the cash reservation while it lasts, the remainder from the company's cash.
    2. The worker's share goes to their earnings, the fee to the platform.
    3. What is left of the reservation is released to cash, and the reservation closed.

    Raises ``InsufficientCash`` with the missing amount, ``InvoiceWithdrawn``. Records
    ``invoice.paid``. Invoices that bill an assignment are paid through ``subjects.pay``.
    """
    invoice = _locked(invoice)
    if invoice.paid_at:
        return invoice
    if invoice.withdrawn_at:
        raise InvoiceWithdrawn()
    return _pay(invoice, reservation.pk if reservation else None, by=by, at=at)


@transaction.atomic(savepoint=False)
def pay_at_once(
    invoice: Invoice, *, by: Actor, at: datetime, reservation_key: int | None
) -> Invoice:
    """As ``pay``, for an invoice issued in this same transaction: nobody else can hold it yet."""
    return _pay(invoice, reservation_key, by=by, at=at)


def _pay(invoice: Invoice, reservation_key: int | None, *, by: Actor, at: datetime) -> Invoice:
    reservation = reservations.locked(reservation_key) if reservation_key else None
    held = _held_in(reservation)
    invoice.transfer = _move(invoice, min(held, invoice.total), by=by, at=at)
    invoice.paid_at = at
    invoice.save(update_fields=["transfer", "paid_at"])
    if reservation and not reservation.closed_at:
        reservations.settle(reservation, used=min(held, invoice.total), by=by, at=at)
    _tell("paid", invoice, by=by, at=at)
    return invoice


def _held_in(reservation: Reservation | None) -> Decimal:
    if reservation is None or reservation.closed_at:
        return ZERO
    return reservation.amount if reservation.basis == Reservation.Basis.CASH else ZERO


def _move(invoice: Invoice, from_reserved: Decimal, *, by: Actor, at: datetime) -> Transfer:
    company, currency = invoice.company, invoice.currency
    from_cash = invoice.total - from_reserved
    accounts = ledger.Accounts(currency, company=company, worker=invoice.worker)
    lines = []
    if from_cash:
        balance = ledger.lock(accounts.cash, accounts.reserved)[accounts.cash.pk].balance
        if balance < from_cash:
            raise InsufficientCash(from_cash - balance, currency)
        lines.append(ledger.debit(accounts.cash, from_cash))
    if from_reserved:
        lines.append(ledger.debit(accounts.reserved, from_reserved))
    lines.append(ledger.credit(accounts.earnings, invoice.worker_amount))
    if invoice.fee_amount:
        lines.append(ledger.credit(accounts.fees, invoice.fee_amount))
    return ledger.post(
        kind=TransferKind.PAYMENT,
        key=f"invoice:{invoice.pk}",
        lines=lines,
        currency=currency,
        by=by,
        at=at,
        company=company,
        memo=f"{invoice.label} for {invoice.reference}",
    )


@transaction.atomic
def withdraw(invoice: Invoice, *, reason: str, by: Actor, at: datetime) -> Invoice:
    """Take back an unpaid invoice; its number stays used. Records ``invoice.withdrawn``.

    One already withdrawn is returned as it is; a paid one raises ``InvoicePaid``.
    """
    invoice = _locked(invoice)
    if invoice.withdrawn_at:
        return invoice
    if invoice.paid_at:
        raise InvoicePaid()
    invoice.withdrawn_at = at
    invoice.withdrawn_reason = reason[:200]
    invoice.save(update_fields=["withdrawn_at", "withdrawn_reason"])
    _tell("withdrawn", invoice, by=by, at=at, reason=invoice.withdrawn_reason)
    return invoice


def _locked(invoice: Invoice) -> Invoice:
    rows = Invoice.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("company", "worker__user").get(pk=invoice.pk)


def _tell(word: str, invoice: Invoice, *, by: Actor, at: datetime, **more: str) -> None:
    record(
        f"invoice.{word}",
        invoice,
        by=by,
        at=at,
        company_key=invoice.company_id,
        invoice=invoice.label,
        reference=invoice.reference,
        worker=invoice.worker_id,
        total=str(invoice.total),
        **more,
    )
