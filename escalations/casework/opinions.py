"""What the two sides think of the handling, said once the case has ended."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.actors import Actor
from core.errors import DomainError
from escalations.casework.steps import Visibility, entry, event, lock, side_of
from escalations.models import Case, Opinion
from escalations.states import CLOSED


class NotEndedYet(DomainError):
    message = "Once the case has ended you can say what you think of how it was handled."


@transaction.atomic
def give_opinion(case: Case, *, mark: str, by: Actor, at: datetime, words: str = "") -> Opinion:
    """A side's word on how this round of the case was handled; said again, it takes its place.

    Staff alone read it. Records ``case.judged``.
    """
    assert by.user is not None
    case = lock(case)
    side = side_of(by, case)
    if case.status not in CLOSED:
        raise NotEndedYet
    given = {"mark": mark, "words": words, "given_by": by.user, "given_at": at}
    opinion = Opinion.objects.filter(case=case, round=case.round, side=side).first()
    if opinion and (opinion.mark, opinion.words) == (mark, words):
        return opinion
    opinion, _ = Opinion.objects.update_or_create(
        case=case, round=case.round, side=side, defaults=given
    )
    label = Opinion.Mark(mark).label.lower()
    entry(case, f"Said of the handling: {label}.", by=by, at=at, visibility=Visibility.STAFF)
    event("judged", case, by=by, at=at, side=str(side), mark=mark)
    return opinion
