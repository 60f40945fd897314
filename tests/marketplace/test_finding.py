"""Finding workers: what is filtered by, the reasons, acts on the ticked, and side by side."""

from __future__ import annotations

import pytest

from scorecards.models import WorkerScorecard
from tests.assignments.pages import HOSTILE, errors_of, follow, said, words_of
from tests.factories import accounts as people
from tests.factories import assignments as work
from tests.vetting.pools import asking, speak, standing
from vetting import groups, marks
from vetting.models import GroupMembership

pytestmark = pytest.mark.django_db
PAGE = "/workers/"


def card(worker, at, **figures) -> None:
    WorkerScorecard.objects.create(
        worker=worker.worker, window="recent", formula_version=1, computed_at=at, **figures
    )


def names(browser, query: str) -> set[str]:
    page = words_of(browser.get(f"{PAGE}?{query}"))
    return {name for name in ("Wanda Wells", "Walt Webb") if name in page}


@pytest.fixture
def group(alice, at):
    return groups.create(name="Installers", kind="invitation", by=alice, at=at)


def test_every_filter_leaves_who_fits(alice, wanda, walt, client_of, group, at):
    browser = client_of(alice)
    GroupMembership.objects.create(
        group=group, worker=wanda.worker, status="member", changed_at=at, joined_at=at
    )
    card(wanda, at, satisfaction=0.95, on_time=0.9)
    card(walt, at, satisfaction=0.94, on_time=1.0)
    marks.mark_worker(walt.worker, "favorite", by=alice, at=at)
    assert names(browser, "") == {"Wanda Wells", "Walt Webb"}
    assert names(browser, f"group={group.reference}") == {"Wanda Wells"}
    assert names(browser, "satisfaction=95") == {"Wanda Wells"}
    assert names(browser, "on_time=95") == {"Walt Webb"}
    assert names(browser, "favorites=on") == {"Walt Webb"}


def test_a_requirement_set_leaves_who_qualifies(alice, wanda, client_of, at):
    speak(wanda, "Spanish")
    wanted = asking(alice, at=at).requirement_set
    assert names(client_of(alice), f"requirements={wanted.reference}") == {"Wanda Wells"}


def test_a_card_says_why_it_stands_there(alice, wanda, client_of, group, at):
    GroupMembership.objects.create(
        group=group, worker=wanda.worker, status="member", changed_at=at, joined_at=at
    )
    card(wanda, at, satisfaction=0.956, on_time=0.9)
    marks.mark_worker(wanda.worker, "favorite", by=alice, at=at)
    work.in_stage("paid", alice, wanda, at=at)
    words = words_of(client_of(alice).get(f"{PAGE}?postal_code=43215&q=Wanda"))
    for why in (
        "your favorite", "0 miles away", "did 1 assignment for you", "95% satisfied",
        "90% on time", "in Installers",
    ):  # fmt: skip
        assert why in words


def test_the_ticked_are_invited_to_a_group(alice, wanda, walt, client_of, group):
    browser = client_of(alice)
    data = {"act": "group", "workers": [wanda.worker.reference, walt.worker.reference]}
    refused = browser.post(PAGE, data)
    assert refused.status_code == 422 and "Choose the group first" in errors_of(refused)
    assert f'value="{wanda.worker.reference}" checked' in refused.content.decode()
    done = follow(browser, browser.post(PAGE, data | {"group": group.reference}))
    assert "2 workers are invited to “Installers”" in said(done)
    assert standing(group, wanda) == standing(group, walt) == "invited"


def test_the_ticked_are_invited_to_an_assignment(alice, wanda, client_of, now_sent):
    browser = client_of(alice)
    data = {"act": "assignment", "workers": wanda.worker.reference}
    done = browser.post(PAGE, data | {"assignment": now_sent.reference})
    assert "Invited to" in said(follow(browser, done))
    assert now_sent.invitations.get().worker == wanda.worker


@pytest.fixture
def now_sent(alice, at):
    return work.in_stage("sent", alice, None, at=at)


def test_who_may_not_manage_groups_does_not_invite(abel, wanda, client_of, group):
    data = {"act": "group", "workers": wanda.worker.reference, "group": group.reference}
    assert client_of(abel).post(PAGE, data).status_code == 403
    assert standing(group, wanda) is None


def test_four_stand_side_by_side_and_a_fifth_is_too_many(alice, client_of, at):
    browser = client_of(alice)
    five = [people.worker(f"Worker {n}", at=at).worker.reference for n in range(5)]
    many = browser.post(PAGE, {"act": "compare", "workers": five})
    assert "Compare at most 4" in errors_of(many)
    shown = follow(browser, browser.post(PAGE, {"act": "compare", "workers": five[:4]}))
    assert all(f"Worker {n}" in words_of(shown) for n in range(4))
    assert "Nobody to compare" in words_of(browser.get(f"{PAGE}compare/?w=W-NOBODY"))


def test_a_mark_leads_back_to_the_list_and_nowhere_else(alice, wanda, client_of):
    browser, address = client_of(alice), f"{PAGE}{wanda.worker.reference}/mark/"
    data = {"standing": "favorite", "back": "/workers/?q=cabling"}
    assert browser.post(address, data)["Location"] == "/workers/?q=cabling"
    away = browser.post(address, data | {"back": "https://evil.example/workers/"})
    assert away["Location"] == wanda.worker.get_absolute_url()


@pytest.mark.parametrize("poison", HOSTILE)
def test_no_field_answers_hostile_input_with_a_crash(alice, wanda, client_of, poison):
    browser = client_of(alice)
    for field in ("q", "skill", "industry", "postal_code", "miles", "group", "requirements",
                  "satisfaction", "on_time", "favorites", "after"):  # fmt: skip
        assert browser.get(PAGE, {field: poison}).status_code == 200
    for field in ("act", "workers", "group", "assignment"):
        data = {"act": "group", "workers": wanda.worker.reference, field: poison}
        assert browser.post(PAGE, data).status_code == 422
    assert browser.get(f"{PAGE}compare/", {"w": poison}).status_code == 200


def test_the_page_costs_the_same_for_one_and_for_thirty(
    alice, wanda, client_of, group, at, django_assert_max_num_queries
):
    browser = client_of(alice)
    query = f"{PAGE}?q=cabling&postal_code=43215&satisfaction=75"
    card(wanda, at, satisfaction=0.9)
    browser.get(query)
    with django_assert_max_num_queries(10) as few:
        browser.get(query)
    for n in range(29):
        card(people.worker(f"Worker {n}"), at, satisfaction=0.9)
    with django_assert_max_num_queries(len(few.captured_queries)):
        browser.get(query)
