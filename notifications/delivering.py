"""Sending what is due: claim under a lease, send outside any transaction, mark after.

Any number of senders may run, each on one channel: a provider that hangs or fails holds up its own
channel only, and one that does not answer lets its channel rest. A mail server cannot be asked
whether it has a mail already, so a sender killed between sending and marking sends once more when
its lease is over; the Message-ID is the same, by which the receiving side can tell. One that
merely loses the database there waits for it.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from notifications import digests, leasing, standing
from notifications.channels import CARRIERS, Carrier, Down, is_offered
from notifications.channels.mail import Mail
from notifications.leasing import BACK_OFF, LEASE, MOST_TRIES, PAUSES, Row
from notifications.models import Channel, Delivery, Rest

BATCH = 100
FRESH = 1.0
"""Seconds that what was read of a batch's readers is relied on."""
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
Status = Delivery.Status


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

    def count(self, became: Delivery.Status) -> None:
        """What became of a delivery or a digest."""
        self.sent += became == Status.SENT
        self.dropped += became == Status.DROPPED
        self.put_off += became == Status.GATHERED
        self.failed += became in (Status.DUE, Status.DEAD)

    def add(self, other: Tally) -> None:
        self.sent += other.sent
        self.failed += other.failed
        self.dropped += other.dropped
        self.put_off += other.put_off


def claim(*, at: datetime, limit: int = BATCH, channel: Channel = Channel.EMAIL) -> list[Delivery]:
    """Take the channel's due deliveries that nobody holds, oldest first, and count the try."""
    return leasing.claim(Delivery.objects.filter(channel=channel), at=at, limit=limit)


def deliver(*, at: datetime, limit: int = BATCH) -> Tally:
    """One batch of every channel, one after the other, and the digests that are due."""
    tally = Tally()
    for channel in Channel:
        tally.add(deliver_on(channel, at=at, limit=limit))
    return tally


def deliver_on(channel: Channel, *, at: datetime, limit: int = BATCH) -> Tally:
    """Send one batch of a channel.

    Its readers are read together, and again once that is older than ``FRESH``; each delivery is
    marked as soon as it is out.
    """
    tally = Tally()
    if not is_offered(channel) or Rest.objects.filter(channel=channel, until__gt=at).exists():
        return tally
    carrier = CARRIERS[channel]()
    try:
        if isinstance(carrier, Mail):
            for became in digests.send_due(carrier, at=at, limit=limit):
                tally.count(became)
        claimed = claim(at=at, limit=limit, channel=channel)
        carry = partial(_carry, readers=Readers(claimed), carrier=carrier, at=at)
        for became in leasing.through(claimed, carry):
            tally.count(became)
    except Down as error:
        tally.failed += 1
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


class Readers:
    """A claimed batch with its readers as they are now, read for the next ``BATCH`` at a time."""

    def __init__(self, claimed: Sequence[Delivery]) -> None:
        self._left = [delivery.pk for delivery in claimed]
        self._asked: set[int] = set()
        self._rows: dict[int, Delivery] = {}
        self._read_at = 0.0

    def now(self, claimed: Delivery) -> Delivery | None:
        """None where somebody else has settled it meanwhile."""
        if claimed.pk not in self._asked or time.monotonic() - self._read_at >= FRESH:
            self._read()
        self._left.remove(claimed.pk)
        return self._rows.get(claimed.pk)

    def _read(self) -> None:
        following = self._left[:BATCH]
        due = Delivery.objects.filter(pk__in=following, status=Status.DUE)
        self._asked, self._rows = set(following), standing.as_now(due).in_bulk()
        self._read_at = time.monotonic()


def _carry(
    claimed: Delivery, readers: Readers, carrier: Carrier, *, at: datetime
) -> Delivery.Status:
    delivery = readers.now(claimed)
    if delivery is None:
        return Status.DROPPED
    now = standing.verdict(delivery, at=at)
    is_late = at - delivery.notice.made_at > TOO_LATE
    if drop := now.drop or ("Too late to matter." if is_late else ""):
        leasing.mark(delivery, Status.DROPPED, error=drop)
        return Status.DROPPED
    if now.gather:
        digests.gather(delivery, at=at)
        return Status.GATHERED
    if now.wait_until:
        leasing.give_back(delivery, due_at=now.wait_until)
        return Status.GATHERED
    return leasing.attempt(delivery, lambda: carrier.carry(delivery), at=at)
