"""What a person chooses: which events by which way, quiet hours, and when the digest comes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time

from django.db import transaction

from accounts.actors import Actor
from accounts.models import User
from activity.record import record
from core.errors import DomainError
from notifications import digests
from notifications.models import Preference, PushSubscription, Reach

Key = tuple[str, str]
"""A kind of event and a way: ``("message.posted", "email")``."""
MOST_BROWSERS = 10


class TooManyBrowsers(DomainError):
    message = "Ten browsers show notifications already. Remove one that you no longer use."


@transaction.atomic
def choose(
    person: User,
    choices: Mapping[Key, str],
    *,
    defaults: Mapping[Key, str],
    by: Actor,
    at: datetime,
) -> None:
    """Keep what differs from its default; a key in ``defaults`` that is not chosen is left.

    The same again changes nothing.
    """
    User.objects.select_for_update(no_key=True).get(pk=person.pk)
    rows = Preference.objects.filter(person=person, kind__in={kind for kind, _ in choices})
    before = {(row.kind, row.way): row for row in rows}
    changed = {
        key: choice
        for key, choice in choices.items()
        if choice != (before[key].choice if key in before else defaults[key])
    }
    if not changed:
        return
    Preference.objects.filter(pk__in=[before[key].pk for key in changed if key in before]).delete()
    Preference.objects.bulk_create(
        Preference(person=person, kind=kind, way=way, choice=choice, chosen_at=at)
        for (kind, way), choice in changed.items()
        if choice != defaults[kind, way]
    )
    said = sorted(f"{kind} {way} {choice}" for (kind, way), choice in changed.items())
    record("person.preferences_changed", person, by=by, at=at, choices=said)


@transaction.atomic
def set_hours(
    person: User,
    *,
    quiet_from: time | None,
    quiet_until: time | None,
    digest_hour: int,
    only_necessary: bool,
    by: Actor,
    at: datetime,
) -> Reach:
    """Set quiet hours (none: both empty) and the hour of the digest; waiting digests move."""
    User.objects.select_for_update(no_key=True).get(pk=person.pk)
    reach, _ = Reach.objects.get_or_create(person=person)
    since = (reach.only_necessary_since or at) if only_necessary else None
    wanted = {
        "quiet_from": quiet_from, "quiet_until": quiet_until, "digest_hour": digest_hour,
        "only_necessary_since": since,
    }  # fmt: skip
    changed = [name for name, value in wanted.items() if getattr(reach, name) != value]
    if not changed:
        return reach
    for name in changed:
        setattr(reach, name, wanted[name])
    reach.save(update_fields=changed)
    digests.move(User.objects.select_related("reach").get(pk=person.pk), at=at)
    record("person.hours_changed", person, by=by, at=at, fields=changed)
    return reach


@transaction.atomic
def allow_browser(
    person: User,
    *,
    endpoint: str,
    p256dh: str,
    auth: str,
    label: str,
    by: Actor,
    at: datetime,
) -> PushSubscription:
    """Let a browser show notifications; one that another person used before is theirs no more.

    The same again changes nothing. Raises ``TooManyBrowsers``.
    """
    User.objects.select_for_update(no_key=True).get(pk=person.pk)
    found = PushSubscription.objects.filter(endpoint=endpoint).first()
    if found and found.person_id == person.pk and (found.p256dh, found.auth) == (p256dh, auth):
        return found
    PushSubscription.objects.filter(endpoint=endpoint).delete()
    if PushSubscription.objects.filter(person=person).count() >= MOST_BROWSERS:
        raise TooManyBrowsers
    made = PushSubscription.objects.create(
        person=person, endpoint=endpoint, p256dh=p256dh, auth=auth, label=label, added_at=at
    )
    record("person.browser_added", person, by=by, at=at, label=label)
    return made


@transaction.atomic
def forget_browser(browser: PushSubscription, *, by: Actor, at: datetime) -> None:
    """No notifications there any more; twice is once."""
    deleted, _ = PushSubscription.objects.filter(pk=browser.pk).delete()
    if deleted:
        record("person.browser_removed", browser.person, by=by, at=at, label=browser.label)
