"""A plan's steps: each once, in order, never after somebody was assigned."""

from __future__ import annotations

from datetime import timedelta

import pytest

from activity.models import Event
from assignments import lifecycle, waterfall
from assignments.models import Assignment, RoutingPlan, SendReport
from assignments.reaching import MatchesWanted
from assignments.waterfall import StepWanted
from tests.factories import accounts as people
from tests.factories import assignments as work
from tests.notifications.moments import tell_everything, told
from tests.racing import race
from vetting import groups

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


@pytest.fixture
def first(alice, wanda, at):
    made = groups.create(name="First", kind="private", by=alice, at=at)
    groups.invite(made, [wanda.worker], by=alice, at=at)
    return made


@pytest.fixture
def second(alice, walt, at):
    made = groups.create(name="Second", kind="private", by=alice, at=at)
    groups.invite(made, [walt.worker], by=alice, at=at)
    return made


@pytest.fixture
def planned(draft, first, second, alice, funds, at) -> Assignment:
    """Sent to the first group; the second after 30 minutes, the marketplace an hour later."""
    funds(alice.company, 1000)
    return lifecycle.send(
        draft, on_marketplace=False, groups=[first],
        steps=[StepWanted(30, group=second), StepWanted(60)], by=alice, at=at,
    )  # fmt: skip


def sees(actor, assignment) -> bool:
    return Assignment.objects.visible_to(actor).filter(pk=assignment.pk).exists()


def test_each_step_reaches_its_workers_when_its_time_has_come(planned, wanda, walt, at):
    nina = people.worker("Nina New", at=at)
    assert [sees(actor, planned) for actor in (wanda, walt, nina)] == [True, False, False]
    assert waterfall.sweep(at=at + 29 * MINUTE) == 0
    assert waterfall.sweep(at=at + 30 * MINUTE) == 1
    assert [sees(actor, planned) for actor in (wanda, walt, nina)] == [True, True, False]
    assert waterfall.sweep(at=at + 90 * MINUTE) == 1
    assert [sees(actor, planned) for actor in (wanda, walt, nina)] == [True, True, True]
    plan = RoutingPlan.objects.get()
    assert (plan.ending, plan.next_at) == ("finished", None)
    tell_everything(at + 91 * MINUTE)
    offered = ["Acme offers you “Replace a network switch”"]
    assert told(wanda) == told(walt) == offered and told(nina) == []


def test_after_an_outage_every_step_is_sent_once_and_in_order(planned, at):
    late = at + timedelta(hours=9)
    assert waterfall.sweep(at=late) == 2
    assert waterfall.sweep(at=late + MINUTE) == 0
    reports = SendReport.objects.order_by("pk").values_list("audience", flat=True)
    assert list(reports) == ["group “First”", "group “Second”", "the marketplace"]


def test_a_plan_ends_with_the_assignment_of_a_worker(planned, wanda, alice, at):
    lifecycle.assign(work.application(planned, wanda, at=at), by=alice, at=at)
    assert RoutingPlan.objects.get().ending == "assigned"
    assert waterfall.sweep(at=at + timedelta(hours=3)) == 0
    assert SendReport.objects.count() == 1


def test_a_plan_ends_when_the_assignment_is_taken_back(planned, alice, at):
    lifecycle.void(planned, note="Not needed", by=alice, at=at)
    assert RoutingPlan.objects.get().ending == "taken_back"


def test_a_plan_ends_when_the_time_of_the_work_is_over(planned, at):
    assert waterfall.sweep(at=planned.ends_at + MINUTE) == 0
    assert RoutingPlan.objects.get().ending == "too_late"


def test_a_stopped_plan_sends_nothing_more(planned, alice, at):
    lifecycle.stop(planned, by=alice, at=at)
    assert waterfall.sweep(at=at + timedelta(hours=3)) == 0
    with pytest.raises(waterfall.NothingPlanned):
        lifecycle.stop(planned, by=alice, at=at)
    with pytest.raises(waterfall.NothingPlanned):
        lifecycle.skip_ahead(planned, by=alice, at=at)


