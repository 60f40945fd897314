"""What a decision of the Escalations Team does with an assignment and its money."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from accounts.actors import Actor
from assignments import closing, reasons
from assignments.models import Assignment
from assignments.moves import lock
from assignments.states import Status
from core.errors import DomainError
from core.money import ZERO, format_money
from payments import credit_notes, invoicing
from payments.fees import fee_on


class NothingToSettle(DomainError):
    message = "{reason}"


@dataclass(frozen=True)
class Option:
    """One way to settle: what it would do in a sentence, or why it is not possible now."""

    effect: str
    possible: bool
    sentence: str
    most: Decimal = ZERO


def options(assignment: Assignment) -> dict[str, Option]:
    """What each effect would do to this assignment as it stands, for the desk's preview."""
    return {**_payments(assignment), "refund": _refund(assignment)}


def _payments(assignment: Assignment) -> dict[str, Option]:
    most = most_payable(assignment)
    currency = assignment.company.currency
    if most == ZERO:
        why = _why_nothing(assignment)
        effects = ("pay_in_full", "pay_amount", "cancel_fee", "no_money")
        return {effect: Option(effect, False, why) for effect in effects}
    full = format_money(most, currency)
    fee = format_money(fee_on(most, assignment.fee_rate), currency)
    when = "at once" if assignment.terms_days == 0 else f"due in {assignment.terms_days} days"
    ending = {
        Status.INVOICED: "The invoice is withdrawn and nothing is owed.",
        Status.CANCELLED: "The assignment stays cancelled without a fee.",
    }.get(Status(assignment.status), "What was reserved is free again and nothing is paid.")
    return {
        "pay_in_full": Option(
            "pay_in_full", True, f"{full} to the worker and a fee of {fee}, {when}.", most
        ),
        "pay_amount": Option(
            "pay_amount",
            True,
            f"An amount of up to {full} to the worker, and its fee, {when}.",
            most,
        ),
        "cancel_fee": Option(
            "cancel_fee",
            True,
            f"The assignment is cancelled; a fee of up to {full} to the worker, and the "
            f"service fee on it, {when}.",
            most,
        ),
        "no_money": Option("no_money", True, ending),
    }


def _refund(assignment: Assignment) -> Option:
    """Giving back a part of what was paid, and who would bear it as things stand."""
    invoice = assignment.invoice
    most = credit_notes.refundable(invoice) if invoice else ZERO
    if invoice is None or most == ZERO:
        why = "Nothing was paid that could be given back."
        return Option("refund", False, why)
    whole = credit_notes.preview(invoice, most)
    currency = assignment.company.currency
    full, total = format_money(most, currency), format_money(whole.total, currency)
    held = format_money(whole.from_worker, currency)
    bearer = "the worker’s earnings bear the pay, the platform its fee"
    if whole.from_worker < most:
        bearer = f"the worker’s earnings hold {held}, the platform bears the rest"
    return Option(
        "refund",
        True,
        f"Up to {full} of the pay and its fee go back to the client’s cash, {total} for all "
        f"of it; {bearer}.",
        most,
    )


def most_payable(assignment: Assignment) -> Decimal:
    """The most a decision may still give the worker; zero where the money has moved already."""
    if assignment.status == Status.PENDING_APPROVAL:
        return assignment.amount_claimed or ZERO
    if assignment.status == Status.INVOICED and assignment.invoice:
        return assignment.invoice.worker_amount
    if assignment.status in (Status.ASSIGNED, Status.IN_PROGRESS):
        return assignment.most_pay
    if assignment.status == Status.CANCELLED and not assignment.cancellation.fee:
        return assignment.most_pay
    return ZERO


