"""A file can carry everything that the posting form asks for: days, parts, own fields, sets."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from assignments import catalog, contents, field_sets, importing, labelling, lifecycle, snapshots
from assignments.field_sets import Given, Use
from assignments.forms.import_columns import COLUMNS, LEFT_OUT, NOT_IN_FORM, guess
from assignments.forms.import_own import Own
from assignments.forms.import_rows import RowReader
from assignments.forms.posting import PostingForm
from assignments.models import Assignment, AssignmentLabel, Customer, FieldSet, Label
from tests.assignments.imports.files import HEADINGS, row, text, uploaded, worked
from tests.assignments.pages import words_of
from tests.factories import accounts as people
from vetting import requirement_sets

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

NOT_CARRIED = {"location_words", "save_location", "starts_which", "ends_which"}
"""Fields of the posting form that no file fills: ``LEFT_OUT`` says why, or they only search."""
TIMELESS = tuple(heading for heading in HEADINGS if heading not in ("Start", "End"))


@pytest.fixture(autouse=True)
def _industry(db):
    people.industry()


@pytest.fixture
def reading(alice, at):
    """Reads a good row with more cells behind it; gives its posting, or the errors."""

    def read(more, *, kept=HEADINGS, defaults=None, formats=None):
        fields = PostingForm(actor=alice, at=at).fields
        cells = dict(zip(HEADINGS, row(), strict=True))
        headings = (*kept, *more)
        names = guess(headings, Own(alice.company).columns(fields))
        reader = RowReader(
            actor=alice, at=at, headings=headings, defaults=defaults,
            choices={"columns": {str(i): n for i, n in names.items()}, "formats": formats or {}},
        )  # fmt: skip
        assert not (headings_unknown := set(range(len(headings))) - names.keys()), headings_unknown
        return reader.read([*(cells[heading] for heading in kept), *more.values()])

    return read


@pytest.fixture
def ticket(alice, at) -> FieldSet:
    """A set asked on every assignment, with one field of each kind."""
    given = (
        Given("Ticket", "text", filled_by="client", required=True),
        Given("Devices", "number", filled_by="client"),
        Given("Ordered on", "date", filled_by="client"),
        Given("Cost center", "choice", filled_by="client", choices=("Stores", "Offices")),
        Given("Tools", "choices", filled_by="client", choices=("Ladder", "Drill", "Van")),
        Given("Urgent", "yes_no", filled_by="client"),
        Given("Plan", "file", filled_by="client"),
        Given("Serial number", "text"),
    )
    return field_sets.add("Service", Use(), given, by=alice, at=at)


def errors_by_label(found) -> dict[str, str]:
    content, errors = found
    assert content is None
    return {error["label"]: error["message"] for error in errors}


def answers(content) -> dict[str, object]:
    return {one.label: one.value for one in snapshots.rows_of(content).asked or ()}


# everything of the posting form has its column, or a reason


def test_every_field_of_the_posting_form_has_a_column_or_a_reason(alice, at):
    fields = set(PostingForm(actor=alice, at=at).fields)
    carried = {column.name for column in Own(alice.company).columns(
        PostingForm(actor=alice, at=at).fields)}  # fmt: skip
    alone = {"requirement_sets"}  # a company without sets has nothing to name
    assert fields - carried - alone == NOT_CARRIED


def test_every_kind_of_rows_of_a_posting_has_its_column_or_a_reason():
    columns = {"deliverables": "wanted", "days": "days", "parts": "parts", "asked": "own_sets"}
    assert set(snapshots.ROWS) == {*columns, "documents"}
    assert set(columns.values()) <= NOT_IN_FORM
    assert LEFT_OUT[0][0] == "Documents"


def test_the_docs_name_every_column():
    words = (Path(settings.BASE_DIR) / "docs/importing.md").read_text()
    assert [one.label for one in COLUMNS if one.label not in words] == []


# several days


def test_a_row_may_list_its_days(reading):
    content, errors = reading(
        {"Days": "2026-11-14 9:00-17:00; 11/13/2026 8:30 AM to 1 PM\n2026-11-16 22:00 – 02:00"},
        kept=TIMELESS,
    )
    assert errors == []
    assert [day.starts_at for day in snapshots.rows_of(content).days] == [
        datetime(2026, 11, 13, 13, 30, tzinfo=UTC), datetime(2026, 11, 14, 14, tzinfo=UTC),
        datetime(2026, 11, 17, 3, tzinfo=UTC),
    ]  # fmt: skip
    made = snapshots.assignment_of(content)
    assert made.starts_at == datetime(2026, 11, 13, 13, 30, tzinfo=UTC)
    assert made.ends_at == datetime(2026, 11, 17, 7, tzinfo=UTC)


def test_days_without_times_take_those_of_their_own_columns(reading):
    more = {"Days": "2026-11-13; 2026-11-14", "Start time": "9:00", "End time": "12:00"}
    content, errors = reading(more, kept=TIMELESS)
    assert errors == []
    days = snapshots.rows_of(content).days
    assert [day.ends_at - day.starts_at for day in days] == [timedelta(hours=3)] * 2


@pytest.mark.parametrize(
    "cell,words",
    [
        ("soon", "Write a date"),
        ("2026-11-13", "when the day starts and ends"),
        ("2026-11-13 9:00", "when the day starts and ends"),
        ("2026-11-13 9:00-25:00", "no such time"),
        ("2026-11-13 9:00-9:00", "end must come after the start"),
        ("2026-11-13 9:00-17:00; 2026-11-13 16:00-18:00", "before the one before it has ended"),
        ("2026-11-01 9:00-17:00", "in the past"),
        ("2027-03-14 02:30-09:00", "clocks go forward"),
        ("2026-11-13 9:00-17:00; 2027-11-13 9:00-17:00", "within 180 days"),
        ("; ".join(["2026-11-13 9:00-10:00"] * 61), "At most 60 days"),
    ],
)
def test_days_that_cannot_be_name_their_column_and_the_day(reading, cell, words):
    assert words in errors_by_label(reading({"Days": cell}, kept=TIMELESS))["Days"]


def test_days_and_a_start_contradict_each_other(reading):
    found = errors_by_label(reading({"Days": "2026-11-13 9:00-17:00", "Schedule": "window"}))
    assert set(found) == {"Start", "End", "Schedule"}
    assert "Leave this empty" in found["Start"] and "several days" in found["Schedule"]


def test_day_first_dates_of_days_are_asked_about(alice, at, client_of):
    headings = (*TIMELESS, "Days")
    cells = [c for h, c in zip(HEADINGS, row(), strict=True) if h in TIMELESS]
    content = text([[*cells, "04.12.2026 9:00-10:00; 13.12.2026 9:00-10:00"]], headings)
    imported = uploaded(content, alice, at=at)
    columns = {f"column-{i}": name for i, name in enumerate(
        ("title", "industry", "description", "site_name", "street", "postal_code", "flat_price",
         "wanted", "days"))}  # fmt: skip
    client_of(alice).post(reverse("assignments:import_columns", args=[imported.reference]), columns)
    imported = worked(imported, at=at)
    assert imported.choices["formats"]["dates"] == "dmy" and imported.rows_bad == 0
    importing.create(imported, by=alice, at=at)
    worked(imported, at=at)
    made = Assignment.objects.get()
    assert (made.day_count, made.work_days.count()) == (2, 2)
    assert made.starts_at == datetime(2026, 12, 4, 14, tzinfo=UTC)


# parts and deliverables


def test_parts_stand_in_columns_beside_each_other(reading):
    content, errors = reading({
        "Parts": "Switch; Cable, 5 m", "Part numbers": "SW-24", "Part values": "$1,149.00; 12",
        "Part carriers": "; UPS", "Part tracking": ";1Z9", "Parts wanted back": "yes; no",
    })  # fmt: skip
    assert errors == []
    assert snapshots.rows_of(content).parts == (
        contents.GivenPart("Switch", "SW-24", Decimal("1149.00"), return_wanted=True),
        contents.GivenPart("Cable, 5 m", "", Decimal("12.00"), "UPS", "1Z9"),
    )


@pytest.mark.parametrize(
    "column,cell,words",
    [
        ("Part values", "12; 13; 14", "lists 3, and “Parts” lists 2"),
        ("Part values", "much", "such as 250"),
        ("Part values", "-5", "negative"),
        ("Parts wanted back", "perhaps", "yes or no"),
        ("Part numbers", "x" * 61, "60"),
        ("Part numbers", "a\u202eb", "print"),
        ("Part carriers", "a\0b", "print"),
    ],
)
def test_an_error_of_a_part_names_its_column(reading, column, cell, words):
    found = errors_by_label(reading({"Parts": "Switch; Cable", column: cell}))
    assert set(found) == {column} and words in found[column]


def test_at_most_thirty_parts(reading):
    found = errors_by_label(reading({"Parts": ";".join(f"Part {n}" for n in range(31))}))
    assert found == {"Parts": "This lists 31. The most are 30."}


def test_a_deliverable_has_a_due_time_and_instructions(reading):
    content, errors = reading({
        "Deliverables: due": "2026-11-13 17:00", "Deliverables: instructions": "; In blue ink",
    })  # fmt: skip
    assert errors == []
    photo, form = snapshots.rows_of(content).deliverables
    assert (photo.count, photo.due_at) == (2, datetime(2026, 11, 13, 22, tzinfo=UTC))
    assert (form.due_at, form.instructions) == (None, "In blue ink")


@pytest.mark.parametrize(
    "cell,words",
    [
        ("2026-11-13 08:00", "before the start"),
        ("2026-11-14", "time of day is missing"),
        ("2026-11-14 9:00; ; 2026-11-14 9:00", "lists 3"),
        ("2027-03-14 02:30", "clocks go forward"),
    ],
)
def test_a_due_time_that_cannot_be_names_its_column(reading, cell, words):
    assert words in errors_by_label(reading({"Deliverables: due": cell}))["Deliverables: due"]


# own fields


def test_own_fields_of_every_kind_are_answered(reading, ticket):
    more = {
        "Price": "375,00", "Service: Ticket": "INC-1", "Devices": "1.204,5",
        "Ordered on": "1.12.2026", "Cost center": "stores", "Tools": "van; Ladder", "Urgent": "y",
    }  # fmt: skip
    kept = tuple(heading for heading in HEADINGS if heading != "Price")
    formats = {"dates": "dmy", "numbers": "comma"}
    content, errors = reading(more, formats=formats, kept=kept)
    assert errors == []
    assert answers(content) == {
        "Ticket": "INC-1", "Devices": "1204.5", "Ordered on": "2026-12-01",
        "Cost center": "Stores", "Tools": ["Van", "Ladder"], "Urgent": True, "Plan": None,
        "Serial number": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    "heading,cell,words",
    [
        ("Ticket", "", "wants this filled in"),
        ("Ticket", "x" * 2001, "2000"),
        ("Devices", "many", "such as 250"),
        ("Ordered on", "3026-01-01", "before the year 2100"),
        ("Cost center", "Moon", "Write one of: Stores, Offices."),
        ("Tools", "Ladder; Rocket", "Write one of: Ladder, Drill, Van."),
        ("Urgent", "perhaps", "yes or no"),
    ],
)
def test_an_error_of_an_own_field_names_its_column(reading, ticket, heading, cell, words):
    found = errors_by_label(reading({"Ticket": "INC-1", heading: cell}))
    assert set(found) == {heading} and words in found[heading]


def test_a_required_own_field_is_missed_before_the_rows_are_checked(alice, at, ticket, client_of):
    imported = uploaded(text([row()]), alice, at=at)
    url = reverse("assignments:import_columns", args=[imported.reference])
    names = ("title", "industry", "description", "site_name", "street", "postal_code",
             "starts_at", "ends_at", "flat_price", "wanted")  # fmt: skip
    page = client_of(alice).post(url, {f"column-{i}": name for i, name in enumerate(names)})
    assert "No column gives: Ticket" in words_of(page)


def test_a_field_of_one_customer_is_asked_only_there(reading, alice, at):
    mart = catalog.add(Customer, {"name": "Brightmart"}, by=alice, at=at)
    use = Use("customer", customer=mart)
    field_sets.add("Mart", use, [Given("Gate", "text", "client", True)], by=alice, at=at)
    content, errors = reading({"Customer": "Brightmart", "Gate": "7"})
    assert errors == [] and answers(content) == {"Gate": "7"}
    assert "wants this filled in" in errors_by_label(reading({"Customer": "Brightmart"}))["Gate"]
    found = errors_by_label(reading({"Gate": "7"}))
    assert "only for the customer Brightmart" in found["Gate"]
    assert reading({"Gate": ""})[1] == []


def test_chosen_sets_and_the_survey_are_named(reading, alice, at):
    field_sets.add("Height", Use("chosen"), [Given("Lift", "yes_no", "client")], by=alice, at=at)
    field_sets.add("After", Use("survey"), [Given("Fine?", "yes_no")], by=alice, at=at)
    content, errors = reading(
        {"Own sets of fields": "height", "Closing survey": "After", "Lift": "no"}
    )
    assert errors == [] and answers(content) == {"Lift": False, "Fine?": None}
    found = errors_by_label(reading({"Own sets of fields": "Depth", "Lift": "no"}))
    assert "nothing called “Depth”" in found["Own sets of fields"]
    assert "Own sets of fields" in found["Lift"]
    source, _ = reading({"Own sets of fields": "Height", "Closing survey": "After"})
    kept, errors = reading({"Lift": "yes"}, defaults=source)
    assert errors == [] and answers(kept) == {"Lift": True, "Fine?": None}


def test_own_fields_reach_the_draft_with_who_answered(alice, at, ticket):
    imported = uploaded(text([[*row(), "INC-1"]], (*HEADINGS, "Ticket")), alice, at=at)
    names = guess(imported.shape["headings"], Own(alice.company).columns(
        PostingForm(actor=alice, at=at).fields))  # fmt: skip
    columns = {str(index): name for index, name in names.items()}
    importing.choose(imported, columns=columns, formats={}, defaults=None, by=alice, at=at)
    importing.create(worked(imported, at=at), by=alice, at=at)
    worked(imported, at=at)
    made = Assignment.objects.get()
    answer = made.asked.get(label="Ticket")
    assert (answer.value, answer.answered_by) == ("INC-1", alice.user)
    assert made.asked.count() == 8


def test_a_field_taken_off_meanwhile_sends_the_import_back_to_its_columns(alice, at, ticket):
    imported = uploaded(text([[*row(), "INC-1"]], (*HEADINGS, "Ticket")), alice, at=at)
    names = guess(imported.shape["headings"], Own(alice.company).columns(
        PostingForm(actor=alice, at=at).fields))  # fmt: skip
    columns = {str(index): name for index, name in names.items()}
    importing.choose(imported, columns=columns, formats={}, defaults=None, by=alice, at=at)
    field_sets.archive(ticket, by=alice, at=at)
    imported = worked(imported, at=at)
    assert imported.stage == "mapping" and "Column K, “Ticket”" in imported.note


# requirement sets, labels, total spend


def test_requirement_sets_are_named(reading, alice, at):
    near = requirement_sets.create(name="Near the site", by=alice, at=at)
    skilled = requirement_sets.create(name="Skilled", by=alice, at=at)
    content, errors = reading({"Requirement sets": "skilled; Near the site"})
    assert errors == [] and content["requirement_sets"] == sorted([near.pk, skilled.pk])
    found = errors_by_label(reading({"Requirements": "Skilled; Tall"}))
    assert found == {
        "Requirements": "You have nothing called “Tall” here. Check how it is spelled."
    }
    kept, errors = reading({"Requirements": ""}, defaults=content)
    assert errors == [] and kept["requirement_sets"] == content["requirement_sets"]


def test_labels_are_put_on_and_go_with_the_undo(alice, at):
    label = labelling.add_label(name="Rollout", tone="info", icon="tag", by=alice, at=at)
    imported = uploaded(text([[*row(), "rollout"]], (*HEADINGS, "Labels")), alice, at=at)
    columns = {str(i): n for i, n in guess(imported.shape["headings"], Own(alice.company).columns(
        PostingForm(actor=alice, at=at).fields)).items()}  # fmt: skip
    importing.choose(imported, columns=columns, formats={}, defaults=None, by=alice, at=at)
    importing.create(worked(imported, at=at), by=alice, at=at)
    worked(imported, at=at)
    assert AssignmentLabel.objects.get().label == label
    importing.undo(imported, by=alice, at=at)
    assert worked(imported, at=at).stage == "undone"
    assert Assignment.objects.count() == AssignmentLabel.objects.count() == 0


def test_a_labelled_draft_can_be_deleted(alice, draft, at):
    label = labelling.add_label(name="Rollout", tone="info", icon="tag", by=alice, at=at)
    lifecycle.relabel(draft, [label], by=alice, at=at)
    lifecycle.delete(draft, by=alice, at=at)
    assert Label.objects.count() == 1 and not Assignment.objects.exists()


def test_amounts_may_be_total_spend(reading):
    content, errors = reading({"Amounts are": "total spend"})
    assert errors == [] and content["flat_price"] == "340.91"  # and our tenth comes on top
    content, _ = reading({"Amounts are": ""})
    assert content["flat_price"] == "375.00"


def test_what_fills_the_rest_follows_the_clock_of_the_row_s_site(reading, draft):
    source = snapshots.of_assignment(draft)
    begun = datetime.fromisoformat(source["starts_at"])
    source["deliverables"][0]["due_at"] = (begun + timedelta(hours=1)).isoformat()
    defaults = {**source, "days": [
        {"starts_at": (begun + timedelta(days=n)).isoformat(),
         "ends_at": (begun + timedelta(days=n, hours=2)).isoformat()} for n in (0, 1)
    ]}  # fmt: skip
    content, errors = reading(
        {"ZIP": "60601", "Start date": "2026-11-20 09:00"}, defaults=defaults,
        kept=("Title", "Street and number"),
    )  # fmt: skip
    assert errors == []
    rows = snapshots.rows_of(content)
    clock = [day.starts_at for day in rows.days]
    assert clock == [datetime(2026, 11, 20, 15, tzinfo=UTC), datetime(2026, 11, 21, 15, tzinfo=UTC)]
    assert rows.deliverables[0].due_at == clock[0] + timedelta(hours=1)


# the pages


def test_columns_that_are_not_known_are_said_to_be_left_out(alice, at, client_of):
    client: Client = client_of(alice)
    imported = uploaded(text([[*row(), "seven"]], (*HEADINGS, "Moon phase")), alice, at=at)
    url = reverse("assignments:import_columns", args=[imported.reference])
    page = words_of(client.get(url))
    assert "Nothing is read from this column unless you say what it holds: K “Moon phase”" in page
    names = ("title", "industry", "description", "site_name", "street", "postal_code",
             "starts_at", "ends_at", "flat_price", "wanted")  # fmt: skip
    client.post(url, {f"column-{i}": name for i, name in enumerate(names)})
    imported = worked(imported, at=at)
    page = words_of(client.get(imported.get_absolute_url()))
    assert "Nothing was read from the column K “Moon phase”" in page


def test_the_sample_has_the_company_s_own_columns_and_is_good(alice, at, ticket, client_of):
    requirement_sets.create(name="Near the site", by=alice, at=at)
    labelling.add_label(name="Rollout", tone="info", icon="tag", by=alice, at=at)
    field_sets.add("After", Use("survey"), [Given("Fine?", "yes_no")], by=alice, at=at)
    client: Client = client_of(alice)
    sample = b"".join(client.get("/assignments/import/sample.csv").streaming_content)
    headings, *rows = csv.reader(io.StringIO(sample.decode("utf-8-sig")))
    wanted = {"Days of work", "Parts", "Part values", "Service: Ticket", "Requirement sets",
              "Labels", "Closing survey"}  # fmt: skip
    assert wanted <= set(headings) and len(rows) == 3
    imported = uploaded(sample, alice, at=at)
    url = reverse("assignments:import_columns", args=[imported.reference])
    form = client.get(url).context["form"]
    assert form.left_out == []
    client.post(url, {f"column-{i}": form[f"column-{i}"].value() for i in range(len(headings))})
    imported = worked(imported, at=at)
    bad = [error for one in imported.rows.filter(is_bad=True) for error in one.errors]
    assert (imported.stage, imported.rows_in_all, bad) == ("checked", 3, [])
    page = words_of(client.get(imported.get_absolute_url()))
    assert "2 days" in page and "2 parts" in page and "1 requirement set" in page


def test_the_page_about_columns_names_them_all_and_what_is_left_out(alice, ticket, client_of):
    page = words_of(client_of(alice).get("/assignments/import/columns/"))
    assert "Service: Ticket" in page and "Days of work" in page and "Must be filled in" in page
    assert "One of: Flat price; By the hour; By the unit; Two rates." in page
    assert "A CSV file holds no files" in page and "own labels" not in page
