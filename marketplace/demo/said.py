"""What the demonstration's people do with ratings: reply, take out of sight, open profiles."""

from __future__ import annotations

from datetime import datetime

from accounts import companies, people
from marketplace.demo.people import Cast
from scorecards import moderating, replying
from scorecards.models import Rating

REPLIES = (
    "Thank you. The support desk is on the line from six in the morning now.",
    "Glad it went well. The next store is yours if you want it.",
)
WORKERS_REPLY = "Thank you. The second printer runs too; I looked in on Thursday."


def build(cast: Cast, *, now: datetime) -> None:
    """Two replies of Harbor, one of Dana, one hidden comment, and both profiles open to all."""
    harbor, dana = cast.clients["harbor"].actor, cast.workers[0]
    assert harbor.company is not None
    assert dana.worker is not None
    said = _published(company=harbor.company, by=Rating.By.WORKER)
    for rating, words in zip(said, REPLIES, strict=False):
        replying.reply(assignment=rating.assignment, words=words, by=harbor, at=now)
    for rating in _published(worker=dana.worker, by=Rating.By.COMPANY)[:1]:
        replying.reply(assignment=rating.assignment, words=WORKERS_REPLY, by=dana, at=now)
    for rating in said[3:4]:
        moderating.hide(
            rating, part="comment", reason="It names a person who has no part in the work.",
            by=cast.lead, at=now,
        )  # fmt: skip
    companies.publish_profile(harbor.company, public=True, by=harbor, at=now)
    people.publish_profile(dana.worker, public=True, by=dana, at=now)


def _published(**whose: object) -> list[Rating]:
    rows = Rating.objects.published().exclude(comment="").filter(**whose)
    return list(rows.select_related("assignment").order_by("-published_at", "-pk")[:6])
