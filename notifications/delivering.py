"""Sending what is due: claim under a lease, send outside any transaction, mark after.

Any number of senders may run. A mail server cannot be asked whether it has a mail already,
so a sender killed between sending and marking sends once more when its lease is over; the
Message-ID is the same, by which the receiving side can tell. One that merely loses the database
there waits for it.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import InterfaceError, OperationalError, transaction
from django.db import connection as db
from django.db.models import F, Q

from notifications.letters import letter_for
from notifications.models import Delivery

LEASE = timedelta(minutes=5)
BATCH = 10
"""With ten seconds of patience for each mail a batch ends well within its lease."""
BACK_OFF = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=8),
)
MOST_TRIES = len(BACK_OFF) + 1
PAUSES = (0.1, 0.5, 1, 2, 4, 8)
"""Seconds between tries to mark a mail that is out, on new connections."""
TOO_LATE = timedelta(days=3)
"""A mail this long after the fact is dropped; the notice in the app stays."""

log = logging.getLogger(__name__)


@dataclass
class Tally:
    sent: int = 0
    failed: int = 0
    dropped: int = 0

    @property
    def handled(self) -> int:
        return self.sent + self.failed + self.dropped


@transaction.atomic
def claim(*, at: datetime, limit: int = BATCH) -> list[Delivery]:
    """Take due deliveries that nobody holds, oldest first, and count the try."""
    free = Q(lease_until=None) | Q(lease_until__lte=at)
    due = Delivery.objects.filter(free, status=Delivery.Status.DUE, due_at__lte=at)
    keys = list(
        due.select_for_update(skip_locked=True)
        .order_by("due_at", "pk")
        .values_list("pk", flat=True)[:limit]
    )
    Delivery.objects.filter(pk__in=keys).update(lease_until=at + LEASE, tries=F("tries") + 1)
    claimed = Delivery.objects.filter(pk__in=keys).select_related("notice__recipient")
    return list(claimed.order_by("due_at", "pk"))


def deliver(*, at: datetime, limit: int = BATCH) -> Tally:
    """Send one batch; each mail is marked as soon as it is out."""
    tally = Tally()
    connection = get_connection()
    try:
        for delivery in claim(at=at, limit=limit):
            _deliver_one(delivery, connection, tally, at=at)
    finally:
        connection.close()
    return tally


def retry(delivery: Delivery, *, at: datetime) -> Delivery:
    """Give a delivery that was given up a fresh start, by hand."""
    if delivery.status == Delivery.Status.DEAD:
        delivery.status, delivery.tries = Delivery.Status.DUE, 0
        delivery.due_at, delivery.lease_until, delivery.error = at, None, ""
        delivery.save(update_fields=["status", "tries", "due_at", "lease_until", "error"])
    return delivery


def _deliver_one(
    delivery: Delivery, connection: BaseEmailBackend, tally: Tally, *, at: datetime
) -> None:
    delivery.notice.recipient.refresh_from_db(fields=["email", "is_active"])
    if why := _no_longer_wanted(delivery, at=at):
        _mark(delivery, Delivery.Status.DROPPED, error=why)
        tally.dropped += 1
        return
    if delivery.tries > MOST_TRIES:
        _mark(delivery, Delivery.Status.DEAD, error=delivery.error or "Every try broke off.")
        tally.failed += 1
        return
    try:
        connection.send_messages([letter_for(delivery)])
    except Exception as error:
        log.warning("delivery %s failed: %s", delivery.pk, error)
        connection.close()
        _put_off(delivery, error, at=at)
        tally.failed += 1
        return
    _mark_firmly(delivery, Delivery.Status.SENT, sent_at=at)
    tally.sent += 1


def _no_longer_wanted(delivery: Delivery, *, at: datetime) -> str:
    if not delivery.notice.recipient.is_active:
        return "The recipient's account is closed."
    if at - delivery.notice.made_at > TOO_LATE:
        return "Too late to matter."
    return ""


def _mark(delivery: Delivery, status: Delivery.Status, **fields: object) -> None:
    Delivery.objects.filter(pk=delivery.pk, status=Delivery.Status.DUE).update(
        status=status, lease_until=None, **fields
    )


def _mark_firmly(delivery: Delivery, status: Delivery.Status, **fields: object) -> None:
    """Mark what is out also where the database is just being restarted."""
    for pause in PAUSES:
        try:
            _mark(delivery, status, **fields)
        except (OperationalError, InterfaceError):
            if db.in_atomic_block:
                raise
            db.close()
            time.sleep(pause)
        else:
            return
    _mark(delivery, status, **fields)


def _put_off(delivery: Delivery, error: Exception, *, at: datetime) -> None:
    said = f"{type(error).__name__}: {error}"[:300]
    if delivery.tries >= MOST_TRIES:
        _mark(delivery, Delivery.Status.DEAD, error=said)
        return
    Delivery.objects.filter(pk=delivery.pk, status=Delivery.Status.DUE).update(
        due_at=at + BACK_OFF[delivery.tries - 1], lease_until=None, error=said
    )
