"""Who gets an assignment, who cannot and why, and who fits it best."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from decimal import Decimal

import pytest

from assignments import lifecycle, routing
from assignments.applications import NotOpenToYou
from assignments.models import Assignment, SendReport
from assignments.queries import find_work, matches, reports
from assignments.reaching import GroupNotInUse, MatchesWanted
from conduct import measures
from tests.factories import accounts as people
from tests.factories import assignments as work
from vetting import groups, marks
from vetting.models import GroupMembership

pytestmark = pytest.mark.django_db


@pytest.fixture
def group(alice, at):
    return groups.create(name="Installers", kind="private", by=alice, at=at)


def outcomes() -> dict[str, str]:
    lines = SendReport.objects.latest("pk").lines.select_related("worker__user")
    return {str(line.worker): line.outcome for line in lines}


def test_the_report_names_everybody_and_why_they_could_not(
    draft, group, alice, acme, olga, at, funds
):
    funds(acme, 1000)
    names = [
        "Gina Got",
        "Bo Blocked",
        "Lea Lapsed",
        "Dan Declined",
        "Ava Away",
        "Sid Shy",
        "Otto Own",
        "Sue Stopped",
    ]
    gina, bo, lea, dan, ava, sid, otto, sue = cast = [people.worker(name, at=at) for name in names]
    groups.invite(group, [actor.worker for actor in cast], by=alice, at=at)
    marks.mark_worker(bo.worker, "blocked", by=alice, at=at)
    GroupMembership.objects.filter(worker=lea.worker).update(status="lapsed")
    ava.worker.available = False
    ava.worker.save(update_fields=["available"])
    marks.mark_company(acme, "blocked", by=sid, at=at)
    acme.memberships.create(user=otto.user, roles=["viewer"], joined_at=at)
    measures.stop(sue.worker, words="We look into a report.", by=olga, at=at)
    sent = lifecycle.send(draft, by=alice, at=at)
    lifecycle.decline(sent, by=dan, at=at)
    lifecycle.invite(sent, groups=[group], by=alice, at=at)
    assert outcomes() == {
        "Gina Got": "got", "Bo Blocked": "blocked", "Lea Lapsed": "lapsed",
        "Dan Declined": "declined", "Ava Away": "not_taking", "Sid Shy": "not_taking",
        "Otto Own": "own_member", "Sue Stopped": "not_taking",
    }  # fmt: skip
    told = reports.of_assignment(sent)[0]
    assert told.words == (
        "1 got it · 1 blocked by you · 1 a member of your company · 1 membership has lapsed · "
        "1 said no to it already · 3 not open to new work"
    )
    lifecycle.invite(sent, workers=[gina.worker], by=alice, at=at)
    assert outcomes() == {"Gina Got": "had"}
    assert not sent.invitations.exists()


def test_a_worker_in_two_groups_is_told_once(draft, group, alice, wanda, at, funds):
    funds(alice.company, 1000)
    other = groups.create(name="Others", kind="private", by=alice, at=at)
    for one in (group, other):
        groups.invite(one, [wanda.worker], by=alice, at=at)
    lifecycle.send(draft, groups=[group, other], workers=[wanda.worker], by=alice, at=at)
    assert outcomes() == {"Wanda Wells": "got"}


def test_members_find_it_others_do_not_and_leaving_hides_it(
    draft, group, alice, wanda, walt, at, funds
):
    funds(alice.company, 1000)
    groups.invite(group, [wanda.worker], by=alice, at=at)
    sent = lifecycle.send(draft, groups=[group], on_marketplace=False, by=alice, at=at)

    def found(actor):
        rows = find_work.open_work(actor.worker, at=at)
        return list(find_work.for_list(rows, actor.worker))

    assert [row.is_for_group for row in found(wanda)] == [True]
    assert found(walt) == []
    with pytest.raises(NotOpenToYou):
        lifecycle.apply(sent, by=walt, at=at)
    assert lifecycle.apply(sent, by=wanda, at=at).status == "open"
    lifecycle.withdraw(sent.applications.get(), by=wanda, at=at)
    groups.remove(group, [wanda.worker], reason="Away", by=alice, at=at)
    assert found(wanda) == []
    late = people.worker("Nina New", at=at)
    groups.invite(group, [late.worker], by=alice, at=at)
    assert len(found(late)) == 1


def test_an_archived_group_and_one_of_another_company_are_refused(sent, group, alice, charlie, at):
    groups.archive(group, by=alice, at=at)
    with pytest.raises(GroupNotInUse):
        lifecycle.invite(sent, groups=[group], by=alice, at=at)
    foreign = groups.create(name="Foreign", kind="public", by=charlie, at=at)
    with pytest.raises(ValueError):
        lifecycle.invite(sent, groups=[foreign], by=alice, at=at)


def test_the_best_matches_and_their_reasons(alice, acme, at, funds):
    funds(acme, 1000)
    wanted = work.sent(work.draft(alice, at=at, skills=["Cabling", "Wi-Fi"]), alice, at=at)
    near = people.worker("Nell Near", at=at, skills=["cabling", "wi-fi"], travel_miles=60)
    half = people.worker("Hal Half", at=at, skills=["cabling"], travel_miles=60)
    people.worker("Fay Far", at=at, skills=["cabling", "wi-fi"], latitude=41.9, longitude=-87.6)
    people.worker("Una Unskilled", at=at, skills=["plumbing"])
    known = people.worker("Ken Known", at=at, skills=["cabling"], travel_miles=60)
    marks.mark_worker(known.worker, "favorite", by=alice, at=at)
    away = people.worker("Ava Away", at=at, skills=["cabling"], available=False)
    found = matches.best(wanted, miles=50, most=10, at=at)
    assert [str(match.worker) for match in found] == ["Nell Near", "Ken Known", "Hal Half"]
    assert found[0].reasons[:2] == ["2 of 2 skills", "under a mile away"]
    assert away.worker not in [match.worker for match in found]
    lifecycle.decline(wanted, by=near, at=at)
    lifecycle.invite(wanted, matches=MatchesWanted(1, 50), by=alice, at=at)
    assert outcomes() == {"Ken Known": "got"}
    assert half.worker in [match.worker for match in matches.best(wanted, miles=50, most=10, at=at)]


def test_history_and_the_scorecard_count_in_the_ranking(alice, wanda, at):
    from scorecards import keeping

    work.in_stage("paid", alice, wanda, at=at)
    wanda.worker.refresh_from_db()
    people.worker("Nina New", at=at)
    keeping.rebuild(at=at + timedelta(days=5))
    fresh = work.in_stage("sent", alice, wanda, at=at)
    first, *_ = matches.best(fresh, miles=50, most=5, at=at)
    assert first.worker == wanda.worker
    assert "did 1 assignment for you" in first.reasons
    assert any("on time" in reason for reason in first.reasons)


def test_remote_work_matches_without_a_distance(alice, acme, wanda, at, funds):
    funds(acme, 1000)
    people.worker("Fay Far", at=at, latitude=21.3, longitude=-157.8)
    remote = work.draft(alice, at=at, on_site=False, latitude=None, longitude=None)
    sent = work.sent(remote, alice, at=at)
    assert {match.miles for match in matches.best(sent, miles=15, most=10, at=at)} == {None}
    assert len(matches.best(sent, miles=15, most=10, at=at)) == 2


def test_reaching_costs_the_same_for_one_worker_and_for_many(
    alice, group, at, funds, django_assert_max_num_queries
):
    funds(alice.company, 3000)
    chosen = [people.worker("One Only", at=at).worker]
    groups.invite(group, chosen, by=alice, at=at)
    few = lifecycle.send(work.draft(alice, at=at), by=alice, at=at)
    with django_assert_max_num_queries(18) as counted:
        lifecycle.invite(few, workers=chosen, groups=[group], by=alice, at=at)
    crowd = [people.worker(f"Worker {n}", at=at).worker for n in range(30)]
    groups.invite(group, crowd, by=alice, at=at)
    many = lifecycle.send(work.draft(alice, at=at), by=alice, at=at)
    with django_assert_max_num_queries(len(counted.captured_queries)):
        lifecycle.invite(many, workers=crowd[:15], groups=[group], by=alice, at=at)
    assert Counter(outcomes().values()) == {"got": 31}


def test_many_are_sent_at_once_each_with_its_own_outcome(alice, group, wanda, at, funds):
    funds(alice.company, 600)
    groups.invite(group, [wanda.worker], by=alice, at=at)
    drafts = [work.draft(alice, at=at, title=f"Job {n}") for n in range(3)]
    past = work.draft(alice, at=at - timedelta(days=9))
    results = routing.send_many([*drafts, past], groups=[group], by=alice, at=at)
    assert [result.went for result in results] == [True, True, False, False]
    assert "225.00" in results[2].refusal and "in the past" in results[3].refusal
    assert Assignment.objects.filter(status="sent").count() == 2
    assert results[0].report.audience == "group “Installers”"
    again = routing.send_many(drafts[:1], on_marketplace=True, by=alice, at=at)
    assert again[0].went
    with pytest.raises(routing.TooMany):
        routing.send_many([past] * 51, on_marketplace=True, by=alice, at=at)
    with pytest.raises(routing.SendsToNobody):
        routing.send_many([past], by=alice, at=at)
    assert Decimal("550.00") == sum(
        row.reservation.amount for row in Assignment.objects.filter(status="sent")
    )
