"""Sending what is due: claim under a lease, send outside any transaction, mark after.

Any number of senders may run, each on one channel: a provider that hangs or fails holds up its own
channel only, and one that does not answer lets its channel rest. A mail server cannot be asked
whether it has a mail already, so a sender killed between sending and marking sends once more when
its lease is over; the Message-ID is the same, by which the receiving side can tell. One that
merely loses the database there waits for it.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F

from notifications import digests, leasing, standing
from notifications.channels import CARRIERS, Carrier, Down, Refused, is_offered
from notifications.channels.mail import Mail
from notifications.leasing import BACK_OFF, LEASE, MOST_TRIES, PAUSES, Row
from notifications.models import Channel, Delivery, Rest

BATCH = 10
"""With ten seconds of patience for each mail a batch ends well within its lease."""
REST = timedelta(seconds=30)
"""How long a channel rests whose provider did not answer: so it takes a worker's time for one
call in this while at most."""
TOO_LATE = timedelta(days=3)
"""What is this long after the fact is dropped; the notice in the app stays."""

__all__ = [
    "BACK_OFF",
    "LEASE",
    "MOST_TRIES",
    "PAUSES",
    "Tally",
    "claim",
    "deliver",
    "deliver_on",
    "retry",
]
log = logging.getLogger(__name__)


@dataclass
class Tally:
    sent: int = 0
    failed: int = 0
    dropped: int = 0
    put_off: int = 0
    """Until quiet hours are over, or into a digest."""

    @property
    def handled(self) -> int:
        return self.sent + self.failed + self.dropped + self.put_off

    def count(self, status: Delivery.Status) -> None:
        """What became of a digest."""
        self.sent += status == Delivery.Status.SENT
        self.dropped += status == Delivery.Status.DROPPED
        self.put_off += status == Delivery.Status.GATHERED
        self.failed += status in (Delivery.Status.DUE, Delivery.Status.DEAD)

    def add(self, other: Tally) -> None:
        self.sent += other.sent
        self.failed += other.failed
        self.dropped += other.dropped
        self.put_off += other.put_off


def claim(*, at: datetime, limit: int = BATCH, channel: Channel = Channel.EMAIL) -> list[Delivery]:
    """Take the channel's due deliveries that nobody holds, oldest first, and count the try."""
    due = Delivery.objects.filter(channel=channel)
    return leasing.claim(due, "notice__recipient", at=at, limit=limit)


def deliver(*, at: datetime, limit: int = BATCH) -> Tally:
    """One batch of every channel, one after the other, and the digests that are due."""
    tally = Tally()
    for channel in Channel:
        tally.add(deliver_on(channel, at=at, limit=limit))
    return tally


def deliver_on(channel: Channel, *, at: datetime, limit: int = BATCH) -> Tally:
    """Send one batch of a channel; each delivery is marked as soon as it is out."""
    tally = Tally()
    if not is_offered(channel) or Rest.objects.filter(channel=channel, until__gt=at).exists():
        return tally
    carrier = CARRIERS[channel]()
    try:
        if isinstance(carrier, Mail):
            for status in digests.send_due(carrier, at=at, limit=limit):
                tally.count(status)
        _carry_all(claim(at=at, limit=limit, channel=channel), carrier, tally, at=at)
    except Down as error:
        Rest.objects.update_or_create(
            channel=channel, defaults={"until": at + REST, "why": str(error)[:300]}
        )
    finally:
        carrier.close()
    return tally


def retry(row: Row, *, at: datetime) -> Row:
    """Give a delivery or a digest that was given up a fresh start, by hand."""
    leasing.start_again(row, at=at)
    return row


def _carry_all(
    claimed: Sequence[Delivery], carrier: Carrier, tally: Tally, *, at: datetime
) -> None:
    """Raises ``Down``; what was not tried yet is given back then."""
    for number, delivery in enumerate(claimed, 1):
        try:
            _carry_one(delivery, carrier, tally, at=at)
        except Down:
            left = [one.pk for one in claimed[number:]]
            Delivery.objects.filter(pk__in=left, status=Delivery.Status.DUE).update(
                lease_until=None, tries=F("tries") - 1
            )
            raise


def _carry_one(delivery: Delivery, carrier: Carrier, tally: Tally, *, at: datetime) -> None:
    notice = delivery.notice
    notice.recipient = standing.person_now(notice.recipient_id, notice.kind, delivery.channel)
    now = standing.verdict(notice.recipient, notice, delivery.channel, at=at)
    drop = now.drop or ("Too late to matter." if at - notice.made_at > TOO_LATE else "")
    if drop:
        leasing.mark(delivery, Delivery.Status.DROPPED, error=drop)
        tally.dropped += 1
    elif now.gather:
        digests.gather(delivery, at=at)
        tally.put_off += 1
    elif now.wait_until:
        leasing.give_back(delivery, due_at=now.wait_until)
        tally.put_off += 1
    elif delivery.tries > MOST_TRIES:
        error = delivery.error or "Every try broke off."
        leasing.mark(delivery, Delivery.Status.DEAD, error=error)
        tally.failed += 1
    else:
        _send(delivery, carrier, tally, at=at)


def _send(delivery: Delivery, carrier: Carrier, tally: Tally, *, at: datetime) -> None:
    try:
        address = carrier.carry(delivery)
    except Refused as error:
        leasing.mark(delivery, Delivery.Status.DEAD, error=str(error)[:300])
        tally.failed += 1
    except Exception as error:
        log.warning("delivery %s failed: %s", delivery.pk, error)
        leasing.put_off(delivery, error, at=at)
        tally.failed += 1
        if isinstance(error, Down):
            raise
    else:
        leasing.mark_firmly(delivery, Delivery.Status.SENT, sent_at=at, sent_to=address[:254])
        tally.sent += 1
