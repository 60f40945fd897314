"""The case report: its figures against cases whose times are known, and the file."""

from __future__ import annotations

import csv
import io
import random
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from escalations import casework, office_hours, reporting
from escalations.office_hours import OfficeHours
from escalations.open_spans import Ruler
from tests.escalations.making import opened
from tests.escalations.offices import office
from tests.factories import assignments as work

pytestmark = pytest.mark.django_db
REPORT = "/admin/escalations/case/report/"
ZONE = ZoneInfo("UTC")
"""The calendar of a desk that keeps no office hours."""
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def noon(at):
    """Noon of the desk's day on which the cases of this file are opened."""
    local = (at + 40 * DAY).astimezone(ZONE)
    return local.replace(hour=12, minute=0, second=0, microsecond=0)


@pytest.fixture
def cases(alice, wanda, olga, noon, at):
    """Four: answered in 2 hours and decided in 10, answered in 30 hours, silent, withdrawn."""

    def fresh(when, **given):
        given.setdefault("outcome", "explanation")
        assignment = work.in_stage("pending_approval", alice, wanda, at=when - 20 * DAY)
        return opened(assignment, wanda, at=when, **given)

    quick, slow = fresh(noon), fresh(noon, kind="conduct")
    silent, withdrawn = fresh(noon + 2 * DAY), fresh(noon + 2 * DAY)
    casework.reply(quick, body="Looking.", by=olga, at=noon + 2 * HOUR)
    casework.decide(quick, effect="no_money", words="Nothing.", by=olga, at=noon + 10 * HOUR)
    casework.reply(slow, body="Sorry.", by=olga, at=noon + 30 * HOUR)
    casework.withdraw(withdrawn, by=wanda, at=noon + 2 * DAY + HOUR)
    return quick, slow, silent, withdrawn


def test_the_figures_are_those_of_the_cases(cases, noon, olga):
    day = noon.date()
    report = reporting.report_of(day, day + 5 * DAY, at=noon + 4 * DAY)
    whole = report.whole
    assert (whole.opened, whole.ended, report.open_now) == (4, 2, 2)
    assert whole.first_answer == 16 * HOUR, "the median of 2 and 30"
    assert whole.resolved_in == 10 * HOUR
    assert whole.late == 2, "one answered late, one not at all"
    assert whole.overdue == 2
    kinds = {line.name: (line.opened, line.ended) for line in report.kinds}
    assert kinds == {"Payment dispute": (3, 2), "Unprofessional conduct": (1, 0)}
    agents = {line.name: line.opened for line in report.agents}
    assert agents == {"Olga Olsen": 2, "Nobody": 2}
    outcomes = {row.name: (row.value, row.share) for row in report.outcomes.rows}
    assert outcomes == {"No money": ("1", "50%"), "Withdrawn": ("1", "50%")}


def test_a_case_counts_on_the_day_of_the_desk(cases, noon, olga, alice, wanda, at):
    midnight = (noon + 10 * DAY).replace(hour=0)
    for moment in (midnight - timedelta(microseconds=1), midnight):
        assignment = work.in_stage("pending_approval", alice, wanda, at=at + 20 * DAY)
        opened(assignment, wanda, at=moment)
    day = midnight.date()
    assert reporting.opened_in(day, day, zone=ZONE).count() == 1
    assert reporting.opened_in(day - DAY, day, zone=ZONE).count() == 2


def test_days_and_weeks_without_cases_are_drawn_too(cases, noon):
    day = noon.date()
    by_day = reporting.report_of(day, day + 5 * DAY, at=noon + 4 * DAY).volume
    assert [values[0] for _, values in by_day.rows] == ["2", "0", "2", "0", "0", "0"]
    by_week = reporting.report_of(day - 70 * DAY, day + 5 * DAY, at=noon + 4 * DAY).volume
    assert sum(int(values[0]) for _, values in by_week.rows) == 4
    assert len(by_week.rows) in (11, 12)


def test_the_report_asks_as_often_for_few_cases_as_for_none(cases, noon):
    counts = []
    for day in (noon.date(), date(2001, 1, 1)):
        with CaptureQueriesContext(connection) as asked:
            reporting.report_of(day, day + 5 * DAY, at=noon)
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 10


