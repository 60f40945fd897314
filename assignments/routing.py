"""Getting an assignment to workers: send, invite, assign, accept, void."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from accounts.actors import Actor
from accounts.models import WorkerProfile
from assignments import applications, posted_terms, pricing, quoting
from assignments.models import Application, Assignment, Invitation
from assignments.moves import IllegalMove, check, finish, lock
from assignments.posting import ChangedMeanwhile, StartsInThePast
from assignments.states import Status
from conduct import acceptance
from core.errors import DomainError
from core.money import format_money
from payments import reservations
from vetting.models import CompanyMark, Standing


class SendsToNobody(DomainError):
    message = "Choose where to send it: the marketplace, or at least one worker."


class AboveSendLimit(DomainError):
    message = (
        "You may send assignments of up to {limit}, and this one is {budget}. "
        "Ask an administrator to raise your limit or to send it."
    )


class SomebodyElseWasAssigned(DomainError):
    message = "{worker} has already been assigned."


class NotFirstToAccept(DomainError):
    message = "This client chooses among applicants. Apply instead."


@transaction.atomic
def send(
    assignment: Assignment,
    *,
    by: Actor,
    at: datetime,
    on_marketplace: bool = True,
    workers: Sequence[WorkerProfile] = (),
    first_to_accept: bool = False,
    revision: int | None = None,
) -> Assignment:
    """Offer a draft to workers, and set aside price and fee.

    ``revision`` is the one the sender saw: ``ChangedMeanwhile`` where it is another now.

    On immediate terms the money moves from the company's cash to its reserved account
    (``InsufficientCash`` names what is missing); on net terms it counts against the credit
    limit (``CreditExceeded``). Sending twice sends once.
    """
    assignment = lock(assignment)
    if assignment.status == Status.SENT:
        return assignment
    check("send", assignment)
    if revision is not None and revision != assignment.revision:
        raise ChangedMeanwhile
    acceptance.require(by, at=at)
    if not on_marketplace and not workers:
        raise SendsToNobody
    if assignment.starts_at < at:
        raise StartsInThePast
    _require_send_limit(assignment, by)
    assignment.reservation = reservations.reserve(
        company=assignment.company,
        amount=quoting.of_budget(assignment).total,
        terms_days=assignment.terms_days,
        reference=assignment.reference,
        key=f"send:{assignment.reference}",
        by=by,
        at=at,
    )
    assignment.on_marketplace = on_marketplace
    assignment.first_to_accept = first_to_accept
    assignment.sent_at = at
    finish(
        "send",
        assignment,
        by=by,
        at=at,
        marketplace=on_marketplace,
        fields=["reservation", "on_marketplace", "first_to_accept", "sent_at"],
    )
    _invite(assignment, workers, by=by, at=at)
    return assignment


@transaction.atomic
def invite(
    assignment: Assignment,
    *,
    workers: Sequence[WorkerProfile],
    by: Actor,
    at: datetime,
    on_marketplace: bool | None = None,
) -> list[Invitation]:
    """Offer a sent assignment to more workers; returns the invitations that are new.

    ``on_marketplace`` may open it to the marketplace too, or take it off again.
    """
    assignment = lock(assignment)
    check("invite", assignment)
    acceptance.require(by, at=at)
    if on_marketplace is not None and on_marketplace != assignment.on_marketplace:
        assignment.on_marketplace = on_marketplace
        assignment.save(update_fields=["on_marketplace"])
    return _invite(assignment, workers, by=by, at=at)


@transaction.atomic
def assign(application: Application, *, by: Actor, at: datetime) -> Assignment:
    """Choose an applicant, on the terms of their application.

    A counteroffer's price changes what is reserved. The other applicants are passed over.
    Exactly one of several choices made at once wins; the others read who was assigned.
    """
    assignment = lock(application.assignment)
    application = Application.objects.select_related("worker__user").get(pk=application.pk)
    if assignment.worker_id == application.worker_id and assignment.status == Status.ASSIGNED:
        return assignment
    _require_unassigned("assign", assignment)
    applications.require_open(application, at=at)
    acceptance.require(by, at=at)
    _take_over(assignment, application, by=by, at=at)
    return _assign(assignment, application, by=by, at=at, move="assign")


@transaction.atomic
def accept(assignment: Assignment, *, revision: int, by: Actor, at: datetime,
           red_scorecard_seen: bool = False) -> Assignment:  # fmt: skip
    """Take an assignment that goes to the first who accepts, as posted at this ``revision``."""
    assert by.worker is not None
    assignment = lock(assignment)
    if assignment.worker_id == by.worker.pk and assignment.status == Status.ASSIGNED:
        return assignment
    _require_unassigned("accept", assignment)
    if not assignment.first_to_accept:
        raise NotFirstToAccept
    if assignment.revision != revision:
        raise ChangedMeanwhile(
            "The client changed this assignment after you opened it. Read it again, then accept."
        )
    assignment.applications.filter(worker=by.worker, status="open").update(
        status=Application.Status.WITHDRAWN, decided_at=at, decided_by=by.user
    )
    application = applications.apply(
        assignment, by=by, at=at, red_scorecard_seen=red_scorecard_seen
    )
    return _assign(assignment, application, by=by, at=at, move="accept")


@transaction.atomic
def void(assignment: Assignment, *, note: str, by: Actor, at: datetime) -> Assignment:
    """Take a sent assignment back before anybody is assigned; what was reserved is free again."""
    assignment = lock(assignment)
    if assignment.status == Status.VOIDED:
        return assignment
    check("void", assignment)
    assert assignment.reservation is not None
    reservations.release(assignment.reservation, by=by, at=at)
    _pass_over(assignment, by=by, at=at)
    assignment.voided_at, assignment.void_note = at, note
    return finish("void", assignment, by=by, at=at, fields=["voided_at", "void_note"])


def _require_send_limit(assignment: Assignment, by: Actor) -> None:
    limit = by.membership.send_limit if by.membership else None
    if limit is not None and assignment.budget > limit:
        currency = assignment.company.currency
        raise AboveSendLimit(
            limit=format_money(limit, currency), budget=format_money(assignment.budget, currency)
        )


def _require_unassigned(move: str, assignment: Assignment) -> None:
    """The table's answer, but with the name of whoever was quicker where that is the reason."""
    try:
        check(move, assignment)
    except IllegalMove:
        if assignment.worker is not None and assignment.status == Status.ASSIGNED:
            raise SomebodyElseWasAssigned(worker=str(assignment.worker)) from None
        raise


