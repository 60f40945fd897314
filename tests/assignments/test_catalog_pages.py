"""Customers, projects and locations: written down once, found again, archived, never lost."""

from __future__ import annotations

from decimal import Decimal
from urllib.parse import urljoin

import pytest

from activity.models import Event
from assignments import catalog
from assignments.models import Customer, Location, Project
from tests.assignments.pages import HOSTILE, errors_of, said, words_of
from tests.factories import assignments as work

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

CUSTOMERS, PROJECTS, LOCATIONS = (
    "/settings/customers/",
    "/settings/projects/",
    "/settings/locations/",
)
SITE = {"street": "12 High Street", "postal_code": "43215", "city": "", "region": ""}
ROWS = {
    "contacts-TOTAL_FORMS": "2", "contacts-INITIAL_FORMS": "0",
    "contacts-0-name": "Priya Rao", "contacts-0-phone": "614 555 0114",
    "contacts-0-email": "", "contacts-0-note": "until 5 PM",
    "contacts-1-name": "Tom Becker", "contacts-1-email": "tom@example.com",
}  # fmt: skip


@pytest.fixture
def as_alice(alice, client_of):
    return client_of(alice)


@pytest.fixture
def brightmart(alice, at) -> Customer:
    return catalog.add(Customer, {"name": "Brightmart", "number": "4711"}, by=alice, at=at)


def test_a_customer_is_written_down_listed_changed_and_archived(as_alice, alice):
    page = as_alice.post(f"{CUSTOMERS}new/", {"name": "Brightmart", "number": "4711"}, follow=True)
    made = Customer.objects.get()
    assert "Brightmart is saved" in said(page) and "4711" in words_of(page)
    assert (made.company, made.reference[:3]) == (alice.company, "CU-")
    as_alice.post(made.get_absolute_url(), {"name": "Brightmart Inc.", "number": ""})
    assert "Brightmart Inc." in words_of(as_alice.get(CUSTOMERS))
    as_alice.post(made.get_absolute_url(), {"shelve": "yes"})
    assert as_alice.get(CUSTOMERS).context["rows"] == []
    shown = as_alice.get(CUSTOMERS, {"archived": "on"})
    assert "Brightmart Inc." in words_of(shown)
    as_alice.post(made.get_absolute_url(), {"shelve": "yes"})
    assert "Brightmart Inc." in words_of(as_alice.get(CUSTOMERS))
    kinds = list(Event.objects.about(made).values_list("kind", flat=True))
    assert kinds == [
        "customer.added", "customer.changed", "customer.archived", "customer.restored",
    ]  # fmt: skip


def test_a_location_gets_its_place_and_zone_from_the_zip_code_and_keeps_its_contacts(as_alice):
    fields = {"name": "Store 114", "number": "114", "dress_code": "Dark shirt", **SITE, **ROWS}
    as_alice.post(f"{LOCATIONS}new/", {**fields, "access_instructions": "Back door, code 1234."})
    made = Location.objects.get()
    assert (made.city, made.region, made.time_zone) == ("Columbus", "OH", "America/New_York")
    assert [str(contact) for contact in made.contacts.order_by("position")] == [
        "Priya Rao, 614 555 0114", "Tom Becker",
    ]  # fmt: skip
    shown = as_alice.get(made.get_absolute_url()).content.decode()
    assert "until 5 PM" in shown and "code 1234" in shown
    as_alice.post(made.get_absolute_url(), {**fields, "contacts-0-name": "Lucy Grant"})
    assert made.contacts.order_by("position").first().name == "Lucy Grant"


def test_a_project_shows_what_is_reserved_beside_its_budget(as_alice, alice, brightmart, funds, at):
    as_alice.post(
        f"{PROJECTS}new/",
        {"name": "Till refresh", "customer": brightmart.pk, "budget": "400",
         "starts_on": "2026-11-01", "ends_on": "2027-02-01"},
    )  # fmt: skip
    project = Project.objects.get()
    assert (project.customer, project.budget) == (brightmart, 400)
    funds(alice.company, 1000)
    for price in ("250.00", "200.00"):
        draft = work.draft(alice, at=at, project=project, flat_price=Decimal(price))
        work.sent(draft, alice, at=at)
    work.draft(alice, at=at, project=project)
    words = words_of(as_alice.get(PROJECTS))
    assert "$495.00" in words and "Above the budget" in words and "$400.00" in words


