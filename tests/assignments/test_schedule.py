"""Work of several days: on the clock of the site, through every change of the clocks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from assignments import lifecycle, schedule
from assignments.contents import Contents
from assignments.models import Assignment
from assignments.moves import lock
from assignments.schedule import Day
from tests.assignments.pages import HOSTILE, errors_of, hidden, typed, words_of
from tests.factories import accounts as people
from tests.factories import assignments as work

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

NEW = "/assignments/new/"
SEVERAL = {
    "schedule": "days", "starts_at": "", "ends_at": "",
    "days-TOTAL_FORMS": "3", "days-INITIAL_FORMS": "0",
    "days-0-date": "2026-11-16", "days-0-start": "09:00", "days-0-end": "17:00",
    "days-1-date": "2026-11-18", "days-1-start": "22:00", "days-1-end": "06:00",
    "days-2-date": "", "days-2-start": "", "days-2-end": "",
}  # fmt: skip


@pytest.fixture
def as_alice(alice, client_of):
    return client_of(alice)


def post_new(as_alice, **changes):
    return as_alice.post(NEW, typed(reference=hidden(as_alice, NEW, "reference"), **changes))


def days_of(*starts: str) -> tuple[Day, ...]:
    """Days of eight hours from these moments."""
    moments = [datetime.fromisoformat(start) for start in starts]
    return tuple(Day(at, at + timedelta(hours=8)) for at in moments)


def several(alice, at, *starts: str) -> Assignment:
    draft = work.draft(alice, at=at)
    return lifecycle.edit(draft, Contents(days=days_of(*starts)), revision=0, by=alice, at=at)


def test_start_and_end_follow_from_the_days_and_a_night_ends_on_the_next(as_alice):
    post_new(as_alice, **SEVERAL)
    made = Assignment.objects.get()
    assert made.starts_at == datetime(2026, 11, 16, 14, tzinfo=UTC)
    assert made.ends_at == datetime(2026, 11, 19, 11, tzinfo=UTC)
    assert (made.day_count, made.is_window) == (2, False)
    page = as_alice.get(made.get_absolute_url())
    assert "2 days" in words_of(page) and "Mon, Nov 16, 2026, 9:00 AM to 5:00 PM EST" in words_of(
        page
    )
    assert "2 days, Mon, Nov 16" in words_of(as_alice.get("/assignments/"))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"days-0-date": "", "days-0-start": "", "days-0-end": "", "days-1-date": "",
          "days-1-start": "", "days-1-end": ""}, "Add at least one day"),
        ({"days-0-start": ""}, "Enter when the day starts"),
        ({"days-0-end": "late"}, "To"),
        ({"days-0-date": ""}, "Choose the day"),
        ({"days-0-end": "09:00"}, "must come after the start"),
        ({"days-0-date": "2026-11-01"}, "in the past"),
        ({"days-0-date": "1850-01-01"}, "Date"),
        ({"days-0-date": "2099-01-01", "days-1-date": "2099-01-02"}, "within the next two years"),
        ({"days-1-date": "2027-11-18"}, "within 180 days"),
        ({"days-1-date": "2026-11-16", "days-1-start": "16:00"}, "before the one before it"),
        ({"days-1-date": "2027-03-14", "days-1-start": "02:30"}, "clocks go forward"),
        ({"days-TOTAL_FORMS": "many"}, "out of date"),
        ({"days-TOTAL_FORMS": "65"}, "At most 60 days"),
    ],
)  # fmt: skip
def test_days_that_cannot_be_are_refused_and_nothing_is_lost(as_alice, changes, sentence):
    page = post_new(as_alice, **{**SEVERAL, **changes})
    assert page.status_code == 200 and sentence in errors_of(page), errors_of(page)
    assert "Ask for Priya" in page.content.decode() and not Assignment.objects.exists()


def test_an_hour_that_comes_twice_is_asked_about(as_alice, today):
    today.move_to(datetime(2026, 10, 20, tzinfo=UTC))
    times = {"starts_at": "2026-11-01T01:30", "ends_at": "2026-11-01T09:00"}
    page = post_new(as_alice, **times)
    assert "1:30 AM EDT and then 1:30 AM EST" in errors_of(page)
    assert "Which start?" in page.content.decode()
    post_new(as_alice, **times, starts_which="second")
    made = Assignment.objects.get()
    assert made.starts_at == datetime(2026, 11, 1, 6, 30, tzinfo=UTC)
    edit = as_alice.get(reverse("assignments:edit", args=[made.reference])).content.decode()
    assert '<option value="second" selected>' in edit
    row = {**SEVERAL, "days-0-date": "2026-11-01", "days-0-start": "00:30", "days-0-end": "01:30",
           "days-1-date": ""}  # fmt: skip
    row |= {"days-1-start": "", "days-1-end": ""}
    assert "comes twice" in errors_of(post_new(as_alice, **row))
    post_new(as_alice, **row, **{"days-0-end_which": "first"})
    made = Assignment.objects.latest("pk")
    assert made.ends_at - made.starts_at == timedelta(hours=1)


def test_many_days_are_filled_in_at_once_without_a_script(as_alice):
    pattern = {"fill-first": "2026-11-16", "fill-last": "2026-11-27", "fill-start": "08:00",
               "fill-end": "12:00", "fill-weekdays": ["0", "2"], "fill_days": "yes"}  # fmt: skip
    page = as_alice.post(NEW, typed(**{**SEVERAL, **pattern}, title=""))
    shown = page.content.decode()
    assert not errors_of(page)
    dates = [row.initial["date"] for row in page.context["sheet"].days.forms]
    assert [str(date) for date in dates] == [
        "2026-11-16", "2026-11-18", "2026-11-23", "2026-11-25",
    ]  # fmt: skip
    assert "Ask for Priya" in shown and 'value="08:00"' in shown
    page = as_alice.post(NEW, typed(**{**SEVERAL, **pattern, "fill-last": "2026-11-01"}))
    assert "cannot come before" in errors_of(page) and 'value="2026-11-18"' in page.content.decode()
    headers = {"HX-Request": "true", "HX-Target": "days"}
    part = as_alice.post(NEW, typed(**{**SEVERAL, **pattern}), headers=headers).content.decode()
    assert part.lstrip().startswith('<div id="days"') and 'value="2026-11-25"' in part


@pytest.mark.parametrize("poison", HOSTILE)
def test_hostile_days_are_answered_with_words(as_alice, poison):
    fields = dict.fromkeys(SEVERAL, poison) | {"schedule": "days"}
    fill = {f"fill-{name}": poison for name in ("first", "last", "start", "end", "weekdays")}
    assert as_alice.post(NEW, typed(**fields)).status_code == 200
    rows = {name: poison for name in SEVERAL if name.startswith("days-0")}
    assert as_alice.post(NEW, typed(**{**SEVERAL, **rows})).status_code == 200
    assert as_alice.post(NEW, typed(**SEVERAL, **fill, fill_days="yes")).status_code == 200


def test_editing_replaces_the_days_and_going_back_to_one_time_drops_them(as_alice, alice, at):
    made = several(alice, at, "2026-11-16T14:00+00:00", "2026-11-17T14:00+00:00")
    url = reverse("assignments:edit", args=[made.reference])
    shown = as_alice.get(url).content.decode()
    assert 'value="2026-11-17"' in shown and 'value="09:00"' in shown
    as_alice.post(url, typed(revision=hidden(as_alice, url, "revision"), **SEVERAL))
    made.refresh_from_db()
    assert [day.starts_at.day for day in schedule.days_of(made)] == [16, 19]
    as_alice.post(url, typed(revision=hidden(as_alice, url, "revision")))
    made.refresh_from_db()
    assert (made.day_count, schedule.days_of(made)) == (1, ())


def test_another_start_moves_every_day_and_nine_stays_nine_across_the_change(alice, at):
    made = several(alice, at, "2026-11-16T14:00+00:00", "2026-11-18T14:00+00:00")
    spring = datetime(2027, 3, 12, 14, tzinfo=UTC)
    schedule.move_to(locked := lock(made), spring)
    days = schedule.days_of(locked)
    assert [day.starts_at for day in days] == [spring, datetime(2027, 3, 14, 13, tzinfo=UTC)]
    assert (locked.starts_at, locked.ends_at) == (spring, days[-1].ends_at)


def test_without_days_the_length_stays_or_the_new_end_counts(draft):
    length = draft.ends_at - draft.starts_at
    later = draft.starts_at + timedelta(days=2)
    schedule.move_to(draft, later)
    assert draft.ends_at - draft.starts_at == length
    schedule.move_to(draft, later, later + timedelta(hours=1))
    assert draft.ends_at - draft.starts_at == timedelta(hours=1)


def test_a_counteroffer_with_another_start_moves_the_days(alice, wanda, at, funds):
    funds(alice.company, 1000)
    made = several(alice, at, "2026-11-16T14:00+00:00", "2026-11-18T14:00+00:00")
    sent = work.sent(made, alice, at=at)
    length = sent.ends_at - sent.starts_at
    start = sent.starts_at + timedelta(days=7)
    bid = work.application(sent, wanda, at=at, starts_at=start, ends_at=start + length)
    assigned = lifecycle.assign(bid, by=alice, at=at)
    assert [day.starts_at.day for day in schedule.days_of(assigned)] == [23, 25]
    assert (assigned.starts_at, assigned.ends_at - assigned.starts_at) == (start, length)


def test_a_copy_of_a_posting_has_its_days_in_the_weeks_to_come(alice, at):
    made = several(alice, at, "2026-11-16T14:00+00:00", "2026-11-18T14:00+00:00")
    copy = lifecycle.duplicate(made, by=alice, at=made.ends_at)
    assert [day.starts_at.day for day in schedule.days_of(copy)] == [23, 25]
    assert copy.day_count == 2


def test_a_worker_elsewhere_reads_their_own_clock_too(client_of, sent):
    far = people.worker("Frank Far")
    far.user.time_zone = "America/Los_Angeles"
    far.user.save()
    shown = words_of(client_of(far).get(sent.get_absolute_url()))
    assert "10:00 AM to 2:00 PM EST" in shown and "7:00 AM PST on your clock" in shown
