"""The client's board: tabs, filters, pages by key, and the same few queries for any size."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urljoin

import pytest
from django.urls import reverse

from assignments import catalog
from assignments.models import Assignment, Customer, Project
from assignments.queries import board, board_lists
from assignments.queries.find_work import matching
from tests.assignments.pages import HOSTILE, errors_of
from tests.factories import accounts as people
from tests.factories import assignments as work

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

URL = "/assignments/"


@pytest.fixture
def as_alice(alice, client_of):
    return client_of(alice)


def titles(page):
    return [row.title for row in page.context["rows"]]


def test_the_board_shows_the_companys_own_assignments_newest_first(as_alice, alice, charlie, at):
    for title in ("First", "Second"):
        work.draft(alice, at=at, title=title)
    work.draft(charlie, at=at, title="Of a stranger")
    assert titles(as_alice.get(URL)) == ["Second", "First"]


def test_the_tabs_count_each_status_and_keep_the_filters(as_alice, draft, invoiced):
    page = as_alice.get(URL, {"words": "switch"})
    tabs = {tab["label"]: tab for tab in page.context["tabs"]}
    assert (tabs["Draft"]["count"], tabs["Invoiced"]["count"]) == ("1", "1")
    assert "Paid" not in tabs
    only = as_alice.get(urljoin(URL, tabs["Draft"]["url"]))
    assert len(titles(only)) == 1 and "words=switch" in tabs["Draft"]["url"]


def test_the_tabs_stop_counting_at_a_hundred(alice, draft):
    Assignment.objects.filter(pk=draft.pk).update(reference="A-000000")
    copies = []
    for n in range(105):
        copy = Assignment.objects.defer("search").get(pk=draft.pk)
        copy.pk, copy.reference = None, f"A-{n:06d}X"
        copies.append(copy)
    Assignment.objects.bulk_create(copies)
    count = board.counts(alice.company)["draft"]
    assert board.count_words(count) == "100+"


def test_an_empty_board_teaches_what_to_do(as_alice):
    shown = as_alice.get(URL).content.decode()
    assert "Nothing posted yet" in shown and reverse("assignments:new") in shown


def test_a_viewer_reads_the_board_but_is_offered_nothing_to_post(client_of, abel, draft):
    page = client_of(abel).get(URL)
    assert titles(page) == [draft.title]
    assert reverse("assignments:new") not in page.content.decode()


def test_workers_and_visitors_have_no_board(client_of, wanda, client):
    assert client_of(wanda).get(URL).status_code == 403
    assert client.get(URL).status_code == 302


def test_filters_find_by_words_number_owner_worker_and_day(as_alice, alice, mona, assigned, at):
    other = work.draft(
        mona, at=at, title="Paint a fence", starts_at=at + timedelta(days=20),
        ends_at=at + timedelta(days=21),
    )  # fmt: skip
    for query, expected in (
        ({"words": "fenc"}, other),
        ({"words": assigned.reference.lower()}, assigned),
        ({"owner": mona.user.pk}, other),
        ({"worker": "wells"}, assigned),
        ({"starts_from": "2026-11-25"}, other),
        ({"starts_to": "2026-11-13"}, assigned),
        ({"status": "assigned"}, assigned),
    ):
        assert titles(as_alice.get(URL, query)) == [expected.title], query
    assert titles(as_alice.get(URL, {"words": "nothing like it"})) == []


@pytest.fixture
def brightmart(alice, at) -> Customer:
    return catalog.add(Customer, {"name": "Brightmart"}, by=alice, at=at)


def test_work_is_found_by_customer_and_project(as_alice, alice, brightmart, at):
    refresh = catalog.add(
        Project, {"name": "Till refresh", "customer": brightmart}, by=alice, at=at
    )
    theirs = work.draft(alice, at=at, title="Theirs", customer=brightmart, project=refresh)
    work.draft(alice, at=at, title="Our own")
    for query in ({"customer": brightmart.reference}, {"project": refresh.reference}):
        page = as_alice.get(URL, query)
        assert titles(page) == [theirs.title], query
    shown = as_alice.get(URL, {"customer": brightmart.reference}).content.decode()
    assert "Customer: Brightmart" in shown
    assert titles(as_alice.get(URL, {"customer": "K-404"})) == ["Our own", "Theirs"]


def test_an_archived_customer_can_still_be_asked_for_but_not_a_strangers(
    client_of, alice, charlie, brightmart, at
):
    work.draft(alice, at=at, title="Theirs", customer=brightmart)
    catalog.archive(brightmart, by=alice, at=at)
    page = client_of(alice).get(URL, {"customer": brightmart.reference})
    assert titles(page) == ["Theirs"] and "Brightmart (archived)" in page.content.decode()
    work.draft(charlie, at=at, title="Of another company")
    page = client_of(charlie).get(URL, {"customer": brightmart.reference})
    assert "Brightmart" not in page.content.decode()
    assert "Customer" in errors_of(page)


def test_a_company_without_lists_is_not_asked_for_them(as_alice, draft):
    page = as_alice.get(URL)
    assert page.context["form"]["customer"].is_hidden and page.context["form"]["project"].is_hidden


def test_a_long_list_offers_its_first_ones_and_what_is_chosen(
    as_alice, alice, brightmart, at, monkeypatch
):
    monkeypatch.setattr(board_lists, "MOST_CHOICES", 2)
    for name in ("Acorn", "Alder", "Ash"):
        catalog.add(Customer, {"name": name}, by=alice, at=at)
    page = as_alice.get(URL, {"customer": brightmart.reference})
    offered = [words for _, words in page.context["form"].fields["customer"].choices]
    assert offered == ["Any customer", "Brightmart", "Acorn"] and not errors_of(page)


def test_what_is_set_is_shown_as_chips_that_can_be_taken_away(as_alice, draft):
    shown = as_alice.get(URL, {"words": "switch", "status": "draft"}).content.decode()
    assert "Words or number: switch" in shown and "Status: Draft" in shown


def test_a_filter_that_cannot_be_read_is_reported_and_left_out(as_alice, draft):
    page = as_alice.get(URL, {"status": "gone", "starts_from": "someday", "words": "switch"})
    assert titles(page) == [draft.title]
    assert "Starts from" in errors_of(page)


@pytest.mark.parametrize("poison", HOSTILE)
def test_no_parameter_crashes_the_board(as_alice, draft, poison):
    for name in (
        "words", "status", "owner", "worker", "starts_from", "starts_to", "customer", "project",
        "after", "before",
    ):  # fmt: skip
        assert as_alice.get(URL, {name: poison}).status_code == 200, (name, poison)


def test_pages_follow_each_other_by_key(as_alice, alice, at):
    for n in range(33):
        work.draft(alice, at=at, title=f"Number {n}", deliverables=False)
    first = as_alice.get(URL)
    second = as_alice.get(urljoin(URL, first.context["older"]))
    assert titles(first) == [f"Number {n}" for n in range(32, 2, -1)]
    assert titles(second) == ["Number 2", "Number 1", "Number 0"]
    assert titles(as_alice.get(urljoin(URL, second.context["newer"]))) == titles(first)


def test_one_row_and_thirty_cost_the_same_few_queries(
    as_alice, alice, wanda, at, funds, acme, django_assert_max_num_queries
):
    def make(n):
        funds(acme, 1000)
        sent = work.sent(work.draft(alice, at=at), alice, at=at)
        if n % 2:
            work.application(sent, wanda, at=at)
        if n % 3 == 0:
            work.in_stage("invoiced", alice, people.worker(f"Worker {n}"), at=at)

    make(1)
    as_alice.get(URL)
    with django_assert_max_num_queries(10) as few:
        as_alice.get(URL)
    for n in range(2, 25):
        make(n)
    with django_assert_max_num_queries(len(few.captured_queries)):
        page = as_alice.get(URL)
    assert len(titles(page)) == 30


def test_rows_say_what_waits(as_alice, sent, wanda, at):
    assert as_alice.get(URL).context["rows"][0].hint == "No applicants yet"
    work.application(sent, wanda, at=at)
    row = as_alice.get(URL).context["rows"][0]
    assert (row.hint, row.waits) == ("1 applicant to choose from", True)


def test_words_of_another_company_are_found_by_nobody_else(client_of, alice, charlie, at):
    work.draft(alice, at=at, title="Paint a fence")
    work.draft(charlie, at=at, title="Paint a wall")
    assert titles(client_of(alice).get(URL, {"words": "paint"})) == ["Paint a fence"]
    assert titles(client_of(charlie).get(URL, {"words": "paint"})) == ["Paint a wall"]


def test_the_search_of_a_company_reads_the_index_with_the_company_in_it(alice, at):
    work.draft(alice, at=at)
    rows = board.for_board(alice.company)
    query = str(matching(rows, "switch", of=alice.company).query)
    assert f"ofcompany{alice.company.pk}" in query
    row = Assignment.objects.get()
    assert f"'ofcompany{alice.company.pk}'" in row.search
