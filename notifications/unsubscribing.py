"""Stopping mails without signing in: a signed address in each, and what it does.

The address proves who received the mail; it opens nothing else. ``kind`` is the kind of event the
mail was about; empty means everything that is not necessary.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse

from accounts.actors import Actor
from accounts.models import User
from activity.record import record
from notifications.models import Preference, Reach
from notifications.topics import is_necessary

SALT = "notifications.unsubscribe"


@dataclass(frozen=True)
class Way:
    """Whose mails, and which."""

    person: User
    kind: str


def address(person: User, kind: str) -> str:
    """The signed address that stops mails of this kind."""
    return settings.SITE_URL + path(Way(person, kind))


def path(way: Way) -> str:
    token = signing.dumps([way.person.pk, way.kind], salt=SALT)
    return reverse("notifications:unsubscribe", args=[token])


def way_of(token: str) -> Way | None:
    """Who and what an address is about; None where nobody here signed it."""
    try:
        pk, kind = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    person = User.objects.filter(pk=pk).first()
    return Way(person, kind) if person else None


def is_stopped(way: Way) -> bool:
    if not way.kind:
        return Reach.objects.filter(person=way.person, only_necessary_since__isnull=False).exists()
    return _off(way).exists()


@transaction.atomic
def stop(way: Way, *, at: datetime) -> None:
    """No mail of this kind any more, or none but the necessary; twice is once.

    A kind that is necessary goes on.
    """
    User.objects.select_for_update(no_key=True).get(pk=way.person.pk)
    if is_stopped(way) or (way.kind and is_necessary(way.kind)):
        return
    if way.kind:
        Preference.objects.update_or_create(
            person=way.person, kind=way.kind, way=Preference.Way.EMAIL,
            defaults={"choice": Preference.Choice.OFF, "chosen_at": at},
        )  # fmt: skip
    else:
        Reach.objects.update_or_create(person=way.person, defaults={"only_necessary_since": at})
    _record("person.mail_stopped", way, at=at)


@transaction.atomic
def start(way: Way, *, at: datetime) -> None:
    """Back to how it was before; twice is once."""
    User.objects.select_for_update(no_key=True).get(pk=way.person.pk)
    if not is_stopped(way):
        return
    if way.kind:
        _off(way).delete()
    else:
        Reach.objects.filter(person=way.person).update(only_necessary_since=None)
    _record("person.mail_started", way, at=at)


def _off(way: Way) -> QuerySet[Preference]:
    return Preference.objects.filter(
        person=way.person, kind=way.kind, way=Preference.Way.EMAIL, choice=Preference.Choice.OFF
    )


def _record(kind: str, way: Way, *, at: datetime) -> None:
    record(kind, way.person, by=Actor("person", user=way.person), at=at, about=way.kind)
