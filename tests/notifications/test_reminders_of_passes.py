"""A pass that runs out is announced in time, and not once it is renewed."""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest

from notifications import reminders
from notifications.models import Notice
from tests.factories import tests as quizzes
from tests.notifications.moments import DAY
from tests.notifications.moments import reminders as reminded
from vetting import composing, publishing

pytestmark = pytest.mark.django_db


@pytest.fixture
def test(alice, at):
    return quizzes.published(alice, at=at, valid_days=365)


@pytest.fixture
def ends(test, wanda, at) -> datetime:
    """Midnight at the start of the last day on which Wanda's pass is good."""
    attempt = quizzes.answered(test, wanda, at=at)
    return datetime.combine(attempt.expires_on, time(), ZoneInfo("UTC"))


def test_the_words_name_the_test_and_the_day(ends, wanda):
    reminders.sweep(at=ends - 6 * DAY)
    notice = Notice.objects.get(recipient=wanda.user, kind="reminder.pass_expiring")
    assert notice.title.startswith("Your pass of “Cabling basics” is good until")
    assert notice.acting_as == "worker"


@pytest.mark.parametrize("why", ["renewed", "archived", "asked anew", "over"])
def test_nothing_is_said_where_it_no_longer_matters(test, ends, alice, wanda, at, why):
    due = ends - 20 * DAY
    if why == "renewed":
        quizzes.answered(test, wanda, at=due - DAY)
    elif why == "archived":
        publishing.archive(test, by=alice, at=at)
    elif why == "asked anew":
        composing.revise(test, by=alice, at=at)
        publishing.publish(test, keeps_passes=False, by=alice, at=at)
    reminders.sweep(at=ends + 2 * DAY if why == "over" else ends - 7 * DAY)
    assert reminded("pass_expiring") == []
