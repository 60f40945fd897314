"""Each side's opinion of the other: given blind, published together, then final."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from accounts.actors import SYSTEM, Actor
from activity.record import record
from assignments.models import Assignment
from assignments.states import Status
from core.errors import DomainError
from scorecards.models import Overall, Rating

RATEABLE = frozenset({Status.INVOICED, Status.PAID, Status.CANCELLED})
LONGEST = 2_000


class NotYetRateable(DomainError):
    message = "You can rate each other once the work is approved or the assignment is cancelled."


class RatingIsFinal(DomainError):
    message = (
        "This rating has been published and is final. If it is unfair, escalate it from the "
        "assignment's menu."
    )


class TooLateToRate(DomainError):
    message = (
        "The other side's rating was published {days} days after they gave it, so a rating by "
        "you would no longer be blind. Nothing more can be rated here."
    )


class RatingClosed(DomainError):
    message = (
        "Ratings could be given until {day}, {days} days after the work was approved or "
        "cancelled. Nothing more can be rated here."
    )


class MarkOutOfRange(DomainError):
    message = "Choose a mark from 1 to 5 for each question."


class CommentTooLong(DomainError):
    message = "A comment has at most 2,000 characters. Shorten it."
    field = "comment"


@transaction.atomic
def rate(
    *,
    assignment: Assignment,
    overall: str,
    marks: Sequence[int],
    comment: str,
    by: Actor,
    at: datetime,
) -> Rating:
    """Give the actor's side's rating, or change it while it is not published.

    Hidden from the other side until they have rated too, or 14 days have passed; the second
    rating publishes both at once. The same rating again changes nothing. Raises
    ``NotYetRateable``, ``RatingIsFinal``, ``TooLateToRate``, ``RatingClosed``; at the second of
    a deadline it is too late, whether a sweep has come by or not.
    """
    assert by.user is not None
    if len(marks) != 3 or not all(1 <= mark <= 5 for mark in marks):
        raise MarkOutOfRange
    if overall not in Overall.values:
        raise MarkOutOfRange("Choose how satisfied you are.")
    if len(comment) > LONGEST:
        raise CommentTooLong
    assignment = Assignment.objects.locked(assignment.pk)
    ratings = Rating.objects.filter(assignment=assignment)
    given = list(ratings.select_for_update(of=("self",)).order_by("pk"))
    side = side_of(by)
    words = (overall, *marks, comment.strip())
    mine = next((rating for rating in given if rating.by == side), None)
    if mine and _words_of(mine) == words:
        return mine
    if refused := refusal(assignment, given, side, at=at):
        raise refused
    if mine:
        return _change(mine, words, by=by)
    assert assignment.worker is not None
    mine = Rating(
        assignment=assignment, by=side, company_id=assignment.company_id,
        worker=assignment.worker, rated_by=by.user, rated_at=at,
    )  # fmt: skip
    _fill(mine, words)
    mine.save(force_insert=True)
    record("rating.given", assignment, by=by, at=at, company_key=assignment.company_id,
           side=str(side), **({"both": True} if given else {}))  # fmt: skip
    if given:
        _publish([mine, *given], by=SYSTEM, at=at)
    return mine


def side_of(actor: Actor) -> Rating.By:
    """For which side the actor rates."""
    return Rating.By.WORKER if actor.is_worker else Rating.By.COMPANY


def refusal(
    assignment: Assignment, given: Sequence[Rating], side: str, *, at: datetime
) -> DomainError | None:
    """Why this side may not give or change its rating now, or None where it may."""
    ended_at = ended(assignment)
    if ended_at is None:
        return NotYetRateable()
    by_side = {rating.by: rating for rating in given}
    if side in by_side:
        mine = by_side[side]
        return RatingIsFinal() if mine.published_at or at >= shown_on(mine) else None
    if theirs := next(iter(given), None):
        late = theirs.published_at or at >= shown_on(theirs)
        return TooLateToRate(days=settings.RATING_BLIND_DAYS) if late else None
    if at >= (last := ended_at + timedelta(days=settings.RATING_OPEN_DAYS)):
        day = last.astimezone(assignment.zone)
        return RatingClosed(day=f"{day:%B} {day.day}, {day.year}", days=settings.RATING_OPEN_DAYS)
    return None


def ended(assignment: Assignment) -> datetime | None:
    """When the work was approved or cancelled, from which on it can be rated; None before, and
    where no worker took part."""
    if assignment.status not in RATEABLE or assignment.worker_id is None:
        return None
    return assignment.approved_at or assignment.cancelled_at


def closes(assignment: Assignment, given: Sequence[Rating]) -> datetime | None:
    """The moment from which nothing can be rated any more."""
    if given:
        return min(shown_on(one) for one in given)
    ended_at = ended(assignment)
    return ended_at + timedelta(days=settings.RATING_OPEN_DAYS) if ended_at else None


def shown_on(rating: Rating) -> datetime:
    """When a rating is published at the latest."""
    return rating.rated_at + timedelta(days=settings.RATING_BLIND_DAYS)


@transaction.atomic
def publish_due(*, at: datetime, limit: int = 200) -> int:
    """Publish ratings whose 14 days are over; returns how many.

    Rows another sweep holds are left to it, so that any number may run at once.
    """
    due = list(
        Rating.objects.filter(
            published_at=None, rated_at__lte=at - timedelta(days=settings.RATING_BLIND_DAYS)
        )
        .select_for_update(skip_locked=True, of=("self",))
        .select_related("assignment")
        .order_by("pk")[:limit]
    )
    _publish(due, by=SYSTEM, at=at, alone=True)
    return len(due)


def _words_of(rating: Rating) -> tuple[object, ...]:
    return (rating.overall, rating.mark_1, rating.mark_2, rating.mark_3, rating.comment)


def _change(mine: Rating, words: tuple[object, ...], *, by: Actor) -> Rating:
    assert by.user is not None
    _fill(mine, words)
    mine.rated_by = by.user
    mine.save(update_fields=["overall", "mark_1", "mark_2", "mark_3", "comment", "rated_by"])
    return mine


def _fill(rating: Rating, words: tuple[object, ...]) -> None:
    names = ("overall", "mark_1", "mark_2", "mark_3", "comment")
    for name, word in zip(names, words, strict=True):
        setattr(rating, name, word)


def _publish(ratings: Sequence[Rating], *, by: Actor, at: datetime, alone: bool = False) -> None:
    Rating.objects.filter(pk__in=[rating.pk for rating in ratings]).update(published_at=at)
    for rating in ratings:
        rating.published_at = at
        record("rating.published", rating.assignment, by=by, at=at,
               company_key=rating.company_id, side=rating.by, rating=rating.pk,
               **({"alone": True} if alone else {}))  # fmt: skip
