"""A telephone proven by a code, and browsers that show notifications."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from notifications import confirming, delivering
from notifications.models import (
    Channel,
    Confirmation,
    DemoMessage,
    PushSubscription,
    Reach,
)

pytestmark = pytest.mark.django_db
PHONE, CODE = "/settings/notifications/phone/", "/settings/notifications/code/sms/"
BROWSERS = "/settings/notifications/browsers/"
GOOD = {
    "endpoint": "https://fcm.googleapis.com/fcm/send/abc", "p256dh": "p" * 87, "auth": "a" * 22
}  # fmt: skip


@pytest.fixture(autouse=True)
def sandbox(settings):
    settings.SMS_PROVIDER = settings.PUSH_PROVIDER = "sandbox"


def test_a_telephone_is_the_persons_once_the_code_is_typed(wanda, client_of):
    page = client_of(wanda)
    assert page.post(PHONE, {"number": "(312) 555-0199"}).url == CODE
    assert not Reach.objects.exists()
    delivering.deliver_on(Channel.SMS, at=timezone.now())
    [text] = DemoMessage.objects.all()
    assert text.address == "+13125550199"
    code = re.search(r"^(\d{6}) is your code", text.text)[1]
    assert "not the code" in page.post(CODE, {"code": "x"}).text
    assert page.post(CODE, {"code": code}).status_code == 302
    assert Reach.objects.get().phone == "+13125550199"
    assert page.post(CODE, {"code": code}).status_code == 404
    page.post("/settings/notifications/phone/remove/")
    assert Reach.objects.get().phone_confirmed_at is None


@pytest.mark.parametrize(
    "number", ["", "12", "+0123456789", "x" * 40, "\0", "٣١٢٥٥٥٠١٩٩", "+1 (312"]
)
def test_what_is_no_number_is_said_beside_it(wanda, client_of, number):
    answer = client_of(wanda).post(PHONE, {"number": number})
    assert answer.status_code == 200 and answer.context["form"].errors["number"]
    assert not Confirmation.objects.exists()


def test_five_wrong_codes_or_fifteen_minutes_end_it(wanda, at):
    asked = confirming.ask(wanda.user, Channel.SMS, "+13125550199", by=wanda, at=at)
    code = confirming.code_of(asked)
    late = at + confirming.GOOD_FOR + timedelta(seconds=1)
    with pytest.raises(confirming.CodeOver):
        confirming.confirm(wanda.user, Channel.SMS, code, by=wanda, at=late)
    for _ in range(confirming.MOST_TRIES):
        with pytest.raises(confirming.WrongCode):
            confirming.confirm(wanda.user, Channel.SMS, "nope", by=wanda, at=at)
    with pytest.raises(confirming.CodeOver):
        confirming.confirm(wanda.user, Channel.SMS, code, by=wanda, at=at)
    again = confirming.ask(wanda.user, Channel.SMS, "+13125550199", by=wanda, at=late)
    assert confirming.code_of(again) != code or again.asked_at != at


def test_a_browser_is_kept_once_and_belongs_to_the_last(wanda, walt, client_of):
    for who in (wanda, wanda, walt):
        answer = client_of(who).post(
            BROWSERS, GOOD, headers={"User-Agent": "Mozilla Android Firefox/140"}
        )
        assert answer.status_code == 200
    kept = PushSubscription.objects.get()
    assert (kept.person, kept.label) == (walt.user, "Firefox on Android")
    assert client_of(wanda).post(f"{BROWSERS}{kept.pk}/remove/").status_code == 404
    assert client_of(walt).post(f"{BROWSERS}{kept.pk}/remove/").status_code == 302
    assert not PushSubscription.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"endpoint": "http://fcm.googleapis.com/x"}, {"endpoint": "https://127.0.0.1/x"},
        {"endpoint": "https://fcm.googleapis.com.evil.example/x"},
        {"endpoint": "https://fcm.googleapis.com:8443/x"}, {"endpoint": "https://\0"},
        {"endpoint": "https://user@evil.example/fcm.googleapis.com"}, {"p256dh": "é"},
        {"auth": ""}, {"endpoint": "https://fcm.googleapis.com/" + "x" * 600},
    ],
)  # fmt: skip
def test_only_push_services_of_browsers_are_believed(wanda, client_of, wrong):
    assert client_of(wanda).post(BROWSERS, GOOD | wrong).status_code == 400
    assert not PushSubscription.objects.exists()


def test_ten_browsers_are_the_most(wanda, client_of):
    for number in range(11):
        endpoint = f"{GOOD['endpoint']}{number}"
        answer = client_of(wanda).post(BROWSERS, GOOD | {"endpoint": endpoint})
    assert answer.status_code == 409 and "Remove one" in answer.text


def test_the_service_worker_is_served_at_the_root_under_the_policy(client):
    answer = client.get("/push-worker.js")
    assert answer["Content-Type"].startswith("text/javascript")
    assert "worker-src 'self'" in answer["Content-Security-Policy"]
    assert "showNotification" in answer.text


def test_without_providers_nothing_of_them_is_offered(wanda, client_of, settings):
    settings.SMS_PROVIDER = settings.PUSH_PROVIDER = ""
    page = client_of(wanda)
    assert "Add a number" not in page.get("/settings/notifications/").text
    assert page.get(PHONE).status_code == 404
    assert page.post(BROWSERS, GOOD).status_code == 404
