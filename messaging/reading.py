"""How far a person has read."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.actors import Actor
from messaging.models import ReadMark, Thread
from messaging.queries import newest_key


@transaction.atomic
def mark_read(thread: Thread, *, by: Actor, at: datetime, up_to: int | None = None) -> None:
    """Everything the actor may read in the thread is read; a mark never goes back.

    ``up_to`` is the key of the newest message that was on the page: what came later stays
    unread.
    """
    assert by.user is not None
    newest = newest_key(thread, by)
    key = min(newest, up_to) if up_to is not None else newest
    ReadMark.objects.bulk_create(
        [ReadMark(thread=thread, user=by.user, message_key=key, read_at=at)],
        ignore_conflicts=True,
    )
    ReadMark.objects.filter(thread=thread, user=by.user, message_key__lt=key).update(
        message_key=key, read_at=at
    )
