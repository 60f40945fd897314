"""Notices and their deliveries, made from events; the same fact is told a person once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.urls import reverse

from activity.models import Event
from notifications.audience import TABLE, Telling
from notifications.facts import Fact
from notifications.models import Delivery, Notice
from notifications.people import Told
from notifications.standing import wanted_by

EXCERPT = 240


class _Words(dict[str, Any]):
    """What a template names and the event does not carry is left out."""

    def __missing__(self, key: str) -> str:
        return ""


@transaction.atomic
def tell(event: Event) -> list[Notice]:
    """Make the notices of one event and queue their deliveries; telling again adds nothing.

    The key of a notice is the event and the person.
    """
    fact = Fact(event)
    if event.kind not in TABLE or fact.subject is None:
        return []
    words = _Words(fact.words, excerpt=_excerpt(fact))
    found: dict[int, tuple[Telling, Told]] = {}
    for telling in TABLE[event.kind]:
        for told in telling.who(fact) if telling.when(fact) else ():
            if telling.doer or told.user_id != event.user_id:
                found.setdefault(told.user_id, (telling, told))
    notices = [
        Notice(
            recipient_id=told.user_id,
            acting_as=told.acting_as,
            kind=event.kind,
            title=telling.title.format_map(words)[:200],
            body=telling.body.format_map(words),
            url=_url(telling, told, fact),
            action=telling.action,
            reason=told.reason[:200],
            key=f"event:{event.pk}:{told.user_id}",
            made_at=event.at,
        )
        for telling, told in found.values()
    ]
    by_mail = {told.user_id for telling, told in found.values() if telling.email}
    return keep(notices, by_mail=by_mail)


def keep(notices: Iterable[Notice], *, by_mail: Iterable[int]) -> list[Notice]:
    """Store notices whose key is new, and queue each on the channels its reader wants.

    ``by_mail`` are the users who are mailed unless they chose otherwise. One who wants it on other
    channels only does not find it in the app.
    """
    wanted, mailed = list(notices), set(by_mail)
    people = wanted_by({one.recipient_id for one in wanted}, {one.kind for one in wanted})
    for notice in wanted:
        if not people[notice.recipient_id].in_app(notice.kind):
            notice.in_app, notice.read_at = False, notice.made_at
    Notice.objects.bulk_create(wanted, ignore_conflicts=True)
    kept = list(Notice.objects.filter(key__in=[notice.key for notice in wanted]))
    for notice in kept:
        by_default = notice.recipient_id in mailed
        ways = people[notice.recipient_id].channels(notice.kind, mailed=by_default)
        notice.queued = tuple(ways)
    Delivery.objects.bulk_create(
        (
            Delivery(notice=notice, channel=channel, due_at=notice.made_at)
            for notice in kept
            for channel in notice.queued
        ),
        ignore_conflicts=True,
    )
    return kept


def _url(telling: Telling, told: Told, fact: Fact) -> str:
    """Staff read cases at the desk, parties on their own page."""
    if told.acting_as == "staff" and fact.event.subject_kind == "escalations.case":
        return reverse("admin:escalations_case_change", args=[fact.case.pk])
    return telling.url(fact)


def _excerpt(fact: Fact) -> str:
    """The beginning of the message, entry, question or answer the event is about."""
    row = fact.message or fact.case_entry
    said = row.body if row else ""
    if question := fact.question:
        said = question.answer or question.body
    body = " ".join(said.split())
    return body if len(body) <= EXCERPT else body[:EXCERPT].rsplit(" ", 1)[0] + " …"
