"""Find work: what a worker finds, what is left out, what it costs, and bad input."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.utils.http import urlencode

from accounts.models import Industry
from assignments import lifecycle
from assignments.models import Assignment
from tests.factories import accounts as people
from tests.factories import assignments as work
from tests.factories.payments import add_cash
from vetting.models import CompanyMark, Standing, WorkerMark


@pytest.fixture(autouse=True)
def _now(at):
    with time_machine.travel(at, tick=False):
        yield


@pytest.fixture
def post(alice, at):
    """Sends an assignment to the marketplace."""

    def posting(title="Replace a network switch", *, by=None, minutes=0, routing=None, **fields):
        by = by or alice
        add_cash(by.company, Decimal(3000), at=at)
        moment = at - timedelta(minutes=minutes)
        draft = work.draft(by, at=at, title=title, deliverables=False, **fields)
        return work.sent(draft, by, at=moment, **(routing or {}))

    return posting


@pytest.fixture
def find(client_of, wanda):
    def finding(**query):
        response = client_of(wanda).get(f"/work/?{urlencode(query)}")
        assert response.status_code == 200
        return response

    return finding


def titles(response):
    return [row.title for row in response.context["rows"]]


def test_newest_comes_first(post, find):
    post("Old", minutes=60)
    post("New", minutes=1)
    assert titles(find()) == ["New", "Old"]


def test_words_match_their_beginnings_and_other_forms(post, find):
    post("Installing network switches")
    post("Paint a wall", description="White, twice.")
    assert titles(find(q="switch inst")) == ["Installing network switches"]
    assert titles(find(q="netw")) == ["Installing network switches"]
    assert titles(find(q="wall switch")) == []


def test_the_number_of_an_assignment_finds_it(post, find):
    wanted = post("This one")
    post("Not this one")
    assert titles(find(q=wanted.reference.lower())) == ["This one"]


def test_drafts_other_statuses_and_private_sends_are_not_found(post, find, alice, walt, at):
    work.draft(alice, at=at)
    post("Only for Walt", routing={"on_marketplace": False, "workers": [walt.worker]})
    gone = post("Taken back")
    lifecycle.void(gone, note="Twice.", by=alice, at=at)
    assert titles(find()) == []


def test_work_whose_end_has_passed_is_not_found(post, find, at):
    post("Over soon")
    with time_machine.travel(at + timedelta(days=5), tick=False):
        assert titles(find()) == []


def test_a_declined_assignment_leaves_the_list(post, find, wanda, at):
    lifecycle.decline(post("No thanks"), by=wanda, at=at)
    post("Still there")
    assert titles(find()) == ["Still there"]


def test_blocking_on_either_side_hides_the_company(post, find, wanda, charlie, alice, at):
    post("From Acme")
    post("From Globex", by=charlie)
    CompanyMark.objects.create(
        company=alice.company, worker=wanda.worker, standing=Standing.BLOCKED,
        marked_by=alice.user, marked_at=at,
    )  # fmt: skip
    assert titles(find()) == ["From Globex"]
    WorkerMark.objects.create(
        company=charlie.company, worker=wanda.worker, standing=Standing.BLOCKED, marked_at=at
    )
    assert titles(find()) == []


CHICAGO = {"city": "Chicago", "region": "IL", "postal_code": "60601",
           "latitude": 41.886, "longitude": -87.622}  # fmt: skip
REMOTE = {"on_site": False, "street": "", "city": "", "postal_code": "",
          "latitude": None, "longitude": None}  # fmt: skip


def test_distance_is_measured_from_home_or_from_a_zip_code(post, find):
    post("Near home", minutes=3)
    post("In Chicago", minutes=2, **CHICAGO)
    post("Anywhere", minutes=1, **REMOTE)
    assert titles(find(miles=25)) == ["Near home"]
    assert titles(find(miles=25, zip="60601")) == ["In Chicago"]
    assert titles(find(sort="nearest", miles=200)) == ["Near home"]
    assert titles(find(where="remote")) == ["Anywhere"]
    assert "275 miles away" in find(q="chicago").content.decode()


def test_nearest_first_pages_by_distance(post, find):
    post("Here", minutes=5)
    post("A bit further", minutes=1, latitude=40.2, longitude=-83.0)
    assert titles(find(sort="nearest")) == ["Here", "A bit further"]


def test_pay_terms_days_and_industry_narrow_the_list(post, find, at):
    other = Industry.objects.create(name="Roofing of barns", slug="roofing-of-barns")
    post("Cheap", flat_price=Decimal(50), minutes=3)
    post("Late pay", terms_days=30, minutes=2)
    post("Next month", minutes=1, industry=other,
         starts_at=at + timedelta(days=30), ends_at=at + timedelta(days=31))  # fmt: skip
    assert titles(find(pay="100")) == ["Next month", "Late pay"]
    assert titles(find(terms="0")) == ["Next month", "Cheap"]
    assert titles(find(industry="roofing-of-barns")) == ["Next month"]
    assert titles(find(starts_to="2026-11-20")) == ["Late pay", "Cheap"]
    assert titles(find(starts_from="2026-12-01", sort="soonest")) == ["Next month"]


def test_the_kind_of_price_narrows_the_list_and_is_shown_in_words(post, find):
    post("Flat", minutes=3)
    post("By the unit", minutes=2, **work.BY_THE_UNIT)
    post("At two rates", minutes=1, **work.TWO_RATES)
    assert titles(find(pricing="unit")) == ["By the unit"]
    assert titles(find(pricing="blended", pay="280")) == ["At two rates"]
    assert "$12.00 per device, up to 40" in find().content.decode()


def test_applied_and_invited_are_marked(post, find, wanda, at):
    lifecycle.apply(post("Mine", minutes=3), by=wanda, at=at)
    post("Asked", minutes=2, routing={"workers": [wanda.worker]})
    marks = {row.title: row.mark for row in find().context["rows"]}
    assert marks == {"Mine": "You applied", "Asked": "You are invited"}


def test_what_is_set_shows_as_chips_that_take_it_away(find):
    content = find(q="switch", miles=25).content.decode()
    assert "Search words: switch" in content
    assert 'href="?q=switch"' in content


BAD = [
    {"q": "\x00"}, {"q": "x" * 500}, {"q": "' & | ! <-> :* ("}, {"q": "שלום 你好 \U0001f600"},
    {"q": "<script>alert(1)</script>"}, {"miles": "1e9"}, {"miles": "-1"}, {"zip": "٤٣٢١٥"},
    {"zip": "\x00"}, {"pay": "NaN"}, {"pay": "-5"}, {"pay": "9" * 40}, {"starts_from": "soon"},
    {"starts_to": "9999-12-31"}, {"starts_from": "0001-01-01"}, {"industry": "\x00"},
    {"industry": "nowhere"}, {"terms": "x"}, {"sort": "\x00"}, {"where": "moon"},
    {"pricing": "barter"},
    {"after": "\x00"}, {"before": "A" * 400}, {"sort": "nearest", "where": "remote"},
    {"starts_from": "2026-12-02", "starts_to": "2026-12-01"},
]  # fmt: skip


@pytest.mark.parametrize("query", BAD, ids=repr)
def test_bad_input_never_breaks_the_list(post, find, query):
    post("There")
    content = find(**query).content.decode()
    assert "<script>alert" not in content


def test_an_invalid_filter_is_named_and_the_others_still_work(post, find):
    post("Switch")
    post("Wall", description="Paint it.")
    response = find(q="wall", pay="lots")
    assert titles(response) == ["Wall"]
    assert "Enter a number" in response.content.decode()


def test_without_a_home_place_a_distance_asks_for_a_zip_code(post, client_of, at):
    nomad = people.worker("Nora", latitude=None, longitude=None, postal_code="")
    post("There")
    content = client_of(nomad).get("/work/?miles=25").content.decode()
    assert "Write a ZIP code" in content


def test_pages_go_on_by_key(post, client_of, wanda):
    for n in range(27):
        post(f"Number {n:02}", minutes=n)
    client = client_of(wanda)
    first = client.get("/work/")
    assert len(titles(first)) == 25
    assert "27 assignments" in first.content.decode()
    second = client.get(f"/work/{first.context['older']}")
    assert titles(second) == ["Number 25", "Number 26"]
    assert titles(client.get(f"/work/{second.context['newer']}")) == titles(first)


def test_one_and_thirty_rows_cost_the_same(post, client_of, wanda, django_assert_max_num_queries):
    post("Only one")
    client = client_of(wanda)
    client.get("/work/")
    with django_assert_max_num_queries(10) as one:
        client.get("/work/")
    for n in range(29):
        post(f"Number {n}", minutes=n)
    with django_assert_max_num_queries(10) as thirty:
        client.get("/work/")
    assert len(thirty) - len(one) <= 1, "only the capped count comes on top"


def test_clients_and_strangers_do_not_search(client_of, alice, client):
    assert client_of(alice).get("/work/").status_code == 403
    assert client.get("/work/").status_code == 302


def test_the_orders_have_partial_indexes(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname FROM pg_indexes WHERE tablename = %s AND indexdef LIKE %s",
            [Assignment._meta.db_table, "%WHERE%is_listed%"],
        )
        found = {name for (name,) in cursor.fetchall()}
    assert found >= {"assignment_find_work", "assignment_find_industry", "assignment_find_soonest",
                     "assignment_find_near", "assignment_find_words"}  # fmt: skip
