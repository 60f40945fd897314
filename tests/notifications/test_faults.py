"""Real Celery workers, a real broker and a real mail server, of which each breaks in the middle."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from django.db import connection
from django.test import override_settings
from django.utils import timezone

from accounts.models import User
from notifications import delivering, reminders
from notifications.letters import message_id
from notifications.models import Delivery, Notice, Reach, Reminder, RuleRun
from notifications.tasks import deliver_due, sweep_reminders
from tests.celery_workers import a_broker, a_worker, begin, end, kill, nudge_through, wait_for
from tests.notifications.moments import DAY, HOUR, a_delivery, many_expiring
from tests.smtp_sink import a_sink

NUMBER = 300
FALL_OUT = 8
"""How often the database sends everybody away, a tenth of a second apart, as a restart does."""


def restart_database() -> None:
    for _ in range(FALL_OUT):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        time.sleep(0.1)


def told() -> int:
    return Reminder.objects.filter(status="told").count()


@pytest.mark.django_db(transaction=True)
def test_each_reminder_is_told_once_and_none_is_lost_whatever_breaks(wanda, olga):
    """One worker is killed while it sweeps. Two follow, each nudged by a beat of its own; they
    lose the database, then the broker with all that waits in it. Each that is cut off between
    sending and marking may send that one mail again, under the same Message-ID."""
    many_expiring(wanda, olga, NUMBER, at=timezone.now())
    with a_sink() as sink, a_broker() as broker:
        there = {"DEMO": "0", "EMAIL_URL": sink.url, "REDIS_URL": broker.url()}

        def beat() -> None:
            nudge_through(broker, sweep_reminders, deliver_due)

        with a_worker(**there) as first:
            wait_for(Notice.objects.exists, beat)
            kill(first)
        with a_worker(**there), a_worker(**there):
            wait_for(lambda: sink.arrived, lambda: (beat(), beat()))
            restart_database()
            end(broker)
            begin(broker)
            free = Delivery.objects.filter(status="due", lease_until=None)
            wait_for(lambda: told() == NUMBER and not free.exists(), beat)
        with override_settings(**sink.backend):
            while delivering.deliver(at=timezone.now() + delivering.LEASE).handled:
                pass
    assert told() == Notice.objects.count() == NUMBER
    assert Delivery.objects.filter(status="sent").count() == NUMBER
    arrived = sink.by_id()
    assert len(arrived) == NUMBER
    assert arrived.total() <= NUMBER + 3


@pytest.mark.django_db(transaction=True)
def test_a_worker_heeds_what_changes_while_the_mail_server_is_slow(alice, mona, wanda, walt):
    """The first of four mails that it claimed is held by the server. Meanwhile one reader changes
    the address, one moves to where it is night, one leaves."""
    now = timezone.now()
    night = [(now + timedelta(hours=hours)).time() for hours in (11, 13)]
    Reach.objects.create(person=wanda.user, quiet_from=night[0], quiet_until=night[1])
    User.objects.update(time_zone="UTC")
    for place, who in enumerate((alice, mona, wanda, walt)):
        a_delivery(who, at=now - timedelta(seconds=9 - place), key=str(place))
    Notice.objects.update(kind="message.posted")
    with a_sink() as sink, a_broker() as broker:
        there = {"DEMO": "0", "EMAIL_URL": sink.url, "REDIS_URL": broker.url()}

        def beat() -> None:
            nudge_through(broker, deliver_due)

        sink.holds = True
        with a_worker("delivery", **there):
            wait_for(lambda: sink.held, beat)
            User.objects.filter(pk=mona.user_id).update(email="new@example.com")
            User.objects.filter(pk=wanda.user_id).update(time_zone="Etc/GMT-12")
            User.objects.filter(pk=walt.user_id).update(is_active=False)
            time.sleep(delivering.FRESH)
            sink.holds = False
            claimed = Delivery.objects.filter(status="due", lease_until__isnull=False)
            wait_for(lambda: not claimed.exists(), beat)
        reached = [recipients for recipients, _ in sink.arrived]
    assert reached == [[alice.user.email], ["new@example.com"]]
    became = Delivery.objects.order_by("pk").values_list("status", flat=True)
    assert list(became) == ["sent", "sent", "due", "dropped"]
    waits = Delivery.objects.get(notice__recipient=wanda.user).due_at - now
    assert timedelta(minutes=50) < waits < timedelta(minutes=61)


@pytest.mark.django_db(transaction=True)
def test_a_clock_an_hour_ahead_and_two_days_without_beat_repeat_and_lose_nothing(
    wanda, olga, alice
):
    """One whose clock is ahead sweeps; workers by the right clock are nudged twice each time; then
    it claims two and dies. A mail told before nothing ran for two days goes out as well."""
    ahead = timezone.now() + HOUR
    many_expiring(wanda, olga, 3, at=ahead)
    old = a_delivery(alice, at=ahead - 2 * DAY)
    reminders.sweep(at=ahead)
    RuleRun.objects.all().delete()
    with a_sink() as sink:
        with a_broker() as broker:
            there = {"DEMO": "0", "EMAIL_URL": sink.url, "REDIS_URL": broker.url()}

            def beat() -> None:
                nudge_through(broker, sweep_reminders, deliver_due, sweep_reminders, deliver_due)

            with a_worker(**there):
                wait_for(lambda: sink.arrived and RuleRun.objects.exists(), beat)
        assert [str(name) for name in sink.by_id()] == [message_id(old)]
        delivering.claim(at=ahead, limit=2)
        with override_settings(**sink.backend):
            for moment in (ahead, ahead + delivering.LEASE, ahead + DAY):
                delivering.deliver(at=moment)
    assert told() == Notice.objects.exclude(pk=old.notice_id).count() == 3
    assert sorted(sink.by_id().values()) == [1, 1, 1, 1]


@pytest.mark.django_db
def test_a_clock_that_jumps_an_hour_and_back_tells_and_sends_once(wanda, olga, at, mailoutbox):
    many_expiring(wanda, olga, 3, at=at)
    for moment in (at + HOUR, at, at + HOUR, at + 2 * HOUR):
        reminders.sweep(at=moment)
        delivering.deliver(at=moment)
    assert told() == Notice.objects.count() == len(mailoutbox) == 3


@pytest.mark.django_db
def test_a_lease_from_a_clock_that_was_ahead_is_over_within_the_hour(alice, at, mailoutbox):
    a_delivery(alice, at=at)
    delivering.claim(at=at + HOUR)
    assert delivering.deliver(at=at).handled == 0
    assert delivering.deliver(at=at + HOUR + delivering.LEASE).sent == 1


@pytest.mark.django_db
@pytest.mark.parametrize("changes", ["address", "zone", "closes the account"])
def test_what_somebody_changes_between_claim_and_send_counts(
    changes, alice, at, mailoutbox, monkeypatch
):
    """The rest of a batch may wait for a slow mail server; each mail asks anew before it goes."""
    a_delivery(alice, at=at)
    claimed = delivering.claim

    def and_then(**given):
        found = claimed(**given)
        user = type(alice.user).objects.get(pk=alice.user_id)
        user.email = "new@example.com" if changes == "address" else user.email
        user.time_zone = "Pacific/Auckland" if changes == "zone" else user.time_zone
        user.is_active = changes != "closes the account"
        user.save()
        return found

    monkeypatch.setattr(delivering, "claim", and_then)
    delivering.deliver(at=at)
    delivering.deliver(at=at + DAY)
    expected = {"address": ["new@example.com"], "zone": [alice.user.email]}.get(changes, [])
    assert [address for mail in mailoutbox for address in mail.to] == expected
    assert Delivery.objects.get().status == ("sent" if expected else "dropped")


@pytest.mark.django_db
def test_a_beat_that_stood_still_for_two_days_sends_what_was_told_before_it(alice, at, mailoutbox):
    a_delivery(alice, at=at)
    assert delivering.deliver(at=at + timedelta(days=2)).sent == 1
