"""Reads of the notification centre and the demo mailbox."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import reduce
from operator import or_

from django.db import connection
from django.db.models import Count, Exists, F, Func, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.functions import Lower
from django.utils.functional import SimpleLazyObject

from accounts.models import User
from activity.models import Event
from messaging.models import Broadcast as ToApplicants
from messaging.models import Message
from notifications.models import (
    DeadAddress,
    Delivery,
    DemoMail,
    DemoMessage,
    MailReport,
    Notice,
    Preference,
    PushSubscription,
    Reach,
)
from vetting.models import Broadcast

ANSWER_WITHIN = timedelta(days=7)
RETURNS_WITHIN = timedelta(days=5)
"""Mail servers try for about so long before they give a mail back."""
MAILED = ("mailed", "returned", "waiting", "failed")
MOST_COUNTED = 100
"""The bell says "99+" beyond; counting further would cost more than it tells."""


UNREAD = f"""
SELECT (SELECT count(*) FROM (
         SELECT FROM "{Notice._meta.db_table}" WHERE recipient_id = %s AND read_at IS NULL LIMIT %s
       ) AS unread),
       EXISTS (SELECT FROM "{DeadAddress._meta.db_table}" WHERE address = lower(%s))"""  # noqa: S608
"""Written out, since every page asks it and the ORM takes longer over it than the database."""


def bell(user: User | SimpleLazyObject) -> tuple[int, bool]:
    """How many notices wait for the user, counted up to ``MOST_COUNTED``, and whether mail to
    their address comes back (one query)."""
    with connection.cursor() as cursor:
        cursor.execute(UNREAD, [user.pk, MOST_COUNTED, user.email])
        count, is_dead = cursor.fetchone()
    return int(count), bool(is_dead)


def unread_count(user: User | SimpleLazyObject) -> int:
    return bell(user)[0]


def notices_of(user: User, *, unread_only: bool = False) -> QuerySet[Notice]:
    """The user's notices, newest first."""
    notices = Notice.objects.filter(recipient=user, in_app=True).order_by("-made_at", "-pk")
    return notices.filter(read_at=None) if unread_only else notices


def reach_of(person: User | SimpleLazyObject) -> Reach | None:
    return Reach.objects.filter(person=person.pk).first()


def browsers_of(person: User | SimpleLazyObject) -> list[PushSubscription]:
    """The browsers that show notifications, newest first."""
    return list(PushSubscription.objects.filter(person=person.pk).order_by("-added_at", "-pk"))


def choices_of(person: User | SimpleLazyObject) -> dict[tuple[str, str], str]:
    """What the person chose, by kind of event and way (one query)."""
    rows = Preference.objects.filter(person=person.pk).values_list("kind", "way", "choice")
    return {(kind, way): choice for kind, way, choice in rows}


def dead_address(address: str) -> DeadAddress | None:
    return DeadAddress.objects.filter(address=address.lower()).first()


def demo_messages(address: str = "") -> QuerySet[DemoMessage]:
    """The demo's text messages and web pushes, newest first."""
    kept = DemoMessage.objects.order_by("-pk")
    return kept.filter(address__icontains=address) if address else kept


def mails(recipient: str = "") -> QuerySet[DemoMail]:
    """The demo's mails, newest first; of one recipient where given."""
    kept = DemoMail.objects.order_by("-pk")
    return kept.filter(recipient__icontains=recipient) if recipient else kept


def reached_by_broadcasts(broadcasts: Sequence[Broadcast]) -> dict[int, dict[str, int]]:
    """Of each broadcast how many were told, have read it and have written to the company within
    ``ANSWER_WITHIN``, and what became of the mails (two queries)."""
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
    counted = rows.annotate(
        told=Count("pk", distinct=True),
        read=Count("pk", filter=Q(read_at__isnull=False, in_app=True), distinct=True),
        answered=Count("pk", filter=Q(Exists(_written_since(wanted))), distinct=True),
        **_mails(),
    )
    names = ("told", "read", "answered", *MAILED)
    return {
        found[int(event)]: dict(zip(names, counts, strict=True))
        for event, *counts in counted.values_list("event", *names)
    }


def mailed_to_applicants(broadcasts: Sequence[ToApplicants]) -> dict[int, dict[str, int]]:
    """Of each broadcast to an assignment's applicants what became of the mails (three queries)."""
    said = Message.objects.filter(broadcast__in=broadcasts)
    readers = dict(said.values_list("pk", "thread__worker__user"))
    events = Event.objects.filter(
        kind="message.posted", subject_kind="assignments.assignment",
        subject_key__in={row.assignment_id for row in broadcasts}, data__has_key="broadcast",
    )  # fmt: skip
    broadcast_of = {
        f"event:{event}:{readers[data['message']]}": data["broadcast"]
        for event, data in events.values_list("pk", "data")
        if data["message"] in readers
    }
    found = {row.pk: dict.fromkeys(MAILED, 0) for row in broadcasts}
    notices = Notice.objects.filter(key__in=broadcast_of).order_by().values("key")
    for key, *counts in notices.annotate(**_mails()).values_list("key", *MAILED):
        figures = found[broadcast_of[key]]
        for name, count in zip(MAILED, counts, strict=True):
            figures[name] += count
    return found


def _mails() -> dict[str, Count]:
    """Of notices what became of their mails, by the names of ``MAILED``."""
    status, mail = Delivery.Status, Q(deliveries__channel=Delivery.Channel.EMAIL)
    waiting, failed = (status.DUE, status.GATHERED), (status.DEAD, status.DROPPED)
    sent = mail & Q(deliveries__status=status.SENT)
    return {
        "mailed": Count("pk", filter=sent),
        "returned": Count("pk", filter=sent & Q(Exists(_returned()))),
        "waiting": Count("pk", filter=mail & Q(deliveries__status__in=waiting)),
        "failed": Count("pk", filter=mail & Q(deliveries__status__in=failed)),
    }


def _written_since(broadcasts: set[int]) -> QuerySet[Message]:
    """What the reader of a notice wrote to the company whose broadcast it is, not long after."""
    return Message.objects.filter(
        author=OuterRef("recipient"), side=Message.Side.WORKER,
        company__groups__broadcasts__in=broadcasts,
        posted_at__gt=OuterRef("made_at"), posted_at__lte=OuterRef("made_at") + ANSWER_WITHIN,
    )  # fmt: skip


def _returned() -> QuerySet[MailReport]:
    """That a mail to the address of a delivery came back after it was sent."""
    return MailReport.objects.filter(
        kind=MailReport.Kind.BOUNCED, address=Lower(OuterRef("deliveries__sent_to")),
        received_at__gte=OuterRef("deliveries__sent_at"),
        received_at__lte=OuterRef("deliveries__sent_at") + RETURNS_WITHIN,
    )  # fmt: skip
