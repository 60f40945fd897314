"""A credential that expires is announced 30, 7 and 1 days ahead, once each."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from notifications import reminders
from tests.factories import credentials as proofs
from tests.notifications.moments import DAY, TICK, told
from tests.notifications.moments import reminders as made
from vetting import credentials, reviewing

pytestmark = pytest.mark.django_db
RULE = "credential_expiring"


@pytest.fixture
def valid(wanda, olga, at):
    """Valid until 100 days from now, in New York."""
    return proofs.verified(wanda, reviewer=olga, at=at, expires_on=at.date() + timedelta(100))


def nine(credential, days: int) -> datetime:
    """Nine in the morning so many days before the last valid day, where the worker lives."""
    day = credential.expires_on - timedelta(days=days)
    zone = ZoneInfo(credential.worker.user.time_zone)
    return datetime(day.year, day.month, day.day, 9, tzinfo=zone)


@pytest.mark.parametrize("step,days", [(1, 30), (2, 7), (3, 1)])
def test_each_notice_falls_due_to_the_moment_and_is_told_once(valid, wanda, step, days):
    due = nine(valid, days)
    reminders.sweep(at=due - TICK)
    assert [found for _, found in made(RULE)] == []
    for _ in range(2):
        reminders.sweep(at=due)
    assert made(RULE) == [("Wanda Wells", step)]
    month = f"{valid.expires_on:%B} {valid.expires_on.day}"
    assert told(wanda, f"reminder.{RULE}") == [f"Your “License” expires on {month}"]


def test_all_three_are_told_over_time_and_nothing_after_the_end(valid):
    for hours in range(0, 24 * 35, 6):
        reminders.sweep(at=nine(valid, 31) + timedelta(hours=hours))
    assert [step for _, step in made(RULE)] == [1, 2, 3]


def test_after_downtime_the_latest_alone_is_told(valid):
    reminders.sweep(at=nine(valid, 1) + timedelta(hours=2))
    assert [step for _, step in made(RULE)] == [3]
    assert [step for _, step in made(RULE, "stale")] == [1, 2]


def test_an_expired_one_says_nothing_any_more(valid):
    reminders.sweep(at=nine(valid, -1))
    assert made(RULE) == made(RULE, "stale") == []


def test_a_renewal_silences_it_and_a_refused_one_does_not(valid, wanda, olga, at):
    new = proofs.pending(
        wanda, at=at, renews=valid, expires_on=valid.expires_on + timedelta(days=365)
    )
    reminders.sweep(at=nine(valid, 30))
    assert made(RULE) == []
    reviewing.refuse(new, revision=1, reason="Not readable", by=olga, at=nine(valid, 20))
    reminders.sweep(at=nine(valid, 7))
    assert made(RULE) == [("Wanda Wells", 2)]


def test_withdrawn_and_waiting_ones_say_nothing(valid, wanda, at):
    credentials.withdraw(valid, by=wanda, at=at)
    proofs.pending(wanda, at=at, expires_on=at.date() + timedelta(days=100))
    reminders.sweep(at=nine(valid, 7) + DAY / 2)
    assert made(RULE) == []
