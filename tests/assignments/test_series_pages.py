"""The pages of templates and series."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from assignments import recurring, snapshots, templating
from assignments.models import Assignment, Series, Template
from assignments.recurrence import WEEKLY, Pattern
from tests.assignments.pages import HOSTILE, errors_of, follow, hidden, said, typed, words_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


@pytest.fixture
def as_alice(alice, client_of) -> Client:
    return client_of(alice)


@pytest.fixture
def template(draft, alice, at) -> Template:
    return templating.keep("Till check", snapshots.of_assignment(draft), by=alice, at=at)


@pytest.fixture
def weekly(template, alice, at) -> Series:
    first = (at + timedelta(days=7)).date()
    return recurring.begin(
        template.content, Pattern(WEEKLY, first), days_ahead=10, routing=None, by=alice, at=at
    )


def rule(**changes: str | list[str] | None) -> dict[str, str | list[str]]:
    fields = {"first_on": "2026-11-17", "starts": "08:30", "frequency": "weekly", "every": "2",
              "weekdays": ["1", "3"], "short_months": "last", "ends": "never", "days_ahead": "14",
              "sends": "draft", **changes}  # fmt: skip
    return {name: value for name, value in fields.items() if value is not None}


def test_an_assignment_is_kept_as_a_template_and_posted_from(as_alice, draft):
    url = reverse("assignments:keep", args=[draft.reference])
    page = follow(as_alice, as_alice.post(url, {"name": "Till check"}))
    assert "“Till check” kept" in said(page)
    template = Template.objects.get()
    page = as_alice.get("/assignments/new/", {"template": template.reference})
    form = page.context["sheet"].form
    assert form["title"].value() == draft.title
    assert form["starts_at"].value().strftime("%m-%d %H:%M") == "11-13 10:00"
    assert "Photo of the rack" in page.content.decode()


def test_a_template_is_written_from_scratch_changed_and_archived(as_alice):
    url = reverse("assignments:new_template")
    made = {**typed(), "name": "Access points", "reference": hidden(as_alice, url, "reference")}
    assert as_alice.post(url, made).status_code == 302
    template = Template.objects.get()
    assert template.content["title"] == "Replace two access points"
    assert Assignment.objects.count() == 0
    url = template.get_absolute_url()
    page = as_alice.post(url, {**made, "name": "Two points", "title": "Other", "revision": "0"})
    assert page.status_code == 302
    template.refresh_from_db()
    assert (template.name, template.content["title"], template.revision) == (
        "Two points",
        "Other",
        1,
    )
    stale = as_alice.post(url, {**made, "name": "Third", "revision": "0"})
    assert "Somebody else changed this template" in errors_of(stale)
    as_alice.post(reverse("assignments:archive_template", args=[template.reference]))
    listed = reverse("assignments:templates")
    assert as_alice.get(listed).context["rows"] == []
    assert as_alice.get(listed, {"archived": ""}).context["rows"] == [template]


def test_a_name_in_use_is_refused_and_nothing_typed_is_lost(as_alice, template, draft):
    url = reverse("assignments:keep", args=[draft.reference])
    page = as_alice.post(url, {"name": "till CHECK"})
    assert "with this name already" in errors_of(page) and "till CHECK" in page.content.decode()
    assert "Fill this in" in errors_of(as_alice.post(url, {"name": ""}))


@pytest.mark.parametrize("poison", HOSTILE)
def test_no_input_crashes_a_page(as_alice, template, weekly, draft, poison):
    assert as_alice.get("/assignments/new/", {"template": poison}).status_code == 200
    keep = reverse("assignments:keep", args=[draft.reference])
    assert as_alice.post(keep, {"name": poison}).status_code in (200, 302)
    fields = dict.fromkeys(rule(), poison)
    begin = reverse("assignments:repeat_template", args=[template.reference])
    assert as_alice.post(begin, fields).status_code == 200
    rhythm = reverse("assignments:series_rhythm", args=[weekly.reference])
    assert as_alice.post(rhythm, {**fields, "revision": poison}).status_code == 200
    day = reverse("assignments:series_date", args=[weekly.reference, "2026-11-17"])
    assert as_alice.post(day, {"starts_at": poison}).status_code == 200
    assert as_alice.post(f"{day}edit/", {"scope": poison, "revision": poison}).status_code == 200


def test_a_series_begins_from_a_template_with_its_first_dates_written(as_alice, template):
    url = reverse("assignments:repeat_template", args=[template.reference])
    reference = hidden(as_alice, url, "reference")
    page = follow(as_alice, as_alice.post(url, {**rule(), "reference": reference}))
    words = words_of(page)
    assert "Every 2 weeks on Tuesday and Thursday, at 8:30 AM (EST)" in words
    assert "Nov 17, 2026, 8:30 AM EST" in words and "Nov 19, 2026" in words
    assert Assignment.objects.filter(series_date__isnull=False).count() == 2


def test_the_next_five_dates_are_previewed_with_what_the_clocks_do(as_alice, template):
    url = reverse("assignments:repeat_template", args=[template.reference])
    htmx = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "series-preview"}
    fields = rule(first_on="2027-01-31", starts="02:30", frequency="monthly", every="1")
    words = words_of(as_alice.post(url, fields, **htmx))
    assert "Jan 31, 2027" in words and "Feb 28, 2027" in words and "Apr 30, 2027" in words
    assert "the last day of the month stands in" in words
    fields = rule(first_on="2027-03-13", starts="02:30", frequency="daily", every="1")
    words = words_of(as_alice.post(url, fields, **htmx))
    assert "there is no 2:30 AM, so it starts at 3:30 AM" in words
    assert "Show the dates" in words_of(as_alice.post(url, {**rule(), "show": "yes"}))


@pytest.mark.parametrize(
    "changes,words",
    [
        ({"first_on": None}, "First date"),
        ({"first_on": "2020-01-01"}, "in the past"),
        ({"first_on": "2030-01-01"}, "within the next two years"),
        ({"starts": "25:00"}, "Enter a time"),
        ({"every": "0"}, "greater than or equal to 1"),
        ({"weekdays": ["9"]}, "valid choice"),
        ({"ends": "until"}, "Choose the last day"),
        ({"ends": "until", "until": "2026-11-16"}, "No date lies before"),
        ({"ends": "count"}, "how many times"),
        ({"days_ahead": "91"}, "less than or equal to 90"),
    ],
)
def test_what_is_wrong_with_a_rule_stands_beside_its_field(as_alice, template, changes, words):
    url = reverse("assignments:repeat_template", args=[template.reference])
    reference = hidden(as_alice, url, "reference")
    page = as_alice.post(url, {**rule(**changes), "reference": reference})
    assert words in errors_of(page)
    assert Series.objects.count() == 0


def test_the_rule_is_changed_from_the_next_date_on(as_alice, weekly):
    url = reverse("assignments:series_rhythm", args=[weekly.reference])
    page = as_alice.get(url)
    assert page.context["form"]["starts"].value().strftime("%H:%M") == "10:00"
    changed = {**rule(weekdays=["4"], every="1", first_on="2026-11-17"), "revision": "0"}
    words = words_of(follow(as_alice, as_alice.post(url, changed)))
    assert "Every week on Friday, at 8:30 AM" in words and "Fri, Nov 20, 2026, 8:30 AM" in words
    assert "Somebody else changed" in errors_of(as_alice.post(url, changed))


def test_a_date_is_moved_left_out_and_taken_back(as_alice, weekly):
    url = reverse("assignments:series_date", args=[weekly.reference, "2026-11-24"])
    page = follow(as_alice, as_alice.post(url, {"starts_at": "2026-11-25T14:00", "move": "yes"}))
    assert "Wed, Nov 25, 2026, 2:00 PM EST" in words_of(page)
    assert "Moved from Nov 24" in words_of(page)
    assert "Left out" in words_of(follow(as_alice, as_alice.post(url, {"skip": "yes"})))
    assert "Taken back in" in said(follow(as_alice, as_alice.post(url, {"restore": "yes"})))
    assert "in the past" in errors_of(as_alice.post(url, {"starts_at": "2026-11-01T14:00"}))
    assert "New start" in errors_of(as_alice.post(url, {"starts_at": ""}))


def test_days_that_the_series_does_not_have_are_not_found(as_alice, weekly):
    for on in ("2026-11-18", "2026-13-45", "never"):
        assert as_alice.get(f"/series/{weekly.reference}/dates/{on}/").status_code == 404


def test_the_posting_of_one_date_or_of_all_following_is_changed(as_alice, weekly, alice, at):
    url = reverse("assignments:series_date_edit", args=[weekly.reference, "2026-11-24"])
    fields = typed(starts_at="2026-11-24T10:00", ends_at="2026-11-24T14:00")
    for scope, titles in (("this", {"Replace two access points"}), ("following", set())):
        reference = hidden(as_alice, url, "reference")
        page = as_alice.post(
            url, {**fields, "reference": reference, "scope": scope, "revision": "0"}
        )
        assert page.status_code == 302, errors_of(page)
        if titles:
            assert weekly.dates.get().content["title"] in titles
    weekly.refresh_from_db()
    assert weekly.title == "Replace two access points" and weekly.parts.count() == 2


def test_pause_resume_and_end_by_the_page(as_alice, weekly):
    url = reverse("assignments:series_state", args=[weekly.reference])
    assert "Paused" in said(follow(as_alice, as_alice.post(url, {"pause": "yes"})))
    assert "goes on" in said(follow(as_alice, as_alice.post(url, {"resume": "yes"})))
    page = follow(as_alice, as_alice.post(url, {"end": "yes"}))
    assert "Ended" in words_of(page) and "No date is to come" in words_of(page)
    assert "series is ended" in said(follow(as_alice, as_alice.post(url, {"resume": "yes"})))
    assert "Choose what to do" in said(follow(as_alice, as_alice.post(url, {})))


def test_one_row_and_thirty_cost_the_same_few_queries(
    as_alice, alice, draft, weekly, at, django_assert_max_num_queries
):
    content = snapshots.of_assignment(draft)
    lists = [reverse("assignments:templates"), reverse("assignments:series_list")]
    counts = {}
    for url in lists:
        as_alice.get(url)
        with django_assert_max_num_queries(10) as few:
            as_alice.get(url)
        counts[url] = len(few.captured_queries)
    for number in range(29):
        templating.keep(f"Number {number}", content, by=alice, at=at)
        first = (at + timedelta(days=number + 1)).date()
        recurring.begin(
            content, Pattern(WEEKLY, first), days_ahead=1, routing=None, by=alice, at=at
        )
    for url in lists:
        with django_assert_max_num_queries(counts[url]):
            assert len(as_alice.get(url).context["rows"]) == 30
    with django_assert_max_num_queries(12):
        as_alice.get(weekly.get_absolute_url())
