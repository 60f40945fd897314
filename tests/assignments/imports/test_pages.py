"""The pages of an import: what they show, what they ask, what they refuse."""

from __future__ import annotations

import csv
import io

import pytest
from django.test import Client
from django.urls import reverse

from assignments import importing
from assignments.models import Assignment, Import
from tests.assignments.imports.files import (
    HEADINGS,
    checked,
    created,
    row,
    text,
    upload_of,
    uploaded,
    worked,
)
from tests.assignments.pages import HOSTILE, errors_of, follow, hidden, said, words_of
from tests.factories import accounts as people

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today", "_industry")]

URL = "/assignments/import/"


@pytest.fixture
def _industry(db):
    people.industry()


@pytest.fixture
def as_alice(alice, client_of) -> Client:
    return client_of(alice)


def send_file(client: Client, content: str | bytes, **fields: str):
    reference = hidden(client, URL, "reference")
    return client.post(URL, {"reference": reference, "file": upload_of(content), **fields})


def columns_of(imported: Import) -> str:
    return reverse("assignments:import_columns", args=[imported.reference])


def choices(**changes: str) -> dict[str, str]:
    names = ("title", "industry", "description", "site_name", "street", "postal_code",
             "starts_at", "ends_at", "flat_price", "wanted")  # fmt: skip
    return {f"column-{i}": name for i, name in enumerate(names)} | changes


def test_from_upload_to_drafts_by_the_pages_alone(as_alice, at):
    page = follow(as_alice, send_file(as_alice, text([row(1), row(2)])))
    imported = Import.objects.get()
    assert "Reading the file" in words_of(page)
    worked(imported, at=at)
    assert "Choose the columns" in words_of(as_alice.get(imported.get_absolute_url()))
    form = as_alice.get(columns_of(imported)).context["form"]
    assert form["column-5"].initial == "postal_code"
    assert as_alice.post(columns_of(imported), choices()).status_code == 302
    worked(imported, at=at)
    page = as_alice.get(imported.get_absolute_url())
    assert "Create 2 drafts" in words_of(page) and "$375.00 flat" in words_of(page)
    as_alice.post(reverse("assignments:import_creation", args=[imported.reference]))
    worked(imported, at=at)
    assert "2 drafts were created" in words_of(as_alice.get(imported.get_absolute_url()))
    assert Assignment.objects.count() == 2


def test_errors_stand_by_row_and_column_and_come_as_a_file(as_alice, alice, at):
    imported = checked(
        text([row(1), row(2, Price="=1+1"), row(3, **{"ZIP code": "1"})]), alice, at=at
    )
    page = as_alice.get(imported.get_absolute_url())
    words = words_of(page)
    assert "2 of 3 rows" in words and "Price (column I)" in words and "=1+1" in words
    assert [line.number for line in page.context["rows"]] == [3, 4]
    assert len(as_alice.get(imported.get_absolute_url(), {"show": "all"}).context["rows"]) == 3
    answer = as_alice.get(reverse("assignments:import_errors", args=[imported.reference]))
    body = b"".join(answer.streaming_content).decode("utf-8-sig")
    heads, first, second = csv.reader(io.StringIO(body))
    assert heads[:2] == ["Row", "What to change"] and heads[2:] == list(HEADINGS)
    assert first[0] == "3" and "'=1+1" in first and "ZIP code" in second[1]


def test_the_repaired_file_goes_straight_to_the_check(as_alice, alice, at):
    bad = checked(text([row(1, Title="")]), alice, at=at)
    send_file(as_alice, text([row(1)]), like=bad.reference)
    again = worked(Import.objects.latest("pk"), at=at)
    assert (again.stage, again.like) == ("checked", bad)


def test_a_stranger_s_import_is_no_pattern(as_alice, charlie, at):
    theirs = checked(text([row(1)]), charlie, at=at)
    send_file(as_alice, text([row(1)]), like=theirs.reference)
    assert Import.objects.latest("pk").like is None


def test_a_date_that_may_be_two_days_is_asked_for(as_alice, alice, at):
    rows = [row(1, Start="12/11/2026 09:00", End="12/11/2026 10:00")]
    imported = uploaded(text(rows), alice, at=at)
    page = as_alice.post(columns_of(imported), choices())
    assert "“12/11/2026 09:00” can be read as two different days" in errors_of(page)
    as_alice.post(columns_of(imported), choices(dates="mdy"))
    imported = worked(imported, at=at)
    assert imported.rows.get().content["starts_at"].startswith("2026-12-11T09:00")


def test_a_day_above_twelve_answers_by_itself(as_alice, alice, at):
    rows = [row(1, Start="13.11.2026 09:00", End="13.11.2026 10:00")]
    imported = uploaded(text(rows), alice, at=at)
    as_alice.post(columns_of(imported), choices())
    assert worked(imported, at=at).choices["formats"]["dates"] == "dmy"


def test_the_mapping_names_what_is_missing_or_chosen_twice(as_alice, alice, at):
    imported = uploaded(text([row(1)]), alice, at=at)
    page = as_alice.post(columns_of(imported), {"column-0": "title", "column-1": "title"})
    assert "taken from column A already" in errors_of(page)
    page = as_alice.post(columns_of(imported), {"column-0": "title"})
    assert "No column gives: Industry, Description, Start" in errors_of(page)


def test_an_assignment_fills_the_rest(as_alice, alice, draft, at):
    imported = uploaded(text([row(1)]), alice, at=at)
    mapped = {"column-0": "title", "column-6": "starts_at", "assignment": draft.reference.lower()}
    assert as_alice.post(columns_of(imported), mapped).status_code == 302
    imported = worked(imported, at=at)
    assert (imported.rows_bad, imported.rows.get().content["city"]) == (0, "Columbus")
    page = as_alice.post(columns_of(imported), {**mapped, "assignment": "A-NONE"})
    assert "no assignment with this number" in errors_of(page)


