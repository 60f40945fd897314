"""Every rule of the catalogue at its exact boundary, under a hold, after downtime, across zones."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from assignments import lifecycle
from escalations import casework
from notifications.models import Notice, Reminder
from notifications.reminders import RULES, sweeping
from tests.escalations.making import opened
from tests.notifications.moments import DAY, HOUR, TICK
from tests.notifications.stories import STORIES, Cast

pytestmark = pytest.mark.django_db
BY_NAME = {rule.name: rule for rule in RULES}
SUMMER_TIME_ENDS = datetime(2026, 10, 25, 15, 0, tzinfo=UTC)
"""A week before it does in New York, between the first and the last step of most rules."""
ZONES = {"west": "Pacific/Honolulu", "east": "Pacific/Auckland"}
every_rule = pytest.mark.parametrize("name", list(BY_NAME))


@pytest.fixture
def cast(at, alice, wanda, olga) -> Cast:
    return Cast(at, alice, wanda, olga)


def sweep(name: str, at: datetime) -> None:
    sweeping.sweep_rules([BY_NAME[name]], at=at)


def steps(name: str, who, status: str = "told") -> list[int]:
    rows = Reminder.objects.filter(rule=name, recipient=who.user, status=status)
    return list(rows.order_by("settled_at", "due_at").values_list("step", flat=True))


def test_every_rule_has_its_story():
    assert STORIES.keys() == BY_NAME.keys()


@every_rule
@pytest.mark.parametrize("at", [datetime(2026, 11, 10, 15, tzinfo=UTC), SUMMER_TIME_ENDS])
def test_each_step_is_told_at_its_moment_and_once(name, cast):
    story = STORIES[name](cast)
    assert len(story.moments) == len(BY_NAME[name].delays)
    for step, due in enumerate(story.moments, start=1):
        sweep(name, due - TICK)
        assert steps(name, story.who) == list(range(1, step))
        sweep(name, due)
        sweep(name, due)
        sweep(name, due + TICK)
        assert steps(name, story.who) == list(range(1, step + 1))
    told = Notice.objects.filter(kind=f"reminder.{name}", recipient=story.who.user)
    assert told.count() == told.filter(deliveries__isnull=False).count() == len(story.moments)
    assert not told.filter(url="").exists()


@every_rule
def test_a_hold_silences_it_and_moves_the_clock_where_it_stands_still(name, cast):
    story = STORIES[name](cast)
    if story.held is None:
        assert "under a" not in BY_NAME[name].silent
        return
    assert "under a" in BY_NAME[name].silent
    placed = story.moments[0] - HOUR
    case = opened(story.held, cast.wanda, at=placed)
    for due in (*story.moments, story.moments[-1] + DAY):
        sweep(name, due)
    assert not Reminder.objects.filter(rule=name).exists()

    released = story.moments[0] + HOUR
    casework.withdraw(case, by=cast.wanda, at=released)
    due = story.moments[0] + 2 * HOUR if story.pushed else released
    sweep(name, due - TICK)
    assert bool(steps(name, story.who)) == (not story.pushed)
    sweep(name, due)
    assert steps(name, story.who) == [1]


@pytest.mark.parametrize("name", [name for name in BY_NAME if "a hold" in BY_NAME[name].silent])
def test_work_that_the_client_lets_wait_is_not_chased(name, cast):
    story = STORIES[name](cast)
    assert story.holds == ("dispute", "schedule")
    due = story.moments[0]
    sweeping.make(BY_NAME[name], at=due)
    assert steps(name, story.who, "due") == [1]
    lifecycle.put_on_hold(story.held, reason="Rain", by=cast.alice, at=due)
    sweep(name, due)
    assert steps(name, story.who) == []
    assert steps(name, story.who, "silent") == [1]
    lifecycle.release(story.held.holds.get(), by=cast.alice, at=due)
    sweep(name, due)
    assert steps(name, story.who) == [1]


@every_rule
def test_after_two_days_of_downtime_what_still_matters_is_told_once(name, cast):
    """Down from just before each step; the clock is not turned back between the cases."""
    story = STORIES[name](cast)
    for due in story.moments:
        at = due + 2 * DAY
        sweep(name, due - TICK)
        before = set(steps(name, story.who))
        sweep(name, at)
        sweep(name, at + TICK)
        over = [step for step, moment in enumerate(story.moments, 1) if moment <= at]
        if at <= story.until:
            assert over[-1] in steps(name, story.who)
        new = [step for step in steps(name, story.who) if step not in before]
        assert new in ([over[-1]], [])
        assert len(steps(name, story.who)) == len(set(steps(name, story.who)))
    dropped = Reminder.objects.filter(rule=name, status__in=("stale", "silent"))
    assert not dropped.filter(why="").exists()


@every_rule
def test_the_last_reminder_is_told_until_it_is_too_late(name, cast):
    story = STORIES[name](cast)
    last = len(story.moments)
    sweeping.make(BY_NAME[name], at=story.until)
    Reminder.objects.filter(rule=name).delete()
    sweep(name, story.until + TICK)
    assert steps(name, story.who) == []
    for reminder in Reminder.objects.filter(rule=name):
        assert reminder.status == "stale"
        assert ("hours late" in reminder.why) == (reminder.step == last)
    Reminder.objects.filter(rule=name).delete()
    sweep(name, story.until)
    assert steps(name, story.who) == [last]


@pytest.mark.parametrize("name", [rule.name for rule in RULES if rule.by_calendar])
@pytest.mark.parametrize("way", list(ZONES))
def test_whoever_moves_to_another_zone_is_told_once_and_at_nine_from_then_on(name, way, cast):
    story = STORIES[name](cast)
    first, second = story.moments[:2]
    sweeping.make(BY_NAME[name], at=first)
    story.who.user.time_zone = ZONES[way]
    story.who.user.save()
    for hours in range(0, 18, 3):
        sweep(name, first + hours * HOUR)
    assert steps(name, story.who) == [1]

    there = second.replace(tzinfo=None).replace(tzinfo=ZoneInfo(ZONES[way]))
    sweep(name, there - TICK)
    assert steps(name, story.who) == [1]
    sweep(name, there)
    story.who.user.time_zone = "America/New_York"
    story.who.user.save()
    for hours in range(0, 18, 3):
        sweep(name, there + hours * HOUR)
    assert steps(name, story.who) == [1, 2]


def test_somebody_in_a_zone_that_nobody_knows_stops_nobody(cast):
    story = STORIES["credential_expiring"](cast)
    story.who.user.time_zone = "Mars/Olympus_Mons"
    story.who.user.save()
    due = story.moments[0].replace(tzinfo=UTC)
    sweep("credential_expiring", due - TICK)
    assert steps("credential_expiring", story.who) == []
    sweep("credential_expiring", due)
    assert steps("credential_expiring", story.who) == [1]
