"""Changes to agreed work: another time, a higher budget, an expense, a bonus.

Either side asks and the other decides. What a client adds in money needs no answer: it is
good for the worker and takes effect at once. Accepting money reserves it in the same breath.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.db import transaction

from accounts.actors import Actor
from activity.record import record
from assignments import holding, pricing, quoting
from assignments.applications import PriceIsFixed
from assignments.closing import AboveApproveLimit
from assignments.models import Assignment, ChangeRequest
from assignments.moves import check, finish, lock
from assignments.rescheduling import NothingChanges, move_times, require_possible
from assignments.routing import AboveSendLimit
from assignments.states import Status
from conduct import acceptance
from core.errors import DomainError
from core.money import ZERO, format_money, is_exact
from payments import reservations
from payments.refusals import BadAmount

Kind, Side = ChangeRequest.Kind, ChangeRequest.Side
NEVER_WHERE_FIXED = frozenset({Kind.BUDGET.value, Kind.BONUS.value})
"""What a worker may not ask for where the client fixed the price."""


class AskedAlready(DomainError):
    message = (
        "There is an open request of this kind already. Answer it or take it back first, then ask."
    )


class NotOpen(DomainError):
    message = "This request is {status} now. Reload the page to see what has happened."


class NotYoursToAnswer(DomainError):
    message = "This request is answered by {side}, not by you."


class NotYoursToWithdraw(DomainError):
    message = "Only {side} can take this request back."


class OnlyExpenses(PriceIsFixed):
    message = (
        "The client fixed the price of this assignment: only expenses may be asked for. "
        "Ask for an expense, or write to the client."
    )
    field = None


class NothingAsked(DomainError):
    message = "Enter how much more, above zero."


class BeyondAnyBudget(DomainError):
    message = "This comes to more than one assignment may pay. Ask for less."


@transaction.atomic
def reschedule(
    assignment: Assignment,
    *,
    starts_at: datetime,
    ends_at: datetime,
    reason: str,
    by: Actor,
    at: datetime,
    key: str = "",
    expires_at: datetime | None = None,
) -> ChangeRequest:
    """Ask the other side for another time; it changes when they accept."""
    assignment = lock(assignment)
    if standing := _asked_with(assignment, key):
        return standing
    check("reschedule", assignment)
    if (starts_at, ends_at) == (assignment.starts_at, assignment.ends_at):
        raise NothingChanges
    require_possible(assignment, starts_at, ends_at, at=at)
    request = _request(assignment, Kind.RESCHEDULE, reason, by=by, at=at, key=key)
    request.starts_at, request.ends_at, request.expires_at = starts_at, ends_at, expires_at
    request.was_starts_at, request.was_ends_at = assignment.starts_at, assignment.ends_at
    return _ask(assignment, request, by=by, at=at)


@transaction.atomic
def raise_budget(
    assignment: Assignment,
    *,
    reason: str,
    by: Actor,
    at: datetime,
    amount: Decimal | None = None,
    quantity: Decimal | None = None,
    key: str = "",
    expires_at: datetime | None = None,
) -> ChangeRequest:
    """More to pay for: ``amount`` on a flat price, else a ``quantity`` of hours or units."""
    assignment = lock(assignment)
    if standing := _asked_with(assignment, key):
        return standing
    check("raise_budget", assignment)
    if amount and amount > pricing.MOST_BUDGET:
        raise BeyondAnyBudget
    raised = assignment.terms.raised(amount=amount or ZERO, quantity=quantity)
    if not raised.is_beyond and not raised.is_exact:
        raise BadAmount
    request = _request(assignment, Kind.BUDGET, reason, by=by, at=at, key=key)
    request.amount, request.expires_at = raised.most - assignment.budget, expires_at
    request.quantity = quantity if assignment.terms.is_counted else None
    return _ask(assignment, request, by=by, at=at)


@transaction.atomic
def add_expense(
    assignment: Assignment, *, amount: Decimal, reason: str, by: Actor, at: datetime,
    key: str = "", expires_at: datetime | None = None,
) -> ChangeRequest:  # fmt: skip
    """An expense to be refunded up to ``amount``; the worker claims what it came to."""
    return _add(Kind.EXPENSE, assignment, amount, reason, by, at, key, expires_at)


@transaction.atomic
def add_bonus(
    assignment: Assignment, *, amount: Decimal, reason: str, by: Actor, at: datetime,
    key: str = "", expires_at: datetime | None = None,
) -> ChangeRequest:  # fmt: skip
    """A bonus on top of whatever the price comes to."""
    return _add(Kind.BONUS, assignment, amount, reason, by, at, key, expires_at)


@transaction.atomic
def accept_change(request: ChangeRequest, *, by: Actor, at: datetime) -> ChangeRequest:
    """Agree to what the other side asks; it takes effect, and money is reserved, at once.

    Accepting twice accepts once. Raises ``InsufficientCash`` or ``CreditExceeded`` with what
    is missing, and where the member's limits are too low.
    """
    assignment = lock(request.assignment)
    request = _current(request, assignment)
    if request.status == ChangeRequest.Status.ACCEPTED:
        return request
    _require_open(request, at=at)
    if request.side == _side_of(by):
        raise NotYoursToAnswer(side=_other(request.side))
    move = "accept_money" if request.is_money else "accept_change"
    check(request.kind, assignment)
    check(move, assignment)
    acceptance.require(by, at=at)
    changed = _take_effect(assignment, request, by=by, at=at)
    _close(request, ChangeRequest.Status.ACCEPTED, by=by, at=at)
    finish(move, assignment, by=by, at=at, fields=changed, **facts_of(request))
    holding.answered(assignment, request, accepted=True, by=by, at=at)
    return request


@transaction.atomic
def decline_change(
    request: ChangeRequest, *, reason: str, by: Actor, at: datetime
) -> ChangeRequest:
    """Say no, with the reason that the other side will read; nothing changes.

    But for a worker to whom new times after a hold do not suit: they are off the assignment.
    """
    assignment = lock(request.assignment)
    request = _current(request, assignment)
    if request.status == ChangeRequest.Status.DECLINED:
        return request
    _require_open(request, at=at)
    if request.side == _side_of(by):
        raise NotYoursToAnswer(side=_other(request.side))
    check("decline_change", assignment)
    request.answer = reason
    _close(request, ChangeRequest.Status.DECLINED, by=by, at=at)
    finish("decline_change", assignment, by=by, at=at, note=reason, **facts_of(request))
    holding.answered(assignment, request, accepted=False, by=by, at=at)
    return request


@transaction.atomic
def withdraw_change(request: ChangeRequest, *, by: Actor, at: datetime) -> ChangeRequest:
    """Take one's own side's request back before it is answered."""
    assignment = lock(request.assignment)
    request = _current(request, assignment)
    if request.status == ChangeRequest.Status.WITHDRAWN:
        return request
    if request.status != ChangeRequest.Status.OPEN:
        raise NotOpen(status=request.get_status_display().lower())
    if request.side != _side_of(by):
        raise NotYoursToWithdraw(side=Side(request.side).label.lower())
    check("withdraw_change", assignment)
    _close(request, ChangeRequest.Status.WITHDRAWN, by=by, at=at)
    finish("withdraw_change", assignment, by=by, at=at, **facts_of(request))
    return request


def _add(
    kind: str, assignment: Assignment, amount: Decimal, reason: str, by: Actor, at: datetime,
    key: str, expires_at: datetime | None,
) -> ChangeRequest:  # fmt: skip
    assignment = lock(assignment)
    if standing := _asked_with(assignment, key):
        return standing
    check(kind, assignment)
    request = _request(assignment, kind, reason, by=by, at=at, key=key)
    request.amount, request.expires_at = amount, expires_at
    return _ask(assignment, request, by=by, at=at)


def _request(
    assignment: Assignment, kind: str, reason: str, *, by: Actor, at: datetime, key: str
) -> ChangeRequest:
    assert by.user is not None
    return ChangeRequest(
        assignment=assignment, kind=kind, side=_side_of(by), key=key or str(uuid4()),
        reason=reason, asked_by=by.user, asked_at=at,
    )  # fmt: skip


def _ask(
    assignment: Assignment, request: ChangeRequest, *, by: Actor, at: datetime
) -> ChangeRequest:
    """Put the request before the other side, or let the client's money take effect at once."""
    _make_room(assignment, request.kind, at=at)
    if request.is_money:
        _require_sense(assignment, request, by)
    if not request.is_money or request.side == Side.WORKER:
        request.save()
        finish(request.kind, assignment, by=by, at=at, **facts_of(request), note=request.reason)
        return request
    check("accept_money", assignment)
    acceptance.require(by, at=at)
    changed = _take_effect(assignment, request, by=by, at=at)
    request.status = ChangeRequest.Status.ACCEPTED
    request.answered_by, request.answered_at = by.user, at
    request.save()
    assignment.save(update_fields=changed)
    record(
        "change.added", assignment, by=by, at=at, company_key=assignment.company_id,
        **facts_of(request), note=request.reason,
    )  # fmt: skip
    return request


