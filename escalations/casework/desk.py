"""What is said and arranged while a case is worked: take, assign, reply, ask, note."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from accounts.actors import Actor
from accounts.models import User
from core.errors import DomainError
from escalations import office_hours
from escalations.casework.sharing_out import CannotWorkCases, HasAnInterest, require_fit
from escalations.casework.steps import (
    Visibility,
    answered,
    claim,
    entry,
    event,
    lock,
    lock_to_speak,
    move,
    require_open,
    side_of,
    standing_entry,
)
from escalations.models import Case, CaseEntry, Side
from escalations.states import CaseStatus

WAITING = {Side.COMPANY: CaseStatus.WAITING_CLIENT, Side.WORKER: CaseStatus.WAITING_WORKER}
NAMES = {Side.COMPANY: "the client", Side.WORKER: "the worker"}


class TakenBySomebodyElse(DomainError):
    message = "{name} has this case already. Ask a lead to assign it to you."


__all__ = ["CannotWorkCases", "HasAnInterest", "TakenBySomebodyElse"]


class SidesMayNotTalk(DomainError):
    message = (
        "In this case each side writes to the Escalations Team alone. Choose “The Escalations Team "
        "only” and send it again."
    )
    field = "to"


@transaction.atomic
def take(case: Case, *, by: Actor, at: datetime) -> Case:
    """Become the one who works the case; exactly one of several who try at once does.

    A case that routing gave to somebody is theirs, and taking it starts its review.
    """
    assert by.user is not None
    case = lock(case)
    require_open(case)
    if case.assignee_id == by.user_id and case.status != CaseStatus.OPEN:
        return case
    if case.assignee_id not in (None, by.user_id):
        raise TakenBySomebodyElse(name=str(case.assignee))
    require_fit(case, by.user)
    changed = claim(case, by=by)
    case.save(update_fields=sorted(changed))
    entry(case, "Started the review of this case.", by=by, at=at)
    event("taken", case, by=by, at=at, assignee=by.user_id)
    return case


@transaction.atomic
def assign(case: Case, *, to: User, by: Actor, at: datetime) -> Case:
    """Give the case to a member of the team, whoever had it before."""
    case = lock(case)
    require_open(case)
    if case.assignee_id == to.pk:
        return case
    require_fit(case, to)
    case.assignee = to
    changed = {"assignee", *claim(case, by=by)}
    case.save(update_fields=sorted(changed))
    entry(case, f"Assigned the case to {to}.", by=by, at=at, visibility=Visibility.STAFF)
    event("taken", case, by=by, at=at, assignee=to.pk)
    return case


@transaction.atomic
def reply(
    case: Case, *, body: str, by: Actor, at: datetime, key: str = "", to: str = Visibility.PARTIES
) -> CaseEntry:
    """Write in the case: to both sides, or between one side and staff.

    Staff answering count as the first answer and the update owed; they take a case that
    nobody has. A side that was asked for something thereby answers, and the case goes back
    to review.
    """
    case = lock_to_speak(case)
    if standing := standing_entry(case, key):
        return standing
    require_open(case)
    side = None if by.is_staff else side_of(by, case)
    if side:
        to = _allowed(case, side, to)
    if side is None:
        changed = claim(case, by=by) | answered(case, at=at, to=to, hours=office_hours.current())
    else:
        changed = heard(case, side, at=at)
    if changed:
        case.save(update_fields=sorted(changed))
    written = entry(case, body, by=by, at=at, kind=CaseEntry.Kind.MESSAGE, visibility=to, key=key)
    event("replied", case, by=by, at=at, entry=written.pk, to=to, side=side or "staff")
    return written


def _allowed(case: Case, side: Side, to: str) -> str:
    """Who reads a side's message: whom it chose, where staff let the two sides talk."""
    if to == Visibility.PARTIES and not case.sides_may_talk:
        raise SidesMayNotTalk
    return to if to == Visibility.PARTIES else side


@transaction.atomic
def let_talk(case: Case, *, allowed: bool, by: Actor, at: datetime) -> Case:
    """Let the two sides write to each other in the case, or to staff alone."""
    case = lock_to_speak(case)
    require_open(case)
    if case.sides_may_talk == allowed:
        return case
    case.sides_may_talk = allowed
    changed = {"sides_may_talk", *claim(case, by=by)}
    case.save(update_fields=sorted(changed))
    words = (
        "Both sides may write to each other here."
        if allowed
        else ("Each side writes to the Escalations Team alone from now on.")
    )
    entry(case, words, by=by, at=at)
    event("talk_changed", case, by=by, at=at, allowed=allowed)
    return case


def heard(case: Case, side: Side, *, at: datetime) -> set[str]:
    """A side spoke: what was asked of it is answered, and the team's clock runs again."""
    changed = set()
    if side != case.side and case.other_side_answered_at is None:
        case.other_side_answered_at = at
        changed.add("other_side_answered_at")
    if case.status == WAITING[side]:
        move(case, CaseStatus.IN_REVIEW)
        hours = office_hours.current()
        case.party_answer_due_at, case.update_due_at = None, hours.after(at, hours.update_every)
        changed |= {"status", "party_answer_due_at", "update_due_at"}
    return changed


@transaction.atomic
def ask_party(
    case: Case,
    *,
    side: str,
    question: str,
    by: Actor,
    at: datetime,
    key: str = "",
    within: timedelta | None = None,
) -> CaseEntry:
    """Ask one side for something, readable by both; the case waits for that side.

    ``within`` is counted in open hours, as the team's own deadlines are; these stand still
    meanwhile.
    """
    case = lock_to_speak(case)
    if standing := standing_entry(case, key):
        return standing
    require_open(case)
    hours = office_hours.current()
    due = hours.after(at, within or hours.party_answer)
    changed = claim(case, by=by)
    changed |= answered(case, at=at, to=Visibility.PARTIES, hours=hours, waits_until=due)
    move(case, WAITING[Side(side)])
    case.party_answer_due_at = due
    case.proposals.filter(ended_at=None).update(ended_at=at)
    case.save(update_fields=sorted(changed | {"status", "party_answer_due_at"}))
    asked = entry(case, question, by=by, at=at, kind=CaseEntry.Kind.MESSAGE, key=key)
    entry(case, f"Asked {NAMES[Side(side)]} for an answer.", by=by, at=at)
    event("asked", case, by=by, at=at, entry=asked.pk, side=side,
          due=due.isoformat())  # fmt: skip
    return asked


@transaction.atomic
def note(case: Case, *, body: str, by: Actor, at: datetime, key: str = "") -> CaseEntry:
    """A line for staff alone, possible also after the decision."""
    case = lock_to_speak(case)
    if standing := standing_entry(case, key):
        return standing
    written = entry(
        case, body, by=by, at=at, kind=CaseEntry.Kind.NOTE, visibility=Visibility.STAFF, key=key
    )
    event("noted", case, by=by, at=at, entry=written.pk)
    return written
