"""A decision against whatever else moves the same money, in real transactions at one moment."""

from __future__ import annotations

import pytest

from assignments import lifecycle
from escalations import casework
from payments import audit, statements
from payments.models import CompanyBooks, Transfer
from tests.escalations.making import AFTER, opened
from tests.factories import assignments as work
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
