"""Calendars of a company and of a worker, and the private address that programs read."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from accounts import team
from assignments import feeds, lifecycle
from assignments.contents import Contents
from assignments.forms.calendar import SpanForm
from assignments.models import CalendarFeed
from assignments.queries import calendar
from assignments.schedule import Day
from tests.assignments.pages import HOSTILE, words_of
from tests.factories import accounts as people
from tests.factories import assignments as work

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

COMPANY = "/assignments/calendar/"
WORKER = "/work/mine/calendar/"
SETTINGS = "/settings/calendar/"


def by_day(page):
    return {
        str(day["on"]): [pill["title"] for pill in day["pills"]]
        for week in page.context["weeks"]
        for day in week
        if day["pills"]
    }


def touched(row):
    return [on for turn in calendar.turns_of(row) for on in calendar.days_of(turn)]


def test_work_of_several_days_stands_under_its_days_alone(client_of, alice, at):
    days = [at + timedelta(days=n) for n in (6, 8)]
    row = work.draft(alice, at=at, title="Twice")
    spans = tuple(Day(start, start + timedelta(hours=3)) for start in days)
    row = lifecycle.edit(row, Contents(days=spans), revision=0, by=alice, at=at)
    assert by_day(client_of(alice).get(COMPANY)) == {
        "2026-11-16": ["Twice"], "2026-11-18": ["Twice"],
    }  # fmt: skip
    assert [turn.starts_at for turn in calendar.turns_of(row)] == days


def test_a_month_shows_whole_weeks_and_each_day_its_assignments(client_of, alice, at, draft):
    work.draft(alice, at=at, title="Two days", starts_at=at, ends_at=at + timedelta(days=1))
    page = client_of(alice).get(COMPANY)
    weeks = page.context["weeks"]
    assert (weeks[0][0]["on"], weeks[-1][-1]["on"]) == (date(2026, 11, 1), date(2026, 12, 5))
    assert by_day(page) == {
        "2026-11-10": ["Two days"], "2026-11-11": ["Two days"],
        "2026-11-13": ["Replace a network switch"],
    }  # fmt: skip


def test_a_day_is_a_day_on_the_clock_of_the_site(client_of, alice, at):
    """11 PM in Honolulu is the next morning in New York; the site's clock decides."""
    start = datetime(2026, 11, 12, 23, 0, tzinfo=ZoneInfo("Pacific/Honolulu"))
    work.draft(
        alice, at=at, title="Late shift", starts_at=start, ends_at=start + timedelta(hours=1),
        time_zone="Pacific/Honolulu",
    )  # fmt: skip
    page = client_of(alice).get(COMPANY, {"span": "week", "on": "2026-11-12"})
    assert by_day(page) == {"2026-11-12": ["Late shift"]}
    assert "11:00 PM HST" in words_of(page)


def test_an_assignment_that_ends_at_midnight_does_not_touch_the_next_day(alice, at):
    zone = ZoneInfo("America/New_York")
    end = datetime(2026, 11, 13, 0, 0, tzinfo=zone)
    row = work.draft(alice, at=at, starts_at=end - timedelta(hours=2), ends_at=end)
    assert touched(row) == [date(2026, 11, 12)]


def test_the_change_of_clocks_keeps_days_apart(alice, at):
    """On 1 November 2026 the clocks in New York go back: the day has 25 hours."""
    zone = ZoneInfo("America/New_York")
    row = work.draft(
        alice, at=at, starts_at=datetime(2026, 11, 1, 0, 30, tzinfo=zone),
        ends_at=datetime(2026, 11, 1, 23, 30, tzinfo=zone),
    )  # fmt: skip
    assert touched(row) == [date(2026, 11, 1)]


def test_spans_follow_each_other_over_the_ends_of_years():
    january = SpanForm({"on": "2027-01-31"}, today=date(2026, 11, 10))
    assert (january.before, january.after) == (date(2026, 12, 1), date(2027, 2, 1))
    week = SpanForm({"span": "week", "on": "2027-01-01"}, today=date(2026, 11, 10))
    assert (week.first, week.last) == (date(2026, 12, 27), date(2027, 1, 2))
    assert week.title == "December 27 to January 2, 2027"
    leap = SpanForm({"on": "2028-02-10"}, today=date(2026, 11, 10))
    assert (leap.first, leap.last) == (date(2028, 1, 30), date(2028, 3, 4))


