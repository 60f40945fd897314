"""Marking notices as read."""

from __future__ import annotations

from datetime import datetime

from accounts.models import User
from notifications.models import Notice


def mark_read(notice: Notice, *, at: datetime) -> Notice:
    """Note the first time it was opened; a second one changes nothing."""
    if notice.read_at is None:
        notice.read_at = at
        notice.save(update_fields=["read_at"])
    return notice


def mark_all_read(user: User, *, at: datetime) -> int:
    """Returns how many were unread."""
    return Notice.objects.filter(recipient=user, read_at=None).update(read_at=at)


def mark_older_read(*, than: datetime, at: datetime) -> int:
    """Everybody's notices from before a moment count as read; returns how many."""
    return Notice.objects.filter(made_at__lt=than, read_at=None).update(read_at=at)
