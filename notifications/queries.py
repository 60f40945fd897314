"""Reads of the notification centre and the demo mailbox."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import or_

from django.db import connection
from django.db.models import Count, F, Func, Q, QuerySet, TextField, Value
from django.utils.functional import SimpleLazyObject

from accounts.models import User
from activity.models import Event
from notifications.models import Delivery, DemoMail, Notice
from vetting.models import Broadcast

MOST_COUNTED = 100
"""The bell says "99+" beyond; counting further would cost more than it tells."""


UNREAD = f"""
SELECT count(*) FROM (
  SELECT FROM "{Notice._meta.db_table}" WHERE recipient_id = %s AND read_at IS NULL LIMIT %s
) AS unread"""  # noqa: S608
"""Written out, since every page asks it and the ORM takes longer over it than the database."""


def unread_count(user: User | SimpleLazyObject) -> int:
    """How many notices wait for the user, counted up to ``MOST_COUNTED`` (one query)."""
    with connection.cursor() as cursor:
        cursor.execute(UNREAD, [user.pk, MOST_COUNTED])
        (count,) = cursor.fetchone()
    return int(count)


def notices_of(user: User, *, unread_only: bool = False) -> QuerySet[Notice]:
    """The user's notices, newest first."""
    notices = Notice.objects.filter(recipient=user).order_by("-made_at", "-pk")
    return notices.filter(read_at=None) if unread_only else notices


def mails(recipient: str = "") -> QuerySet[DemoMail]:
    """The demo's mails, newest first; of one recipient where given."""
    kept = DemoMail.objects.order_by("-pk")
    return kept.filter(recipient__icontains=recipient) if recipient else kept


def reached_by_broadcasts(broadcasts: Sequence[Broadcast]) -> dict[int, dict[str, int]]:
    """Of each broadcast how many were told and have read it, and what became of the mails
    (two queries)."""
    events = Event.objects.filter(
        kind="group.broadcast", subject_kind="vetting.group",
        subject_key__in={row.group_id for row in broadcasts},
    )  # fmt: skip
    wanted = {row.pk for row in broadcasts}
    found = {
        event: data["broadcast"]
        for event, data in events.values_list("pk", "data")
        if data["broadcast"] in wanted
    }
    if not found:
        return {}
    named = reduce(or_, (Q(key__startswith=f"event:{event}:") for event in found))
    event_key = Func(
        F("key"), Value(":"), Value(2), function="split_part", output_field=TextField()
    )
    rows = Notice.objects.filter(named).annotate(event=event_key).order_by().values("event")
    status = Delivery.Status
    counted = rows.annotate(
        told=Count("pk"),
        read=Count("pk", filter=Q(read_at__isnull=False)),
        mailed=Count("pk", filter=Q(deliveries__status=status.SENT)),
        waiting=Count("pk", filter=Q(deliveries__status=status.DUE)),
        failed=Count("pk", filter=Q(deliveries__status__in=(status.DEAD, status.DROPPED))),
    )
    names = ("told", "read", "mailed", "waiting", "failed")
    return {
        found[int(event)]: dict(zip(names, counts, strict=True))
        for event, *counts in counted.values_list("event", *names)
    }
