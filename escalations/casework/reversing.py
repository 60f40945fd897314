"""Taking a decision back: a lead undoes its effects by new ones, once."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from accounts.actors import Actor
from assignments import settlement
from assignments.models import Assignment
from core.errors import DomainError
from core.money import ZERO, format_money
from escalations import marks
from escalations.casework.deciding import ChangedMeanwhile, WordsMissing
from escalations.casework.steps import entry, event, lock, lock_assignment
from escalations.foreseeing import Foreseen, foreseen, out_of_the_clients_cash, rehearse
from escalations.models import Case, Decision, Reversal
from escalations.states import Effect
from payments import credit_notes, invoicing, ledger
from payments.models import InvoiceLine

PAID = (Effect.PAY_IN_FULL, Effect.PAY_AMOUNT, Effect.CANCEL_WITH_FEE)


class LeadsReverse(DomainError):
    message = "A decision is taken back by a lead of the Escalations Team."


class NotTheLastDecision(DomainError):
    message = "Only the last decision of a case can be taken back."


class NotPaidYet(DomainError):
    message = (
        "The invoice of this decision is not paid yet. Reopen the case and decide it otherwise."
    )


@transaction.atomic
def reverse(
    decision: Decision, *, words: str, by: Actor, at: datetime, expects: str = ""
) -> Reversal:
    """Undo what a decision did; one already taken back is returned as it is.

    1. Lock the assignment, then the case.
    2. What was paid is refunded as far as it was not yet, what was given back is billed and
       paid again, what was decided to be nothing is paid; refusals leave all as it was.
    3. Labels, marks and ratings are put back.
    4. The reversal's row, the entry, ``case.reversed``. The case stays decided; a lead who
       wants another outcome reopens it.
    """
    made, done = _reverse(decision, words, by=by, at=at)
    if expects and done and expects != done.digest:
        raise ChangedMeanwhile
    return made


def preview_reversal(decision: Decision, *, words: str, by: Actor, at: datetime) -> Foreseen:
    """What ``reverse`` would do now; raises its refusals, and changes nothing."""
    return rehearse(lambda: _reverse(decision, words, by=by, at=at)[1] or Foreseen((), ()))


def _reverse(
    decision: Decision, words: str, *, by: Actor, at: datetime
) -> tuple[Reversal, Foreseen | None]:
    assert by.user is not None
    assignment, case = lock_assignment(decision.case), lock(decision.case)
    if standing := Reversal.objects.filter(decision=decision).first():
        return standing, None
    if not by.can("escalations.lead", case):
        raise LeadsReverse
    if not words.strip():
        raise WordsMissing
    if decision.round != case.round:
        raise NotTheLastDecision
    with out_of_the_clients_cash(), ledger.watching() as transfers:
        applied = _move_back(decision, case, assignment, words, by=by, at=at)
    for mark in reversed(decision.marks.order_by("pk")):
        applied.append(marks.undo(mark, words=words, by=by, at=at))
    made = Reversal.objects.create(
        decision=decision, words=words, applied=applied, reversed_by=by.user, reversed_at=at
    )
    entry(case, "Took the decision back.", by=by, at=at)
    event("reversed", case, by=by, at=at, effect=decision.effect)
    return made, foreseen(transfers, applied)


def _move_back(
    decision: Decision, case: Case, assignment: Assignment, words: str, *, by: Actor, at: datetime
) -> list[str]:
    effect, amount = Effect(decision.effect), decision.amount or ZERO
    if effect in PAID:
        return _refund(assignment, amount, words, by=by, at=at)
    if effect == Effect.REFUND:
        return _pay_again(assignment, amount, by=by, at=at)
    if effect == Effect.NO_MONEY:
        owed = assignment.amount_claimed or settlement.most_payable(assignment)
        return settlement.settle(
            assignment, effect="pay_amount", words=words, amount=owed, by=by, at=at
        )
    return ["No money is moved."]


def _refund(
    assignment: Assignment, amount: Decimal, words: str, *, by: Actor, at: datetime
) -> list[str]:
    invoice = assignment.invoice
    if invoice is None or not invoice.paid_at:
        raise NotPaidYet
    left = min(amount, credit_notes.refundable(invoice))
    if not left:
        return ["All of it was given back before; no money is moved."]
    return settlement.settle(assignment, effect="refund", words=words, amount=left, by=by, at=at)


def _pay_again(assignment: Assignment, amount: Decimal, *, by: Actor, at: datetime) -> list[str]:
    """What a refund gave back is billed by an invoice of its own and paid from the cash."""
    assert assignment.worker is not None
    line = invoicing.LineItem(
        InvoiceLine.Kind.PRICE, f"Refund taken back: {assignment.title}", Decimal(1), amount
    )
    invoice = invoicing.issue(
        company=assignment.company, worker=assignment.worker, reference=assignment.reference,
        title=assignment.title, lines=[line], terms_days=0, fee_rate=assignment.fee_rate,
        by=by, at=at,
    )  # fmt: skip
    invoicing.pay(invoice, by=by, at=at)
    currency = assignment.company.currency
    return [
        f"{format_money(amount, currency)} to the worker and a fee of "
        f"{format_money(invoice.fee_amount, currency)}, by {invoice.label}."
    ]
