"""Groups, matches and the plan on the page of routing; the reports; sending many at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from assignments import lifecycle, waterfall
from assignments.models import Assignment, Invitation, RoutingPlan
from assignments.waterfall import StepWanted
from tests.assignments.pages import HOSTILE, errors_of, follow, hidden, said, words_of
from tests.factories import accounts as people
from tests.factories import assignments as work
from vetting import groups, marks

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


@pytest.fixture
def as_alice(alice, client_of):
    return client_of(alice)


@pytest.fixture
def group(alice, wanda, at):
    made = groups.create(name="Installers", kind="private", by=alice, at=at)
    groups.invite(made, [wanda.worker], by=alice, at=at)
    return made


def page(name: str, assignment: Assignment, **kwargs) -> str:
    return reverse(f"assignments:{name}", kwargs={"reference": assignment.reference, **kwargs})


def send(browser, draft, **fields):
    url = page("routing", draft)
    revision = hidden(browser, url, "revision")
    return browser.post(url, {"mode": "apply", "revision": revision, "send": "yes"} | fields)


def test_a_draft_goes_to_a_group_and_further_by_itself(
    as_alice, draft, group, wanda, funds, acme, client_of, at
):
    funds(acme, 1000)
    shown = words_of(as_alice.get(page("routing", draft)))
    assert "Installers (1 member)" in shown and "Group: Installers" in shown
    sent = follow(
        as_alice,
        send(as_alice, draft, groups=[group.reference], after_0="30", to_0="matches",
             after_1="60", to_1="marketplace", most="5", miles="100"),
    )  # fmt: skip
    assert "Sent to group “Installers”: 1 got it." in said(sent)
    plan = words_of(as_alice.get(page("routing", draft)))
    assert "The 5 best matches within 100 miles" in plan and "10:30 AM EST" in plan
    assert "11:30 AM EST" in plan and "Send the next step now" in plan
    assert "Replace a network switch" in words_of(client_of(wanda).get("/work/"))


def test_a_plan_is_hurried_and_stopped(as_alice, sent, group, alice, at):
    lifecycle.plan(sent, [StepWanted(30, group=group), StepWanted(60)], by=alice, at=at)
    url = page("plan", sent)
    hurried = follow(as_alice, as_alice.post(url, {"act": "skip"}))
    assert "Sent now: Group “Installers”" in said(hurried)
    stopped = follow(as_alice, as_alice.post(url, {"act": "stop"}))
    assert "The plan is stopped" in said(stopped)
    assert "No plan is running any more" in said(
        follow(as_alice, as_alice.post(url, {"act": "stop"}))
    )
    assert "Choose what to do" in said(follow(as_alice, as_alice.post(url, {"act": "\x00"})))
    assert RoutingPlan.objects.get().ended_by == alice.user


def test_a_half_filled_step_is_refused_beside_the_field(as_alice, draft, funds, acme):
    funds(acme, 1000)
    answer = send(as_alice, draft, on_marketplace="on", after_0="30", to_1="marketplace")
    assert "Say to whom, or leave both empty." in errors_of(answer)
    assert "Say after how long, or leave both empty." in errors_of(answer)
    assert 'later-steps" open' in answer.content.decode()


def test_the_matches_are_shown_with_their_reasons_before_anybody_is_asked(
    as_alice, draft, funds, acme
):
    funds(acme, 1000)
    people.worker("Nell Near", skills=["Cabling"])
    url = page("routing", draft)
    found = as_alice.post(url, {"mode": "apply", "find": "matches", "most": "5", "miles": "25"})
    assert "Nell Near" in words_of(found) and "1 of 1 skills · under a mile away" in words_of(found)
    assert not Invitation.objects.exists()
    follow(as_alice, send(as_alice, draft, matching="on", most="5", miles="25"))
    assert Invitation.objects.count() == 1


def test_favorites_are_offered_without_a_search(as_alice, draft, alice, walt, at):
    marks.mark_worker(walt.worker, "favorite", by=alice, at=at)
    shown = words_of(as_alice.get(page("routing", draft)))
    assert "Your favorites WW Walt Webb" in shown


def test_an_archived_or_foreign_group_cannot_be_chosen(
    as_alice, draft, group, charlie, alice, funds, acme, at
):
    funds(acme, 1000)
    foreign = groups.create(name="Foreign", kind="public", by=charlie, at=at)
    groups.archive(group, by=alice, at=at)
    for reference in (foreign.reference, group.reference):
        answer = send(as_alice, draft, groups=[reference])
        assert "cannot be chosen any more" in errors_of(answer)


def test_the_reports_are_kept_after_somebody_is_assigned(
    as_alice, sent, group, alice, wanda, walt, at
):
    lifecycle.decline(sent, by=walt, at=at)
    groups.invite(group, [walt.worker], by=alice, at=at)
    lifecycle.invite(sent, groups=[group], by=alice, at=at)
    lifecycle.assign(work.application(sent, wanda, at=at), by=alice, at=at)
    shown = words_of(as_alice.get(page("send_reports", sent)))
    assert "Group “Installers”" in shown and "Said no to it already" in shown
    assert "1 got it · 1 said no to it already" in shown
    number = sent.send_reports.order_by("-pk")[0].pk
    everybody = page("send_report", sent, number=number)
    assert "Wanda Wells" in words_of(as_alice.get(everybody))
    assert "Wanda Wells" not in words_of(as_alice.get(everybody + "?outcome=declined"))


def test_several_drafts_are_sent_at_once_with_what_came_of_each(
    as_alice, alice, group, funds, acme, at
):
    funds(acme, 300)
    drafts = [work.draft(alice, at=at, title=f"Job {n}") for n in range(2)]
    url = "/assignments/send/?" + "&".join(f"a={draft.reference}" for draft in drafts)
    shown = words_of(as_alice.get(url))
    assert "Job 0" in shown and "$550.00" in shown
    references = [draft.reference for draft in drafts]
    empty = as_alice.post(url, {"mode": "apply", "on_marketplace": "on"})
    assert "Choose at least one assignment" in errors_of(empty)
    answer = as_alice.post(
        url, {"mode": "apply", "assignments": references, "groups": [group.reference]}
    )
    words = words_of(answer)
    assert "1 of 2 went out" in words and "Not sent" in words and "250.00" in words


@pytest.mark.parametrize("poison", HOSTILE)
def test_no_field_answers_hostile_input_with_a_crash(as_alice, draft, sent, group, poison):
    names = ("groups", "matching", "most", "miles", "after_0", "to_0", "assignments", "a", "find")
    for name in names:
        fields = {"mode": "apply", "revision": "0", name: poison}
        for url in (page("routing", draft), page("routing", sent), "/assignments/send/"):
            assert as_alice.post(url, fields).status_code in (200, 302), (name, poison)
    assert as_alice.get("/assignments/send/", {"a": poison}).status_code == 200
    report = sent.send_reports.order_by("pk")[0].pk
    url = page("send_report", sent, number=report)
    assert as_alice.get(url, {"outcome": poison, "after": poison}).status_code == 200


def test_pages_cost_the_same_for_one_worker_and_for_thirty(
    as_alice, sent, group, alice, at, django_assert_max_num_queries
):
    lifecycle.invite(sent, groups=[group], by=alice, at=at)
    lifecycle.plan(sent, [StepWanted(30)], by=alice, at=at)
    report = sent.send_reports.order_by("-pk")[0].pk
    pages = [
        (page("routing", sent), 18),
        (page("send_reports", sent), 12),
        (page("send_report", sent, number=report), 10),
        ("/assignments/send/", 10),
    ]
    few = []
    for url, most in pages:
        as_alice.get(url)
        with django_assert_max_num_queries(most) as counted:
            as_alice.get(url)
        few.append(len(counted.captured_queries))
    crowd = [people.worker(f"Worker {n}", at=at).worker for n in range(30)]
    groups.invite(group, crowd, by=alice, at=at)
    for number in range(30):
        groups.create(name=f"Group {number}", kind="private", by=alice, at=at)
        work.draft(alice, at=at)
    lifecycle.invite(sent, groups=[group], workers=crowd[:10], by=alice, at=at)
    for (url, _), count in zip(pages, few, strict=True):
        with django_assert_max_num_queries(count):
            as_alice.get(url)


def test_the_sweep_is_seen_on_the_page(as_alice, sent, group, alice, at):
    lifecycle.plan(sent, [StepWanted(30, group=group)], by=alice, at=at)
    waterfall.sweep(at=at + timedelta(minutes=31))
    shown = words_of(as_alice.get(page("send_reports", sent)))
    assert "Every step was sent" in shown and "by the plan" in shown