@transaction.atomic
def settle(
    assignment: Assignment,
    *,
    effect: str,
    words: str,
    by: Actor,
    at: datetime,
    amount: Decimal | None = None,
) -> list[str]:
    """Carry a decision out: release the dispute hold, move the money, end the assignment.

    Returns what was done, in sentences. ``NothingToSettle`` where money can no longer
    move; a lack of cash raises as any payment does, and then nothing is changed.
    """
    assignment = lock(assignment)
    option = options(assignment)[effect]
    if not option.possible:
        raise NothingToSettle(reason=option.sentence)
    for held in assignment.holds.filter(kind="dispute", released_at=None):
        closing.release(held, by=by, at=at)
    if effect == "refund":
        return _give_back(assignment, amount or ZERO, words=words, by=by, at=at)
    if effect == "no_money":
        _end_unpaid(assignment, words=words, by=by, at=at)
        return [option.sentence]
    pay = option.most if effect == "pay_in_full" else (amount or ZERO)
    closing.require_range(pay, most=option.most, assignment=assignment)
    currency = assignment.company.currency
    moved = (
        f"{format_money(pay, currency)} to the worker and a fee of "
        f"{format_money(fee_on(pay, assignment.fee_rate), currency)}."
    )
    if effect == "cancel_fee":
        _cancel_with_fee(assignment, pay, words=words, by=by, at=at)
        return ["The assignment is cancelled.", moved]
    _pay(assignment, pay, words=words, by=by, at=at)
    return [moved]


def _give_back(
    assignment: Assignment, amount: Decimal, *, words: str, by: Actor, at: datetime
) -> list[str]:
    assert assignment.invoice is not None
    note = credit_notes.issue(assignment.invoice, amount, reason=words, by=by, at=at)
    currency = note.currency
    borne = note.total - note.from_worker
    return [
        f"{format_money(note.total, currency)} back to the client’s cash ({note.label}): "
        f"{format_money(note.from_worker, currency)} from the worker’s earnings, "
        f"{format_money(borne, currency)} from the platform."
    ]


def _end_unpaid(assignment: Assignment, *, words: str, by: Actor, at: datetime) -> None:
    if assignment.status in (Status.PENDING_APPROVAL, Status.INVOICED):
        closing.close_unpaid(assignment, note=words, by=by, at=at)
    elif assignment.status != Status.CANCELLED:
        closing.cancel(assignment, reason=reasons.DECISION, note=words, by=by, at=at)


def _cancel_with_fee(
    assignment: Assignment, fee: Decimal, *, words: str, by: Actor, at: datetime
) -> None:
    if assignment.status in (Status.PENDING_APPROVAL, Status.INVOICED):
        closing.close_unpaid(assignment, note=words, fee=fee, by=by, at=at)
    else:
        _pay(assignment, fee, words=words, by=by, at=at)


def _pay(assignment: Assignment, amount: Decimal, *, words: str, by: Actor, at: datetime) -> None:
    if assignment.status == Status.PENDING_APPROVAL:
        closing.approve(assignment, by=by, at=at, amount=amount)
    elif assignment.status == Status.INVOICED:
        _pay_invoiced(assignment, amount, words=words, by=by, at=at)
    elif assignment.status == Status.CANCELLED:
        closing.pay_fee(assignment, amount, by=by, at=at)
        assignment.save(update_fields=["invoice"])
        assignment.cancellation.fee = amount
        assignment.cancellation.save(update_fields=["fee"])
    else:
        closing.cancel(assignment, reason=reasons.DECISION, note=words, fee=amount, by=by, at=at)


def _pay_invoiced(
    assignment: Assignment, amount: Decimal, *, words: str, by: Actor, at: datetime
) -> None:
    """Pay the standing invoice, or withdraw it for one over the smaller amount and pay that."""
    assert assignment.invoice is not None
    if amount != assignment.invoice.worker_amount:
        invoicing.withdraw(assignment.invoice, reason=words[:200], by=by, at=at)
        assignment.invoice = closing.invoice_for(assignment, amount, by=by, at=at)
        assignment.save(update_fields=["invoice"])
    closing.pay(assignment, by=by, at=at)


def _why_nothing(assignment: Assignment) -> str:
    if assignment.status == Status.PAID:
        return "The worker has been paid already, so no money can be moved here."
    if assignment.status == Status.CANCELLED:
        return "A cancellation fee was paid already, so no money can be moved here."
    return "Nobody is assigned, so there is no money to move."
