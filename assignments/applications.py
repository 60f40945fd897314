"""A worker's answer to a sent assignment: apply, withdraw, decline; the client's star and no."""

from __future__ import annotations

import logging
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from accounts.actors import SYSTEM, Actor
from accounts.models import Membership, WorkerProfile
from assignments import cautions, screening
from assignments.models import Application, Assignment, Decline
from assignments.moves import check, finish, lock
from assignments.posting import require_possible_price
from assignments.pricing import Terms
from assignments.states import Status
from conduct import acceptance, standing
from core.compiled import Compiled
from core.errors import DomainError
from core.money import ZERO, is_exact
from payments.refusals import BadAmount

MOST_EXPIRED = 500
log = logging.getLogger(__name__)


class NotOpenToYou(DomainError):
    message = "This assignment is not open to you any more. Find other work in the list."


class OwnCompany(DomainError):
    message = "You are a member of the company that posted this, so you cannot work for it."


class BadExpenses(BadAmount):
    field = "expenses"


class PriceIsFixed(DomainError):
    message = "The client fixed the price of this assignment. Apply for the price as posted."
    field: str | None = "pricing"


class StillStands(DomainError):
    message = "This offer still stands."


class NoLongerOpen(DomainError):
    message = "This application is {status} now. Reload the page to see the current applicants."


@transaction.atomic
def apply(
    assignment: Assignment,
    *,
    by: Actor,
    at: datetime,
    note: str = "",
    terms: Terms | None = None,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    expires_at: datetime | None = None,
    expenses: Decimal = ZERO,
    expenses_for: str = "",
    red_scorecard_seen: bool = False,
    accepts: bool = False,
) -> Application:
    """Bid on a sent assignment; applying twice returns the first application.

    Terms or a start that differ from what is posted, or ``expenses`` to be refunded up to an
    amount, make it a counteroffer; expenses may be asked for with a fixed price too. Refused where
    the worker may not work for this company, does not meet what is asked, has not accepted the
    guidelines, may take on no new work, or has not confirmed a caution about the client. Where
    the bid ``accepts`` the assignment at once, the client must be able to take on work too.
    """
    assert by.worker is not None
    assignment = lock(assignment)
    if earlier := standing_of(by.worker, assignment):
        return earlier
    check("apply", assignment)
    require_open_to(assignment, by.worker)
    screening.require(assignment, by.worker, at)
    acceptance.require(by, at=at)
    client = assignment.company if accepts else None
    standing.require(company=client, worker=by.worker, by=by, at=at)
    cautions.demand_seen(assignment, seen=red_scorecard_seen)
    terms = Terms.of(terms or assignment.terms)
    require_possible_price(terms)
    if expenses and not is_exact(expenses):
        raise BadExpenses
    if assignment.price_is_fixed and terms != assignment.terms:
        raise PriceIsFixed
    starts_at, ends_at = starts_at or assignment.starts_at, ends_at or assignment.ends_at
    application = Application.objects.create(
        assignment=assignment,
        worker=by.worker,
        note=note,
        is_counteroffer=(
            terms != assignment.terms
            or expenses > ZERO
            or (starts_at, ends_at) != (assignment.starts_at, assignment.ends_at)
        ),
        **terms.fields,
        expenses=expenses,
        expenses_for=expenses_for,
        starts_at=starts_at,
        ends_at=ends_at,
        expires_at=expires_at,
        red_scorecard_seen=red_scorecard_seen,
        revision_seen=assignment.revision,
        applied_at=at,
    )
    Decline.objects.filter(assignment=assignment, worker=by.worker).delete()
    finish(
        "apply",
        assignment,
        by=by,
        at=at,
        worker=by.worker.reference,
        application=application.pk,
        counteroffer=application.is_counteroffer,
    )
    return application


@transaction.atomic
def withdraw(application: Application, *, by: Actor, at: datetime) -> Application:
    """Take an open application back; the worker may apply again while the assignment is sent."""
    assignment = lock(application.assignment)
    application.refresh_from_db()
    if application.status == Application.Status.WITHDRAWN:
        return application
    check("withdraw", assignment)
    _close(application, Application.Status.WITHDRAWN, by=by, at=at)
    finish("withdraw", assignment, by=by, at=at, worker=application.worker.reference)
    return application


@transaction.atomic
def decline_application(
    application: Application, *, reason: str, by: Actor, at: datetime
) -> Application:
    """Tell one applicant no, with the reason they will read."""
    assignment = lock(application.assignment)
    application.refresh_from_db()
    if application.status == Application.Status.DECLINED:
        return application
    check("decline_application", assignment)
    application.decline_reason = reason
    _close(application, Application.Status.DECLINED, by=by, at=at)
    finish(
        "decline_application",
        assignment,
        by=by,
        at=at,
        worker=application.worker.reference,
        application=application.pk,
        reason=reason,
    )
    return application


