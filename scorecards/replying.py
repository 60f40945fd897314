"""The one reply of the side that was rated, read below the rating wherever it is shown."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.actors import Actor
from activity.record import record
from assignments.models import Assignment
from core.errors import DomainError
from scorecards.models import Rating, RatingReply
from scorecards.rating import side_of

LONGEST = 1_000


class NothingToReplyTo(DomainError):
    message = "There is no rating about you to reply to here: {why}."


class RepliedBefore(DomainError):
    message = "You have replied to this rating already. A reply is given once and is final."


class ReplyMissing(DomainError):
    message = "Write your reply."
    field = "words"


class ReplyTooLong(DomainError):
    message = "A reply has at most 1,000 characters. Shorten it."
    field = "words"


@transaction.atomic
def reply(*, assignment: Assignment, words: str, by: Actor, at: datetime) -> RatingReply:
    """Answer the other side's rating of the actor's side, once; the same words again change
    nothing. Raises ``NothingToReplyTo``, ``RepliedBefore``."""
    assert by.user is not None
    words = words.strip()
    if not words:
        raise ReplyMissing
    if len(words) > LONGEST:
        raise ReplyTooLong
    assignment = Assignment.objects.locked(assignment.pk)
    rating = rating_about(assignment, by)
    standing = RatingReply.objects.filter(rating=rating).first() if rating else None
    if standing and standing.words == words:
        return standing
    if refused := refusal(rating, standing):
        raise refused
    assert rating is not None
    made = RatingReply.objects.create(rating=rating, words=words, replied_by=by.user, replied_at=at)
    record("rating.replied", assignment, by=by, at=at, company_key=assignment.company_id,
           side=str(side_of(by)), rating=rating.pk)  # fmt: skip
    return made


def rating_about(assignment: Assignment, actor: Actor) -> Rating | None:
    """The other side's rating, published or not (one query)."""
    ratings = Rating.objects.filter(assignment=assignment).exclude(by=side_of(actor))
    return ratings.first()


def refusal(rating: Rating | None, standing: RatingReply | None) -> DomainError | None:
    """Why the rated side may not reply now, or None where it may."""
    if rating is None or rating.published_at is None:
        return NothingToReplyTo(why="it is not published yet")
    if rating.hidden_at:
        return NothingToReplyTo(why="the rating is hidden")
    return RepliedBefore() if standing else None
