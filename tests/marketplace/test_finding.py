"""Finding workers: what is filtered by, the reasons, acts on the ticked, and side by side."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from assignments import lifecycle
from marketplace.finding import views
from scorecards.models import WorkerScorecard
from tests.assignments.pages import HOSTILE, errors_of, follow, said, words_of
from tests.factories import accounts as people
from tests.factories import assignments as work
from tests.vetting.pools import asking, speak, standing
from vetting import groups, marks, requirement_sets
from vetting.models import GroupMembership

pytestmark = pytest.mark.django_db
PAGE = "/workers/"
SPANISH = {"language": "Spanish"}


@pytest.fixture
def today(at):
    """Pages read the clock, and the facts of these tests are of that day."""
    with time_machine.travel(at):
        yield


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
    assert names(browser, "show=favorite") == {"Walt Webb"}


def test_a_requirement_set_leaves_who_qualifies(alice, wanda, client_of, at):
    speak(wanda, "Spanish")
    wanted = asking(alice, at=at).requirement_set
    query = f"requirements={wanted.reference}"
    assert names(client_of(alice), query) == {"Wanda Wells"}
    page = client_of(alice).get(f"{PAGE}?{query}")
    assert "1 worker meets what is asked and fits the rest." in words_of(page)


def test_who_qualifies_is_counted_beyond_the_first_page(alice, at, client_of, monkeypatch):
    monkeypatch.setattr(views, "PAGE", 2)
    for number in range(5):
        speak(people.worker(f"Worker {number}", at=at), "Spanish")
    wanted = asking(alice, at=at).requirement_set
    page = client_of(alice).get(f"{PAGE}?requirements={wanted.reference}")
    assert "5 workers meet what is asked and fit the rest." in words_of(page)
    seen = [row.worker.pk for row in page.context["rows"]]
    while older := page.context["older"]:
        page = client_of(alice).get(f"{PAGE}{older}")
        seen += [row.worker.pk for row in page.context["rows"]]
    assert len(seen) == len(set(seen)) == 5


def test_who_lacks_something_is_shown_when_wanted_with_what_they_lack(
    alice, wanda, walt, client_of, at
):
    speak(wanda, "Spanish")
    wanted = asking(alice, at=at, language=SPANISH, profile={}).requirement_set
    browser, query = client_of(alice), f"requirements={wanted.reference}"
    assert names(browser, query) == set()
    closest = browser.get(f"{PAGE}?{query}")
    assert "See who comes closest" in words_of(closest)
    assert f"?{query}&amp;lacking=on" in closest.content.decode()
    shown = words_of(browser.get(f"{PAGE}?{query}&lacking=on"))
    assert "Lacks 1 of 2" in shown and "Lacks 2 of 2" in shown
    requirement_sets.override(wanted, walt.worker, note="Known", by=alice, at=at)
    shown = words_of(browser.get(f"{PAGE}?{query}"))
    assert "Qualifies" in shown and "(you let them pass)" in shown


def test_for_an_assignment_the_best_come_first_with_why_and_what_they_meet(
    alice, wanda, walt, client_of, at, today
):
    speak(walt, "Spanish")
    spanish = asking(alice, at=at).requirement_set
    posted = work.in_stage(
        "sent", alice, None, at=at, skills=["cabling", "rack"], requirement_sets=[spanish.pk]
    )
    for actor, skills in ((wanda, ["cabling", "rack"]), (walt, ["Rack"])):
        actor.worker.skills = skills
        actor.worker.save(update_fields=["skills"])
    browser, query = client_of(alice), f"assignment={posted.reference}"
    assert names(browser, query) == {"Walt Webb"}
    shown = words_of(browser.get(f"{PAGE}?{query}&lacking=on"))
    assert shown.index("Wanda Wells") < shown.index("Walt Webb")
    for why in ("2 of 2 skills", "1 of 2 skills", "Qualifies", "Lacks 1 of 1", "Speaks Spanish"):
        assert why in shown
    lifecycle.invite(posted, workers=[walt.worker], by=alice, at=at)
    again = browser.get(f"{PAGE}?{query}")
    assert "Invited" in words_of(again)
    assert f'value="{posted.reference}" selected' in again.content.decode()


def test_pages_of_the_best_follow_each_other(alice, client_of, at, today):
    posted = work.in_stage("sent", alice, None, at=at, skills=["cabling"])
    crew = [people.worker(f"Worker {n:02}", skills=["cabling"], at=at) for n in range(30)]
    browser = client_of(alice)
    first = browser.get(f"{PAGE}?assignment={posted.reference}")
    assert len(first.context["rows"]) == 24 and first.context["older"]
    second = browser.get(PAGE + first.context["older"])
    seen = [row.worker.pk for page in (first, second) for row in page.context["rows"]]
    assert len(seen) == len(set(seen)) >= len(crew)


def test_a_draft_may_be_looked_for_and_another_clients_work_may_not(
    alice, charlie, client_of, at, today
):
    mine, theirs = work.draft(alice, at=at), work.draft(charlie, at=at)
    browser = client_of(alice)
    assert "Best matches for" in words_of(browser.get(f"{PAGE}?assignment={mine.reference}"))
    refused = browser.get(f"{PAGE}?assignment={theirs.reference}")
    assert "no longer one to find workers for" in errors_of(refused)
    assert theirs.title not in words_of(refused) or mine.title == theirs.title


def test_who_has_work_at_that_time_is_left_out(alice, wanda, walt, client_of, at, today):
    """Wanda works on the 13th from 15:00 to 19:00."""
    taken = work.in_stage("assigned", alice, wanda, at=at)
    day = taken.starts_at.astimezone(taken.zone).date()
    browser = client_of(alice)
    assert names(browser, f"free_on={day}") == {"Walt Webb"}
    assert names(browser, f"free_on={day + timedelta(days=1)}") == {"Wanda Wells", "Walt Webb"}
    same = work.in_stage("sent", alice, None, at=at)
    query = f"assignment={same.reference}"
    assert names(browser, query) == {"Wanda Wells", "Walt Webb"}
    assert names(browser, f"{query}&free=on") == {"Walt Webb"}
    late = taken.ends_at
    after = work.in_stage(
        "sent", alice, None, at=at, starts_at=late, ends_at=late + timedelta(hours=2)
    )
    assert names(browser, f"assignment={after.reference}&free=on") == {"Wanda Wells", "Walt Webb"}
    assert "Choose the assignment first" in errors_of(browser.get(f"{PAGE}?free=on"))


def test_the_blocked_have_a_view_and_are_let_in_again_from_it(alice, wanda, walt, client_of, at):
    marks.mark_worker(walt.worker, "blocked", by=alice, at=at)
    browser = client_of(alice)
    assert names(browser, "") == {"Wanda Wells"}
    page = browser.get(f"{PAGE}?show=blocked")
    assert "Walt Webb" in words_of(page) and "Wanda Wells" not in words_of(page)
    assert "Unblock" in words_of(page) and "With the ticked workers" not in words_of(page)
    back = {"standing": "", "back": f"{PAGE}?show=blocked"}
    done = browser.post(f"{PAGE}{walt.worker.reference}/mark/", back)
    assert "You have blocked nobody" in words_of(follow(browser, done))


def test_a_card_says_why_it_stands_there(alice, wanda, client_of, group, at):
    GroupMembership.objects.create(
        group=group, worker=wanda.worker, status="member", changed_at=at, joined_at=at
    )
    card(wanda, at, satisfaction=0.956, on_time=0.9)
    marks.mark_worker(wanda.worker, "favorite", by=alice, at=at)
    work.in_stage("paid", alice, wanda, at=at)
    words = words_of(client_of(alice).get(f"{PAGE}?postal_code=43215&q=Wanda"))
    for why in (
        "Your favorite", "under a mile away", "did 1 assignment for you", "95% satisfied",
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


def test_side_by_side_they_are_held_against_what_was_asked(
    alice, wanda, walt, client_of, at, today, django_assert_max_num_queries
):
    speak(wanda, "Spanish")
    spanish = asking(alice, at=at).requirement_set
    posted = work.in_stage("sent", alice, None, at=at, requirement_sets=[spanish.pk])
    browser = client_of(alice)
    browser.get(PAGE)  # what the navigation counts is kept for a minute
    both = {"act": "compare", "workers": [wanda.worker.reference, walt.worker.reference]}
    for query in (f"assignment={posted.reference}", f"requirements={spanish.reference}"):
        chosen = browser.post(f"{PAGE}?{query}&lacking=on", both)
        assert query in chosen["Location"]
        with django_assert_max_num_queries(10):
            shown = browser.get(chosen["Location"])
        ticks = [[tick.met for tick in row.ticks] for row in shown.context["rows"]]
        assert ticks == [[True], [False]] and "Speaks Spanish" in words_of(shown)
    plain = browser.get(f"{PAGE}compare/?w={wanda.worker.reference}&assignment=A-NOBODY")
    assert "Wanda Wells" in words_of(plain) and "Speaks Spanish" not in words_of(plain)


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
                  "satisfaction", "on_time", "show", "assignment", "free", "free_on", "lacking",
                  "after"):  # fmt: skip
        assert browser.get(PAGE, {field: poison}).status_code == 200
    for field in ("act", "workers", "group", "assignment"):
        data = {"act": "group", "workers": wanda.worker.reference, field: poison}
        assert browser.post(PAGE, data).status_code == 422
    for field in ("w", "assignment", "requirements"):
        data = {"w": wanda.worker.reference, field: poison}
        assert browser.get(f"{PAGE}compare/", data).status_code == 200


def test_the_best_for_an_assignment_cost_the_same_for_one_and_for_thirty(
    alice, wanda, client_of, at, today, django_assert_max_num_queries
):
    both = asking(alice, at=at, language=SPANISH, profile={}).requirement_set
    posted = work.in_stage("sent", alice, None, at=at, requirement_sets=[both.pk])
    browser = client_of(alice)
    query = f"{PAGE}?assignment={posted.reference}&free=on&requirements={both.reference}&lacking=on"
    browser.get(query)
    with django_assert_max_num_queries(10) as few:
        assert len(browser.get(query).context["rows"]) == 1
    for n in range(29):
        people.worker(f"Worker {n}", at=at)
    with django_assert_max_num_queries(len(few.captured_queries)):
        assert len(browser.get(query).context["rows"]) == 24


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