def test_the_page_and_the_file(cases, noon, olga, client_of):
    days = {"first": noon.date().isoformat(), "last": (noon.date() + 5 * DAY).isoformat()}
    browser = client_of(olga)
    text = browser.get(REPORT, days).text
    for said in ("16.0 hours", "10.0 hours", "Unprofessional conduct", "How they ended"):
        assert said in text, said
    file = browser.get(f"{REPORT}csv/", days)
    assert file["Content-Type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(file.getvalue().decode("utf-8-sig"))))
    assert [row["Case"] for row in rows] == [case.label for case in cases]
    assert rows[0]["Hours to first answer"] == "2.0"
    assert (rows[0]["Outcome"], rows[2]["Outcome"]) == ("No money", "")
    names = " ".join(" ".join(row.values()) for row in rows)
    assert "Wanda" not in names and "Acme" not in names


def test_with_a_calendar_spans_are_counted_in_office_hours(
    alice, wanda, olga, client_of, at, django_assert_max_num_queries
):
    """Opened on a Friday at three, answered on Monday at ten, decided on Tuesday at noon."""
    calendar = office()
    friday = datetime(2026, 11, 13, 15, tzinfo=ZoneInfo(calendar.time_zone))
    case = opened(
        work.in_stage("pending_approval", alice, wanda, at=friday - 20 * DAY), wanda, at=friday
    )
    casework.reply(case, body="Looking.", by=olga, at=friday + 2 * DAY + 19 * HOUR)
    casework.decide(case, effect="no_money", words="x", by=olga, at=friday + 3 * DAY + 21 * HOUR)

    days = {"first": "2026-11-09", "last": "2026-11-22"}
    text = client_of(olga).get(REPORT, days).text
    for said in ("in office hours", "3.0 office hours", "13.0 office hours",
                 "the limit is 24 office hours"):  # fmt: skip
        assert said in text, said
    with django_assert_max_num_queries(10):
        report = reporting.report_of(
            friday.date(), friday.date(), at=friday + 9 * DAY, hours=office_hours.current()
        )
    assert report.kinds[0].first_answer == report.agents[0].first_answer == 3 * HOUR
    assert [float(values[0]) for _, values in report.answers.rows] == [3.0]
    rows = client_of(olga).get(f"{REPORT}csv/", days).getvalue().decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(rows))
    assert (row["Office hours to first answer"], row["Office hours to end"]) == ("3.0", "13.0")


def test_the_ruler_measures_what_the_calendar_counts():
    hours = OfficeHours(
        ZoneInfo("America/New_York"),
        {0: (time(9), time(17)), 2: (time(0), None), 5: (time(20), None), 6: (time(0), time(4))},
        frozenset({date(2026, 11, 4)}),
    )
    first = datetime(2026, 10, 28, 5, tzinfo=ZoneInfo("UTC"))
    ruler = Ruler(hours, first, first + 30 * DAY)
    chance = random.Random(8)
    for _ in range(200):
        start, end = (first + chance.random() * 30 * DAY for _ in range(2))
        assert ruler.between(start, end) == hours.between(start, end)


@pytest.mark.parametrize(
    "query",
    ["first=x", "first=%00", "first=2026-02-30", "first=9999-01-01&last=0001-01-01",
     "first=2030-01-02&last=2030-01-01", "first=2000-01-01&last=2099-12-31"],
)  # fmt: skip
def test_made_up_days_are_survived(query, olga, client_of):
    browser = client_of(olga)
    assert browser.get(f"{REPORT}?{query}").status_code == 200
    assert browser.get(f"{REPORT}csv/?{query}").status_code == 200


def test_days_the_wrong_way_round_are_named(olga, client_of):
    text = client_of(olga).get(f"{REPORT}?first=2030-01-02&last=2030-01-01").text
    assert "The last day comes before the first." in text


def test_without_cases_the_report_says_so(olga, client_of):
    assert "No case was opened in these days." in client_of(olga).get(REPORT).text


def test_the_last_ninety_days_unless_asked():
    at = datetime(2026, 3, 15, 12, tzinfo=ZONE)
    assert reporting.period(None, None, at=at, zone=ZONE) == (date(2025, 12, 16), date(2026, 3, 15))
    assert timezone.is_aware(at)
