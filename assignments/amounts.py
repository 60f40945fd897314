"""The money box of an assignment: what it pays, what it costs, and where the money is."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from accounts.actors import Actor
from assignments.models import Assignment
from assignments.pricing import plain
from assignments.quoting import Quote, quote
from assignments.states import Status
from core.dates import date_words
from core.money import ZERO, format_money


@dataclass(frozen=True)
class Amounts:
    """Rows that add up to the total, and one sentence about where the money is."""

    total_label: str
    rows: list[dict[str, Any]] = field(default_factory=list)
    note: str = ""


def of(assignment: Assignment, actor: Actor) -> Amounts:
    """A worker sees their pay; the client and staff see pay and fee, which the client pays."""
    label, pay = _pay(assignment)
    if actor.is_worker:
        return Amounts(
            _earning_label(assignment),
            _parts(assignment, label, pay),
            _worker_note(assignment),
        )
    cost = _cost(assignment, pay)
    fee = {"label": cost.fee_words, "amount": cost.fee}
    return Amounts(
        _cost_label(assignment, "You" if actor.is_client else "Client"),
        [*_parts(assignment, label, pay), fee],
        _client_note(assignment),
    )


def _parts(assignment: Assignment, label: str, pay: Decimal) -> list[dict[str, Any]]:
    """The pay, with the expenses and the bonus in it line by line where they are all of it."""
    expenses, bonus = assignment.expenses, assignment.bonus
    if assignment.amount_claimed == pay and assignment.submitted_at:
        expenses = assignment.expenses_claimed
    elif pay != assignment.most_pay:
        expenses = bonus = ZERO
    rows = [{"label": label, "amount": pay - expenses - bonus, "note": _basis(assignment)}]
    more = (("Expenses", expenses), ("Bonus", bonus))
    return rows + [{"label": word, "amount": amount} for word, amount in more if amount]


def _pay(assignment: Assignment) -> tuple[str, Decimal]:
    """What the worker gets as things stand, and what to call it."""
    if assignment.status == Status.CANCELLED:
        return "Cancellation fee", assignment.cancellation.fee
    if assignment.status == Status.VOIDED:
        return "Worker’s pay", ZERO
    if assignment.invoice:
        return "Worker’s pay", assignment.invoice.worker_amount
    if assignment.status == Status.PENDING_APPROVAL:
        return "Asked for", assignment.amount_claimed or ZERO
    if assignment.terms.is_counted:
        return "Worker’s pay, at most", assignment.most_pay
    return "Worker’s pay", assignment.most_pay


def _cost(assignment: Assignment, pay: Decimal) -> Quote:
    invoice = assignment.invoice
    if invoice and invoice.withdrawn_at is None and invoice.worker_amount == pay:
        return Quote(pay, invoice.fee_amount, assignment.fee_rate)
    return quote(pay, assignment.fee_rate)


def _basis(assignment: Assignment) -> str:
    """What was counted, or how it will be; nothing for a flat price."""
    terms, currency = assignment.terms, assignment.company.currency
    if not terms.is_counted or assignment.status == Status.CANCELLED:
        return ""
    if not assignment.quantity_claimed:
        return terms.sentence(currency)
    return claimed_words(assignment)


def claimed_words(assignment: Assignment) -> str:
    """``6 hours at $45.00``, ``40 × device at $12.00``, ``2 hours at $60.00, then 3 at $45.00``."""
    terms, currency = assignment.terms, assignment.company.currency
    first, *more = terms.parts_of(assignment.quantity_claimed)
    words = f"{terms.quantity_words(first.quantity)} at {format_money(first.rate, currency)}"
    return words + "".join(
        f", then {plain(part.quantity)} at {format_money(part.rate, currency)}" for part in more
    )


def _earning_label(assignment: Assignment) -> str:
    if assignment.status == Status.PAID:
        return "You earned"
    if assignment.terms.is_counted and assignment.amount_claimed is None:
        return "You earn up to"
    return "You earn"


def _cost_label(assignment: Assignment, payer: str) -> str:
    pays = f"{payer} pay" if payer == "You" else f"{payer} pays"
    if assignment.status in (Status.PAID, Status.CANCELLED):
        return f"{payer} paid" if _is_settled(assignment) else pays
    if assignment.terms.is_counted and assignment.amount_claimed is None:
        return f"{pays} at most"
    return pays


def _is_settled(assignment: Assignment) -> bool:
    return bool(assignment.invoice and assignment.invoice.paid_at)


def terms_words(days: int) -> str:
    return f"Paid within {days} days of approval" if days else "Paid on approval"


def _worker_note(assignment: Assignment) -> str:
    invoice = assignment.invoice
    if invoice and invoice.paid_at:
        return "It is among your earnings."
    if invoice and not invoice.withdrawn_at:
        return f"Due on {date_words(invoice.due_on)}."
    if assignment.status in (Status.CANCELLED, Status.VOIDED):
        return ""
    return f"{terms_words(assignment.terms_days)}. Nothing is taken off."


def _client_note(assignment: Assignment) -> str:
    invoice, reserved = assignment.invoice, assignment.reservation
    currency = assignment.company.currency
    if invoice and invoice.paid_at:
        return f"Paid with invoice {invoice.label}."
    if invoice and not invoice.withdrawn_at:
        return f"On invoice {invoice.label}, due on {date_words(invoice.due_on)}."
    if reserved and reserved.closed_at is None:
        what = format_money(reserved.amount, currency)
        if reserved.basis == "cash":
            return f"{what} is reserved from your balance. {terms_words(assignment.terms_days)}."
        return f"{what} counts against your credit. {terms_words(assignment.terms_days)}."
    if assignment.status == Status.DRAFT:
        return f"Sending reserves the total. {terms_words(assignment.terms_days)}."
    return "Nothing is reserved any more."
