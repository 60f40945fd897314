"""What the two sides do themselves: open a case, add evidence, withdraw it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from hashlib import sha256

from django.conf import settings
from django.db import connection, transaction

from accounts.actors import Actor
from assignments.models import Assignment
from core import files as uploads
from core.errors import DomainError
from core.money import is_exact
from core.references import unused
from escalations import office_hours
from escalations.casework import contested, exhibits, sharing_out
from escalations.casework.desk import heard
from escalations.casework.steps import (
    entry,
    event,
    lock,
    lock_assignment,
    move,
    place_hold,
    read_by,
    release_hold,
    require_open,
    side_of,
    standing_entry,
)
from escalations.models import Case, CaseEntry, Evidence
from escalations.states import CONTEST, KINDS, CaseStatus, Outcome
from scorecards.models import Rating

MOST_EVIDENCE = 30
"""Files that one side may put forward in one case."""


class TooLateToEscalate(DomainError):
    message = (
        "An assignment can be escalated until {days} days after the day it occurred. "
        "The last day for this one was {last_day}."
    )


class TooLateToContest(DomainError):
    message = (
        "A rating can be contested until {days} days after it was shown. The last day for this "
        "one was {last_day}."
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


def last_day_to_contest(rating: Rating) -> date:
    """The last day on which a published rating can be contested: as long as the assignment can be
    escalated, and as many days from the day on which the rating was shown."""
    assert rating.published_at is not None
    assignment = rating.assignment
    shown_on = rating.published_at.astimezone(assignment.zone).date()
    return max(last_day(assignment), shown_on + timedelta(days=settings.ESCALATION_DAYS))


def why_not_contest(rating: Rating, *, at: datetime) -> DomainError | None:
    """Why a rating cannot be contested now for the time that has passed, or None."""
    last = last_day_to_contest(rating)
    if at.astimezone(rating.assignment.zone).date() > last:
        return TooLateToContest(
            days=settings.ESCALATION_DAYS, last_day=f"{last:%B} {last.day}, {last.year}"
        )
    return None


def days_left(assignment: Assignment, *, at: datetime) -> int:
    """Whole days in which the assignment can still be escalated; 0 on the last one."""
    return (last_day(assignment) - at.astimezone(assignment.zone).date()).days


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
    particulars: Sequence[tuple[str, str]] = (),
    things: Sequence[exhibits.Thing] = (),
    key: str = "",
) -> Case:
    """Open a case for the actor's side; a second report of the kind joins the case that is open.

    Effects: the case with its number and deadlines, a dispute hold where the kind holds
    money that has not moved, a contested rating hidden, the evidence, the first entry,
    ``case.opened``. The same report again (the same ``key``, or word for word) changes nothing.
    ``particulars`` are what the kind asks for, in words; ``things`` what the side points at.
    """
    assert by.user is not None
    assignment = Assignment.objects.locked(assignment.pk)
    side = side_of(by, assignment)
    same = Case.objects.active().filter(assignment=assignment, side=side, kind=kind)
    key = key or _report_key(side, what_happened)
    if standing := same.first():
        report = _Report(what_happened, outcome, outcome_words, particulars)
        return _join(standing, report, files, things, by=by, at=at, key=key)
    if refused := _too_late(assignment, kind, side, at=at):
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
        particulars=[list(line) for line in particulars],
        sides_may_talk=KINDS[kind].sides_talk,
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
    exhibits.keep(case, things, by=by, at=at)
    pause = "; approval and payment wait for the decision" if case.hold else ""
    entry(case, f"Opened the case: {case.get_kind_display().lower()}{pause}.", by=by, at=at,
          key=key)  # fmt: skip
    event("opened", case, by=by, at=at, side=side, case_kind=kind, held=bool(case.hold))
    return sharing_out.route_new(case, at=at)


def _too_late(assignment: Assignment, kind: str, side: str, *, at: datetime) -> DomainError | None:
    """Work that was approved late is rated late: a rating has days of its own."""
    rating = contested.rating_about(assignment, side) if kind == CONTEST else None
    return why_not_contest(rating, at=at) if rating else why_not(assignment, at=at)


@dataclass(frozen=True)
class _Report:
    """A second account of the same matter, for the case that is open about it."""

    what_happened: str
    outcome: str
    outcome_words: str
    particulars: Sequence[tuple[str, str]]

    @property
    def in_words(self) -> str:
        lines = [f"{label}: {words}" for label, words in self.particulars]
        hope = f"Anticipated outcome: {Outcome(self.outcome).label.lower()}. {self.outcome_words}"
        return "\n\n".join([self.what_happened, *(["\n".join(lines)] if lines else []), hope])


def _join(
    case: Case,
    report: _Report,
    files: Iterable[uploads.CleanUpload],
    things: Sequence[exhibits.Thing],
    *,
    by: Actor,
    at: datetime,
    key: str,
) -> Case:
    """Write the report into the case; once a ``key``. Records ``case.joined``."""
    case = lock(case)
    if standing_entry(case, key):
        return case
    _keep(case, files, by=by, at=at)
    exhibits.keep(case, things, by=by, at=at)
    if changed := heard(case, side_of(by, case), at=at):
        case.save(update_fields=sorted(changed))
    written = entry(
        case, report.in_words, by=by, at=at, kind=CaseEntry.Kind.MESSAGE, key=key,
        visibility=read_by(case, side_of(by, case)),
    )  # fmt: skip
    entry(case, "Reported the same matter again; it is one case.", by=by, at=at)
    event("joined", case, by=by, at=at, entry=written.pk, side=str(case.side))
    return case


def _report_key(side: str, words: str) -> str:
    return f"{side}:{sha256(words.encode()).hexdigest()[:40]}"


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
        if changed := heard(case, side_of(by, case), at=at):
            case.save(update_fields=sorted(changed))
        names = ", ".join(f"“{evidence.name}”" for evidence in kept)
        entry(case, f"Added evidence: {names}.", by=by, at=at, key=key)
        event("evidence_added", case, by=by, at=at, side=str(side_of(by, case)), what=names)
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
        entry(case, words, by=by, at=at, kind=CaseEntry.Kind.MESSAGE,
              visibility=read_by(case, side_of(by, case)))  # fmt: skip
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
