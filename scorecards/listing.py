"""Reads of ratings: what waits to be rated, what was said, and who reads how much of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet, Window
from django.db.models.functions import Coalesce

from accounts.actors import Actor
from accounts.models import Company, WorkerProfile
from assignments.models import Assignment
from scorecards.models import Overall, Rating, RatingHiding, RatingReply
from scorecards.rating import RATEABLE, side_of

MOST_COUNTED = 99
COUNT_KEPT_SECONDS = 60
PARTIES = ("assignment__industry", "company", "worker__user", "reply")


def to_rate(side: str, *, at: datetime) -> QuerySet[Assignment, Assignment]:
    """Ended work that this side has not rated and still may, with ``ended_at`` and
    ``they_rated``; as ``rating.refusal`` says for one."""
    given = Rating.objects.filter(assignment=OuterRef("pk"))
    blind_since = at - timedelta(days=settings.RATING_BLIND_DAYS)
    fresh = given.filter(published_at=None, rated_at__gt=blind_since)
    return (
        Assignment.objects.filter(status__in=RATEABLE, worker__isnull=False)
        .annotate(
            ended_at=Coalesce(F("approved_at"), F("cancelled_at")),
            they_rated=Exists(fresh.exclude(by=side)),
        )
        .filter(
            ~Exists(given.filter(by=side)),
            ~Exists(given.filter(Q(published_at__isnull=False) | Q(rated_at__lte=blind_since))),
            Q(they_rated=True) | Q(ended_at__gt=at - timedelta(days=settings.RATING_OPEN_DAYS)),
        )
    )


def waiting_for(actor: Actor, *, at: datetime) -> QuerySet[Assignment, Assignment]:
    """What the actor's side may rate now, with both sides at hand; in no order yet."""
    rows = to_rate(side_of(actor), at=at).filter(**_owner(actor))
    return rows.select_related("company", "worker__user").prefetch_related(
        Prefetch("ratings", to_attr="ratings_at_hand")
    )


def count_to_rate(actor: Actor, *, at: datetime) -> int:
    """How much waits, as the navigation shows it: kept for a minute, or until this side rates."""
    if not (actor.is_client or actor.is_worker):
        return 0
    waiting = to_rate(side_of(actor), at=at).filter(**_owner(actor))[:MOST_COUNTED]
    return int(cache.get_or_set(_count_key(actor), waiting.count, COUNT_KEPT_SECONDS) or 0)


def forget_count(actor: Actor) -> None:
    """After a rating, so that the navigation counts anew."""
    cache.delete(_count_key(actor))


def given_by(actor: Actor) -> QuerySet[Rating]:
    """The ratings that the actor's side gave, hidden or not."""
    return _with_words(Rating.objects.filter(by=side_of(actor), **_owner(actor)))


def received_by(actor: Actor) -> QuerySet[Rating]:
    """The published ratings about the actor's side, those that were hidden included."""
    rows = Rating.objects.filter(published_at__isnull=False, **_owner(actor))
    return _with_words(rows.exclude(by=side_of(actor)))


def about(owner: Company | WorkerProfile) -> QuerySet[Rating]:
    """What anybody reads about a company or a worker."""
    if isinstance(owner, Company):
        rows = Rating.objects.published().filter(company=owner, by=Rating.By.WORKER)
    else:
        rows = Rating.objects.published().filter(worker=owner, by=Rating.By.COMPANY)
    return _with_words(rows)


def narrowed(
    ratings: QuerySet[Rating], *, overall: str = "", with_words: bool = False
) -> QuerySet[Rating]:
    """Only those of one opinion, only those that say something."""
    if overall in Overall.values:
        ratings = ratings.filter(overall=overall)
    if with_words:
        ratings = ratings.exclude(comment="").filter(comment_hidden_at=None)
    return ratings


def tally(owner: Company | WorkerProfile) -> dict[str, int]:
    """How many of each opinion anybody reads about a company or a worker (one query)."""
    each = about(owner).order_by().values_list("overall").annotate(number=Count("pk"))
    return {**dict.fromkeys(Overall.values, 0), **dict(each)}


def latest(owner: Company | WorkerProfile, *, most: int) -> tuple[list[Rating], dict[str, int]]:
    """The newest ratings that anybody reads, and the tally of all of them (one query)."""
    every = {
        f"number_{value}": Window(Count("pk", filter=Q(overall=value))) for value in Overall.values
    }
    rows = list(about(owner).annotate(**every).order_by("-published_at", "-pk")[:most])
    return rows, {
        value: getattr(rows[0], f"number_{value}") if rows else 0 for value in Overall.values
    }


def tally_words(tally: dict[str, int]) -> list[dict[str, Any]]:
    """Each opinion with its word, number and value, best first."""
    return [
        {"overall": overall.value, "label": overall.label, "number": tally[overall]}
        for overall in Overall
    ]


@dataclass(frozen=True, slots=True)
class Opinion:
    """One rating as one reader sees it.

    ``who`` gave it; ``hidden``, ``comment_hidden`` and ``reply_hidden`` say why a part is out
    of sight, also to those who still read it. Without ``is_readable`` nothing of it is shown.
    """

    rating: Rating
    who: str
    about: str
    title: str
    url: str
    mine: bool
    theirs: bool
    is_readable: bool
    is_contest: bool
    hidden: str
    comment: str
    comment_hidden: str
    reply: str
    reply_hidden: str
    replied_at: datetime | None
    may_reply: bool
    may_contest: bool


