"""A digest that is joined while it goes out, and a code that is typed twice at once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from activity.models import Event
from messaging import broadcasting
from messaging.models import Broadcast, Message
from notifications import confirming, delivering
from notifications.models import Channel, Delivery, Digest, Preference, Reach
from tests.factories import assignments as work
from tests.notifications.moments import DAY, a_delivery
from tests.racing import race

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_notice_that_comes_while_the_digest_goes_out_is_in_exactly_one(alice, at, mailoutbox):
    """Whoever is first: the notice is in the digest that goes out, or in the next day's."""
    Preference.objects.create(
        person=alice.user, kind="test", way="email", choice="daily", chosen_at=at
    )
    a_delivery(alice, at=at, key="early")
    delivering.deliver(at=at)
    due = Digest.objects.get().due_at
    a_delivery(alice, at=due - timedelta(minutes=1), key="late")

    def send():
        return delivering.deliver(at=due)

    race(send, send, send)
    for moment in (due + delivering.LEASE, due + DAY, due + 2 * DAY):
        delivering.deliver(at=moment)
    assert set(Delivery.objects.values_list("status", flat=True)) == {"sent"}
    assert set(Digest.objects.values_list("status", flat=True)) == {"sent"}
    told = [mail.body.count("Something happened") for mail in mailoutbox]
    assert sum(told) == 2 and len(mailoutbox) == Digest.objects.count()


def test_a_code_that_is_typed_twice_at_once_counts_once(wanda, at):
    asked = confirming.ask(wanda.user, Channel.SMS, "+13125550142", by=wanda, at=at)
    code = confirming.code_of(asked)

    def typed():
        return confirming.confirm(wanda.user, Channel.SMS, code, by=wanda, at=at)

    outcomes = race(typed, typed)
    assert sorted(outcome.won for outcome in outcomes) == [False, True]
    [refused] = [outcome.refusal for outcome in outcomes if not outcome.won]
    assert isinstance(refused, confirming.CodeOver)
    assert Reach.objects.get(person=wanda.user).phone == "+13125550142"
    assert Event.objects.filter(kind="person.phone_confirmed").count() == 1


def test_wrong_codes_at_once_are_all_counted(wanda, at):
    confirming.ask(wanda.user, Channel.SMS, "+13125550142", by=wanda, at=at)
    outcomes = race(*[
        lambda: confirming.confirm(wanda.user, Channel.SMS, "x", by=wanda, at=at)
    ] * 4)  # fmt: skip
    assert not any(outcome.won for outcome in outcomes)
    assert wanda.user.confirmations.get().tries == 4


def test_a_word_to_all_applicants_pressed_twice_is_said_once(alice, wanda, walt, at):
    made = work.in_stage("sent", alice, wanda, at=at)
    for who in (wanda, walt):
        work.application(made, who, at=at)

    def send():
        return broadcasting.send(made, body="We choose on Friday.", by=alice, at=at, key="k")

    outcomes = race(send, send)
    assert any(outcome.won for outcome in outcomes)
    assert Broadcast.objects.count() == 1
    assert Message.objects.filter(body="We choose on Friday.").count() == 2
