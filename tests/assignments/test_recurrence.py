"""When a series recurs: every rule against the calendar itself, counted day by day."""

from __future__ import annotations

import calendar
from datetime import date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assignments.recurrence import (
    DAILY,
    MONTHLY,
    WEEKDAY,
    WEEKLY,
    YEARLY,
    Pattern,
    read,
    start_on,
)
from core.places import TIME_ZONES

days = st.dates(date(2024, 1, 1), date(2030, 12, 31))
patterns = st.builds(
    Pattern,
    frequency=st.sampled_from([DAILY, WEEKLY, MONTHLY, WEEKDAY, YEARLY]),
    first_on=days,
    every=st.integers(1, 6),
    weekdays=st.sets(st.integers(0, 6)).map(lambda found: tuple(sorted(found))),
    last_day_stands_in=st.booleans(),
)


def last_day(year: int, month: int) -> int:
    return calendar.monthrange(year, month)[1]


def expected(pattern: Pattern, until: date) -> list[date]:
    """The same dates, found by looking at every day."""
    found, day = [], pattern.first_on
    while day <= until:
        if _falls_on(pattern, day):
            found.append(day)
        day += timedelta(days=1)
    return found


def _falls_on(pattern: Pattern, day: date) -> bool:
    first = pattern.first_on
    months = (day.year - first.year) * 12 + day.month - first.month
    if pattern.frequency == DAILY:
        return (day - first).days % pattern.every == 0
    if pattern.frequency == WEEKLY:
        weeks = (_monday(day) - _monday(first)).days // 7
        return weeks % pattern.every == 0 and day.weekday() in (
            pattern.weekdays or (first.weekday(),)
        )
    if pattern.frequency == YEARLY:
        if (day.year - first.year) % pattern.every or day.month != first.month:
            return False
        leap = (first.month, first.day) == (2, 29)
        return day.day == _wanted_day(day, first, leap and pattern.last_day_stands_in)
    if months % pattern.every:
        return False
    if pattern.frequency == WEEKDAY:
        if day.weekday() != first.weekday():
            return False
        if pattern.place_in_month == -1:
            return day.day + 7 > last_day(day.year, day.month)
        return (day.day - 1) // 7 + 1 == pattern.place_in_month
    return day.day == _wanted_day(day, first, pattern.last_day_stands_in)


def _wanted_day(day: date, first: date, stands_in: bool) -> int:
    return min(first.day, last_day(day.year, day.month)) if stands_in else first.day


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


@settings(max_examples=150, deadline=None)
@given(patterns)
def test_a_rule_falls_on_the_days_that_the_calendar_says(pattern):
    until = pattern.first_on + timedelta(days=800)
    found = []
    for day in pattern.dates():
        if day > until:
            break
        found.append(day)
    assert found == expected(pattern, until)


@settings(max_examples=150, deadline=None)
@given(patterns, st.integers(0, 400))
def test_looking_from_the_middle_finds_the_same_dates(pattern, offset):
    after = pattern.first_on + timedelta(days=offset)
    every = [day for day in islice(pattern.dates(), 600) if day > after]
    assert pattern.next_dates(5, after) == every[:5]


@settings(max_examples=150, deadline=None)
@given(patterns, st.one_of(st.none(), days), st.one_of(st.none(), st.integers(1, 99)))
def test_a_rule_is_read_back_as_it_was_written(pattern, until, count):
    whole = Pattern(**{**vars(pattern), "until": until, "count": None if until else count})
    again = read(whole.rule, whole.first_on)
    assert (again.rule, again.words, again.caution) == (whole.rule, whole.words, whole.caution)


@settings(max_examples=200, deadline=None)
@given(days, st.times().map(lambda t: t.replace(second=0, microsecond=0)),
       st.sampled_from([zone for zone, _ in TIME_ZONES]))  # fmt: skip
def test_every_start_exists_and_shows_the_time_or_says_why_not(day, at, zone):
    start = start_on(day, at, zone)
    shown = start.at.astimezone(ZoneInfo(zone))
    assert shown.utcoffset() == start.at.utcoffset()
    if start.note:
        assert shown.replace(tzinfo=None) == datetime.combine(day, at) + timedelta(hours=1)
    else:
        assert shown.replace(tzinfo=None) == datetime.combine(day, at)


def test_the_31st_is_the_last_day_of_short_months_or_left_out():
    first = date(2027, 1, 31)
    stands_in = Pattern(MONTHLY, first)
    assert [day.day for day in stands_in.next_dates(4)] == [31, 28, 31, 30]
    assert "last day of the month stands in" in stands_in.caution
    left_out = Pattern(MONTHLY, first, last_day_stands_in=False)
    assert [day.month for day in left_out.next_dates(4)] == [1, 3, 5, 7]
    assert "left out" in left_out.caution
    assert Pattern(MONTHLY, date(2027, 1, 28)).caution == ""


def test_a_leap_day_comes_every_year_or_every_fourth():
    first = date(2028, 2, 29)
    assert Pattern(YEARLY, first).next_dates(3)[1:] == [date(2029, 2, 28), date(2030, 2, 28)]
    rare = Pattern(YEARLY, first, last_day_stands_in=False)
    assert rare.next_dates(2) == [first, date(2032, 2, 29)]


def test_the_hour_that_spring_skips_starts_an_hour_later_in_words():
    start = start_on(date(2027, 3, 14), time(2, 30), "America/New_York")
    assert (start.at.hour, start.at.minute) == (3, 30)
    assert "there is no 2:30 AM, so it starts at 3:30 AM" in start.note
    autumn = start_on(date(2026, 11, 1), time(1, 30), "America/New_York")
    assert (autumn.note, autumn.at.fold, autumn.at.tzname()) == ("", 0, "EDT")


def test_until_and_count_end_a_rule():
    first = date(2027, 1, 4)
    assert len(list(Pattern(WEEKLY, first, count=3).dates())) == 3
    assert list(Pattern(DAILY, first, until=date(2027, 1, 6)).dates())[-1] == date(2027, 1, 6)
    assert Pattern(WEEKLY, first, count=3).count_before(date(2027, 1, 12)) == 2


@pytest.mark.parametrize(
    "pattern,words",
    [
        (Pattern(DAILY, date(2027, 1, 4)), "Every day"),
        (Pattern(WEEKLY, date(2027, 1, 4), every=2, weekdays=(0, 2, 4)),
         "Every 2 weeks on Monday, Wednesday and Friday"),
        (Pattern(MONTHLY, date(2027, 1, 31)), "Every month on day 31"),
        (Pattern(WEEKDAY, date(2027, 1, 12)), "Every month on the second Tuesday"),
        (Pattern(WEEKDAY, date(2027, 1, 29), count=1),
         "Every month on the last Friday, 1 time"),
        (Pattern(YEARLY, date(2027, 3, 2), until=date(2030, 1, 1)),
         "Every year on March 2, until Tue, Jan 1, 2030"),
    ],
)  # fmt: skip
def test_a_rule_is_said_in_words(pattern, words):
    assert pattern.words == words
