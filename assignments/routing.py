"""Getting an assignment to workers: send, invite, assign, accept, void; many at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.actors import Actor
from accounts.models import WorkerProfile
from activity.record import record
from assignments import (
    additions,
    applications,
    asked,
    posted_terms,
    pricing,
    quoting,
    schedule,
    screening,
    waterfall,
)
from assignments.models import Application, Assignment, SendReport
from assignments.moves import IllegalMove, check, finish, lock
from assignments.posting import ChangedMeanwhile, StartsInThePast
from assignments.reaching import Audience, MatchesWanted, reach
from assignments.states import Status
from assignments.waterfall import Ending, StepWanted
from conduct import acceptance, standing
from core.errors import DomainError
from core.money import format_money
from payments import reservations
from vetting import requirement_sets
from vetting.models import Group

MOST_AT_ONCE = 50


class SendsToNobody(DomainError):
    message = "Choose where to send it: the marketplace, a group, or at least one worker."


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
    groups: Sequence[Group] = (),
    matches: MatchesWanted | None = None,
    steps: Sequence[StepWanted] = (),
    first_to_accept: bool = False,
    revision: int | None = None,
) -> Assignment:
    """Offer a draft to workers, set aside price and fee, and plan the ``steps`` that follow.

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
    standing.require(company=assignment.company, workers=workers, by=by, at=at)
    audience = Audience(on_marketplace, groups, workers, matches)
    if not audience:
        raise SendsToNobody
    if assignment.starts_at < at:
        raise StartsInThePast
    asked.require_answers(assignment)
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
    assignment.first_to_accept = first_to_accept
    assignment.sent_at = at
    finish(
        "send",
        assignment,
        by=by,
        at=at,
        marketplace=on_marketplace,
        fields=["reservation", "first_to_accept", "sent_at"],
    )
    reach(assignment, audience, by=by, at=at)
    if steps:
        waterfall.begin(assignment, steps, by=by, at=at)
    return assignment


@transaction.atomic
def invite(
    assignment: Assignment,
    *,
    by: Actor,
    at: datetime,
    workers: Sequence[WorkerProfile] = (),
    groups: Sequence[Group] = (),
    matches: MatchesWanted | None = None,
    on_marketplace: bool | None = None,
) -> SendReport | None:
    """Offer a sent assignment to more workers; returns the report, None where nobody is named.

    ``on_marketplace`` may open it to the marketplace too, or take it off again.
    """
    assignment = lock(assignment)
    check("invite", assignment)
    acceptance.require(by, at=at)
    standing.require(company=assignment.company, workers=workers, by=by, at=at)
    if on_marketplace is False and assignment.on_marketplace:
        assignment.on_marketplace = False
        assignment.save(update_fields=["on_marketplace"])
    opens = bool(on_marketplace and not assignment.on_marketplace)
    audience = Audience(opens, groups, workers, matches)
    return reach(assignment, audience, by=by, at=at) if audience else None


@dataclass(frozen=True)
class Sent:
    """What sending one of many came to: sent, with its report, or the refusal in words."""

    assignment: Assignment
    report: SendReport | None = None
    refusal: str = ""

    @property
    def went(self) -> bool:
        return not self.refusal


class TooMany(DomainError):
    message = "Choose at most {most} assignments at a time."


def send_many(
    assignments: Sequence[Assignment],
    *,
    by: Actor,
    at: datetime,
    on_marketplace: bool = False,
    workers: Sequence[WorkerProfile] = (),
    groups: Sequence[Group] = (),
    matches: MatchesWanted | None = None,
    steps: Sequence[StepWanted] = (),
    first_to_accept: bool = False,
) -> list[Sent]:
    """Send up to ``MOST_AT_ONCE`` drafts, or offer those that are sent to more workers.

    Each is a transaction of its own: one that is refused, for want of money or because it was
    changed, leaves the others be. Returns what came of each, in the order given.
    """
    if len(assignments) > MOST_AT_ONCE:
        raise TooMany(most=MOST_AT_ONCE)
    audience = Audience(on_marketplace, groups, workers, matches)
    if not audience:
        raise SendsToNobody
    return [
        _send_one(assignment, audience, steps, first_to_accept, by=by, at=at)
        for assignment in assignments
    ]


