"""Cases against each other and against the money, in real transactions at the same moment."""

from __future__ import annotations

from functools import partial

import pytest
from django.db import transaction

from activity.models import Event
from assignments import lifecycle
from assignments.models import Hold
from escalations import casework
from escalations.casework import watching
from escalations.models import Agent, Case, Decision
from payments.models import Transfer
from tests.escalations.making import AFTER, opened
from tests.factories import assignments as work
from tests.racing import race

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 4


def payments_of(assignment):
    return Transfer.objects.filter(kind="payment", invoice__reference=assignment.reference)


def test_approve_against_escalate(alice, wanda, at):
    """The approval first: the case finds it paid. The hold first: the approval is refused."""
    for _ in range(ROUNDS):
        assignment = work.in_stage("pending_approval", alice, wanda, at=at)
        when = assignment.submitted_at + AFTER

        approval, escalation = race(
            lambda a=assignment, t=when: lifecycle.approve(a, by=alice, at=t),
            lambda a=assignment, t=when: opened(a, wanda, at=t),
        )

        assignment.refresh_from_db()
        assert escalation.won
        case = escalation.result
        if approval.won:
            assert assignment.status == "paid"
            assert case.hold is None
            assert payments_of(assignment).count() == 1
        else:
            assert "on hold" in str(approval.refusal)
            assert assignment.status == "pending_approval"
            assert case.hold.released_at is None
            assert not payments_of(assignment).exists()


def test_pay_against_escalate(alice, wanda, at):
    for _ in range(ROUNDS):
        assignment = work.in_stage("invoiced", alice, wanda, at=at)
        when = assignment.approved_at + AFTER

        payment, escalation = race(
            lambda a=assignment, t=when: lifecycle.pay(a, by=alice, at=t),
            lambda a=assignment, t=when: opened(a, wanda, at=t),
        )

        assert escalation.won
        assert payments_of(assignment).exists() == payment.won
        assert (escalation.result.hold is None) == payment.won


def test_opening_twice_at_once_opens_one_case(alice, wanda, at):
    for _ in range(ROUNDS):
        assignment = work.in_stage("pending_approval", alice, wanda, at=at)
        outcomes = race(*[lambda a=assignment: opened(a, wanda)] * 3)
        assert len({outcome.result.pk for outcome in outcomes}) == 1
        assert Case.objects.filter(assignment=assignment).count() == 1
        assert Hold.objects.filter(assignment=assignment).count() == 1


def test_both_sides_opening_at_once_share_one_hold(alice, wanda, at):
    assignment = work.in_stage("pending_approval", alice, wanda, at=at)
    outcomes = race(lambda: opened(assignment, wanda), lambda: opened(assignment, alice))
    assert len({outcome.result.pk for outcome in outcomes}) == 2
    assert len({outcome.result.number for outcome in outcomes}) == 2
    assert Hold.objects.filter(assignment=assignment).count() == 1


def test_two_agents_deciding_differently_at_once_end_in_one_decision(alice, wanda, olga, lena, at):
    for _ in range(ROUNDS):
        assignment = work.in_stage("pending_approval", alice, wanda, at=at)
        case = opened(assignment, wanda)
        when = case.opened_at + AFTER

        outcomes = race(
            lambda c=case, t=when: casework.decide(
                c, effect="pay_in_full", words="Pay.", by=olga, at=t
            ),
            lambda c=case, t=when: casework.decide(
                c, effect="no_money", words="Nothing.", by=lena, at=t
            ),
        )

        assert sorted(outcome.won for outcome in outcomes) == [False, True]
        decision = Decision.objects.get(case=case)
        assignment.refresh_from_db()
        assert (assignment.status == "paid") == (decision.effect == "pay_in_full")
        assert payments_of(assignment).count() == (decision.effect == "pay_in_full")
        loser = next(outcome for outcome in outcomes if not outcome.won)
        assert str(decision.decided_by) in str(loser.refusal)


