"""Reads of the notification centre and the demo mailbox."""

from __future__ import annotations

from django.db import connection
from django.db.models import QuerySet
from django.utils.functional import SimpleLazyObject

from accounts.models import User
from notifications.models import DemoMail, Notice

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
