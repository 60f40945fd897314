"""What the verbs of a case share: locking, moving, writing entries, placing and releasing holds."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from accounts.actors import Actor
from activity.record import record
from assignments import lifecycle
from assignments.models import Assignment, Hold
from assignments.states import allowed
from core.compiled import Compiled
from core.errors import DomainError
from escalations.models import Case, CaseEntry, Side
from escalations.office_hours import OfficeHours
from escalations.states import ALLOWED, CLOSED, KINDS, CaseStatus

Visibility = CaseEntry.Visibility
OF_CASE = [field.name for field in Case._meta.concrete_fields if field.name != "search"]


class CaseClosed(DomainError):
    message = (
        "This case is {status}, so nothing more can be added to it. "
        "If something important is missing, the Escalations Team can reopen it within 14 days."
    )


class IllegalCaseMove(DomainError):
    message = "The case is {status} now, so that is no longer possible. Reload the page."


class NotAParty(DomainError):
    message = "Only the client and the assigned worker of this assignment can do that."


def side_of(actor: Actor, thing: Assignment | Case) -> Side:
    """The side of an assignment or a case on which the actor stands; raises ``NotAParty``."""
    if actor.membership and actor.membership.company_id == thing.company_id:
        return Side.COMPANY
    if actor.worker and actor.worker.pk == thing.worker_id:
        return Side.WORKER
    raise NotAParty


def read_by(case: Case, side: Side) -> str:
    """Who reads what a side says: both sides, or staff alone where the sides may not talk."""
    own = {Side.COMPANY: Visibility.COMPANY, Side.WORKER: Visibility.WORKER}
    return Visibility.PARTIES if case.sides_may_talk else own[side]


def lock_assignment(case: Case) -> Assignment:
    """The first lock of every verb that touches money or holds."""
    return Assignment.objects.locked(case.assignment_id)


def lock(case: Case) -> Case:
    """The case under lock, read anew; the caller's copy may be stale.

    Who has the case and which hold it rests on are read when asked for: where the lock had to
    wait, PostgreSQL reads the row anew but keeps what it joined before.
    """
    return _found(LOCKED, case)


def lock_to_speak(case: Case) -> Case:
    """The same for what is said and arranged, which names the assignment and no more of it."""
    return _found(LOCKED_TO_SPEAK, case)


def _found(locked: Compiled, case: Case) -> Case:
    found: Case | None = locked.first(key=case.pk)
    if found is None:
        raise Case.DoesNotExist
    return found


LOCKED = Compiled(
    lambda key: (
        Case.objects.select_for_update(of=("self",)).filter(pk=key)
        .select_related("assignment__company", "company", "worker__user")
        .defer("search", "assignment__search", "assignment__description")
    ),
    key=int,
)  # fmt: skip
LOCKED_TO_SPEAK = Compiled(
    lambda key: (
        Case.objects.select_for_update(of=("self",)).filter(pk=key)
        .select_related("assignment").only(*OF_CASE, "assignment__reference")
    ),
    key=int,
)  # fmt: skip


def require_open(case: Case) -> None:
    if case.status in CLOSED:
        raise CaseClosed(status=CaseStatus(case.status).label.lower())


def move(case: Case, target: CaseStatus) -> None:
    """Set the status where the table of moves allows it; staying where it is, is no move."""
    if case.status == target:
        return
    if target not in ALLOWED[case.status]:
        raise IllegalCaseMove(status=CaseStatus(case.status).label.lower())
    case.status = target


def entry(
    case: Case,
    body: str,
    *,
    by: Actor,
    at: datetime,
    kind: CaseEntry.Kind = CaseEntry.Kind.ACT,
    visibility: str = Visibility.PARTIES,
    key: str = "",
) -> CaseEntry:
    """One line of the timeline; ``key`` makes a repeated submit find the first one's line."""
    return CaseEntry.objects.create(
        case=case,
        kind=kind,
        visibility=visibility,
        author=by.user,
        acting_as=by.acting_as,
        body=body,
        key=_key_in(case, key) if key else uuid.uuid4().hex,
        at=at,
    )


def standing_entry(case: Case, key: str) -> CaseEntry | None:
    """What an earlier submit with this key wrote; call it under the case's lock."""
    return STANDING.first(case=case.pk, key=_key_in(case, key)) if key else None


STANDING = Compiled(
    lambda case, key: CaseEntry.objects.filter(case=case, key=key), case=int, key=str
)


def _key_in(case: Case, key: str) -> str:
    """A form's key says something in its own case only, whoever sends it elsewhere."""
    return f"{key[:50]}@{case.pk}"


def event(kind: str, case: Case, *, by: Actor, at: datetime, **data: Any) -> None:
    record(
        f"case.{kind}",
        case,
        by=by,
        at=at,
        company_key=case.company_id,
        number=case.number,
        assignment=case.assignment.reference,
        **data,
    )


def answered(
    case: Case, *, at: datetime, to: str, hours: OfficeHours, waits_until: datetime | None = None
) -> set[str]:
    """Note that staff spoke to the parties; returns the fields changed.

    The first answer is one that the side which opened the case can read. Only what both
    sides can read puts the next update off by 48 open hours; while a party is waited for,
    that clock stands until they answer or their time is over (``waits_until``).
    """
    changed = set()
    if case.first_answered_at is None and to in (Visibility.PARTIES, case.side):
        case.first_answered_at = at
        changed.add("first_answered_at")
    if to == Visibility.PARTIES:
        case.update_due_at = hours.after(waits_until or at, hours.update_every)
        changed.add("update_due_at")
    return changed


def claim(case: Case, *, by: Actor) -> set[str]:
    """Whoever works an unassigned or unread case has it; returns the fields changed."""
    changed = set()
    if case.assignee_id is None:
        case.assignee = by.user
        changed.add("assignee")
    if case.status == CaseStatus.OPEN:
        move(case, CaseStatus.IN_REVIEW)
        changed.add("status")
    return changed


def place_hold(case: Case, assignment: Assignment, *, by: Actor, at: datetime) -> Hold | None:
    """A dispute hold, where the kind of case holds money and the money has not moved yet.

    Work that somebody else does by now is no part of the case.
    """
    if assignment.worker_id != case.worker_id:
        return None
    if not KINDS[case.kind].holds_money or not allowed("hold", assignment.status):
        return None
    reason = f"Case {case.label}: {case.get_kind_display().lower()}"
    return lifecycle.hold(assignment, kind=Hold.Kind.DISPUTE, reason=reason, by=by, at=at)


def release_hold(case: Case, *, by: Actor, at: datetime) -> bool:
    """Release the case's hold unless it is released already or another open case rests on it."""
    if case.hold is None or case.hold.released_at:
        return False
    if Case.objects.active().filter(hold=case.hold).exclude(pk=case.pk).exists():
        return False
    lifecycle.release(case.hold, by=by, at=at)
    return True