def test_two_agents_deciding_alike_at_once_move_the_money_once(alice, wanda, olga, lena, at):
    for _ in range(ROUNDS):
        assignment = work.in_stage("pending_approval", alice, wanda, at=at)
        case = opened(assignment, wanda)
        when = case.opened_at + AFTER

        outcomes = race(
            *(
                lambda c=case, t=when, who=who: casework.decide(
                    c, effect="pay_in_full", words="Pay.", by=who, at=t
                )
                for who in (olga, lena)
            )
        )

        assert all(outcome.won for outcome in outcomes)
        assert payments_of(assignment).count() == 1
        assert Event.objects.about(case).filter(kind="case.decided").count() == 1


def test_withdraw_against_decide_ends_in_one_of_the_two(alice, wanda, olga, at):
    for _ in range(ROUNDS):
        assignment = work.in_stage("pending_approval", alice, wanda, at=at)
        case = opened(assignment, wanda)
        when = case.opened_at + AFTER

        withdrawal, decision = race(
            lambda c=case, t=when: casework.withdraw(c, by=wanda, at=t),
            lambda c=case, t=when: casework.decide(
                c, effect="pay_in_full", words="Pay.", by=olga, at=t
            ),
        )

        assert withdrawal.won != decision.won
        assert payments_of(assignment).exists() == decision.won
        assert not Hold.objects.filter(assignment=assignment, released_at=None).exists()


def test_two_agents_taking_a_case_at_once(alice, wanda, olga, lena, at):
    for _ in range(ROUNDS):
        case = opened(work.in_stage("pending_approval", alice, wanda, at=at), wanda)
        outcomes = race(
            lambda c=case: casework.take(c, by=olga, at=c.opened_at),
            lambda c=case: casework.take(c, by=lena, at=c.opened_at),
        )
        assert sorted(outcome.won for outcome in outcomes) == [False, True]
        loser = next(outcome for outcome in outcomes if not outcome.won)
        winner = Case.objects.get(pk=case.pk).assignee
        assert str(loser.refusal).startswith(f"{winner} has this case already")


def test_two_agents_on_one_page_at_once_the_second_is_refused(alice, wanda, olga, lena, at):
    """Both saw the same last line; one act stands, the other reads of it and did nothing."""
    for _ in range(ROUNDS):
        case = opened(work.in_stage("pending_approval", alice, wanda, at=at), wanda)
        seen, when = watching.newest(case), case.opened_at + AFTER

        def act(who, verb, case=case, seen=seen, when=when):
            with transaction.atomic():
                watching.require_unchanged(case, seen=seen, by=who, moves_money=True)
                verb(case, by=who, at=when)

        outcomes = race(
            lambda: act(olga, partial(casework.reply, body="We are looking at it.")),
            lambda: act(lena, partial(casework.withdraw_for, words="They asked us to.")),
        )

        assert sorted(outcome.won for outcome in outcomes) == [False, True]
        loser = next(outcome for outcome in outcomes if not outcome.won)
        assert "Since you opened the page" in str(loser.refusal)
        case.refresh_from_db()
        replied = case.entries.filter(body="We are looking at it.").exists()
        assert replied != (case.status == "withdrawn")


def test_routing_two_cases_at_once_gives_nobody_more_than_they_have_room_for(
    alice, wanda, olga, at
):
    Agent.objects.create(user=olga.user, most_open=1)
    works = [work.in_stage("pending_approval", alice, wanda, at=at) for _ in range(3)]
    outcomes = race(*[lambda w=w: opened(w, wanda) for w in works])
    given = [outcome.result.assignee_id for outcome in outcomes]
    assert sorted(given, key=bool) == [None, None, olga.user_id]


def test_merging_two_cases_into_each_other_at_once_merges_one(alice, wanda, olga, lena, at):
    for _ in range(ROUNDS):
        assignment = work.in_stage("pending_approval", alice, wanda, at=at)
        mine, theirs = opened(assignment, wanda), opened(assignment, alice)
        when = theirs.opened_at + AFTER

        outcomes = race(
            lambda m=mine, t=theirs, w=when: casework.merge(m, into=t, words="One.", by=olga, at=w),
            lambda m=mine, t=theirs, w=when: casework.merge(t, into=m, words="One.", by=lena, at=w),
        )

        assert sorted(outcome.won for outcome in outcomes) == [False, True]
        assert Case.objects.active().filter(assignment=assignment).count() == 1
        assert Hold.objects.filter(assignment=assignment, released_at=None).count() == 1
