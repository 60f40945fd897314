"""Doing the work: confirm, start, check in and out, submit, send back."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from accounts.actors import Actor
from assignments import checklist, claiming
from assignments.models import Assignment, SendBack, Visit
from assignments.moves import check, finish, lock
from assignments.pricing import PricingType
from assignments.states import Status
from core.errors import DomainError
from core.money import format_money


class CheckInWanted(DomainError):
    message = "The client wants a check-in on site. Check in when you arrive; that starts the work."


class NotCheckedIn(DomainError):
    message = "You are not checked in. Check in first."


class SomethingMissing(DomainError):
    message = "Before you can submit: {missing}."


class AmountAbovePrice(DomainError):
    message = "You may ask for {price} or less, not more."
    field = "amount"


@transaction.atomic
def confirm(assignment: Assignment, *, by: Actor, at: datetime) -> Assignment:
    """The worker's word that they will be there."""
    assignment = lock(assignment)
    if assignment.confirmed_at:
        return assignment
    check("confirm", assignment)
    assignment.confirmed_at = at
    return finish("confirm", assignment, by=by, at=at, fields=["confirmed_at"])


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
        latitude=latitude,
        longitude=longitude,
    )
    assignment.started_at = assignment.started_at or at
    finish("check_in", assignment, by=by, at=at, fields=["started_at"])
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
) -> Assignment:
    """Hand the work over for approval, once everything asked for is there.

    ``hours`` or ``units`` are asked for where the price counts them, and may not exceed those
    agreed, hours not the visits either where check-in is wanted; ``amount`` may be less than
    what the price comes to, never more. The approval clock starts at ``at``.
    """
    assignment = lock(assignment)
    if assignment.status == Status.PENDING_APPROVAL:
        return assignment
    check("submit", assignment)
    missing = [item.label for item in checklist.for_submission(assignment) if not item.done]
    if missing:
        raise SomethingMissing(missing="; ".join(missing))
    terms = assignment.terms
    quantity = hours if terms.is_timed else units
    claiming.require_within(assignment, quantity)
    price = terms.price_of(quantity)
    amount = price if amount is None else amount
    if amount > price:
        raise AmountAbovePrice(price=format_money(price, assignment.company.currency))
    if amount <= 0:
        raise DomainError("Ask for an amount above zero.")
    assignment.hours_claimed = hours if terms.is_timed else None
    assignment.units_claimed = units if terms.pricing == PricingType.UNIT else None
    assignment.amount_claimed, assignment.resolution = amount, resolution
    assignment.submitted_at = at
    return finish(
        "submit",
        assignment,
        by=by,
        at=at,
        amount=str(amount),
        fields=["hours_claimed", "units_claimed", "amount_claimed", "resolution", "submitted_at"],
    )


@transaction.atomic
def send_back(assignment: Assignment, *, note: str, by: Actor, at: datetime) -> Assignment:
    """Return submitted work with what is missing; the approval clock stops until it is back."""
    assert by.user is not None
    assignment = lock(assignment)
    check("send_back", assignment)
    SendBack.objects.create(assignment=assignment, note=note, sent_back_by=by.user, sent_back_at=at)
    assignment.submitted_at = None
    return finish("send_back", assignment, by=by, at=at, note=note, fields=["submitted_at"])
