"""A decision against whatever else moves the same money, in real transactions at one moment."""

from __future__ import annotations

from decimal import Decimal

import pytest

from assignments import lifecycle
from escalations import casework
from escalations.models import Reversal
from escalations.states import Effect
from payments import audit, credit_notes, funding, payouts, refunds, statements
from payments.models import CompanyBooks, CreditNote, Refund, Transfer
from tests.escalations.making import AFTER, opened
from tests.factories import assignments as work
from tests.factories.payments import make_payable
from tests.racing import race

pytestmark = pytest.mark.django_db(transaction=True)


def payments_of(assignment) -> int:
    return Transfer.objects.filter(
        kind="payment", invoice__reference=assignment.reference
    ).count()  # fmt: skip


def test_deciding_while_the_client_approves_pays_once(alice, wanda, olga, at):
    assignment = work.in_stage("pending_approval", alice, wanda, at=at)
    case = opened(assignment, wanda, kind="conduct")
    when = case.opened_at + AFTER
    approval, decision = race(
        lambda: lifecycle.approve(assignment, by=alice, at=when),
        lambda: casework.decide(case, effect="pay_in_full", words="Pay.", by=olga, at=when),
    )
    assert approval.won
    assert payments_of(assignment) == 1
    case.refresh_from_db()
    assert (case.status == "resolved") == decision.won
    assert list(audit.findings()) == []


def test_both_sides_accepting_at_once_carry_the_proposal_out_once(alice, wanda, olga, at):
    assignment = work.in_stage("pending_approval", alice, wanda, at=at)
    case = opened(assignment, wanda)
    when = case.opened_at + AFTER
    casework.propose(case, effect="pay_in_full", words="Pay.", by=olga, at=when)
    outcomes = race(
        *(
            lambda who=who: casework.answer_proposal(case, accept=True, by=who, at=when)
            for who in (alice, wanda)
        )
    )
    assert all(outcome.won for outcome in outcomes)
    assert case.decisions.count() == payments_of(assignment) == 1
    assert list(audit.findings()) == []


def test_deciding_while_auto_pay_runs_pays_once(alice, wanda, olga, at):
    assignment = work.in_stage("invoiced", alice, wanda, at=at)
    CompanyBooks.objects.filter(company=alice.company).update(auto_pay=True)
    case = opened(assignment, wanda, kind="payment_late")
    when = case.opened_at + 60 * 24 * AFTER
    sweep, decision = race(
        lambda: statements.sweep_auto_pay(at=when),
        lambda: casework.decide(case, effect="pay_in_full", words="Pay.", by=olga, at=when),
    )
    assert sweep.won
    assert payments_of(assignment) == 1
    case.refresh_from_db()
    assert (case.status == "resolved") == decision.won
    assert list(audit.findings()) == []


AMOUNTS = {"pay_amount": Decimal(100), "cancel_fee": Decimal(40), "refund": Decimal(50)}


def decided(case, effect, by, at):
    amount = AMOUNTS.get(effect)
    return casework.decide(case, effect=effect, amount=amount, words="So.", by=by, at=at)


def test_each_effect_against_an_approval_ends_in_one_of_the_two(alice, wanda, olga, at):
    for effect in Effect.values:
        assignment = work.in_stage("pending_approval", alice, wanda, at=at)
        case = opened(assignment, wanda, kind="conduct")
        when = case.opened_at + AFTER
        approval, decision = race(
            lambda a=assignment, t=when: lifecycle.approve(a, by=alice, at=t),
            lambda c=case, e=effect, t=when: decided(c, e, olga, t),
        )
        assignment.refresh_from_db()
        case.refresh_from_db()
        assert approval.won or decision.won, effect
        assert (case.status == "resolved") == decision.won, effect
        assert payments_of(assignment) <= 1, effect
        if not approval.won:
            assert assignment.status in ("paid", "cancelled"), effect
        assert list(audit.findings()) == [], effect


def test_each_effect_against_auto_pay_pays_once_at_most(alice, wanda, olga, at):
    CompanyBooks.objects.filter(company=alice.company).update(auto_pay=True)
    for effect in Effect.values:
        assignment = work.in_stage("invoiced", alice, wanda, at=at)
        case = opened(assignment, wanda, kind="payment_late")
        when = case.opened_at + 60 * 24 * AFTER
        sweep, decision = race(
            lambda t=when: statements.sweep_auto_pay(at=t),
            lambda c=case, e=effect, t=when: decided(c, e, olga, t),
        )
        case.refresh_from_db()
        assert sweep.won, effect
        assert (case.status == "resolved") == decision.won, effect
        assert payments_of(assignment) <= 1, effect
        assert list(audit.findings()) == [], effect
        if not decision.won:
            casework.decide(case, effect="as_it_is", words="Paid.", by=olga, at=when)


