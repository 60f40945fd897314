"""The daily digest: chosen notices gathered into one e-mail, each in one digest and no other.

A notice joins the next digest that nobody has begun to send; one that was begun keeps what it has,
so that every try carries the same mail under the same Message-ID.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction

from accounts.models import User
from notifications import leasing, standing
from notifications.channels.mail import Mail
from notifications.letters import digest_letter
from notifications.models import Delivery, Digest
from notifications.quiet import digest_at, next_digest_day

DEFAULT_HOUR = 8
Status = Delivery.Status


def hour_of(person: User) -> int:
    reach = getattr(person, "reach", None)
    return reach.digest_hour if reach else DEFAULT_HOUR


@transaction.atomic
def gather(delivery: Delivery, *, at: datetime) -> Digest:
    """Put a claimed delivery into the recipient's next digest."""
    person = delivery.notice.recipient
    hour = hour_of(person)
    day = next_digest_day(hour, person.time_zone, at)
    while True:
        due_at = digest_at(day, hour, person.time_zone)
        Digest.objects.bulk_create(
            [Digest(recipient=person, day=day, due_at=due_at)], ignore_conflicts=True
        )
        digest = Digest.objects.select_for_update().get(recipient=person, day=day)
        if digest.status == Status.DUE and not digest.tries:
            break
        day += timedelta(days=1)
    Delivery.objects.filter(pk=delivery.pk, status=Status.DUE).update(
        status=Status.GATHERED, digest=digest, lease_until=None
    )
    return digest


@transaction.atomic
def move(person: User, *, at: datetime) -> None:
    """The hour or the zone has changed: digests not begun come at the new hour of their day."""
    hour = hour_of(person)
    waiting = Digest.objects.select_for_update().filter(
        recipient=person, status=Status.DUE, tries=0
    )
    for digest in waiting:
        digest.due_at = max(digest_at(digest.day, hour, person.time_zone), at)
        digest.save(update_fields=["due_at"])


def send_due(carrier: Mail, *, at: datetime, limit: int) -> Iterator[Delivery.Status]:
    """Send the digests that are due; what became of each, ``DUE`` where it failed for now.

    Raises ``Down``; digests claimed and not tried are given back.
    """
    claimed = leasing.claim(Digest.objects.all(), "recipient", at=at, limit=limit)
    return leasing.through(claimed, partial(_carry, carrier=carrier, at=at))


def _carry(digest: Digest, carrier: Mail, *, at: datetime) -> Delivery.Status:
    due = digest_at(digest.day, hour_of_now(digest), digest.recipient.time_zone)
    if due > at and digest.tries == 1:
        leasing.give_back(digest, due_at=due)
        return Status.GATHERED
    wanted = _still_wanted(digest)
    if not wanted:
        leasing.mark(digest, Status.DROPPED, error="Nothing in it is wanted any more.")
        return Status.DROPPED

    def send() -> str:
        return carrier.post(digest_letter(digest, [one.notice for one in wanted]))

    became = leasing.attempt(digest, send, at=at)
    if became == Status.SENT:  # the digest first: what is in it follows, also when this breaks off
        digest.deliveries.filter(status=Status.GATHERED).update(
            status=Status.SENT, sent_at=at, sent_to=digest.recipient.email[:254]
        )
    return became


def hour_of_now(digest: Digest) -> int:
    """The recipient and their hour as they are now."""
    digest.recipient = User.objects.select_related("reach").get(pk=digest.recipient_id)
    return hour_of(digest.recipient)


def _still_wanted(digest: Digest) -> list[Delivery]:
    """What is in it and not switched off since; the rest is dropped with its reason."""
    inside = standing.as_now(digest.deliveries.filter(status=Status.GATHERED))
    wanted = []
    for delivery in inside.order_by("notice__made_at", "pk"):
        if why := standing.unwanted(delivery):
            Delivery.objects.filter(pk=delivery.pk).update(status=Status.DROPPED, error=why)
        else:
            wanted.append(delivery)
    return wanted
