"""Stopping mails without signing in, and mail that comes back."""

from __future__ import annotations

import json
import re

import pytest
from django.test import Client

from notifications import bouncing, delivering, telling, unsubscribing
from notifications.channels import reports
from notifications.models import (
    Confirmation,
    DeadAddress,
    DemoMail,
    MailReport,
    Notice,
    Preference,
    Reach,
)
from tests.notifications.moments import DAY

pytestmark = pytest.mark.django_db
REPORT = "/webhooks/mail/signed/"


def mailed(actor, at, kind="message.posted", key="k") -> None:
    notice = Notice(recipient=actor.user, kind=kind, title="It happened", key=key, made_at=at)
    telling.keep([notice], by_mail=[actor.user_id])
    delivering.deliver(at=at)


def way_out(mail) -> str:
    return re.search(r"<https?://[^/]+(/.+)>", mail.extra_headers["List-Unsubscribe"])[1]


@pytest.mark.parametrize("kind", ["message.posted", "reminder.confirm"])
def test_one_click_stops_the_kind_without_a_session(wanda, at, mailoutbox, kind):
    mailed(wanda, at, kind)
    headers = mailoutbox[0].extra_headers
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    browser = Client(enforce_csrf_checks=True)
    for _ in range(2):
        answer = browser.post(way_out(mailoutbox[0]), {"List-Unsubscribe": "One-Click"})
        assert (answer.status_code, answer.text) == (200, "Stopped.")
    assert Preference.objects.get().choice == "off"
    mailed(wanda, at, kind, key="later")
    mailed(wanda, at, "assignment.sent_back", key="other")
    assert len(mailoutbox) == 2


def test_looking_changes_nothing_and_the_button_goes_both_ways(wanda, at, mailoutbox):
    mailed(wanda, at)
    browser, path = Client(enforce_csrf_checks=True), way_out(mailoutbox[0])
    assert "Stop mails of this kind?" in browser.get(path).text
    assert not Preference.objects.exists()
    assert "no more mails of this kind" in browser.post(path, {"do": "stop"}, follow=True).text
    assert "Stop mails of this kind?" in browser.post(path, {"do": "start"}, follow=True).text
    assert not Preference.objects.exists()


def test_all_but_the_necessary(wanda, at, mailoutbox):
    browser, path = Client(), unsubscribing.path(unsubscribing.Way(wanda.user, ""))
    assert "necessary mails only" in browser.post(path, {"do": "stop"}, follow=True).text
    mailed(wanda, at)
    mailed(wanda, at, "payout.paid", key="money")
    assert len(mailoutbox) == 1
    browser.post(path, {"do": "start"})
    assert Reach.objects.get().only_necessary_since is None


def test_a_necessary_mail_has_no_way_out_and_says_why(wanda, at, mailoutbox):
    mailed(wanda, at, "payout.paid")
    assert "List-Unsubscribe" not in mailoutbox[0].extra_headers
    assert "Money that moves" in mailoutbox[0].body
    path = unsubscribing.path(unsubscribing.Way(wanda.user, "payout.paid"))
    Client().post(path, {"List-Unsubscribe": "One-Click"})
    assert not Preference.objects.exists()
    assert "These mails are necessary" in Client().get(path).text


@pytest.mark.parametrize("token", ["x", "a:b:c", "é", "\x00", "x" * 500])
def test_an_address_nobody_signed_does_nothing(wanda, token):
    answer = Client().post("/unsubscribe/" + token.replace("\x00", "%00") + "/")
    assert answer.status_code == 404


def signed(client, at, told, **headers):
    body = told if isinstance(told, bytes) else json.dumps(told).encode()
    given = {"X-Signature": reports.signature(body, at=at)} | headers
    return client.post(REPORT, body, content_type="application/json", headers=given)


@pytest.fixture
def secret(settings):
    settings.MAIL_REPORTS_SECRET = "told-to-the-mail-server"


@pytest.fixture
def now():
    from django.utils import timezone

    return timezone.now()


def test_a_bounce_switches_the_address_off_once(alice, now, secret, client, mailoutbox):
    told = {
        "id": "b1", "event": "bounced", "address": alice.user.email.upper(), "reason": "550 No"
    }  # fmt: skip
    for _ in range(2):
        assert signed(client, now, told).text == "Kept."
    assert MailReport.objects.count() == 1
    dead = DeadAddress.objects.get()
    assert (dead.address, dead.cause, dead.said) == (alice.user.email, "bounced", "550 No")
    mailed(alice, now)
    assert mailoutbox == []


@pytest.mark.parametrize("event,dead", [("complained", 1), ("delayed", 0), ("delivered", 0)])
def test_what_other_reports_do(alice, now, secret, client, event, dead):
    told = [{"id": "1", "event": event, "address": alice.user.email}]
    assert signed(client, now, told).status_code == 200
    assert DeadAddress.objects.count() == dead


@pytest.mark.parametrize(
    "told",
    [b"", b"[", b"7", b"[[]]", b'{"id":1}', b'{"id":"a","event":"x","address":"a@b"}',
     b'{"id":"a","event":"bounced","address":"a@b\\u0000"}', b"[" * 5000],
)  # fmt: skip
def test_signed_nonsense_is_refused_and_nothing_kept(now, secret, client, told):
    assert signed(client, now, told).status_code == 400
    assert not MailReport.objects.exists()


@pytest.mark.parametrize("signature", ["", "1.x", "é.é", "9" * 30 + ".aa", "now"])
def test_what_nobody_signed_is_refused(now, secret, client, signature):
    body = b'{"id":"1","event":"bounced","address":"a@example.com"}'
    if signature == "now":
        signature = reports.signature(body, at=now - DAY)
    assert signed(client, now, body, **{"X-Signature": signature}).status_code == 400
    assert not DeadAddress.objects.exists()


def test_without_a_secret_nothing_is_believed(now, client, settings):
    settings.MAIL_REPORTS_SECRET = ""
    told = {"id": "1", "event": "bounced", "address": "a@example.com"}
    assert signed(client, now, told).status_code == 400


def test_the_app_says_so_and_a_code_puts_it_right(alice, now, client_of, settings):
    settings.EMAIL_BACKEND = "notifications.mailbox.MailboxBackend"
    report = bouncing.Report("1", MailReport.Kind.BOUNCED, alice.user.email, "550 No")
    bouncing.hear("sandbox", report, at=now)
    page = client_of(alice)
    assert "Our mail does not reach you" in page.get("/notifications/").text
    assert "550 No" in page.get("/settings/notifications/address/").text
    assert page.post("/settings/notifications/address/").status_code == 302
    again = page.post("/settings/notifications/address/", follow=True)
    assert "A code was sent a moment ago" in again.text
    delivering.deliver(at=Confirmation.objects.get().asked_at)
    code = re.search(r"\b(\d{6}) is your code", DemoMail.objects.get().text)[1]
    assert code not in str(Confirmation.objects.values())
    wrong = page.post("/settings/notifications/code/email/", {"code": "12345\0"})
    assert wrong.status_code == 200
    done = page.post("/settings/notifications/code/email/", {"code": f" {code} "}, follow=True)
    assert "is confirmed" in done.text and "does not reach you" not in done.text
    assert not DeadAddress.objects.exists()
