"""Doing the work: confirm, set out, start, check in and out, submit, send back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction

from accounts.actors import Actor
from assignments import checklist, claiming, filling_in
from assignments.models import Assignment, Missing, SendBack, Visit
from assignments.moves import check, finish, lock
from assignments.pricing import PricingType
from assignments.states import Status
from core.dates import moment_words
from core.errors import DomainError
from core.money import ZERO, format_money, is_exact
from payments.refusals import BadAmount


class CheckInWanted(DomainError):
    message = "The client wants a check-in on site. Check in when you arrive; that starts the work."


class NotCheckedIn(DomainError):
    message = "You are not checked in. Check in first."


class SomethingMissing(DomainError):
    message = "Before you can submit: {missing}."


class ExpensesAboveAgreed(DomainError):
    message = "Expenses of up to {most} are agreed. Enter that or less, or ask for more first."
    field = "expenses"


class NotLess(DomainError):
    message = "Propose an amount above zero and below what the worker asks for, or leave it empty."
    field = "amount"


class AmountAbovePrice(DomainError):
    message = "You may ask for {price} or less, not more."
    field = "amount"


class TooEarlyToConfirm(DomainError):
    message = "You can confirm from {moment} on. Plans change; the client asks near the start."


class AlreadyThere(DomainError):
    message = "You are checked in already, so the client knows that you are there."


class NoSuchArrival(DomainError):
    message = "Enter a time from now on, within the next 12 hours."
    field = "arriving_at"


LONGEST_WAY = timedelta(hours=12)


def confirm_from(assignment: Assignment) -> datetime:
    """When confirming opens: some days before it is asked for, lest it is said and forgotten."""
    early = assignment.confirm_hours_before + settings.CONFIRM_WINDOW_HOURS
    return assignment.starts_at - timedelta(hours=early)


@transaction.atomic
def confirm(assignment: Assignment, *, by: Actor, at: datetime) -> Assignment:
    """The worker's word that they will be there."""
    assignment = lock(assignment)
    if assignment.confirmed_at:
        return assignment
    check("confirm", assignment)
    if at < (opens := confirm_from(assignment)):
        raise TooEarlyToConfirm(moment=moment_words(opens, assignment.zone))
    assignment.confirmed_at = at
    return finish("confirm", assignment, by=by, at=at, fields=["confirmed_at"])


@transaction.atomic
def unconfirm(assignment: Assignment, *, by: Actor, at: datetime) -> Assignment:
    """Take the word back, while it is still of use to the client to know."""
    assignment = lock(assignment)
    check("unconfirm", assignment)
    if assignment.confirmed_at is None:
        return assignment
    assignment.confirmed_at = None
    return finish("unconfirm", assignment, by=by, at=at, fields=["confirmed_at"])


@transaction.atomic
def on_my_way(
    assignment: Assignment, *, arriving_at: datetime, by: Actor, at: datetime, note: str = ""
) -> Assignment:
    """Tell the client when one will be there; saying it again replaces what was said."""
    assignment = lock(assignment)
    check("on_my_way", assignment)
    if assignment.visits.current().filter(checked_out_at=None).exists():
        raise AlreadyThere
    if not at - timedelta(minutes=1) <= arriving_at <= at + LONGEST_WAY:
        raise NoSuchArrival
    if assignment.arriving_at == arriving_at:
        return assignment
    assignment.arriving_at = arriving_at
    return finish(
        "on_my_way", assignment, by=by, at=at, fields=["arriving_at"], note=note,
        arriving_at=arriving_at.isoformat(), zone=assignment.time_zone,
    )  # fmt: skip


@transaction.atomic
def start(assignment: Assignment, *, by: Actor, at: datetime) -> Assignment:
    """Begin work that needs no check-in."""
    assignment = lock(assignment)
    if assignment.status == Status.IN_PROGRESS:
        return assignment
    check("start", assignment)
    if assignment.wants_check_in:
        raise CheckInWanted
    assignment.started_at = at
    return finish("start", assignment, by=by, at=at, fields=["started_at"])


@transaction.atomic
def check_in(
    assignment: Assignment,
    *,
    by: Actor,
    at: datetime,
    latitude: float | None = None,
    longitude: float | None = None,
) -> Visit:
    """Arrive on site; the place is recorded when given. The first one starts the work.

    Checking in while checked in returns the visit that is open.
    """
    assert by.worker is not None
    assignment = lock(assignment)
    if standing := assignment.visits.current().filter(checked_out_at=None).first():
        return standing
    check("check_in", assignment)
    visit = Visit.objects.create(
        assignment=assignment,
        worker=by.worker,
        checked_in_at=at,
        arrived_at=at,
        expected_at=assignment.ends_at if assignment.is_window else assignment.starts_at,
        latitude=latitude,
        longitude=longitude,
    )
    assignment.started_at, assignment.arriving_at = assignment.started_at or at, None
    finish("check_in", assignment, by=by, at=at, fields=["started_at", "arriving_at"])
    return visit


