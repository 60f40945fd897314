"""Saved views of the board: keep, share, change, remove; order, rows, and what waits."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from assignments import saved_views
from assignments.models import SavedView
from tests.assignments.pages import HOSTILE, errors_of, follow, words_of
from tests.factories import assignments as work

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

BOARD = "/assignments/"
NEW = "/assignments/views/new/"


@pytest.fixture
def as_alice(alice, client_of):
    return client_of(alice)


def titles(page):
    return [row.title for row in page.context["rows"]]


def test_a_view_is_saved_from_what_is_set_and_opens_the_same_list(as_alice, draft, sent, alice, at):
    work.draft(alice, at=at, title="Paint a fence")
    page = as_alice.get(BOARD, {"words": "fence", "sort": "soonest", "after": "junk"})
    assert "Save this view" in page.content.decode()
    saved = as_alice.post(f"{NEW}?{page.context['asked']}", {"name": "Fences"})
    opened = follow(as_alice, saved)
    assert titles(opened) == ["Paint a fence"]
    (listed,) = opened.context["views"]
    assert (listed["name"], listed["active"]) == ("Fences", True)
    assert SavedView.objects.get().query == "words=fence&sort=soonest"


def test_the_same_name_again_changes_the_view(alice, at):
    first = saved_views.save_view("Mine", "status=draft", is_shared=False, by=alice, at=at)
    again = saved_views.save_view("MINE", "status=paid", is_shared=True, by=alice, at=at)
    assert again.pk == first.pk and SavedView.objects.get().query == "status=paid"


def test_only_shared_views_are_seen_by_colleagues_and_none_by_others(
    alice, mona, charlie, wanda, at
):
    saved_views.save_view("Mine", "", is_shared=False, by=alice, at=at)
    shared = saved_views.save_view("Ours", "", is_shared=True, by=alice, at=at)
    seen = {who: list(SavedView.objects.visible_to(who)) for who in (mona, charlie, wanda)}
    assert seen == {mona: [shared], charlie: [], wanda: []}


def test_a_shared_view_is_changed_only_by_its_owner(client_of, alice, mona, at):
    shared = saved_views.save_view("Ours", "status=draft", is_shared=True, by=alice, at=at)
    url = reverse("assignments:view", args=[shared.reference])
    assert client_of(mona).post(url, {"remove": "yes"}).status_code == 403
    assert client_of(alice).post(url, {"name": "All of ours"}).status_code == 302
    shared.refresh_from_db()
    assert (shared.name, shared.is_shared) == ("All of ours", False)
    assert client_of(alice).post(url, {"remove": "yes"}).status_code == 302
    assert not SavedView.objects.exists()


def test_two_views_of_one_person_cannot_have_one_name(as_alice, alice, at):
    saved_views.save_view("One", "", is_shared=False, by=alice, at=at)
    two = saved_views.save_view("Two", "", is_shared=False, by=alice, at=at)
    page = as_alice.post(reverse("assignments:view", args=[two.reference]), {"name": "one"})
    assert "already have a view named" in errors_of(page)


def test_at_most_fifty_views_are_kept(as_alice, alice, at, monkeypatch):
    monkeypatch.setattr(saved_views, "MOST_VIEWS", 1)
    saved_views.save_view("One", "", is_shared=False, by=alice, at=at)
    page = as_alice.post(NEW, {"name": "Two"})
    assert "Remove one before" in words_of(page)


@pytest.mark.parametrize("poison", [*HOSTILE, "", "x" * 61])
def test_a_name_that_cannot_be_is_refused_beside_it_or_kept_as_text(as_alice, poison):
    page = as_alice.post(f"{NEW}?status=draft&words={poison[:50]}", {"name": poison})
    assert page.status_code in (200, 302)
    if page.status_code == 200:
        assert "name" in page.context["form"].errors


def test_the_list_of_views_says_what_each_asks_for(as_alice, alice, at):
    empty = as_alice.get("/assignments/views/")
    assert "No saved views yet" in words_of(empty)
    saved_views.save_view("Drafts", "status=draft", is_shared=False, by=alice, at=at)
    assert "Status: Draft" in words_of(as_alice.get("/assignments/views/"))


def test_the_list_of_views_costs_the_same_for_one_and_thirty(
    as_alice, alice, at, django_assert_max_num_queries
):
    saved_views.save_view("View", "owner=1", is_shared=False, by=alice, at=at)
    as_alice.get("/assignments/views/")
    with django_assert_max_num_queries(10) as few:
        as_alice.get("/assignments/views/")
    for n in range(29):
        saved_views.save_view(f"View {n}", "status=draft", is_shared=False, by=alice, at=at)
    with django_assert_max_num_queries(len(few.captured_queries)):
        as_alice.get("/assignments/views/")


def test_the_board_is_ordered_and_sized_as_asked(as_alice, alice, at):
    for n in (3, 1, 2):
        start = at + timedelta(days=n)
        work.draft(alice, at=at, title=f"{n}", starts_at=start, ends_at=start + timedelta(hours=1))
    assert titles(as_alice.get(BOARD)) == ["2", "1", "3"]
    assert titles(as_alice.get(BOARD, {"sort": "soonest"})) == ["1", "2", "3"]
    assert titles(as_alice.get(BOARD, {"sort": "latest"})) == ["3", "2", "1"]
    page = as_alice.get(BOARD, {"rows_shown": "150", "sort": "nonsense"})
    assert (page.context["size"], len(titles(page))) == (150, 3)


def test_what_waits_for_the_company_is_found(as_alice, alice, wanda, walt, at, today, funds, acme):
    funds(acme, 5000)
    work.in_stage("pending_approval", alice, wanda, at=at, title="done")
    bid = work.sent(work.draft(alice, at=at, title="bid"), alice, at=at)
    work.application(bid, walt, at=at)
    soon = at + timedelta(hours=30)
    work.sent(
        work.draft(alice, at=at, title="soon", starts_at=soon, ends_at=soon + timedelta(hours=1)),
        alice, at=at,
    )  # fmt: skip
    sure = work.sent(
        work.draft(
            alice, at=at, title="unsure", wants_confirmation=True, confirm_hours_before=72,
            starts_at=at + timedelta(days=2, hours=12), ends_at=at + timedelta(days=3),
        ),
        alice, at=at,
    )  # fmt: skip
    work.assigned(sure, alice, wanda, at=at)
    work.in_stage("invoiced", alice, wanda, at=at - timedelta(days=60), title="late")
    for need, expected in (
        ("choose", {"bid"}),
        ("unfilled", {"soon"}),
        ("unconfirmed", {"unsure"}),
        ("approve", {"done"}),
        ("past_due", {"late"}),
    ):
        assert set(titles(as_alice.get(BOARD, {"needs": need}))) == expected, need
