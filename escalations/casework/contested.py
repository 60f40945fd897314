"""What a case about a rating does to the rating: hidden while the case is open, then shown again
or hidden for good."""

from __future__ import annotations

from datetime import datetime

from accounts.actors import Actor
from assignments.models import Assignment
from core.errors import DomainError
from escalations.models import Case, Side
from escalations.states import CONTEST
from scorecards import moderating
from scorecards.models import Rating


class NothingToContest(DomainError):
    message = (
        "There is no published rating about you here. A rating can be contested once it is shown: "
        "when both sides have rated, or after 14 days."
    )


def rating_about(assignment: Assignment, side: str) -> Rating | None:
    """The published rating about this side, which its case of the kind "rating" is about."""
    by = Rating.By.WORKER if side == Side.COMPANY else Rating.By.COMPANY
    published = Rating.objects.filter(published_at__isnull=False)
    return published.filter(assignment=assignment, by=by).select_related("assignment").first()


def begin(case: Case, *, by: Actor, at: datetime, again: bool = False) -> None:
    """Hide the contested rating; ``again`` where staff reopened the case.

    Raises ``NothingToContest`` and the refusals of ``moderating.contest``.
    """
    if case.kind != CONTEST:
        return
    rating = rating_about(case.assignment, case.side)
    if rating is None:
        raise NothingToContest
    moderating.contest(rating, reason=f"Contested in {case.label}", by=by, at=at, again=again)


def end(case: Case, *, removed: bool = False, by: Actor, at: datetime) -> list[str]:
    """Show the contested rating again, or leave it hidden for good; what was done, in words.

    A rating that was removed already stays so.
    """
    rating = rating_about(case.assignment, case.side) if case.kind == CONTEST else None
    if rating is None:
        return []
    hiding = moderating.settle(rating, removed=removed, by=by, at=at)
    if hiding and not hiding.restored_at:
        return ["The rating stays out of sight and out of the figures."]
    return ["The rating stands: it is shown again and counts."]