@transaction.atomic
def check_out(assignment: Assignment, *, by: Actor, at: datetime, note: str = "") -> Visit:
    """Leave the site; checking out again returns the last visit."""
    assignment = lock(assignment)
    visit = assignment.visits.current().filter(checked_out_at=None).first()
    if visit is None:
        last = assignment.visits.current().order_by("-checked_in_at", "-pk").first()
        if last is None:
            check("check_out", assignment)
            raise NotCheckedIn
        return last
    check("check_out", assignment)
    visit.checked_out_at, visit.note = max(at, visit.checked_in_at), note
    visit.save(update_fields=["checked_out_at", "note"])
    finish("check_out", assignment, by=by, at=at, hours=str(visit.hours))
    return visit


@transaction.atomic
def submit(
    assignment: Assignment,
    *,
    resolution: str,
    by: Actor,
    at: datetime,
    hours: Decimal | None = None,
    units: Decimal | None = None,
    amount: Decimal | None = None,
    expenses: Decimal | None = None,
    without_missing: bool = False,
    answers: Mapping[int, Any] | None = None,
) -> Assignment:
    """Hand the work over for approval, once everything asked for is there.

    ``without_missing`` goes without the rest, which only the client may say.
    ``answers`` are those to the closing survey, by the keys of its questions.

    ``hours`` or ``units`` are asked for where the price counts them, and may not exceed those
    agreed, hours not the visits either where check-in is wanted; ``amount`` may be less than
    what the price comes to, never more. ``expenses`` are at most those agreed, and all of
    them where nothing is said; an agreed bonus is added. The approval clock starts at ``at``.
    """
    assignment = lock(assignment)
    if assignment.status == Status.PENDING_APPROVAL:
        return assignment
    check("submit", assignment)
    filling_in.write(assignment, answers or {}, by=by, at=at)
    missing = [item.label for item in checklist.for_submission(assignment) if not item.done]
    if missing and not without_missing:
        raise SomethingMissing(missing="; ".join(missing))
    terms = assignment.terms
    quantity = hours if terms.is_timed else units
    claiming.require_within(assignment, quantity)
    price = terms.price_of(quantity)
    amount = price if amount is None else amount
    expenses = assignment.expenses if expenses is None else expenses
    if not ZERO <= expenses <= assignment.expenses:
        most = format_money(assignment.expenses, assignment.company.currency)
        raise ExpensesAboveAgreed(most=most)
    if amount > price:
        raise AmountAbovePrice(price=format_money(price, assignment.company.currency))
    if amount <= 0:
        raise DomainError("Ask for an amount above zero.")
    if not is_exact(amount) or (expenses and not is_exact(expenses)):
        raise BadAmount
    assignment.hours_claimed = hours if terms.is_timed else None
    assignment.units_claimed = units if terms.pricing == PricingType.UNIT else None
    assignment.expenses_claimed = expenses
    assignment.amount_claimed = amount + expenses + assignment.bonus
    assignment.resolution = resolution
    assignment.submitted_at = at
    return finish(
        "submit",
        assignment,
        by=by,
        at=at,
        amount=str(assignment.amount_claimed),
        fields=[
            "expenses_claimed",
            "hours_claimed",
            "units_claimed",
            "amount_claimed",
            "resolution",
            "submitted_at",
        ],
    )


@transaction.atomic
def send_back(
    assignment: Assignment,
    *,
    note: str,
    by: Actor,
    at: datetime,
    missing: Sequence[str] = (),
    amount: Decimal | None = None,
) -> Assignment:
    """Return submitted work with what is missing; the approval clock stops until it is back.

    Each of ``missing`` is a line that the worker ticks off before submitting again. A lower
    ``amount`` is only a proposal: the worker submits for it, or for the whole again.
    """
    assert by.user is not None
    assignment = lock(assignment)
    check("send_back", assignment)
    claimed = assignment.amount_claimed or ZERO
    if amount is not None and not (is_exact(amount) and amount < claimed):
        raise NotLess
    returned = SendBack.objects.create(
        assignment=assignment, note=note, proposed_amount=amount, sent_back_by=by.user,
        sent_back_at=at,
    )  # fmt: skip
    Missing.objects.bulk_create(
        Missing(send_back=returned, text=text, position=position)
        for position, text in enumerate(missing)
    )
    assignment.submitted_at = None
    return finish(
        "send_back", assignment, by=by, at=at, note=note, missing=len(missing),
        amount=None if amount is None else str(amount), currency=assignment.company.currency,
        fields=["submitted_at"],
    )  # fmt: skip


@transaction.atomic
def tick_off(item: Missing, *, done: bool, by: Actor, at: datetime) -> Missing:
    """Mark one thing that was missing as there now, or as missing after all."""
    assignment = lock(item.send_back.assignment)
    item.refresh_from_db()
    if bool(item.ticked_at) == done:
        return item
    check("tick_off", assignment)
    item.ticked_at = at if done else None
    item.save(update_fields=["ticked_at"])
    finish("tick_off", assignment, by=by, at=at, text=item.text, done=done)
    return item
