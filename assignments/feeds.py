"""Private addresses of calendars: make one, make another, take it back."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import transaction

from accounts.actors import Actor
from accounts.models import User
from activity.record import record
from assignments.models import CalendarFeed


@transaction.atomic
def renew_feed(*, by: Actor, at: datetime) -> CalendarFeed:
    """Give the actor a private address; one they had before stops working."""
    assert by.user is not None
    close_feed(by=by, at=at)
    feed = CalendarFeed.objects.create(
        **_capacity(by), user=by.user, key=secrets.token_urlsafe(32), made_at=at
    )
    record("calendar.opened", feed, by=by, at=at)
    return feed


@transaction.atomic
def close_feed(*, by: Actor, at: datetime) -> None:
    """Take the private address back, if there is one; programs that read it get nothing."""
    assert by.user is not None
    User.objects.select_for_update(no_key=True).get(pk=by.user.pk)
    for feed in CalendarFeed.objects.filter(user=by.user, **_capacity(by)):
        record("calendar.closed", feed, by=by, at=at)
        feed.delete()


def feed_of(actor: Actor) -> CalendarFeed | None:
    """The private address this actor has in the capacity they act in."""
    return CalendarFeed.objects.filter(user=actor.user, **_capacity(actor)).first()


def _capacity(actor: Actor) -> dict[str, object]:
    return {"company": actor.company, "worker": actor.worker if actor.is_worker else None}