def test_a_kept_mapping_is_chosen_by_itself_for_the_same_headings(as_alice, alice, at):
    imported = uploaded(text([row(1)]), alice, at=at)
    as_alice.post(columns_of(imported), choices(**{"column-9": "", "save_as": "Stores"}))
    worked(imported, at=at)
    again = uploaded(text([row(1)]), alice, at=at)
    page = as_alice.get(columns_of(again))
    assert "Chosen as kept under “Stores”" in words_of(page)
    assert page.context["form"]["column-9"].initial == ""


def test_the_encoding_is_asked_with_a_line_of_the_file(as_alice, alice, at):
    imported = uploaded(text([row(1, Title="Café Größe")]).encode("cp1252"), alice, at=at)
    page = as_alice.get(columns_of(imported))
    assert "Café Größe" in words_of(page)
    assert "reads right" in errors_of(as_alice.post(columns_of(imported), choices()))
    as_alice.post(columns_of(imported), choices(encoding="cp1252"))
    assert worked(imported, at=at).rows.get().content["title"] == "Café Größe"


def test_the_progress_is_asked_for_until_it_is_over(as_alice, alice, at):
    imported = importing.upload(upload_of(text([row(1)])), "a.csv", by=alice, at=at)
    htmx = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "import-state"}
    part = as_alice.get(imported.get_absolute_url(), **htmx)
    assert "Reading the file" in words_of(part) and "<html" not in part.content.decode()
    worked(imported, at=at)
    over = as_alice.get(imported.get_absolute_url(), **htmx)
    assert (over.status_code, over["HX-Redirect"]) == (204, columns_of(imported))
    done = checked(text([row(1)]), alice, at=at)
    assert as_alice.get(done.get_absolute_url(), **htmx)["HX-Refresh"] == "true"


def test_undo_asks_once_and_says_what_goes(as_alice, alice, at):
    imported = created(text([row(1), row(2)]), alice, at=at)
    url = reverse("assignments:import_undo", args=[imported.reference])
    assert "Delete 2 drafts" in words_of(as_alice.get(url))
    as_alice.post(url)
    assert worked(imported, at=at).stage == "undone"
    assert as_alice.get(url).status_code == 302


def test_the_sample_can_be_imported_as_it_is(as_alice, alice, at):
    answer = as_alice.get("/assignments/import/sample.csv")
    sample = b"".join(answer.streaming_content)
    imported = checked(sample, alice, at=at)
    assert (imported.stage, imported.rows_in_all, imported.rows_bad) == ("checked", 3, 0)


def test_a_file_above_the_limit_is_refused_while_it_arrives(as_alice, settings):
    settings.IMPORT_MAX_BYTES = 100_000
    page = send_file(as_alice, b"a,b\n" * 100_000)
    assert page.status_code == 200 and "too large" in errors_of(page)
    assert Import.objects.count() == 0


@pytest.mark.parametrize(
    "content,words", [(b"", "empty"), (b"PK\x03\x04", "Excel workbook"), (b"a\0b", "NUL")]
)
def test_what_is_no_csv_is_refused_at_once(as_alice, content, words):
    assert words in errors_of(send_file(as_alice, content))


def test_no_file_and_a_forged_form_are_refused(as_alice, alice):
    assert "Choose a file" in errors_of(send_file_without(as_alice))
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(alice.user, backend="accounts.backends.PasswordBackend")
    assert strict.post(URL, {"file": upload_of("a\n1\n")}).status_code == 403


def send_file_without(client: Client):
    return client.post(URL, {"reference": hidden(client, URL, "reference")})


@pytest.mark.parametrize("poison", HOSTILE)
def test_no_input_crashes_a_page(as_alice, alice, at, poison):
    imported = uploaded(text([row(1)]), alice, at=at)
    assert as_alice.get(URL, {"after": poison}).status_code == 200
    assert as_alice.post(URL, {"like": poison, "reference": poison}).status_code == 200
    fields = {"column-0": poison, "dates": poison, "assignment": poison, "save_as": poison}
    assert as_alice.post(columns_of(imported), fields).status_code == 200
    shown = checked(text([row(1, Title=poison.replace("\0", ""))]), alice, at=at)
    assert (
        as_alice.get(shown.get_absolute_url(), {"show": poison, "after": poison}).status_code == 200
    )


def test_two_presses_on_create_say_what_happened(as_alice, alice, at):
    imported = checked(text([row(1)]), alice, at=at)
    url = reverse("assignments:import_creation", args=[imported.reference])
    as_alice.post(url)
    worked(imported, at=at)
    assert "1 draft was created" in words_of(follow(as_alice, as_alice.post(url)))
    discard = reverse("assignments:import_discard", args=[imported.reference])
    assert "is at “Drafts created”" in said(follow(as_alice, as_alice.post(discard)))


def test_one_row_and_thirty_cost_the_same_few_queries(
    as_alice, alice, at, django_assert_max_num_queries
):
    one = checked(text([row(1, Title="")]), alice, at=at)
    many = checked(text(row(n, Title="") for n in range(30)), alice, at=at)
    as_alice.get(one.get_absolute_url())
    with django_assert_max_num_queries(10) as few:
        as_alice.get(one.get_absolute_url())
    with django_assert_max_num_queries(len(few.captured_queries)):
        as_alice.get(many.get_absolute_url())
    with django_assert_max_num_queries(10) as few:
        as_alice.get(URL)
    for _ in range(10):
        uploaded(text([row(1)]), alice, at=at)
    with django_assert_max_num_queries(len(few.captured_queries)):
        as_alice.get(URL)