def _require_sense(assignment: Assignment, request: ChangeRequest, by: Actor) -> None:
    if by.is_worker and assignment.price_is_fixed and request.kind in NEVER_WHERE_FIXED:
        raise OnlyExpenses
    if request.amount <= ZERO:
        raise NothingAsked
    if request.amount > pricing.MOST_BUDGET:
        raise BeyondAnyBudget
    if not is_exact(request.amount):
        raise BadAmount
    terms = assignment.terms
    if request.kind == Kind.BUDGET:
        terms = _raised(assignment, request)
    if terms.is_beyond or assignment.most_pay + request.amount > pricing.MOST_BUDGET:
        raise BeyondAnyBudget


def _take_effect(
    assignment: Assignment, request: ChangeRequest, *, by: Actor, at: datetime
) -> list[str]:
    """Change the locked assignment, and reserve what it may cost now; names the fields to save."""
    if not request.is_money:
        return move_times(assignment, request, at=at)
    _require_limits(assignment, request, by)
    if request.kind == Kind.BUDGET:
        assignment.terms = _raised(assignment, request)
        assignment.budget = assignment.terms.most
        changed = [*pricing.FIELDS, "budget"]
    elif request.kind == Kind.EXPENSE:
        assignment.expenses += request.amount
        changed = ["expenses"]
    else:
        assignment.bonus += request.amount
        changed = ["bonus"]
    if assignment.status == Status.PENDING_APPROVAL:
        changed += _claim(assignment, request)
    assert assignment.reservation is not None
    total = quoting.of_budget(assignment).total
    reservations.resize(assignment.reservation, total, by=by, at=at)
    return changed


