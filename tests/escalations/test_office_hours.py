"""Deadlines in open hours: over nights, weekends, holidays and the change of the clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from escalations import casework, office_hours
from escalations.models import Holiday, Office
from escalations.office_hours import AROUND_THE_CLOCK, OfficeHours
from escalations.queries import expectations
from tests.escalations.making import opened
from tests.escalations.offices import office

NEW_YORK = ZoneInfo("America/New_York")
BY_DAY = OfficeHours(NEW_YORK, {day: (time(9), time(17)) for day in range(5)})
WEEKDAYS = OfficeHours(NEW_YORK, {day: (time(0), None) for day in range(5)})
HOUR = timedelta(hours=1)


def local(*moment: int) -> datetime:
    return datetime(*moment, tzinfo=NEW_YORK)  # type: ignore[arg-type, misc]


FRIDAY_AT_FOUR = (2026, 11, 13, 16)


@pytest.mark.parametrize(
    ("hours", "start", "span", "due"),
    [
        (BY_DAY, FRIDAY_AT_FOUR, 1, (2026, 11, 13, 17)),
        (BY_DAY, FRIDAY_AT_FOUR, 2, (2026, 11, 16, 10)),
        (BY_DAY, FRIDAY_AT_FOUR, 24, (2026, 11, 18, 16)),
        (BY_DAY, (2026, 11, 14, 12), 1, (2026, 11, 16, 10)),
        (BY_DAY, (2026, 11, 13, 7), 1, (2026, 11, 13, 10)),
        (BY_DAY, (2026, 11, 13, 17), 1, (2026, 11, 16, 10)),
        (WEEKDAYS, FRIDAY_AT_FOUR, 24, (2026, 11, 16, 16)),
        (WEEKDAYS, FRIDAY_AT_FOUR, 48, (2026, 11, 17, 16)),
        (WEEKDAYS, (2026, 11, 15, 3), 24, (2026, 11, 17, 0)),
        (WEEKDAYS, (2026, 11, 10, 10), 48, (2026, 11, 12, 10)),
        (AROUND_THE_CLOCK, FRIDAY_AT_FOUR, 24, (2026, 11, 14, 16)),
    ],
)
def test_open_hours_alone_count(hours, start, span, due):
    assert hours.after(local(*start), span * HOUR) == local(*due)


def test_a_holiday_is_left_out_as_a_weekend_is():
    hours = OfficeHours(NEW_YORK, BY_DAY.days, frozenset({date(2026, 11, 26)}))
    assert hours.after(local(2026, 11, 25, 16), 2 * HOUR) == local(2026, 11, 27, 10)


@pytest.mark.parametrize(
    ("start", "hours_of_the_day"), [((2026, 11, 1, 0), 25), ((2026, 3, 8, 0), 23)]
)
def test_a_day_on_which_the_clock_is_moved_counts_as_long_as_it_is(start, hours_of_the_day):
    every_day = OfficeHours(NEW_YORK, {day: (time(0), None) for day in range(7)},
                            frozenset({date(2000, 1, 1)}))  # fmt: skip
    day = date(*start[:3]) + timedelta(days=1)
    due = every_day.after(local(*start), hours_of_the_day * HOUR)
    assert due == local(day.year, day.month, day.day)
    assert every_day.between(local(*start), due) == hours_of_the_day * HOUR


@pytest.mark.parametrize("span", [timedelta(seconds=1), HOUR, 8 * HOUR, 24 * HOUR, 100 * HOUR])
@pytest.mark.parametrize("hours", [BY_DAY, WEEKDAYS, AROUND_THE_CLOCK])
def test_what_was_counted_forward_is_counted_back(hours, span):
    for start in (local(2026, 11, 13, 16), local(2026, 11, 14, 3), local(2026, 12, 24, 23)):
        assert hours.between(start, hours.after(start, span)) == span


def test_a_calendar_without_an_open_day_counts_every_hour():
    closed = OfficeHours(NEW_YORK, {})
    assert closed.after(local(*FRIDAY_AT_FOUR), HOUR) == local(2026, 11, 13, 17)


def test_a_year_of_holidays_ends_somewhere():
    year = frozenset(date(2026, 11, 1) + timedelta(days=day) for day in range(500))
    closed = OfficeHours(NEW_YORK, BY_DAY.days, year)
    assert closed.after(local(*FRIDAY_AT_FOUR), HOUR) == local(2026, 11, 13, 17)


@pytest.mark.django_db
class TestCases:
    """Submitted on Friday the 13th at 19:00 UTC, that is 14:00 in New York; opened at 15:00."""

    @pytest.fixture
    def case(self, submitted, wanda):
        office(closes=None, opens=time(0))
        return opened(submitted, wanda, at=local(2026, 11, 13, 15))

    def test_the_deadlines_of_a_case_of_friday_fall_into_the_next_week(self, case):
        assert case.first_answer_due_at == local(2026, 11, 16, 15)
        assert case.update_due_at == local(2026, 11, 17, 15)
        assert case.other_side_due_at == local(2026, 11, 17, 15)

    def test_the_next_update_is_counted_from_the_last_one(self, case, olga):
        casework.reply(case, body="Looking.", by=olga, at=local(2026, 11, 19, 12))
        case.refresh_from_db()
        assert case.update_due_at == local(2026, 11, 23, 12)

    def test_waiting_for_a_party_stops_the_clock_of_the_team(self, case, olga, wanda):
        casework.ask_party(case, side="worker", question="Which?", by=olga,
                           at=local(2026, 11, 19, 12))  # fmt: skip
        case.refresh_from_db()
        assert case.party_answer_due_at == local(2026, 11, 23, 12)
        assert case.update_due_at == local(2026, 11, 25, 12)

        casework.reply(case, body="This one.", by=wanda, at=local(2026, 11, 20, 12))
        case.refresh_from_db()
        assert (case.status, case.party_answer_due_at) == ("in_review", None)
        assert case.update_due_at == local(2026, 11, 24, 12)

    def test_a_proposal_of_friday_ends_on_tuesday(self, case, olga):
        at = local(2026, 11, 20, 12)
        proposal = casework.propose(case, effect="no_money", words="x", by=olga, at=at)
        assert proposal.answer_due_at == local(2026, 11, 24, 12)
        case.refresh_from_db()
        assert case.update_due_at == local(2026, 11, 26, 12)

    def test_a_holiday_between_the_days_puts_every_deadline_off(self, case, olga):
        """Thanksgiving: asked on the Wednesday before, over the holiday and the weekend."""
        Office.objects.get().holidays.create(on=date(2026, 11, 26), name="Thanksgiving")
        casework.ask_party(case, side="worker", question="Which?", by=olga,
                           at=local(2026, 11, 25, 12))  # fmt: skip
        case.refresh_from_db()
        assert case.party_answer_due_at == local(2026, 11, 30, 12)
        assert case.update_due_at == local(2026, 12, 2, 12)

    def test_own_spans_are_counted(self, submitted, wanda):
        office(first_answer_hours=4, answer_hours=12)
        case = opened(submitted, wanda, at=local(2026, 11, 13, 15))
        assert case.first_answer_due_at == local(2026, 11, 16, 11)
        assert case.other_side_due_at == local(2026, 11, 17, 11)

    def test_the_other_side_is_asked_for_its_story_until_it_speaks(self, case, alice):
        asked = [owed for owed in expectations(case) if owed.side == "company"]
        assert [(owed.words, owed.due_at) for owed in asked] == [
            ("tell your side of it", case.other_side_due_at)
        ]
        casework.reply(case, body="It was late.", by=alice, at=local(2026, 11, 13, 16))
        case.refresh_from_db()
        assert case.other_side_answered_at == local(2026, 11, 13, 16)
        assert [owed.side for owed in expectations(case)] == ["staff"]


def test_around_the_clock_where_no_calendar_is_set(db):
    assert office_hours.current() is AROUND_THE_CLOCK
    assert AROUND_THE_CLOCK.is_open(datetime(2026, 11, 14, tzinfo=UTC))


@pytest.fixture
def desk_of(client_of):
    def login(actor) -> Client:
        return client_of(actor)

    return login


DAYS, HOLIDAYS = "days", "holidays"


def posted(**changed: str) -> dict[str, str]:
    return {
        "time_zone": "Europe/London", "lead_above": "500", "first_answer_hours": "8",
        "update_hours": "16", "answer_hours": "16", "proposal_hours": "16",
        "days-TOTAL_FORMS": "1", "days-INITIAL_FORMS": "0", "days-0-weekday": "0",
        "days-0-opens": "09:00", "days-0-closes": "17:30",
        "holidays-TOTAL_FORMS": "1", "holidays-INITIAL_FORMS": "0",
        "holidays-0-on": "2026-12-25", "holidays-0-name": "Christmas", **changed,
    }  # fmt: skip


ADD = "/admin/escalations/office/add/"


def test_a_lead_sets_the_calendar_in_the_admin(lena, desk_of):
    browser = desk_of(lena)
    assert browser.get(ADD).status_code == 200
    assert browser.post(ADD, posted()).status_code == 302

    hours = office_hours.current()
    assert str(hours.zone) == "Europe/London"
    assert hours.days == {0: (time(9), time(17, 30))}
    assert hours.holidays == {date(2026, 12, 25)}
    assert hours.first_answer == 8 * HOUR
    assert browser.get(ADD).status_code == 403
    assert "Christmas" in browser.get("/admin/escalations/office/1/change/").text


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"time_zone": "Mars/Olympus"}, "is not a time zone"),
        ({"time_zone": "a\x00b"}, "Null characters"),
        ({"first_answer_hours": "0"}, "greater than or equal to 1"),
        ({"lead_above": "-1"}, ""),
        ({"days-0-closes": "08:00"}, "A day closes after it opens"),
        ({"days-0-weekday": "9"}, "valid choice"),
        ({"holidays-0-on": "never"}, "valid date"),
    ],
)
def test_a_calendar_that_makes_no_sense_is_refused(changed, said, lena, desk_of):
    response = desk_of(lena).post(ADD, posted(**changed))
    assert response.status_code == 200
    assert said in response.text
    assert not Office.objects.exists()


def test_an_agent_reads_the_calendar_and_a_party_does_not(olga, alice, desk_of):
    office(holidays=[date(2026, 12, 25)])
    page = "/admin/escalations/office/1/change/"
    assert desk_of(olga).get(page).status_code == 200
    assert desk_of(olga).post(page, posted()).status_code == 403
    assert desk_of(alice).get(page).status_code == 302
    assert Holiday.objects.count() == 1


def test_the_calendar_costs_one_query(db, django_assert_num_queries):
    office(holidays=[date(2026, 12, 25), date(2026, 7, 3)], closes=None, days=(0, 4))
    with django_assert_num_queries(1):
        hours = office_hours.current()
    assert hours.days == {0: (time(9), None), 4: (time(9), None)}
    assert hours.holidays == {date(2026, 12, 25), date(2026, 7, 3)}
    assert (hours.first_answer_words, hours.words(HOUR)) == ("24 office hours", "1 office hour")
    assert AROUND_THE_CLOCK.update_words == "48 hours"


@pytest.mark.django_db
def test_the_clock_of_a_case_opened_before_a_change_of_the_calendar_stands(submitted, wanda):
    case = opened(submitted, wanda)
    due = case.first_answer_due_at
    office()
    case.refresh_from_db()
    assert case.first_answer_due_at == due
