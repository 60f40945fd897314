"""Rows through the posting form: the same rules, the cells as spreadsheets write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from assignments import snapshots
from assignments.forms.import_columns import BY_NAME, COLUMNS, available, guess
from assignments.forms.import_rows import RowReader
from assignments.forms.posting import PostingForm
from tests.assignments.imports.files import HEADINGS, row
from tests.factories import accounts as people
from tests.factories import assignments as work

pytestmark = pytest.mark.django_db


@pytest.fixture
def reading(alice, at):
    """Reads one row made of headings and cells; gives the posting as values, or the errors."""
    people.industry()

    def read(headings=HEADINGS, cells=None, *, defaults=None, formats=None, **changes):
        names = {str(i): name for i, name in guess(headings, COLUMNS).items()}
        reader = RowReader(
            actor=alice, at=at, headings=headings, defaults=defaults,
            choices={"columns": names, "formats": formats or {}},
        )  # fmt: skip
        return reader.read(cells if cells is not None else row(**changes))

    return read


def test_a_good_row_becomes_the_posting_that_the_form_would_make(reading, alice):
    content, errors = reading()
    assert errors == []
    made = snapshots.assignment_of(content)
    assert (made.title, made.city, made.region) == ("Replace access point 1", "Columbus", "OH")
    assert made.starts_at == datetime(2026, 11, 13, 14, 0, tzinfo=UTC)
    assert (made.pricing, made.flat_price, made.owner) == ("flat", Decimal("375.00"), alice.user)
    assert [(w.title, w.count) for w in snapshots.rows_of(content).deliverables] == [
        ("Photo", 2), ("Signed form", 1),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "changes,column,words",
    [
        ({"Title": ""}, "A", "Fill this in"),
        ({"Title": "x" * 121}, "A", "120"),
        ({"Title": "a\u202eb"}, "A", "print"),
        ({"Industry": "Net"}, "B", "nothing of this name"),
        ({"Industry": "Alchemy"}, "B", "nothing of this name"),
        ({"ZIP code": "00000"}, "F", "cannot find this ZIP"),
        ({"Start": "soon"}, "G", "Write a date"),
        ({"Start": "2026-11-01 09:00", "End": "2026-11-14 09:00"}, "G", "in the past"),
        ({"Start": "2027-03-14 02:30", "End": "2027-03-14 09:00"}, "G", "clocks go forward"),
        ({"Start": "2026-11-13"}, "G", "time of day is missing"),
        ({"End": "2026-11-13 08:00"}, "H", "after the start"),
        ({"Price": "1.234,50"}, "I", "such as 250"),
        ({"Price": "(5.00)"}, "I", "negative"),
        ({"Price": "#REF!"}, "I", "formula in this cell"),
        ({"ZIP code": "4.3215E+04"}, "F", "shortened"),
        ({"Deliverables": "99 x Photo"}, "J", "50"),
    ],
)
def test_an_error_names_its_column_and_what_to_write(reading, changes, column, words):
    content, errors = reading(**changes)
    assert content is None
    assert [error["column"] for error in errors] == [column], errors
    assert words in errors[0]["message"]
    assert errors[0]["cell"] == next(iter(changes.values()))[:120]


def test_all_errors_of_a_row_are_named_at_once(reading):
    _, errors = reading(Title="", **{"ZIP code": "1", "Price": "much"})
    assert sorted(error["column"] for error in errors) == ["A", "F", "I"]


def test_one_bad_row_leaves_nothing_behind_for_the_next(alice, at):
    people.industry()
    names = {str(i): name for i, name in guess(HEADINGS, COLUMNS).items()}
    reader = RowReader(
        actor=alice, at=at, headings=HEADINGS, choices={"columns": names, "formats": {}}
    )
    good = reader.read(row())
    assert reader.read(row(Title="", Start="soon", Industry="Alchemy"))[1]
    assert reader.read(row()) == good


def test_formula_cells_are_text_and_our_own_apostrophe_is_taken_off(reading):
    content, errors = reading(Title="=HYPERLINK(1)", **{"Site name": "'+Store"})
    assert errors == []
    assert (content["title"], content["site_name"]) == ("=HYPERLINK(1)", "+Store")


def test_a_zip_code_gets_its_lost_zeros_back(reading):
    content, _ = reading(**{"ZIP code": "2138"})
    assert (content["postal_code"], content["region"]) == ("02138", "MA")


def test_day_first_dates_are_read_when_chosen(reading):
    content, errors = reading(
        Start="04.12.2026 09:00", End="04.12.2026 10:00", formats={"dates": "dmy"}
    )
    assert errors == [] and content["starts_at"].startswith("2026-12-04T09:00")


def test_date_time_and_length_may_stand_in_columns_of_their_own(reading):
    headings = ("Title", "Industry", "Description", "Address", "ZIP", "Start date", "Start time",
                "Duration (hours)", "Rate", "Max hours")  # fmt: skip
    cells = ["T", "networking", "D", "1 High St", "43215", "11/13/2026", "9:30 AM", "2.5", "$45",
             "6"]  # fmt: skip
    content, errors = reading(headings, cells)
    assert errors == []
    made = snapshots.assignment_of(content)
    assert (made.ends_at - made.starts_at).total_seconds() == 2.5 * 3600
    assert (made.pricing, made.hourly_rate, made.max_hours) == ("hourly", 45, 6)


def test_an_end_may_be_a_time_on_the_day_of_the_start(reading):
    content, errors = reading(End="1:00 PM")
    assert errors == [] and content["ends_at"].startswith("2026-11-13T13:00")


def test_what_the_file_does_not_say_comes_from_another_assignment(reading, draft, mona):
    source = snapshots.of_assignment(draft)
    source["owner"] = mona.user.pk
    headings = ("Title", "Street", "ZIP", "Start")
    content, errors = reading(
        headings, ["Other work", "9 Low Street", "60601", "2026-11-20"], defaults=source
    )
    assert errors == []
    made = snapshots.assignment_of(content)
    assert (made.description, made.owner) == (draft.description, mona.user)
    assert (made.city, made.site_name, made.contact_name) == ("Chicago", "", "")
    assert made.starts_at.strftime("%H:%M") == "10:00"  # the source's hour, on Chicago's clock
    assert made.ends_at - made.starts_at == draft.ends_at - draft.starts_at
    assert [w.title for w in snapshots.rows_of(content).deliverables] == ["Photo of the rack"]


def test_a_price_in_the_file_decides_against_the_sources_way_of_paying(reading, draft):
    source = {**snapshots.of_assignment(draft), "pricing": "hourly", "hourly_rate": "50",
              "max_hours": "4", "flat_price": None}  # fmt: skip
    content, errors = reading(defaults=source)
    assert errors == [] and (content["pricing"], content["hourly_rate"]) == ("flat", None)


def test_people_and_industries_are_found_by_any_of_their_names(reading, mona):
    headings = (*HEADINGS, "Owner")
    for name in ("Mona Marsh", "MONA.MARSH@example.com"):
        content, errors = reading(headings, [*row(), name])
        assert errors == [] and content["owner"] == mona.user.pk
    _, errors = reading(headings, [*row(), "Charlie Cole"])
    assert "nothing of this name" in errors[0]["message"]


def test_cells_beyond_the_headings_are_an_error_and_missing_ones_are_empty(reading):
    assert "more cells" in reading(cells=[*row(), "extra"])[1][0]["message"]
    assert reading(cells=[*row(), "", " "])[1] == []
    content, errors = reading(cells=row()[:9])
    assert errors == [] and content["deliverables"] == []


def test_ten_thousand_rows_ask_the_database_no_more_than_one(alice, at, django_assert_num_queries):
    people.industry()
    names = {str(i): name for i, name in guess(HEADINGS, COLUMNS).items()}
    reader = RowReader(
        actor=alice, at=at, headings=HEADINGS, choices={"columns": names, "formats": {}}
    )
    with django_assert_num_queries(0):
        for number in range(30):
            content, errors = reader.read(row(number))
            assert not errors and content


def test_every_column_of_the_table_is_a_field_or_waits_for_one(alice, at):
    form = PostingForm(actor=alice, at=at)
    names = {column.name for column in available(form.fields)}
    assert {"title", "industry", "starts_at", "flat_price", "wanted"} <= names
    assert len(BY_NAME) == len(COLUMNS)
    assert guess(["Store #", "ZIP/Postal code", "start_date"], COLUMNS)[1] == "postal_code"


def test_the_first_words_of_a_name_are_enough_where_they_mean_one(reading):
    people.industry("Point of sale")
    content, _ = reading(Industry="point of")
    assert content is not None
    people.industry("Point of view")
    assert "More than one" in reading(Industry="point of")[1][0]["message"]


def test_a_row_may_name_a_location_a_customer_and_a_project(reading, alice, at):
    site = work.location(alice, at=at)
    headings = ("Title", "Industry", "Description", "Location", "Start", "End", "Price")
    cells = ["T", "Networking", "D", site.name, "2026-11-13 09:00", "2026-11-13 10:00", "90"]
    content, errors = reading(headings, cells)
    assert errors == []
    made = snapshots.assignment_of(content)
    assert (made.location, made.street, made.postal_code) == (site, site.street, site.postal_code)
    _, errors = reading(headings, [*cells[:3], "Nowhere", *cells[4:]])
    assert errors[0]["label"] == "Location"


def test_a_source_of_several_days_gives_its_days_or_the_length_of_the_first(reading, draft):
    source = snapshots.of_assignment(draft)
    begun = datetime.fromisoformat(source["starts_at"])
    source["days"] = [
        {"starts_at": (begun + timedelta(days=n)).isoformat(),
         "ends_at": (begun + timedelta(days=n, hours=2)).isoformat()}
        for n in (0, 1)
    ]  # fmt: skip
    source["parts"] = [{"name": "Switch", "number": "", "value": "9.50", "carrier": "",
                        "tracking": "", "return_wanted": False, "key": None}]  # fmt: skip
    content, errors = reading(("Title", "Start"), ["T", "2026-11-20 09:00"], defaults=source)
    assert errors == []
    rows = snapshots.rows_of(content)
    assert [day.starts_at.isoformat() for day in rows.days] == [
        "2026-11-20T14:00:00+00:00", "2026-11-21T14:00:00+00:00",
    ]  # fmt: skip
    assert [part.name for part in rows.parts] == ["Switch"]
    content, errors = reading(
        ("Title", "Start", "Schedule"), ["T", "2026-11-20 09:00", "window"], defaults=source
    )
    assert errors == [] and not content.get("days")
    made = snapshots.assignment_of(content)
    assert made.is_window and made.ends_at - made.starts_at == timedelta(hours=2)


def test_several_days_without_their_list_are_refused(reading):
    headings = (*HEADINGS, "Schedule")
    _, errors = reading(headings, [*row(), "Several days"])
    assert "List the days in a column" in errors[0]["message"]


def test_an_hour_that_comes_twice_means_the_first(reading):
    content, errors = reading(Start="2027-11-07 01:30", End="2027-11-07 05:00")
    assert errors == [] and content["starts_at"] == "2027-11-07T01:30:00-04:00"