def ratings_of(assignment: Assignment) -> list[Rating]:
    """Both ratings of an assignment, as far as they are given (one query for a page)."""
    at_hand: list[Rating] | None = getattr(assignment, "ratings_at_hand", None)
    if at_hand is None:
        rows = _with_contests(Rating.objects.filter(assignment=assignment))
        at_hand = list(rows.select_related("reply").order_by("pk"))
        for rating in at_hand:
            rating.assignment, rating.company = assignment, assignment.company
            assert assignment.worker is not None
            rating.worker = assignment.worker
        assignment.ratings_at_hand = at_hand  # type: ignore[attr-defined]
    return at_hand


def opinions(ratings: Iterable[Rating], actor: Actor) -> list[Opinion]:
    """Each rating as this actor reads it; one query where parts of them are hidden."""
    found = list(ratings)
    hidden = [rating for rating in found if _is_hidden(rating)]
    for rating in hidden:
        rating.standing = []  # type: ignore[attr-defined]
    at_hand = {rating.pk: rating for rating in hidden}
    if hidden:
        standing = RatingHiding.objects.filter(restored_at=None, rating__in=hidden)
        for hiding in standing.order_by("pk"):
            at_hand[hiding.rating_id].standing.append(hiding)  # type: ignore[attr-defined]
    return [opinion(rating, actor) for rating in found]


def opinion(rating: Rating, actor: Actor, *, may_act: bool = True) -> Opinion:
    """``may_act`` False leaves out the ways to reply and to contest."""
    mine, theirs = _is_author(rating, actor), _is_subject(rating, actor)
    knows, all_of_it = mine or theirs or actor.is_staff, mine or actor.is_staff
    hidings = {hiding.part: hiding for hiding in standing_of(rating)}
    whole, comment = hidings.get("rating"), hidings.get("comment")
    reply, replies = _reply_of(rating), hidings.get("reply")
    contested = bool(whole and whole.is_contest)
    may_act = (
        may_act and theirs and rating.is_shown and actor.can("scorecards.reply", rating.assignment)
    )
    return Opinion(
        rating=rating,
        who=_rater(rating, knows),
        about=_rated(rating, knows or actor.is_client),
        title=_title(rating.assignment, knows),
        url=f"{rating.assignment.get_absolute_url()}#ratings" if knows else "",
        mine=mine,
        theirs=theirs,
        is_readable=all_of_it or rating.is_shown or (theirs and contested),
        is_contest=contested,
        hidden=whole.reason if whole else "",
        comment=rating.comment if all_of_it else rating.comment_shown,
        comment_hidden=comment.reason if comment else "",
        reply=reply.words if reply and (not reply.hidden_at or theirs or actor.is_staff) else "",
        reply_hidden=replies.reason if replies else "",
        replied_at=reply.replied_at if reply else None,
        may_reply=may_act and reply is None,
        may_contest=may_act and not rating.was_contested,  # type: ignore[attr-defined]
    )


def standing_of(rating: Rating) -> list[RatingHiding]:
    """What hides parts of a rating now; asked only where something is hidden."""
    at_hand: list[RatingHiding] | None = getattr(rating, "standing", None)
    if at_hand is not None:
        return at_hand
    if not _is_hidden(rating):
        return []
    return list(rating.hidings.filter(restored_at=None).order_by("pk"))


def _with_words(ratings: QuerySet[Rating]) -> QuerySet[Rating]:
    return _with_contests(ratings).select_related(*PARTIES)


def _with_contests(ratings: QuerySet[Rating]) -> QuerySet[Rating]:
    contests = RatingHiding.objects.filter(rating=OuterRef("pk"), contested=True)
    return ratings.annotate(was_contested=Exists(contests))


def _owner(actor: Actor) -> dict[str, Any]:
    return {"worker": actor.worker} if actor.is_worker else {"company": actor.company}


def _count_key(actor: Actor) -> str:
    ((kind, owner),) = _owner(actor).items()
    return f"to-rate:{kind}:{owner.pk}"


def _reply_of(rating: Rating) -> RatingReply | None:
    return getattr(rating, "reply", None)


def _is_hidden(rating: Rating) -> bool:
    reply = _reply_of(rating)
    return bool(rating.hidden_at or rating.comment_hidden_at or (reply and reply.hidden_at))


def _is_author(rating: Rating, actor: Actor) -> bool:
    if rating.by == Rating.By.COMPANY:
        return actor.is_client and actor.company == rating.company
    return actor.is_worker and actor.worker == rating.worker


def _is_subject(rating: Rating, actor: Actor) -> bool:
    if rating.by == Rating.By.WORKER:
        return actor.is_client and actor.company == rating.company
    return actor.is_worker and actor.worker == rating.worker


def _rated(rating: Rating, knows: bool) -> str:
    if rating.by == Rating.By.WORKER:
        return str(rating.company)
    return str(rating.worker) if knows else rating.worker.public_name


def _rater(rating: Rating, knows: bool) -> str:
    if knows:
        return str(rating.company if rating.by == Rating.By.COMPANY else rating.worker)
    return "A client" if rating.by == Rating.By.COMPANY else "A worker"


def _title(assignment: Assignment, knows: bool) -> str:
    """A stranger reads the kind of work and its place, not the number and the title."""
    if knows:
        return f"{assignment.reference} {assignment.title}"
    return f"{assignment.industry} · {assignment.place}"
