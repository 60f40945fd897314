"""How things stand with a person now: address, time zone, choices, and what is dead.

Asked twice: when a notice is made, to queue only what is wanted, and again right before each
sending, so that whoever changed their mind or address in between gets it right.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Lower

from accounts.models import User
from notifications.models import (
    Channel,
    DeadAddress,
    Delivery,
    Preference,
    PushSubscription,
    Reach,
)
from notifications.quiet import end_of_quiet
from notifications.topics import BY_SMS, does_not_wait, is_necessary

Way, Choice = Preference.Way, Preference.Choice


@dataclass
class Wanted:
    """What one person wants, as far as making notices asks for it."""

    only_necessary: bool = False
    has_phone: bool = False
    has_browser: bool = False
    choices: dict[tuple[str, str], str] = field(default_factory=dict)

    def in_app(self, kind: str) -> bool:
        return is_necessary(kind) or self.choices.get((kind, Way.IN_APP)) != Choice.OFF

    def channels(self, kind: str, *, mailed: bool) -> Iterable[Channel]:
        """Where a notice of this kind goes; ``mailed`` is what the table has as its default."""
        if self._by_mail(kind, mailed=mailed):
            yield Channel.EMAIL
        if self.has_phone and self._wants(kind, Channel.SMS, default=kind in BY_SMS):
            yield Channel.SMS
        if self.has_browser and self._wants(kind, Channel.PUSH, default=mailed):
            yield Channel.PUSH

    def _by_mail(self, kind: str, *, mailed: bool) -> bool:
        if is_necessary(kind):
            return mailed or self._wants(kind, Channel.EMAIL, default=False)
        return not self.only_necessary and self._wants(kind, Channel.EMAIL, default=mailed)

    def _wants(self, kind: str, channel: Channel, *, default: bool) -> bool:
        choice = self.choices.get((kind, channel))
        return default if choice is None else choice != Choice.OFF


def wanted_by(people: Collection[int], kinds: Collection[str]) -> dict[int, Wanted]:
    """What these people want of these kinds (two queries)."""
    browser = Exists(PushSubscription.objects.filter(person=OuterRef("pk")))
    rows = User.objects.filter(pk__in=people).values_list(
        "pk", "reach__only_necessary_since", "reach__phone_confirmed_at", browser
    )
    found = defaultdict(Wanted, {
        pk: Wanted(since is not None, confirmed is not None, has_browser)
        for pk, since, confirmed, has_browser in rows
    })  # fmt: skip
    chosen = Preference.objects.filter(person__in=people, kind__in=kinds)
    for person, kind, way, choice in chosen.values_list("person", "kind", "way", "choice"):
        found[person].choices[kind, way] = choice
    return found


def as_now(deliveries: QuerySet[Delivery]) -> QuerySet[Delivery, Any]:
    """Deliveries with notice and reader as they are at this moment.

    ``choice`` is what the reader chose for this kind and channel ("" or None where nothing was),
    ``is_dead`` says that no mail reaches the address.
    """
    chosen = Preference.objects.filter(
        person=OuterRef("notice__recipient"), kind=OuterRef("notice__kind"), way=OuterRef("channel")
    )
    dead = DeadAddress.objects.filter(address=Lower(OuterRef("notice__recipient__email")))
    return deliveries.select_related("notice__recipient__reach").annotate(
        choice=Subquery(chosen.values("choice")[:1]), is_dead=Exists(dead)
    )


@dataclass(frozen=True)
class Verdict:
    """What becomes of a delivery now: sent where nothing is set."""

    drop: str = ""
    wait_until: datetime | None = None
    gather: bool = False


def verdict(delivery: Any, *, at: datetime) -> Verdict:
    """Whether it goes out now; ``delivery`` is of ``as_now``."""
    kind, person = delivery.notice.kind, delivery.notice.recipient
    if why := unwanted(delivery):
        return Verdict(drop=why)
    by_mail = delivery.channel == Channel.EMAIL
    if by_mail and delivery.choice == Choice.DAILY and not is_necessary(kind):
        return Verdict(gather=True)
    if not does_not_wait(kind):
        reach: Reach | None = getattr(person, "reach", None)
        return Verdict(wait_until=end_of_quiet(reach, person.time_zone, at))
    return Verdict()


def unwanted(delivery: Any) -> str:
    """Why its reader is not told of it this way, in words; empty where they are."""
    kind, channel, person = delivery.notice.kind, delivery.channel, delivery.notice.recipient
    reach: Reach | None = getattr(person, "reach", None)
    if not person.is_active:
        return "The recipient's account is closed."
    if channel == Channel.EMAIL and delivery.is_dead and not kind.startswith("code."):
        return "Mail to this address comes back; it is switched off."
    has_phone = reach is not None and reach.phone_confirmed_at is not None
    if channel == Channel.SMS and not has_phone and not kind.startswith("code."):
        return "The recipient has no confirmed telephone."
    if is_necessary(kind) and channel == Channel.EMAIL:
        return ""
    if delivery.choice == Choice.OFF:
        return "The recipient switched it off."
    if channel == Channel.EMAIL and reach and reach.only_necessary_since:
        return "The recipient wants necessary mail only."
    return ""