@transaction.atomic
def shortlist(application: Application, *, starred: bool, by: Actor, at: datetime) -> Application:
    """Keep an open application among the company's favorites, or no longer; nobody is told."""
    assignment = lock(application.assignment)
    application.refresh_from_db()
    check("shortlist", assignment)
    if application.status != Application.Status.OPEN:
        raise NoLongerOpen(status=application.get_status_display().lower())
    if starred == (application.shortlisted_at is not None):
        return application
    application.shortlisted_at = at if starred else None
    application.save(update_fields=["shortlisted_at"])
    finish(
        "shortlist", assignment, by=by, at=at, worker=application.worker.reference,
        starred=starred,
    )  # fmt: skip
    return application


@transaction.atomic
def expire(application: Application, *, by: Actor, at: datetime) -> Application:
    """Close an offer whose time is over; the worker may apply again. Twice closes once."""
    assignment = lock(application.assignment)
    application.refresh_from_db()
    if application.status == Application.Status.EXPIRED:
        return application
    check("expire", assignment)
    if application.expires_at is None or application.expires_at > at:
        raise StillStands
    _close(application, Application.Status.EXPIRED, by=by, at=at)
    finish(
        "expire", assignment, by=by, at=at, worker=application.worker.reference,
        application=application.pk,
    )  # fmt: skip
    return application


def sweep_expired(*, at: datetime) -> int:
    """Close every open offer whose time is over; returns how many were.

    Each in a transaction of its own: one that was answered meanwhile leaves the others be.
    """
    due = Application.objects.filter(
        status=Application.Status.OPEN, expires_at__lte=at, assignment__status=Status.SENT
    )
    closed = 0
    rows = due.select_related("assignment", "worker").order_by("expires_at", "pk")
    for application in rows[:MOST_EXPIRED]:
        try:
            expire(application, by=SYSTEM, at=at)
        except DomainError as refusal:
            log.info("application %s did not expire: %s", application.pk, refusal)
        else:
            closed += 1
    return closed


@transaction.atomic
def decline(assignment: Assignment, *, by: Actor, at: datetime, reason: str = "") -> Decline:
    """Say no to an assignment: it leaves the worker's lists, an open application is withdrawn."""
    assert by.worker is not None
    assignment = lock(assignment)
    declined = Decline.objects.filter(assignment=assignment, worker=by.worker).first()
    if declined:
        return declined
    check("decline", assignment)
    standing = assignment.applications.filter(worker=by.worker, status="open").first()
    if standing:
        _close(standing, Application.Status.WITHDRAWN, by=by, at=at)
    declined = Decline.objects.create(
        assignment=assignment, worker=by.worker, reason=reason, declined_at=at
    )
    finish("decline", assignment, by=by, at=at, worker=by.worker.reference)
    return declined


def require_open_to(assignment: Assignment, worker: WorkerProfile) -> None:
    """Raise where this worker may not take this assignment, whatever its status."""
    is_own = OPEN_TO.first(assignment=assignment.pk, worker=worker.pk, user=worker.user_id)
    if is_own is None:
        raise NotOpenToYou
    if is_own:
        raise OwnCompany


def _open_to(assignment: int, worker: int, user: int) -> QuerySet[Assignment, Any]:
    own = Membership.objects.current().filter(company=OuterRef("company"), user=user)
    rows = Assignment.objects.open_to(worker).filter(pk=assignment)
    return rows.values_list(Exists(own), flat=True)


OPEN_TO = Compiled(_open_to, assignment=int, worker=int, user=int)
"""Whether the worker is of the company that posted it; nothing where it is not open to them."""


def standing_of(worker: WorkerProfile, assignment: Assignment) -> Application | None:
    """The worker's bid that is open or was accepted; there is one at most."""
    found: Application | None = STANDING.first(assignment=assignment.pk, worker=worker.pk)
    if found:
        found.assignment = assignment
    return found


STANDING = Compiled(
    lambda assignment, worker: Application.objects.filter(
        assignment=assignment, worker=worker, status__in=["open", "accepted"]
    ),
    assignment=int,
    worker=int,
)


def require_open(application: Application, *, at: datetime) -> None:
    """Raise ``NoLongerOpen`` unless the client may still choose this application."""
    if application.status != Application.Status.OPEN:
        raise NoLongerOpen(status=application.get_status_display().lower())
    if application.expires_at and application.expires_at <= at:
        raise NoLongerOpen(status="expired")


def _close(application: Application, status: str, *, by: Actor, at: datetime) -> None:
    if application.status != Application.Status.OPEN:
        raise NoLongerOpen(status=application.get_status_display().lower())
    application.status = status
    application.decided_at, application.decided_by = at, by.user
    application.save(update_fields=["status", "decided_at", "decided_by", "decline_reason"])