def _send_one(
    assignment: Assignment,
    audience: Audience,
    steps: Sequence[StepWanted],
    first_to_accept: bool,
    *,
    by: Actor,
    at: datetime,
) -> Sent:
    try:
        with transaction.atomic():
            if assignment.status == Status.DRAFT:
                sent = send(
                    assignment, on_marketplace=audience.on_marketplace, workers=audience.workers,
                    groups=audience.groups, matches=audience.matches, steps=steps,
                    first_to_accept=first_to_accept, by=by, at=at,
                )  # fmt: skip
            else:
                sent = assignment
                invite(
                    assignment, on_marketplace=audience.on_marketplace or None,
                    workers=audience.workers, groups=audience.groups, matches=audience.matches,
                    by=by, at=at,
                )  # fmt: skip
                if steps:
                    waterfall.plan(assignment, steps, by=by, at=at)
            report = sent.send_reports.order_by("-pk").first()
    except DomainError as refused:
        return Sent(assignment, refusal=str(refused))
    return Sent(sent, report)


@transaction.atomic
def assign(
    application: Application, *, by: Actor, at: datetime, override_note: str = ""
) -> Assignment:
    """Choose an applicant, on the terms of their application.

    One who does not meet what is asked is refused (``LacksRequirements``), unless the client
    says why they may pass for this assignment.

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
    standing.require(company=assignment.company, worker=application.worker, by=by, at=at)
    _let_pass(assignment, application.worker, override_note, by=by, at=at)
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
        assignment, by=by, at=at, red_scorecard_seen=red_scorecard_seen, accepts=True
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
    waterfall.end(assignment, Ending.TAKEN_BACK, by=by, at=at)
    assignment.voided_at, assignment.void_note = at, note
    return finish("void", assignment, by=by, at=at, fields=["voided_at", "void_note"])


def _let_pass(
    assignment: Assignment, worker: WorkerProfile, note: str, *, by: Actor, at: datetime
) -> None:
    """Note why a worker who lacks something passes for this assignment; nothing where they meet
    all that is asked."""
    found = screening.screened(assignment, worker, at)
    if found.met:
        return
    missing = screening.missing_words(found)
    if not note:
        raise screening.LacksRequirements(worker=str(worker), missing=missing)
    for verdict in found.failed:
        requirement_sets.override(
            verdict.requirement_set, worker, note=note, assignment_key=assignment.pk, by=by, at=at
        )
    record(
        "assignment.let_pass", assignment, by=by, at=at, company_key=assignment.company_id,
        whom=worker.reference, missing=missing, note=note,
    )  # fmt: skip


def _require_send_limit(assignment: Assignment, by: Actor) -> None:
    limit = by.membership.send_limit if by.membership else None
    if limit is not None and assignment.most_pay > limit:
        currency = assignment.company.currency
        raise AboveSendLimit(
            limit=format_money(limit, currency), budget=format_money(assignment.most_pay, currency)
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
    assignment.budget, assignment.expenses = terms.most, application.expenses
    if application.starts_at != assignment.starts_at:
        schedule.move_to(assignment, application.starts_at, application.ends_at)
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
    waterfall.end(assignment, Ending.ASSIGNED, by=by, at=at)
    assignment.worker, assignment.assigned_at = application.worker, at
    if application.expenses:
        additions.agree_with_bid(application, by=by, at=at)
    return finish(
        move,
        assignment,
        by=by,
        at=at,
        worker=application.worker.reference,
        name=str(application.worker),
        fields=[
            "worker",
            "assigned_at",
            *pricing.FIELDS,
            "budget",
            "expenses",
            "starts_at",
            "ends_at",
            "posted_terms",
        ],
    )


def _pass_over(assignment: Assignment, *, by: Actor, at: datetime) -> None:
    assignment.applications.filter(status=Application.Status.OPEN).update(
        status=Application.Status.PASSED_OVER, decided_at=at, decided_by=by.user
    )
