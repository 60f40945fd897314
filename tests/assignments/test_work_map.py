"""Find work on a plain map: sites by place, distances, directions, and the way to the list."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from assignments import rings
from assignments.queries.find_work import Origin
from tests.assignments.pages import HOSTILE, words_of
from tests.factories import assignments as work

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

URL = "/work/map/"
COLUMBUS = {"zip": "43215"}


def site(latitude, longitude, count=1, miles=10.0):
    return {
        "postal_code": "00000", "city": "Town", "region": "OH", "latitude": latitude,
        "longitude": longitude, "miles": miles, "count": count, "best_pay": 100,
    }  # fmt: skip


def test_north_is_up_and_east_is_right():
    middle = Origin(40.0, -83.0, "here")
    north, east, here = rings.draw(
        middle, [site(40.5, -83.0), site(40.0, -82.5), site(40.0, -83.0)], miles=100
    ).spots
    assert (north.x, north.direction) == (rings.MIDDLE, "N") and north.y < rings.MIDDLE
    assert (east.y, east.direction) == (rings.MIDDLE, "E") and east.x > rings.MIDDLE
    assert (here.x, here.y, here.direction) == (rings.MIDDLE, rings.MIDDLE, "")


def test_a_site_at_the_edge_lies_on_the_outermost_ring_and_the_date_line_is_no_edge():
    (spot,) = rings.draw(Origin(0.0, 179.9, "x"), [site(0.0, -179.9)], miles=100).spots
    assert rings.MIDDLE < spot.x < rings.MIDDLE + rings.REACH
    (edge,) = rings.draw(Origin(40, -83, "x"), [site(40 + 100 / 69, -83)], miles=100).spots
    assert edge.y == pytest.approx(rings.MIDDLE - rings.REACH, abs=0.2)


def test_more_work_makes_a_larger_spot_up_to_a_limit():
    small, large, most = rings.draw(
        Origin(40, -83, "x"), [site(40, -83, 1), site(40, -83, 9), site(40, -83, 9000)], miles=50
    ).spots
    assert small.radius < large.radius < most.radius == 20


def test_sites_are_grouped_by_place_and_lead_to_their_list(client_of, wanda, alice, at, funds):
    funds(alice.company, 5000)
    for title in ("One", "Two"):
        work.sent(work.draft(alice, at=at, title=title), alice, at=at)
    start = at + timedelta(days=3)
    work.sent(
        work.draft(
            alice, at=at, title="Dayton", city="Dayton", postal_code="45402", latitude=39.76,
            longitude=-84.19, starts_at=start, ends_at=start + timedelta(hours=2),
        ),
        alice, at=at,
    )  # fmt: skip
    work.sent(work.draft(alice, at=at, on_site=False, wants_check_in=False), alice, at=at)
    browser = client_of(wanda)
    page = browser.get(URL, {**COLUMBUS, "terms": "0"})
    near, far = page.context["spots"]
    assert (near["count"], far["count"]) == ("2 assignments", "1 assignment")
    assert page.context["count"] == 3 and far["direction"] == "W"
    query = parse_qs(urlsplit(near["url"]).query)
    assert query["zip"] == ["43215"] and query["terms"] == ["0"]
    listed = browser.get(near["url"])
    assert {row.title for row in listed.context["rows"]} == {"One", "Two"}


def test_without_a_middle_the_page_says_how_to_get_one(client_of, wanda, sent):
    wanda.worker.latitude = wanda.worker.longitude = None
    wanda.worker.save(update_fields=["latitude", "longitude"])
    assert "A map needs a middle" in words_of(client_of(wanda).get(URL))
    assert client_of(wanda).get(URL, COLUMBUS).context["count"] == 1


@pytest.mark.parametrize("poison", HOSTILE)
def test_no_parameter_crashes_the_map(client_of, wanda, sent, poison):
    for name in ("q", "zip", "miles", "industry", "pay", "where", "sort"):
        assert client_of(wanda).get(URL, {name: poison}).status_code == 200


def test_the_map_costs_a_few_queries_however_many_sites(
    client_of, wanda, alice, at, funds, django_assert_max_num_queries
):
    funds(alice.company, 9000)

    def make(n):
        draft = work.draft(alice, at=at, postal_code=f"43{n:03}", latitude=39.9 + n / 100)
        work.sent(draft, alice, at=at)

    make(1)
    browser = client_of(wanda)
    browser.get(URL, COLUMBUS)
    with django_assert_max_num_queries(10) as few:
        browser.get(URL, COLUMBUS)
    for n in range(2, 14):
        make(n)
    with django_assert_max_num_queries(len(few.captured_queries)):
        assert len(browser.get(URL, COLUMBUS).context["spots"]) == 13
