"""A credential that expires is announced, unless it is renewed, over or withdrawn."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from notifications import reminders
from tests.factories import credentials as proofs
from tests.notifications.moments import DAY, told
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


def test_the_words_name_the_credential_and_its_last_day(valid, wanda):
    reminders.sweep(at=nine(valid, 7))
    month = f"{valid.expires_on:%B} {valid.expires_on.day}"
    assert told(wanda, f"reminder.{RULE}") == [f"Your “License” expires on {month}"]


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
