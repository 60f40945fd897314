"""Moments in words."""

from datetime import UTC, date, datetime, timedelta

import pytest

from core import dates

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("away", "words"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=1), "in 1 minute"),
        (timedelta(minutes=-44), "44 minutes ago"),
        (timedelta(hours=30), "in 30 hours"),
        (timedelta(days=-2), "2 days ago"),
        (timedelta(days=21), "in 3 weeks"),
        (timedelta(days=-90), "3 months ago"),
        (timedelta(days=800), "in 2 years"),
    ],
)
def test_distance_in_words(away, words):
    assert dates.relative_words(NOW + away, NOW) == words


def test_the_zone_is_named_and_summer_time_kept():
    summer = datetime(2026, 7, 1, 15, 0, tzinfo=UTC)
    assert dates.moment_words(NOW, "America/Denver") == "Mon, Nov 23, 2026, 8:00 AM MST"
    assert dates.moment_words(summer, "America/Denver").endswith("9:00 AM MDT")


def test_a_zone_without_a_name_is_given_as_offset():
    assert dates.moment_words(NOW, "Asia/Dubai").endswith("7:00 PM UTC+4")
    assert dates.moment_words(NOW, "Asia/Kathmandu").endswith("UTC+5:45")


def test_a_span_within_a_day_names_the_day_once():
    words = dates.range_words(NOW, NOW + timedelta(hours=4), "America/Chicago")
    assert words == "Mon, Nov 23, 2026, 9:00 AM to 1:00 PM CST"


def test_a_span_over_midnight_names_both_days():
    words = dates.range_words(NOW, NOW + timedelta(days=1), "America/Chicago")
    assert words == "Mon, Nov 23, 2026, 9:00 AM to Tue, Nov 24, 2026, 9:00 AM CST"


@pytest.mark.parametrize(
    ("day", "words"),
    [(22, "yesterday"), (23, "today"), (24, "tomorrow"), (26, "in 3 days")],
)
def test_near_days_have_names(day, words):
    assert dates.day_words(date(2026, 11, day), date(2026, 11, 23)) == words
