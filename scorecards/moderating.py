"""Taking a rating, its comment or the reply out of sight, and showing it again; words are never
edited.

Staff hide what breaks the guidelines. A side that contests a rating about it hides it until its
case ends: then it is shown again, or hidden for good. A hidden rating counts in no figure; one
whose comment alone is hidden counts as before.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.actors import Actor
from activity.record import record
from conduct.parties import require_apart
from core.errors import DomainError
from scorecards.models import Rating, RatingHiding, RatingReply

LONGEST_REASON = 500
Part = RatingHiding.Part


class ReasonMissing(DomainError):
    message = "Say why; both sides read it."
    field = "reason"


class ReasonTooLong(DomainError):
    message = "A reason has at most 500 characters. Shorten it."
    field = "reason"


class NothingToHide(DomainError):
    message = "There is nothing to hide: {what}."


class UnderContest(DomainError):
    message = (
        "A case about this rating is open. Decide the case; it restores or removes the rating."
    )


class ContestedBefore(DomainError):
    message = "This rating was contested before. A rating can be contested once."


@transaction.atomic
def hide(
    rating: Rating, *, reason: str, by: Actor, at: datetime, part: str = Part.RATING
) -> RatingHiding:
    """Take a published rating, or its comment or reply alone, out of sight, for a reason that
    both sides read. What is hidden already stays as it is; a rating under contest stays hidden
    for good from now on."""
    reason = _checked(reason)
    rating = _locked(rating)
    _require_apart(rating, by)
    if standing := standing_hiding(rating, part):
        if standing.is_contest:
            _remove(rating, standing, by=by, at=at)
        return standing
    _require(rating, part)
    return _hide(rating, part, reason, by=by, at=at)


@transaction.atomic
def restore(
    rating: Rating, *, reason: str, by: Actor, at: datetime, part: str = Part.RATING
) -> RatingHiding | None:
    """Show again what was hidden; what is not hidden stays as it is.

    Raises ``UnderContest`` while a case about it is open; as ``hide`` does, the refusals of
    ``require_apart``."""
    reason = _checked(reason)
    rating = _locked(rating)
    _require_apart(rating, by)
    standing = standing_hiding(rating, part)
    if standing is None:
        return None
    if standing.is_contest:
        raise UnderContest
    return _restore(rating, standing, reason, by=by, at=at)


@transaction.atomic
def contest(
    rating: Rating, *, reason: str, by: Actor, at: datetime, again: bool = False
) -> RatingHiding:
    """Hide a rating while the case about it is open; ``again`` where staff reopened the case.

    Raises ``NothingToHide``, ``ContestedBefore``.
    """
    rating = _locked(rating)
    standing = standing_hiding(rating, Part.RATING)
    if standing and standing.is_contest:
        return standing
    if standing and again and standing.contested:
        standing.settled_at = None
        standing.save(update_fields=["settled_at"])
        return standing
    if not again and rating.hidings.filter(part=Part.RATING, contested=True).exists():
        raise ContestedBefore
    if standing is None:
        _require(rating, Part.RATING)
        return _hide(rating, Part.RATING, reason[:LONGEST_REASON], by=by, at=at, contested=True)
    raise NothingToHide(what="staff have hidden this rating already")


@transaction.atomic
def settle(rating: Rating, *, removed: bool, by: Actor, at: datetime) -> RatingHiding | None:
    """End the contest of a rating: it stays hidden for good, or is shown again. A rating whose
    contest is over, or that was not contested, stays as it is."""
    rating = _locked(rating)
    standing = standing_hiding(rating, Part.RATING)
    if standing is None or not standing.is_contest:
        return standing
    if removed:
        return _remove(rating, standing, by=by, at=at)
    standing.settled_at = at
    return _restore(rating, standing, "The contest is over; the rating stands.", by=by, at=at)


def standing_hiding(rating: Rating, part: str) -> RatingHiding | None:
    """What hides this part now (one query)."""
    return rating.hidings.filter(part=part, restored_at=None).first()


def _checked(reason: str) -> str:
    reason = reason.strip()
    if not reason:
        raise ReasonMissing
    if len(reason) > LONGEST_REASON:
        raise ReasonTooLong
    return reason


def _locked(rating: Rating) -> Rating:
    locked = Rating.objects.select_for_update(of=("self",))
    return locked.select_related("assignment", "company", "worker__user").get(pk=rating.pk)


def _require_apart(rating: Rating, by: Actor) -> None:
    """Staff moderate nothing between a company or worker of their own and others."""
    if by.is_staff:
        require_apart(rating.company, rating.worker, by=by)


def _require(rating: Rating, part: str) -> None:
    if rating.published_at is None:
        raise NothingToHide(what="the rating is not published yet, nobody else reads it")
    if part == Part.COMMENT and not rating.comment:
        raise NothingToHide(what="this rating has no comment")
    if part == Part.REPLY and not RatingReply.objects.filter(rating=rating).exists():
        raise NothingToHide(what="nobody has replied to this rating")


def _hide(
    rating: Rating, part: str, reason: str, *, by: Actor, at: datetime, contested: bool = False
) -> RatingHiding:
    hiding = RatingHiding.objects.create(
        rating=rating, part=part, reason=reason, contested=contested, hidden_by=by.user,
        hidden_at=at,
    )  # fmt: skip
    _mark(rating, part, at)
    _tell("contested" if contested else "hidden", rating, part, by=by, at=at, reason=reason)
    return hiding


def _remove(rating: Rating, hiding: RatingHiding, *, by: Actor, at: datetime) -> RatingHiding:
    hiding.settled_at = at
    hiding.save(update_fields=["settled_at"])
    _tell("removed", rating, Part.RATING, by=by, at=at, reason=hiding.reason)
    return hiding


def _restore(
    rating: Rating, hiding: RatingHiding, reason: str, *, by: Actor, at: datetime
) -> RatingHiding:
    hiding.restored_by, hiding.restored_at, hiding.restored_because = by.user, at, reason
    hiding.save(update_fields=["settled_at", "restored_by", "restored_at", "restored_because"])
    _mark(rating, hiding.part, None)
    _tell("restored", rating, hiding.part, by=by, at=at, reason=reason)
    return hiding


def _mark(rating: Rating, part: str, at: datetime | None) -> None:
    """On the row that pages and figures read."""
    if part == Part.REPLY:
        RatingReply.objects.filter(rating=rating).update(hidden_at=at)
        return
    name = "hidden_at" if part == Part.RATING else "comment_hidden_at"
    setattr(rating, name, at)
    rating.save(update_fields=[name])


def _tell(what: str, rating: Rating, part: str, *, by: Actor, at: datetime, reason: str) -> None:
    record(
        f"rating.{what}", rating.assignment, by=by, at=at, company_key=rating.company_id,
        side=rating.by, part=part, reason=reason,
    )  # fmt: skip
