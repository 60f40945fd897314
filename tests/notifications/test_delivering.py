"""Sending: claimed under a lease, retried with patience, given up visibly, never twice."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection
from django.test.utils import CaptureQueriesContext
from kombu.exceptions import OperationalError

from activity import tasks
from activity.models import Event
from notifications import delivering, leasing
from notifications.channels import mail as mail_channel
from notifications.letters import message_id
from notifications.models import Channel, Delivery, DemoMail
from tests.notifications.moments import DAY, a_delivery, tell_everything
from tests.racing import race

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


class Refusing(EmailBackend):
    """A mail server that is down."""

    def send_messages(self, messages):
        raise ConnectionRefusedError("no mail server")


@pytest.fixture
def server_down(settings):
    settings.EMAIL_BACKEND = f"{__name__}.Refusing"


def test_a_due_mail_is_sent_and_marked(alice, at, mailoutbox):
    delivery = a_delivery(alice, at=at)
    assert delivering.deliver(at=at).sent == 1
    delivery.refresh_from_db()
    assert (delivery.status, delivery.sent_at, delivery.lease_until) == ("sent", at, None)
    assert delivering.deliver(at=at + DAY).handled == 0
    assert len(mailoutbox) == 1


def test_a_mail_says_why_it_came_and_where_to_go(alice, at, mailoutbox, settings):
    delivery = a_delivery(alice, at=at)
    delivering.deliver(at=at)
    [sent] = mailoutbox
    html = sent.alternatives[0][0]
    assert sent.to == [alice.user.email]
    link = f"{settings.SITE_URL}/notifications/{delivery.notice_id}/"
    for text in (sent.body, html):
        assert link in text
        assert "because this is a test" in text
        assert "/settings/notifications/" in text
    assert "It’s <fine>." in sent.body
    assert "It’s &lt;fine&gt;." in html


def test_a_title_cannot_break_the_headers(alice, at, mailoutbox):
    delivery = a_delivery(alice, at=at)
    delivery.notice.title = "One\nBcc: everybody@example.com"
    delivery.notice.save()
    delivering.deliver(at=at)
    assert mailoutbox[0].subject == "One Bcc: everybody@example.com"
    assert mailoutbox[0].recipients() == [alice.user.email]


def test_nothing_is_sent_before_it_is_due(alice, at, mailoutbox):
    a_delivery(alice, at=at)
    assert delivering.deliver(at=at - timedelta(microseconds=1)).handled == 0


def test_a_failed_mail_is_tried_again_after_a_growing_wait(alice, at, server_down):
    delivery = a_delivery(alice, at=at)
    moment = at
    for wait in delivering.BACK_OFF:
        assert delivering.deliver(at=moment).failed == 1
        delivery.refresh_from_db()
        assert delivery.status == "due"
        assert moment + 0.8 * wait <= delivery.due_at <= moment + wait
        assert "no mail server" in delivery.error
        assert delivering.deliver(at=delivery.due_at - timedelta(seconds=1)).handled == 0
        moment += wait
    delivering.deliver(at=moment)
    delivery.refresh_from_db()
    assert (delivery.status, delivery.tries) == ("dead", delivering.MOST_TRIES)
    assert delivering.deliver(at=moment + DAY).handled == 0


def test_the_retry_uses_the_same_message_id(alice, at, settings, mailoutbox):
    delivery = a_delivery(alice, at=at)
    first = delivering.claim(at=at)[0]
    delivering.deliver(at=at + delivering.LEASE)
    assert mailoutbox[0].extra_headers["Message-ID"] == message_id(first) == message_id(delivery)


def test_what_was_given_up_can_be_tried_again_by_hand(alice, at, mailoutbox):
    delivery = a_delivery(alice, at=at)
    Delivery.objects.update(status="dead", tries=6, error="x")
    delivery.refresh_from_db()
    delivering.retry(delivery, at=at + MINUTE)
    assert delivering.deliver(at=at + MINUTE).sent == 1


def test_a_delivery_that_kills_every_sender_is_given_up(alice, at):
    a_delivery(alice, at=at)
    moment = at
    for _ in range(delivering.MOST_TRIES):
        delivering.claim(at=moment)
        moment += delivering.LEASE
    delivering.deliver(at=moment)
    assert Delivery.objects.get().status == "dead"


def test_a_mail_too_late_to_matter_is_dropped(alice, at, mailoutbox):
    a_delivery(alice, at=at)
    assert delivering.deliver(at=at + delivering.TOO_LATE + timedelta(seconds=1)).dropped == 1
    assert Delivery.objects.get().status == "dropped"
    assert mailoutbox == []


def test_a_closed_account_gets_no_mail(alice, at, mailoutbox):
    a_delivery(alice, at=at)
    alice.user.is_active = False
    alice.user.save()
    assert delivering.deliver(at=at).dropped == 1


def test_one_broken_mail_does_not_stop_the_others(alice, mona, at, mailoutbox, monkeypatch):
    a_delivery(alice, at=at, key="a")
    a_delivery(mona, at=at, key="b")
    real = mail_channel.letter_for

    def breaking(delivery):
        if delivery.notice.recipient == alice.user:
            raise ValueError("cannot be written")
        return real(delivery)

    monkeypatch.setattr(mail_channel, "letter_for", breaking)
    tally = delivering.deliver(at=at)
    assert (tally.sent, tally.failed) == (1, 1)


def test_a_mail_sent_but_not_marked_is_kept_once_in_the_demo(alice, at, settings, monkeypatch):
    """Killed between sending and marking: the same Message-ID goes out when the lease is over."""
    settings.EMAIL_BACKEND = "notifications.mailbox.MailboxBackend"
    a_delivery(alice, at=at)
    marked = leasing.mark_sent

    def killed(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(leasing, "mark_sent", killed)
    with pytest.raises(KeyboardInterrupt):
        delivering.deliver(at=at)
    monkeypatch.setattr(leasing, "mark_sent", marked)
    assert delivering.deliver(at=at + delivering.LEASE).sent == 1
    assert DemoMail.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_many_senders_at_once_send_each_mail_once(alice, at):
    for number in range(12):
        a_delivery(alice, at=at, key=str(number))
    outcomes = race(*[lambda: delivering.deliver(at=at, limit=5)] * 4)
    assert sum(outcome.result.sent for outcome in outcomes) == 12
    assert len(mail.outbox) == 12


@pytest.mark.django_db(transaction=True)
def test_with_the_broker_down_pages_work_and_the_sweep_tells_later(
    submitted, alice, wanda, client_of, settings, monkeypatch
):
    from celery import current_app

    def refused(*args, **kwargs):
        raise OperationalError("broker down")

    monkeypatch.setattr(current_app.amqp, "send_task_message", refused)
    monkeypatch.setattr(tasks.dispatch_events, "apply_async", refused)
    response = client_of(wanda).post(
        f"/assignments/{submitted.reference}/escalation/",
        {
            "kind": "payment_dispute", "what_happened": "It was cut.", "outcome": "pay_in_full",
            "outcome_words": "Pay it.", "disputed_amount": "50", "about": "price",
            "key": "0f6e4f2e-6f0a-4b2f-9c59-333333333333",
        },
    )  # fmt: skip
    assert response.status_code == 302
    event = Event.objects.get(kind="case.opened")
    assert event.dispatched_at is None

    tell_everything(event.at)
    event.refresh_from_db()
    assert event.dispatched_at is not None
    assert Delivery.objects.filter(notice__recipient=alice.user, notice__kind="case.opened")


def test_a_batch_of_many_costs_one_statement_a_mail(alice, at, mailoutbox, monkeypatch):
    monkeypatch.setattr(delivering, "FRESH", 60.0)  # however slow the machine is

    def statements(number: int) -> int:
        for one in range(number):
            a_delivery(alice, at=at, key=f"{number}-{one}")
        with CaptureQueriesContext(connection) as asked:
            assert delivering.deliver_on(Channel.EMAIL, at=at).sent == number
        return len(asked) - number

    assert statements(1) == statements(30)


def test_a_batch_that_takes_long_gives_back_what_it_did_not_try(alice, at, mailoutbox, monkeypatch):
    for one in range(3):
        a_delivery(alice, at=at, key=str(one))
    monkeypatch.setattr(leasing, "PATIENCE", timedelta())
    assert delivering.deliver_on(Channel.EMAIL, at=at).sent == 1
    left = Delivery.objects.filter(status="due", lease_until=None, tries=0)
    assert left.count() == 2 and len(mailoutbox) == 1


@pytest.mark.parametrize("fresh", [0.0, 60.0])
def test_readers_are_asked_again_while_a_batch_goes_out(alice, mona, at, monkeypatch, fresh):
    """One moves while the mail before theirs is on its way: it counts once that took a second."""
    a_delivery(alice, at=at, key="a")
    a_delivery(mona, at=at, key="b")
    real = mail_channel.letter_for

    def and_then(delivery):
        type(mona.user).objects.filter(pk=mona.user_id).update(email="new@example.com")
        return real(delivery)

    monkeypatch.setattr(mail_channel, "letter_for", and_then)
    monkeypatch.setattr(delivering, "FRESH", fresh)
    assert delivering.deliver_on(Channel.EMAIL, at=at).sent == 2
    assert mail.outbox[1].to == [mona.user.email if fresh else "new@example.com"]


def test_what_another_sender_has_settled_meanwhile_is_not_sent_again(
    alice, at, mailoutbox, monkeypatch
):
    """A sender that stood still until its lease was over."""
    a_delivery(alice, at=at)
    claimed = delivering.claim

    def and_then(**given):
        found = claimed(**given)
        Delivery.objects.update(status="sent", sent_at=at)
        return found

    monkeypatch.setattr(delivering, "claim", and_then)
    assert delivering.deliver_on(Channel.EMAIL, at=at).sent == 0
    assert mailoutbox == []
