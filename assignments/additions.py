"""Expenses and bonuses agreed on top of the price, and their lines on the invoice."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from accounts.actors import Actor
from assignments.models import Application, Assignment, ChangeRequest
from core.money import ZERO
from payments.invoicing import LineItem
from payments.models import InvoiceLine

Kind = ChangeRequest.Kind


def agreed(assignment: Assignment, *kinds: str) -> list[ChangeRequest]:
    """The changes of these kinds agreed with the worker who does it, the oldest first (one
    query); what was agreed with one who left does not count."""
    accepted = assignment.changes.filter(
        kind__in=kinds,
        status=ChangeRequest.Status.ACCEPTED,
        answered_at__gte=assignment.assigned_at,
    )
    return list(accepted.order_by("answered_at", "pk"))


def agree_with_bid(application: Application, *, by: Actor, at: datetime) -> ChangeRequest:
    """Keep the expenses that a chosen bid asked for among the changes agreed; no event of its
    own, since they are part of the assigning."""
    return ChangeRequest.objects.create(
        assignment=application.assignment,
        kind=Kind.EXPENSE,
        side=ChangeRequest.Side.WORKER,
        status=ChangeRequest.Status.ACCEPTED,
        key=f"bid-{application.pk}-{at.timestamp():.0f}",
        reason=application.expenses_for,
        amount=application.expenses,
        asked_by=application.worker.user,
        asked_at=at,
        answered_by=by.user,
        answered_at=at,
    )


def lines_of(assignment: Assignment) -> list[LineItem]:
    """One line for each expense and bonus; one for all expenses where fewer were claimed."""
    if not assignment.expenses_claimed and not assignment.bonus:
        return []
    changes = agreed(assignment, Kind.EXPENSE, Kind.BONUS)
    expenses = [_line(change, "Expense") for change in changes if change.kind == Kind.EXPENSE]
    bonuses = [_line(change, "Bonus") for change in changes if change.kind == Kind.BONUS]
    claimed = assignment.expenses_claimed
    if sum((line.amount for line in expenses), ZERO) != claimed:
        expenses = [_whole(InvoiceLine.Kind.EXPENSE, "Expenses, as claimed", claimed)]
    if sum((line.amount for line in bonuses), ZERO) != assignment.bonus:
        bonuses = [_whole(InvoiceLine.Kind.BONUS, "Bonus", assignment.bonus)]
    return [line for line in (*expenses, *bonuses) if line.amount]


def _line(change: ChangeRequest, word: str) -> LineItem:
    kind = InvoiceLine.Kind.EXPENSE if change.kind == Kind.EXPENSE else InvoiceLine.Kind.BONUS
    return _whole(kind, f"{word}: {' '.join(change.reason.split())}", change.amount)


def _whole(kind: str, words: str, amount: Decimal) -> LineItem:
    return LineItem(kind, words, Decimal(1), amount)
