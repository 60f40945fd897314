"""Reminding a side of what staff asked of it, beside the reminders that go by themselves."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from accounts.actors import Actor
from core.errors import DomainError
from escalations.casework.desk import NAMES, WAITING
from escalations.casework.steps import entry, event, lock, require_open
from escalations.models import Case, CaseEntry, Side
from escalations.states import CaseStatus

REMIND_AGAIN = timedelta(hours=4)


class NobodyIsAsked(DomainError):
    message = "Nobody owes an answer in this case. Ask a party first."


class RemindedAlready(DomainError):
    message = "They were reminded less than {hours} hours ago. Give them a little time."


def sides_asked(case: Case) -> list[Side]:
    """Whose answer is awaited: to a question, or to the open proposal."""
    if case.status == CaseStatus.PROPOSED:
        proposal = case.proposals.filter(ended_at=None).first()
        return [side for side in Side if proposal and not proposal.answer_of(side)]
    return [side for side in Side if case.status == WAITING[side]]


@transaction.atomic
def remind(case: Case, *, by: Actor, at: datetime, words: str = "") -> Case:
    """Tell the sides whose answer is awaited once more; at most every few hours."""
    case = lock(case)
    require_open(case)
    sides = sides_asked(case)
    if not sides:
        raise NobodyIsAsked
    last = case.entries.filter(key__startswith="remind:").order_by("-pk").first()
    if last and at < last.at + REMIND_AGAIN:
        raise RemindedAlready(hours=REMIND_AGAIN.seconds // 3600)
    names = " and ".join(NAMES[side] for side in sides)
    key = f"remind:{case.pk}:{at.timestamp():.6f}"
    said = {}
    if words:
        said["entry"] = entry(case, words, by=by, at=at, kind=CaseEntry.Kind.MESSAGE).pk
    entry(case, f"Reminded {names} of the answer awaited.", by=by, at=at, key=key)
    event("reminded", case, by=by, at=at, sides=[str(side) for side in sides], **said)
    return case