@pytest.mark.parametrize(
    ("path", "changes", "sentence"),
    [
        (CUSTOMERS, {"name": ""}, "Name: Fill this in"),
        (CUSTOMERS, {"name": "x" * 121}, "at most 120 characters"),
        (CUSTOMERS, {"name": "a\x00b"}, "signs that print"),
        (CUSTOMERS, {"number": "9" * 41}, "at most 40 characters"),
        (PROJECTS, {"budget": "-4"}, "cannot be negative"),
        (PROJECTS, {"starts_on": "2026-12-01", "ends_on": "2026-11-01"}, "before the first"),
        (PROJECTS, {"starts_on": "someday"}, "From"),
        (PROJECTS, {"customer": "999999"}, "Customer"),
        (LOCATIONS, {"street": ""}, "street"),
        (LOCATIONS, {"postal_code": "99999"}, "cannot find this ZIP code"),
        (LOCATIONS, {"region": "NY"}, "is in OH"),
        (LOCATIONS, {"contacts-0-name": ""}, "Say who this is"),
        (LOCATIONS, {"contacts-1-email": "nobody"}, "E-mail"),
        (LOCATIONS, {"contacts-TOTAL_FORMS": "x"}, "out of date"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(as_alice, path, changes, sentence):
    page = as_alice.post(f"{path}new/", {"name": "Kept name", **SITE, **ROWS, **changes})
    assert page.status_code == 200 and sentence in errors_of(page), errors_of(page)
    if "name" not in changes:
        assert "Kept name" in page.content.decode()
    assert not any(model.objects.exists() for model in (Customer, Project, Location))


def test_a_name_is_taken_once_in_any_case_until_it_is_archived(as_alice, brightmart, alice, at):
    page = as_alice.post(f"{CUSTOMERS}new/", {"name": "BRIGHTMART"})
    assert "already a customer with this name" in errors_of(page)
    catalog.archive(brightmart, by=alice, at=at)
    assert as_alice.post(f"{CUSTOMERS}new/", {"name": "BRIGHTMART"}).status_code == 302
    page = as_alice.post(brightmart.get_absolute_url(), {"shelve": "yes"}, follow=True)
    assert "already a customer" in said(page)
    brightmart.refresh_from_db()
    assert brightmart.archived_at is not None


def test_projects_of_one_name_may_stand_under_two_customers(alice, brightmart, at):
    catalog.add(Project, {"name": "Refresh", "customer": brightmart}, by=alice, at=at)
    catalog.add(Project, {"name": "Refresh", "customer": None}, by=alice, at=at)
    with pytest.raises(catalog.NameTaken):
        catalog.add(Project, {"name": "refresh", "customer": None}, by=alice, at=at)


@pytest.mark.parametrize("words", ["114", "sto 114", "high", "colum oh", "43215", "HIGH street"])
def test_locations_are_found_by_the_beginning_of_any_word(as_alice, alice, at, words):
    work.location(alice, at=at, number="0114")
    work.location(alice, "Depot", at=at, street="9 Dock Road", city="Akron", postal_code="44301")
    found = words_of(as_alice.get(LOCATIONS, {"words": words}))
    assert "Store 114" in found and "Depot" not in found


@pytest.mark.parametrize("path", [CUSTOMERS, PROJECTS, LOCATIONS])
@pytest.mark.parametrize("poison", HOSTILE)
def test_hostile_input_is_answered_with_words(as_alice, brightmart, path, poison):
    asked = dict.fromkeys(("words", "customer", "archived", "after", "before"), poison)
    assert as_alice.get(path, asked).status_code == 200
    names = ("name", "number", "note", "customer", "budget", "starts_on", "ends_on", *SITE,
             "dress_code", "access_instructions", *ROWS)  # fmt: skip
    answer = as_alice.post(f"{path}new/", dict.fromkeys(names, poison))
    assert answer.status_code in (200, 302)
    answer = as_alice.post(f"{path}new/", {**dict.fromkeys(names, poison), "add": "rows"})
    assert answer.status_code in (200, 302)


def test_more_contacts_can_be_asked_for_without_a_script(as_alice):
    page = as_alice.post(f"{LOCATIONS}new/", {"name": "", **SITE, **ROWS, "add": "rows"})
    shown = page.content.decode()
    assert not errors_of(page) and 'name="contacts-3-name"' in shown and "Priya Rao" in shown
    assert not Location.objects.exists()


def test_another_companys_lists_are_neither_seen_nor_changed(
    client_of, charlie, wanda, brightmart, alice, at
):
    theirs = client_of(charlie)
    assert theirs.get(CUSTOMERS).context["rows"] == []
    assert theirs.post(brightmart.get_absolute_url(), {"name": "Mine"}).status_code == 404
    page = theirs.post(f"{PROJECTS}new/", {"name": "Sly", "customer": brightmart.pk})
    assert "Customer" in errors_of(page)
    assert client_of(wanda).get(CUSTOMERS).status_code == 404


def test_a_viewer_reads_the_lists_and_changes_nothing(client_of, abel, brightmart):
    reading = client_of(abel)
    page = reading.get(CUSTOMERS)
    assert "Brightmart" in words_of(page) and "New customer" not in words_of(page)
    assert reading.post(f"{CUSTOMERS}new/", {"name": "No"}).status_code == 403
    assert reading.post(brightmart.get_absolute_url(), {"shelve": "yes"}).status_code == 403


def test_a_long_list_is_paged_by_name(as_alice, alice, at):
    for number in range(35):
        catalog.add(Customer, {"name": f"Ünïcode & Søns {number:02}" + "é" * 80}, by=alice, at=at)
    first = as_alice.get(CUSTOMERS)
    assert "Søns 00" in words_of(first) and "Søns 30" not in words_of(first)
    second = as_alice.get(urljoin(CUSTOMERS, first.context["older"]))
    assert "Søns 34" in words_of(second) and "Søns 29" not in words_of(second)
    back = as_alice.get(urljoin(CUSTOMERS, second.context["newer"]))
    assert "Søns 00" in words_of(back)


@pytest.mark.parametrize("path", [CUSTOMERS, PROJECTS, LOCATIONS])
def test_thirty_rows_cost_the_queries_of_one(
    as_alice, alice, at, path, django_assert_max_num_queries, brightmart
):
    def fill(numbers):
        for n in numbers:
            catalog.add(Customer, {"name": f"Customer {n}"}, by=alice, at=at)
            catalog.add(Project, {"name": f"P{n}", "customer": brightmart}, by=alice, at=at)
            work.location(alice, f"Store {n}", at=at, customer=brightmart)

    fill(range(1))
    with django_assert_max_num_queries(10) as one:
        as_alice.get(path)
    fill(range(1, 30))
    with django_assert_max_num_queries(len(one)):
        as_alice.get(path)


@pytest.mark.parametrize("path", [CUSTOMERS, PROJECTS, LOCATIONS, "/settings/fields/"])
def test_a_list_has_one_heading(as_alice, path):
    page = as_alice.get(path).content.decode()
    assert page.count("<h1") == 1 and page.index("<h1") > page.index("</head>")
