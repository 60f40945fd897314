"""How some of the people want to be told: quiet hours, a telephone, and one mail a day."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, time, timedelta

from accounts.actors import Actor
from marketplace.demo.people import Cast
from notifications import choosing, confirming, delivering
from notifications.channels import is_offered
from notifications.kinds import all_kinds
from notifications.models import Channel, Confirmation, Preference

NUMBERS = {"worker": "+13125550142", "client": "+16145550117"}
Choice = Preference.Choice


def build(cast: Cast, *, now: datetime) -> None:
    """The first worker and the first client chose long ago."""
    at = now - timedelta(days=120)
    worker, client = cast.workers[0], cast.clients["harbor"].actor
    _hours(worker, time(22), time(7), 8, at=at)
    _hours(client, time(19, 30), time(7), 7, at=at)
    _daily(worker, {"ratings", "groups", "proofs"}, "worker", at=at)
    _daily(client, {"applications", "ratings"}, "company", at=at)
    for who, number in ((worker, NUMBERS["worker"]), (client, NUMBERS["client"])):
        _telephone(who, number, at=at)


def _hours(who: Actor, start: time, end: time, hour: int, *, at: datetime) -> None:
    assert who.user
    choosing.set_hours(
        who.user, quiet_from=start, quiet_until=end, digest_hour=hour, only_necessary=False,
        by=who, at=at,
    )  # fmt: skip


def _daily(who: Actor, topics: Collection[str], side: str, *, at: datetime) -> None:
    """What is mailed of these topics comes in the digest."""
    assert who.user
    mailed = [
        kind.name
        for kind in all_kinds()
        if kind.topic.name in topics and side in kind.sides and kind.by_mail
    ]
    ways = [(name, str(Channel.EMAIL)) for name in mailed]
    choosing.choose(
        who.user, dict.fromkeys(ways, Choice.DAILY), defaults=dict.fromkeys(ways, Choice.ON),
        by=who, at=at,
    )  # fmt: skip


def _telephone(who: Actor, number: str, *, at: datetime) -> None:
    """Asked for, sent by the sandbox, and typed."""
    assert who.user
    if not is_offered(Channel.SMS):
        return
    confirming.ask(who.user, Channel.SMS, number, by=who, at=at)
    delivering.deliver_on(Channel.SMS, at=at)
    asked = Confirmation.objects.get(person=who.user, channel=Channel.SMS)
    confirming.confirm(who.user, Channel.SMS, confirming.code_of(asked), by=who, at=at)
