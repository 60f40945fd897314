"""Favorites and blocks."""

import pytest

from activity.models import Event
from vetting import marks
from vetting.models import CompanyMark, WorkerMark


def test_a_mark_replaces_the_one_before_and_can_be_taken_away(alice, mona, wanda, at):
    marks.mark_worker(wanda.worker, "favorite", by=alice, at=at)
    marks.mark_worker(wanda.worker, "blocked", note="Left early", by=mona, at=at)
    mark = CompanyMark.objects.get()
    assert (mark.standing, mark.note, mark.marked_by) == ("blocked", "Left early", mona.user)
    assert marks.mark_worker(wanda.worker, marks.NEITHER, by=mona, at=at) is None
    assert not CompanyMark.objects.exists()
    kept = Event.objects.filter(kind="worker.marked").order_by("pk")
    assert [event.data["standing"] for event in kept] == ["favorite", "blocked", ""]


def test_the_same_mark_twice_is_one(alice, wanda, at):
    for _ in range(2):
        marks.mark_worker(wanda.worker, "favorite", by=alice, at=at)
        marks.mark_company(alice.company, "blocked", by=wanda, at=at)
    assert CompanyMark.objects.count() == WorkerMark.objects.count() == 1
    assert Event.objects.filter(kind__endswith=".marked").count() == 2


@pytest.mark.parametrize(
    ("who", "status"),
    [("alice", 302), ("mona", 302), ("dirk", 302), ("cody", 403), ("abel", 403), ("walt", 404)],
)
def test_who_may_mark_a_worker(request, client_of, wanda, who, status):
    browser = client_of(request.getfixturevalue(who))
    url = f"/workers/{wanda.worker.reference}/mark/"
    assert browser.post(url, {"standing": "favorite"}).status_code == status
    assert CompanyMark.objects.exists() == (status == 302)
    assert browser.get(url).status_code == 405


@pytest.mark.parametrize(("who", "status"), [("wanda", 302), ("alice", 403), ("olga", 403)])
def test_who_may_mark_a_company(request, client_of, acme, who, status):
    browser = client_of(request.getfixturevalue(who))
    assert browser.post("/companies/acme/mark/", {"standing": "blocked"}).status_code == status
    assert WorkerMark.objects.exists() == (status == 302)


@pytest.mark.parametrize("standing", ["loved", "\x00", "x" * 5000])
def test_a_made_up_standing_changes_nothing(client_of, alice, wanda, standing):
    url = f"/workers/{wanda.worker.reference}/mark/"
    page = client_of(alice).post(url, {"standing": standing}, follow=True).content.decode()
    assert "Choose favorite, blocked or neither" in page
    assert not CompanyMark.objects.exists()


def test_each_side_lists_its_own_marks(client_of, acme, alice, charlie, wanda, at):
    marks.mark_worker(wanda.worker, "favorite", by=alice, at=at)
    marks.mark_company(acme, "blocked", by=wanda, at=at)
    assert "Wanda Wells" in client_of(alice).get("/settings/marks/").content.decode()
    assert "Wanda Wells" not in client_of(charlie).get("/settings/marks/").content.decode()
    assert "Acme" in client_of(wanda).get("/settings/marks/").content.decode()


def test_the_buttons_say_how_it_stands(client_of, alice, abel, wanda, at):
    url = wanda.worker.get_absolute_url()
    assert "Add to favorites" in client_of(alice).get(url).content.decode()
    assert "Add to favorites" not in client_of(abel).get(url).content.decode()
    marks.mark_worker(wanda.worker, "blocked", by=alice, at=at)
    assert "Unblock Wanda Wells" in client_of(alice).get(url).content.decode()
