"""Reads of contested ratings: what the page of a case shows of the rating it is about."""

from __future__ import annotations

from accounts.actors import Actor
from escalations.casework.contested import rating_about
from escalations.models import Case
from escalations.states import CONTEST
from scorecards.listing import Opinion, opinion


def contested_rating(case: Case, actor: Actor) -> Opinion | None:
    """The rating a case is about, as this reader sees it; none for other kinds of case."""
    rating = rating_about(case.assignment, case.side) if case.kind == CONTEST else None
    if rating is None:
        return None
    rating.assignment, rating.company, rating.worker = case.assignment, case.company, case.worker
    return opinion(rating, actor, may_act=False)