def test_each_effect_by_one_agent_against_another_by_another(alice, wanda, olga, lena, at):
    stages = {"refund": "paid"}
    for effect in (one for one in Effect.values if one != "as_it_is"):
        assignment = work.in_stage(stages.get(effect, "pending_approval"), alice, wanda, at=at)
        before = payments_of(assignment)
        case = opened(assignment, wanda, at=assignment.submitted_at + 2 * AFTER)
        when = case.opened_at + AFTER
        outcomes = race(
            lambda c=case, e=effect, t=when: decided(c, e, olga, t),
            lambda c=case, t=when: decided(c, "as_it_is", lena, t),
        )
        assert sorted(outcome.won for outcome in outcomes) == [False, True], effect
        (decision,) = case.decisions.all()
        loser = next(outcome for outcome in outcomes if not outcome.won)
        assert str(decision.decided_by) in str(loser.refusal), effect
        if decision.effect == "as_it_is":
            assert payments_of(assignment) == before, effect
        assert list(audit.findings()) == [], effect


def paid_by_decision(alice, wanda, olga, at, effect="pay_in_full"):
    stage = "paid" if effect == "refund" else "pending_approval"
    assignment = work.in_stage(stage, alice, wanda, at=at)
    case = opened(assignment, wanda, at=assignment.submitted_at + 2 * AFTER)
    return decided(case, effect, olga, case.opened_at + AFTER)


def reversal(decision, by):
    at = decision.decided_at + AFTER
    return lambda: casework.reverse(decision, words="Wrong.", by=by, at=at)


def test_two_leads_taking_one_decision_back_at_once_move_its_money_once(
    alice, wanda, olga, lena, at
):
    decision = paid_by_decision(alice, wanda, olga, at)
    outcomes = race(*[reversal(decision, lena)] * 3)
    assert len({outcome.result.pk for outcome in outcomes}) == 1
    assert CreditNote.objects.get().worker_amount == decision.amount
    assert list(audit.findings()) == []


def test_a_reversal_against_a_payout_of_the_same_pay(alice, wanda, olga, lena, at):
    """Whoever comes first has the worker's earnings; the platform bears what they lack."""
    decision = paid_by_decision(alice, wanda, olga, at)
    make_payable(wanda, at=at)
    taken, payout = race(
        reversal(decision, lena),
        lambda: payouts.request(
            wanda.worker, decision.amount, key="all", by=wanda, at=decision.decided_at + AFTER
        ),
    )
    assert taken.won
    note = CreditNote.objects.get()
    assert note.from_worker == (0 if payout.won else decision.amount)
    assert list(audit.findings()) == []


def test_a_reversal_against_another_refund_gives_back_no_more_than_was_paid(
    alice, wanda, olga, lena, at
):
    decision = paid_by_decision(alice, wanda, olga, at)
    other = opened(decision.case.assignment, alice, at=decision.decided_at)
    when = decision.decided_at + AFTER
    taken, refund = race(reversal(decision, lena), lambda: decided(other, "refund", olga, when))
    assert taken.won
    invoice = CreditNote.objects.earliest("pk").invoice
    assert credit_notes.refundable(invoice) == 0
    assert CreditNote.objects.count() == 1 + refund.won
    assert list(audit.findings()) == []


def test_a_reversal_that_pays_again_against_cash_going_back_to_the_card(
    alice, wanda, olga, lena, at
):
    """The cash suffices for one of the two; the other reads why not, and nothing of it is done."""
    given = {"company": alice.company, "method": "card", "by": alice}
    funding.drive(funding.add(**given, amount=Decimal(600), key="card", at=at), at=at)
    posted = work.assigned(work.sent(work.draft(alice, at=at), alice, at=at), alice, wanda, at=at)
    paid = work.approved(work.submitted(work.in_progress(posted, wanda), wanda), alice)
    case = opened(paid, wanda, at=paid.paid_at + AFTER)
    decision = decided(case, "refund", olga, case.opened_at + AFTER)
    when = decision.decided_at + AFTER
    taken, back = race(
        reversal(decision, lena),
        lambda: refunds.request(alice.company, Decimal(380), key="back", by=alice, at=when),
    )
    assert taken.won != back.won
    assert Reversal.objects.exists() == taken.won
    assert Refund.objects.exists() == back.won
    assert list(audit.findings()) == []


def test_a_reversal_against_an_approval_and_auto_pay_leaves_one_payment(
    alice, wanda, olga, lena, at
):
    assignment = work.in_stage("pending_approval", alice, wanda, at=at)
    case = opened(assignment, wanda)
    decision = decided(case, "as_it_is", olga, case.opened_at + AFTER)
    when = decision.decided_at + AFTER
    outcomes = race(
        reversal(decision, lena),
        lambda: lifecycle.approve(assignment, by=alice, at=when),
        lambda: statements.sweep_auto_pay(at=when),
    )
    assert all(outcome.won for outcome in outcomes)
    assert payments_of(assignment) == 1
    assert list(audit.findings()) == []