def test_skipping_ahead_brings_the_later_steps_forward_too(planned, alice, walt, at):
    lifecycle.skip_ahead(planned, by=alice, at=at + 10 * MINUTE)
    assert sees(walt, planned)
    assert RoutingPlan.objects.get().next_at == at + 70 * MINUTE
    assert waterfall.sweep(at=at + 70 * MINUTE) == 1


def test_one_plan_at_a_time_and_one_of_some_length(planned, alice, at):
    with pytest.raises(waterfall.PlanRunning):
        lifecycle.plan(planned, [StepWanted(5)], by=alice, at=at)
    lifecycle.stop(planned, by=alice, at=at)
    with pytest.raises(waterfall.NoSteps):
        lifecycle.plan(planned, [], by=alice, at=at)
    with pytest.raises(waterfall.TooManySteps):
        lifecycle.plan(planned, [StepWanted(5)] * 9, by=alice, at=at)
    assert lifecycle.plan(planned, [StepWanted(5)], by=alice, at=at).is_running


def test_a_group_that_was_archived_meanwhile_is_passed_over_and_said(planned, second, alice, at):
    groups.archive(second, by=alice, at=at)
    assert waterfall.sweep(at=at + timedelta(hours=2)) == 2
    step = RoutingPlan.objects.get().steps.order_by("position").first()
    assert step.report is None and "archived" in step.note
    planned.refresh_from_db()
    assert planned.on_marketplace


def test_the_best_matches_are_chosen_when_the_step_is_due(sent, alice, at):
    lifecycle.plan(sent, [StepWanted(30, matches=MatchesWanted(5, 50))], by=alice, at=at)
    nina = people.worker("Nina New", at=at)
    assert waterfall.sweep(at=at + 30 * MINUTE) == 1
    invitation = sent.invitations.get(worker=nina.worker)
    assert invitation.invited_by == alice.user
    (line,) = SendReport.objects.latest("pk").lines.filter(worker=nina.worker)
    assert line.reasons.startswith("1 of 1 skills · under a mile away")


def test_a_plan_that_fails_does_not_stop_the_others(planned, alice, second, at, funds, monkeypatch):
    funds(alice.company, 1000)
    other = lifecycle.send(
        work.draft(alice, at=at), groups=[second], on_marketplace=False,
        steps=[StepWanted(40)], by=alice, at=at,
    )  # fmt: skip
    real = waterfall.reach

    def broken(assignment, *args, **kwargs):
        if assignment.pk == planned.pk:
            raise RuntimeError("disk full")
        return real(assignment, *args, **kwargs)

    monkeypatch.setattr(waterfall, "reach", broken)
    assert waterfall.sweep(at=at + 45 * MINUTE) == 1
    other.refresh_from_db()
    assert other.on_marketplace
    monkeypatch.undo()
    assert waterfall.sweep(at=at + 46 * MINUTE) == 1


@pytest.mark.django_db(transaction=True)
def test_a_step_while_somebody_accepts_ends_in_one_outcome(alice, wanda, first, second, at, funds):
    due = at + 30 * MINUTE
    for _ in range(4):
        funds(alice.company, 1000)
        offered = lifecycle.send(
            work.draft(alice, at=at), groups=[first], on_marketplace=False,
            steps=[StepWanted(30, group=second)], first_to_accept=True, by=alice, at=at,
        )  # fmt: skip

        accepted, swept = race(
            lambda o=offered: lifecycle.accept(o, revision=0, by=wanda, at=due),
            lambda: waterfall.sweep(at=due),
        )

        offered.refresh_from_db()
        plan = RoutingPlan.objects.get(assignment=offered)
        routed = Event.objects.about(offered).filter(kind="assignment.routed").count() - 1
        assert accepted.won and offered.status == "assigned"
        assert swept.result == routed == offered.send_reports.count() - 1
        assert plan.ending == ("finished" if routed else "assigned")


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_send_a_step_once(planned, at):
    due = at + 30 * MINUTE
    outcomes = race(lambda: waterfall.sweep(at=due), lambda: waterfall.sweep(at=due))
    assert sorted(outcome.result for outcome in outcomes) == [0, 1]
    assert planned.send_reports.count() == 2
