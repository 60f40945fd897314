"""Refunds: a part of a paid invoice goes back to the company's cash, with a credit note.

Paid money is the worker's, so it is taken from their earnings only as far as these go; what
they do not hold any more, the platform bears. An invoice that is still owed is withdrawn
instead (``invoicing.withdraw``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum

from accounts.actors import Actor
from activity.record import record
from core.money import ZERO, format_money, is_exact, round_money
from payments import credit, ledger
from payments.models import CreditNote, Invoice, Transfer, TransferKind
from payments.refusals import BadAmount, NotPaidYet


@dataclass(frozen=True)
class Refund:
    """What a refund would move now: to the company, from the worker, from the platform."""

    worker_amount: Decimal
    fee_amount: Decimal
    from_worker: Decimal

    @property
    def total(self) -> Decimal:
        return self.worker_amount + self.fee_amount

    @property
    def from_platform(self) -> Decimal:
        return self.total - self.from_worker


def refundable(invoice: Invoice) -> Decimal:
    """How much of the worker's pay has not been given back yet; zero for an unpaid invoice."""
    if not invoice.paid_at:
        return ZERO
    return invoice.worker_amount - _given(invoice)["work"]


def preview(invoice: Invoice, worker_amount: Decimal) -> Refund:
    """What ``issue`` would move if it were called now."""
    accounts = ledger.Accounts(invoice.currency, worker=invoice.worker)
    return _refund(invoice, worker_amount, accounts.earnings.balance, **_given(invoice))


def _given(invoice: Invoice) -> dict[str, Decimal]:
    sums = CreditNote.objects.filter(invoice=invoice).aggregate(
        work=Sum("worker_amount"), fee=Sum("fee_amount")
    )
    return {name: amount or ZERO for name, amount in sums.items()}


def _refund(
    invoice: Invoice, worker_amount: Decimal, earned: Decimal, *, work: Decimal, fee: Decimal
) -> Refund:
    """The fee goes back in proportion; the last part takes what rounding left of it.

    ``work`` and ``fee`` are what earlier notes gave back, ``earned`` is what the worker holds.
    """
    left = invoice.fee_amount - fee
    if work + worker_amount < invoice.worker_amount:
        share = worker_amount / invoice.worker_amount
        left = min(round_money(invoice.fee_amount * share), left)
    return Refund(worker_amount, left, min(worker_amount, earned))


@transaction.atomic
def issue(
    invoice: Invoice, worker_amount: Decimal, *, reason: str, by: Actor, at: datetime
) -> CreditNote:
    """Give back ``worker_amount`` of the worker's pay and its fee; records ``credit_note.issued``.

    1. Lock the invoice, then the company's books, then the ledger accounts.
    2. Nothing beyond what was paid and not given back goes: ``BadAmount``, ``NotPaidYet``.
    3. The worker's earnings give what they hold, the platform the rest and the fee.
    """
    rows = Invoice.objects.select_for_update(of=("self",), no_key=True)
    invoice = rows.select_related("company", "worker__user").get(pk=invoice.pk)
    if not invoice.paid_at:
        raise NotPaidYet
    most = refundable(invoice)
    if not is_exact(worker_amount) or worker_amount > most:
        raise BadAmount(f"Enter an amount up to {format_money(most, invoice.currency)}.")
    books = credit.lock_books(invoice.company)
    books.last_credit_note_number += 1
    books.save(update_fields=["last_credit_note_number"])
    transfer, refund = _post(invoice, worker_amount, books.last_credit_note_number, by=by, at=at)
    made = CreditNote.objects.create(
        company=invoice.company,
        invoice=invoice,
        number=books.last_credit_note_number,
        currency=invoice.currency,
        worker_amount=refund.worker_amount,
        fee_amount=refund.fee_amount,
        total=refund.total,
        from_worker=refund.from_worker,
        reason=reason[:200],
        issued_at=at,
        issued_by_id=by.user_id,
        transfer=transfer,
    )
    record(
        "credit_note.issued", made, by=by, at=at, company_key=invoice.company_id,
        credit_note=made.label, invoice=invoice.label, reference=invoice.reference,
        worker=invoice.worker.reference, amount=str(made.total), taken=str(made.from_worker),
    )  # fmt: skip
    return made


def _post(
    invoice: Invoice, worker_amount: Decimal, number: int, *, by: Actor, at: datetime
) -> tuple[Transfer, Refund]:
    accounts = ledger.Accounts(invoice.currency, company=invoice.company, worker=invoice.worker)
    locked = ledger.lock(accounts.cash, accounts.earnings)
    earned = locked[accounts.earnings.pk].balance
    refund = _refund(invoice, worker_amount, earned, **_given(invoice))
    lines = [ledger.credit(accounts.cash, refund.total)]
    if refund.from_worker:
        lines.append(ledger.debit(accounts.earnings, refund.from_worker))
    if refund.from_platform:
        lines.append(ledger.debit(accounts.fees, refund.from_platform))
    transfer = ledger.post(
        kind=TransferKind.CREDIT_NOTE,
        key=f"credit-note:{invoice.company_id}:{number}",
        lines=lines,
        currency=invoice.currency,
        by=by,
        at=at,
        company=invoice.company,
        memo=f"{invoice.label} for {invoice.reference}",
    )
    return transfer, refund
