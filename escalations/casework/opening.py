"""What the two sides do themselves: open a case, add evidence, withdraw it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.db import connection, transaction

from accounts.actors import Actor
from assignments.models import Assignment
from core import files as uploads
from core.errors import DomainError
from core.money import is_exact
from core.references import unused
from escalations import office_hours
from escalations.casework import contested, sharing_out
from escalations.casework.steps import (
    entry,
    event,
    lock,
    lock_assignment,
    move,
    place_hold,
    release_hold,
    require_open,
    side_of,
    standing_entry,
)
from escalations.models import Case, CaseEntry, Evidence
from escalations.states import KINDS, CaseStatus, Outcome

MOST_EVIDENCE = 30
"""Files that one side may put forward in one case."""


class TooLateToEscalate(DomainError):
    message = (
        "An assignment can be escalated until {days} days after the day it occurred. "
        "The last day for this one was {last_day}."
    )


class NobodyAssigned(DomainError):
    message = "No worker is assigned, so there is nobody to escalate about yet."


class NotAKindForThisSide(DomainError):
    message = "Choose one of the kinds in the list."
    field = "kind"


class AmountMissing(DomainError):
    message = "Say which amount would settle it, in dollars and cents."
    field = "outcome_amount"


class NothingToTranscribe(DomainError):
    message = "Nothing was said between the two sides, so there is nothing to add."


class TooMuchEvidence(uploads.UploadRefused):
    message = "At most {most} files from each side fit into a case."
    field = "files"


class NotYoursToWithdraw(DomainError):
    message = "Only the side that opened the case can withdraw it."


def last_day(assignment: Assignment) -> date:
    """The last day on which the assignment can be escalated, on the calendar of its site."""
    occurred_on = assignment.occurred_at.astimezone(assignment.zone).date()
    return occurred_on + timedelta(days=settings.ESCALATION_DAYS)


def why_not(assignment: Assignment, *, at: datetime) -> DomainError | None:
    """Why the assignment cannot be escalated now, or None where it can."""
    if assignment.worker_id is None:
        return NobodyAssigned()
    last = last_day(assignment)
    if at.astimezone(assignment.zone).date() > last:
        return TooLateToEscalate(
            days=settings.ESCALATION_DAYS, last_day=f"{last:%B} {last.day}, {last.year}"
        )
    return None


@transaction.atomic
def open_case(
    *,
    assignment: Assignment,
    kind: str,
    what_happened: str,
    outcome: str,
    outcome_words: str,
    by: Actor,
    at: datetime,
    outcome_amount: Decimal | None = None,
    files: Iterable[uploads.CleanUpload] = (),
) -> Case:
    """Open a case for the actor's side; their open case of the same kind is returned as it is.

    Effects: the case with its number and deadlines, a dispute hold where the kind holds
    money that has not moved, a contested rating hidden, the evidence, the first entry,
    ``case.opened``.
    """
    assert by.user is not None
    assignment = Assignment.objects.locked(assignment.pk)
    side = side_of(by, assignment)
    same = Case.objects.active().filter(assignment=assignment, side=side, kind=kind)
    if standing := same.first():
        return standing
    if refused := why_not(assignment, at=at):
        raise refused
    if kind not in KINDS or side not in KINDS[kind].sides:
        raise NotAKindForThisSide
    if outcome == Outcome.PAY_AMOUNT and not (outcome_amount and is_exact(outcome_amount)):
        raise AmountMissing
    hours = office_hours.current()
    case = Case(
        number=_next_number(),
        assignment=assignment,
        company=assignment.company,
        worker=assignment.worker,
        kind=kind,
        side=side,
        priority=KINDS[kind].priority,
        what_happened=what_happened,
        outcome=outcome,
        outcome_words=outcome_words,
        outcome_amount=outcome_amount if outcome == Outcome.PAY_AMOUNT else None,
        opened_by=by.user,
        opened_at=at,
        first_answer_due_at=hours.after(at, hours.first_answer),
        update_due_at=hours.after(at, hours.update_every),
        other_side_due_at=hours.after(at, hours.party_answer),
    )
    case.hold = place_hold(case, assignment, by=by, at=at)
    case.save(force_insert=True)
    contested.begin(case, by=by, at=at)
    _keep(case, files, by=by, at=at)
    pause = "; approval and payment wait for the decision" if case.hold else ""
    entry(case, f"Opened the case: {case.get_kind_display().lower()}{pause}.", by=by, at=at)
    event("opened", case, by=by, at=at, side=side, case_kind=kind, held=bool(case.hold))
    return sharing_out.route_new(case, at=at)


@transaction.atomic
def add_evidence(
    case: Case, *, files: Iterable[uploads.CleanUpload], by: Actor, at: datetime, key: str = ""
) -> list[Evidence]:
    """Put files forward, while the case is not decided; the same key again adds nothing."""
    case = lock(case)
    if standing_entry(case, key):
        return []
    require_open(case)
    side_of(by, case)
    kept = _keep(case, files, by=by, at=at)
    if kept:
        names = ", ".join(f"“{evidence.name}”" for evidence in kept)
        entry(case, f"Added evidence: {names}.", by=by, at=at, key=key)
    return kept


@transaction.atomic
def withdraw(case: Case, *, by: Actor, at: datetime, words: str = "") -> Case:
    """Take the case back, by the side that opened it; its hold is released."""
    lock_assignment(case)
    case = lock(case)
    if case.status == CaseStatus.WITHDRAWN:
        return case
    require_open(case)
    if side_of(by, case) != case.side:
        raise NotYoursToWithdraw
    move(case, CaseStatus.WITHDRAWN)
    case.closed_at, case.party_answer_due_at = at, None
    case.save(update_fields=["status", "closed_at", "party_answer_due_at"])
    case.proposals.filter(ended_at=None).update(ended_at=at)
    release_hold(case, by=by, at=at)
    contested.end(case, by=by, at=at)
    if words:
        entry(case, words, by=by, at=at, kind=CaseEntry.Kind.MESSAGE)
    entry(case, "Withdrew the case.", by=by, at=at)
    event("withdrawn", case, by=by, at=at)
    return case


def _next_number() -> int:
    """From a sequence: numbers go up, and a refused opening may leave a gap."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('escalations_case_numbers')")
        return int(cursor.fetchone()[0])


def _keep(
    case: Case, files: Iterable[uploads.CleanUpload], *, by: Actor, at: datetime
) -> list[Evidence]:
    assert by.user is not None
    side, files = side_of(by, case), list(files)
    if case.evidence.filter(side=side).count() + len(files) > MOST_EVIDENCE:
        raise TooMuchEvidence(most=MOST_EVIDENCE)
    return [
        Evidence.objects.create(
            case=case,
            reference=unused(Evidence, "E", length=10),
            side=side,
            file=uploads.store(upload, f"evidence/{case.label}"),
            name=upload.name,
            content_type=upload.content_type,
            size=upload.size,
            added_by=by.user,
            added_at=at,
        )
        for upload in files
    ]