def _claim(assignment: Assignment, request: ChangeRequest) -> list[str]:
    """What is agreed after submission is claimed with the rest."""
    if request.kind == Kind.EXPENSE:
        assignment.expenses_claimed += request.amount
    assignment.amount_claimed = (assignment.amount_claimed or ZERO) + request.amount
    return ["expenses_claimed", "amount_claimed"]


def _require_limits(assignment: Assignment, request: ChangeRequest, by: Actor) -> None:
    """A member commits no more in all than they may send, and no more at once than they may
    approve."""
    if by.membership is None:
        return
    most, currency = assignment.most_pay + request.amount, assignment.company.currency
    sends, approves = by.membership.send_limit, by.membership.approve_limit
    if sends is not None and most > sends:
        raise AboveSendLimit(
            limit=format_money(sends, currency), budget=format_money(most, currency)
        )
    if approves is not None and request.amount > approves:
        raise AboveApproveLimit(
            limit=format_money(approves, currency), amount=format_money(request.amount, currency)
        )


def _raised(assignment: Assignment, request: ChangeRequest) -> pricing.Terms:
    return assignment.terms.raised(amount=request.amount, quantity=request.quantity)


def _make_room(assignment: Assignment, kind: str, *, at: datetime) -> None:
    """One open request of a kind; one that nobody answered in time makes way."""
    standing = assignment.changes.filter(kind=kind, status=ChangeRequest.Status.OPEN).first()
    if standing is None:
        return
    if not standing.is_expired(at):
        raise AskedAlready
    standing.status, standing.answered_at = ChangeRequest.Status.LAPSED, at
    standing.save(update_fields=["status", "answered_at"])


def _asked_with(assignment: Assignment, key: str) -> ChangeRequest | None:
    return assignment.changes.filter(key=key).first() if key else None


def _current(request: ChangeRequest, assignment: Assignment) -> ChangeRequest:
    """The request read anew under the assignment's lock, which every verb takes first."""
    found = ChangeRequest.objects.get(pk=request.pk)
    found.assignment = assignment
    return found


def _require_open(request: ChangeRequest, *, at: datetime) -> None:
    if request.status != ChangeRequest.Status.OPEN:
        raise NotOpen(status=request.get_status_display().lower())
    if request.is_expired(at):
        raise NotOpen(status="expired")


def _close(request: ChangeRequest, status: str, *, by: Actor, at: datetime) -> None:
    request.status = status
    request.answered_by, request.answered_at = by.user, at
    request.save(update_fields=["status", "answered_by", "answered_at", "answer"])


def _side_of(by: Actor) -> str:
    return Side.WORKER if by.is_worker else Side.CLIENT


def _other(side: str) -> str:
    return (Side.CLIENT if side == Side.WORKER else Side.WORKER).label.lower()


def facts_of(request: ChangeRequest) -> dict[str, Any]:
    """What the event says of it."""
    what: dict[str, Any] = {"change": request.pk, "kind": request.kind, "side": request.side}
    if request.is_money:
        currency = request.assignment.company.currency
        return {**what, "amount": str(request.amount), "currency": currency}
    assert request.starts_at is not None
    return {**what, "starts_at": request.starts_at.isoformat()}
