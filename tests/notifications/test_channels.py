"""SMS and web push: each channel apart, with a provider that hangs, fails and answers twice."""

from __future__ import annotations

from datetime import timedelta

import pytest

from notifications import delivering, telling
from notifications.models import (
    Channel,
    Delivery,
    DemoMessage,
    Notice,
    PushSubscription,
    Reach,
    Rest,
)
from tests.notifications.moments import DAY, a_delivery

pytestmark = pytest.mark.django_db
ENDPOINT = "https://fcm.googleapis.com/fcm/send/abc"


@pytest.fixture(autouse=True)
def sandbox(settings):
    settings.SMS_PROVIDER = settings.PUSH_PROVIDER = "sandbox"
    settings.PROVIDER_TIMEOUT = 0.05


def phone(actor, at, number="+13125550199") -> Reach:
    return Reach.objects.create(person=actor.user, phone=number, phone_confirmed_at=at)


def browser(actor, at, endpoint=ENDPOINT) -> PushSubscription:
    return PushSubscription.objects.create(
        person=actor.user, endpoint=endpoint, p256dh="p" * 87, auth="a" * 22, added_at=at
    )


def told(actor, at, kind="assignment.assigned", key="k", title="You are assigned") -> Notice:
    notice = Notice(
        recipient=actor.user, kind=kind, title=title, url="/cases/", key=key, made_at=at
    )
    return telling.keep([notice], by_mail=[actor.user_id])[0]


def test_each_way_to_a_person_has_one_delivery(wanda, at):
    phone(wanda, at)
    browser(wanda, at)
    for _ in range(2):
        notice = told(wanda, at)
    assert sorted(notice.deliveries.values_list("channel", flat=True)) == ["email", "push", "sms"]


def test_what_is_not_urgent_goes_by_sms_only_to_who_chose_it(wanda, at):
    phone(wanda, at)
    assert not told(wanda, at, "rating.given").deliveries.filter(channel="sms").exists()
    wanda.user.preferences.create(kind="rating.given", way="sms", choice="on", chosen_at=at)
    assert told(wanda, at, "rating.given", "k2").deliveries.filter(channel="sms").exists()


def test_a_text_says_what_happened_and_where_in_few_letters(wanda, at, settings, mailoutbox):
    phone(wanda, at)
    notice = told(wanda, at, title="Long \x07 " + "word " * 38)
    assert delivering.deliver(at=at).sent == 2
    [text] = DemoMessage.objects.all()
    assert text.address == "+13125550199"
    assert f"{settings.SITE_URL}/notifications/{notice.pk}/" in text.text
    assert len(text.text) <= 300 and "\x07" not in text.text


def test_a_push_reaches_every_browser_and_forgets_those_that_are_gone(wanda, at):
    for end in ("one", "two", "0004"):
        browser(wanda, at, ENDPOINT + end)
    told(wanda, at)
    delivering.deliver(at=at)
    assert DemoMessage.objects.filter(channel="push").count() == 2
    assert Delivery.objects.get(channel="push").status == "sent"
    assert PushSubscription.objects.count() == 2


def test_a_push_to_no_browser_any_more_is_given_up_at_once(wanda, at):
    browser(wanda, at, ENDPOINT + "0004")
    told(wanda, at)
    delivering.deliver_on(Channel.PUSH, at=at)
    assert Delivery.objects.get(channel="push").status == "dead"


def test_a_provider_that_hangs_delays_no_other_channel(wanda, walt, at, mailoutbox):
    phone(wanda, at, "+13125550001")
    phone(walt, at)
    for number, who in enumerate((wanda, wanda, walt)):
        told(who, at, key=str(number))
    assert delivering.deliver_on(Channel.SMS, at=at).failed == 1
    assert Rest.objects.get().channel == "sms"
    waiting = Delivery.objects.filter(channel="sms", status="due", tries=0, lease_until=None)
    assert waiting.count() == 2
    assert delivering.deliver(at=at).sent == 3
    assert len(mailoutbox) == 3
    assert delivering.deliver_on(Channel.SMS, at=at + delivering.REST).failed == 1
    assert delivering.deliver_on(Channel.SMS, at=at + 2 * delivering.REST).sent == 1


def test_a_provider_that_fails_is_tried_again_and_given_up(wanda, at):
    phone(wanda, at, "+13125550002")
    told(wanda, at)
    moment = at
    for wait in (*delivering.BACK_OFF, timedelta()):
        assert delivering.deliver_on(Channel.SMS, at=moment).failed == 1
        moment += wait
    assert Delivery.objects.get(channel="sms").status == "dead"
    assert DemoMessage.objects.count() == 0


def test_an_answer_that_is_lost_makes_no_second_message(wanda, at):
    phone(wanda, at, "+13125550003")
    told(wanda, at)
    assert delivering.deliver_on(Channel.SMS, at=at).failed == 1
    assert delivering.deliver_on(Channel.SMS, at=at + timedelta(minutes=1)).sent == 1
    assert DemoMessage.objects.get().arrivals == 2


def test_a_number_that_takes_nothing_is_given_up_at_once(wanda, at):
    phone(wanda, at, "+13125550004")
    told(wanda, at)
    delivering.deliver_on(Channel.SMS, at=at)
    assert Delivery.objects.get(channel="sms").status == "dead"


def test_a_number_taken_back_before_sending_gets_nothing(wanda, at):
    reach = phone(wanda, at)
    told(wanda, at)
    reach.phone, reach.phone_confirmed_at = "", None
    reach.save()
    assert delivering.deliver_on(Channel.SMS, at=at).dropped == 1


def test_a_channel_without_a_provider_is_not_touched(wanda, at, settings):
    phone(wanda, at)
    told(wanda, at)
    settings.SMS_PROVIDER = ""
    assert delivering.deliver_on(Channel.SMS, at=at).handled == 0


@pytest.mark.parametrize("address", ["a@b.example\nBcc: all@x.example", "nobody", "a@b.example\r"])
def test_an_address_that_breaks_its_header_is_refused(alice, at, mailoutbox, address):
    a_delivery(alice, at=at)
    type(alice.user).objects.filter(pk=alice.user_id).update(email=address)
    assert delivering.deliver(at=at).failed == 1
    delivery = Delivery.objects.get()
    assert (delivery.status, delivery.error) == ("dead", "This is no e-mail address.")
    assert mailoutbox == []
    assert delivering.deliver(at=at + DAY).handled == 0


@pytest.mark.parametrize("may,status", [(True, "due"), (False, "dead")])
def test_staff_with_the_right_repeat_what_was_given_up(alice, olga, at, client_of, may, status):
    from django.contrib.auth.models import Permission

    names = ["view_delivery"] + ["change_delivery"] * may
    olga.user.user_permissions.set(Permission.objects.filter(codename__in=names))
    delivery = a_delivery(alice, at=at)
    Delivery.objects.update(status="dead", tries=6, error="x")
    page = "/admin/notifications/delivery/"
    assert "Given up" in client_of(olga).get(page).text
    client_of(olga).post(page, {"action": "retry", "_selected_action": [delivery.pk]})
    delivery.refresh_from_db()
    assert delivery.status == status