def _take_over(
    assignment: Assignment, application: Application, *, by: Actor, at: datetime
) -> None:
    """Make the application's price and times those of the assignment."""
    posted_terms.keep(assignment)
    assignment.terms = terms = application.terms
    assignment.budget = terms.most
    assignment.starts_at, assignment.ends_at = application.starts_at, application.ends_at
    assert assignment.reservation is not None
    total = quoting.of_budget(assignment).total
    if assignment.reservation.amount != total:
        _require_send_limit(assignment, by)
        reservations.resize(assignment.reservation, total, by=by, at=at)


def _assign(
    assignment: Assignment, application: Application, *, by: Actor, at: datetime, move: str
) -> Assignment:
    application.status = Application.Status.ACCEPTED
    application.decided_at, application.decided_by = at, by.user
    application.save(update_fields=["status", "decided_at", "decided_by"])
    _pass_over(assignment, by=by, at=at)
    assignment.worker, assignment.assigned_at = application.worker, at
    return finish(
        move,
        assignment,
        by=by,
        at=at,
        worker=application.worker.reference,
        fields=[
            "worker",
            "assigned_at",
            *pricing.FIELDS,
            "budget",
            "starts_at",
            "ends_at",
            "posted_terms",
        ],
    )


def _pass_over(assignment: Assignment, *, by: Actor, at: datetime) -> None:
    assignment.applications.filter(status=Application.Status.OPEN).update(
        status=Application.Status.PASSED_OVER, decided_at=at, decided_by=by.user
    )


def _invite(
    assignment: Assignment, workers: Sequence[WorkerProfile], *, by: Actor, at: datetime
) -> list[Invitation]:
    """Invite each worker once, but for those the company has blocked."""
    assert by.user is not None
    blocked = set(
        CompanyMark.objects.filter(
            company=assignment.company, standing=Standing.BLOCKED, worker__in=workers
        ).values_list("worker_id", flat=True)
    )
    known = set(assignment.invitations.values_list("worker_id", flat=True))
    fresh = [w for w in workers if w.pk not in blocked and w.pk not in known]
    made = Invitation.objects.bulk_create(
        Invitation(assignment=assignment, worker=w, invited_by=by.user, invited_at=at)
        for w in fresh
    )
    if fresh:
        finish("invite", assignment, by=by, at=at, workers=[w.reference for w in fresh])
    return made