def test_where_there_are_too_many_each_day_says_how_many(client_of, alice, at, monkeypatch):
    monkeypatch.setattr(calendar, "MOST", 2)
    for _ in range(4):
        work.draft(alice, at=at)
    page = client_of(alice).get(COMPANY)
    counts = {str(d["on"]): d["count"] for w in page.context["weeks"] for d in w if d["count"]}
    assert counts == {"2026-11-13": 4} and not page.context["is_whole"]
    assert "starts_from=2026-11-13" in page.content.decode()


def test_the_calendar_is_filtered_like_the_board(client_of, alice, at, draft):
    work.draft(alice, at=at, title="Paint a fence")
    page = client_of(alice).get(COMPANY, {"words": "fence"})
    assert by_day(page) == {"2026-11-13": ["Paint a fence"]}
    assert "words=fence" in page.context["after_url"]


def test_a_worker_sees_what_they_are_assigned_to(client_of, wanda, walt, assigned):
    assert by_day(client_of(wanda).get(WORKER)) == {"2026-11-13": [assigned.title]}
    assert by_day(client_of(walt).get(WORKER)) == {}


@pytest.mark.parametrize("poison", HOSTILE)
def test_no_parameter_crashes_a_calendar(client_of, alice, wanda, poison):
    for name in ("span", "on", "words", "status"):
        assert client_of(alice).get(COMPANY, {name: poison}).status_code == 200
        assert client_of(wanda).get(WORKER, {name: poison}).status_code == 200
    assert client_of(wanda).get("/work/calendar.ics", {"key": poison}).status_code == 404


def test_one_row_and_thirty_cost_the_same_few_queries(
    client_of, alice, wanda, at, assigned, django_assert_max_num_queries
):
    for persona, url in ((alice, COMPANY), (wanda, WORKER)):
        client = client_of(persona)
        client.get(url)
        with django_assert_max_num_queries(10) as few:
            client.get(url)
        for n in range(8):
            work.in_stage("assigned", alice, wanda, at=at, title=f"More {n}")
        with django_assert_max_num_queries(len(few.captured_queries)):
            client.get(url)


def address_of(client) -> str:
    client.post(SETTINGS, {"renew": "yes"})
    parts = urlsplit(client.get(SETTINGS).context["address"])
    return f"{parts.path}?{parts.query}"


def events_of(response) -> list:
    assert response.status_code == 200 and response["Content-Type"].startswith("text/calendar")
    return list(Calendar.from_ical(response.content).walk("VEVENT"))


def test_a_program_reads_the_calendar_at_the_private_address(client_of, client, wanda, assigned):
    (event,) = events_of(client.get(address_of(client_of(wanda))))
    assert str(event["SUMMARY"]) == f"{assigned.title} (Acme)"
    assert event["DTSTART"].dt == assigned.starts_at and event["DTEND"].dt == assigned.ends_at
    assert "12 High Street" in str(event["LOCATION"])
    assert str(event["UID"]).startswith(assigned.reference)


def test_a_clients_feed_tells_who_comes_and_leaves_drafts_out(
    client_of, client, alice, assigned, at
):
    work.draft(alice, at=at, title="Not sent")
    lines = [str(e["SUMMARY"]) for e in events_of(client.get(address_of(client_of(alice))))]
    assert lines == [f"{assigned.title} (Wanda Wells)"]


def test_a_new_address_ends_the_old_one_and_taking_back_ends_both(client_of, client, wanda):
    browser = client_of(wanda)
    old, new = address_of(browser), address_of(browser)
    assert old != new and client.get(old).status_code == 404
    assert client.get(new).status_code == 200
    browser.post(SETTINGS, {"close": "yes"})
    assert client.get(new).status_code == 404 and not CalendarFeed.objects.exists()


def test_a_member_who_left_reads_nothing_more(client_of, client, acme, alice, mona, at):
    address = address_of(client_of(mona))
    assert client.get(address).status_code == 200
    team.remove(mona.membership, by=alice, at=at)
    assert client.get(address).status_code == 404


def test_a_person_in_two_capacities_has_two_addresses(wanda, acme, at):
    other = people.worker("Two Hats", at=at)
    member = people.member(acme, "Second Hat", ["viewer"], at=at)
    first, second = feeds.renew_feed(by=other, at=at), feeds.renew_feed(by=member, at=at)
    assert (first.company_id, second.worker_id) == (None, None)
    assert feeds.feed_of(other) == first and feeds.feed_of(member) == second


def test_cancelled_work_leaves_both_calendars(client_of, client, alice, wanda, assigned, at):
    address = address_of(client_of(wanda))
    lifecycle.cancel(assigned, reason="site_not_ready", note="Closed.", by=alice, at=at)
    assert events_of(client.get(address)) == []
    assert by_day(client_of(alice).get(COMPANY)) == {}
