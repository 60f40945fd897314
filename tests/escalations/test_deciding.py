"""Deciding a case: each effect from each stage, once, with what it moves."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from activity.models import Event
from assignments import lifecycle
from assignments.closing import AmountOutOfRange
from assignments.settlement import NothingToSettle
from core.errors import DomainError
from escalations import casework
from escalations.casework import deciding
from escalations.casework.holding import NothingToHold
from escalations.models import Decision, Proposal
from payments.models import AccountKind, LedgerAccount, Transfer
from tests.escalations.making import opened
from tests.factories import assignments as work

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def balance(kind, **owner) -> Decimal:
    account = LedgerAccount.objects.filter(kind=kind, **owner).first()
    return account.balance if account else Decimal(0)


def decided(case, by, effect, **given):
    at = case.opened_at + 5 * HOUR
    return casework.decide(case, effect=effect, words="So be it.", by=by, at=at, **given)


def test_paying_in_full_approves_pays_and_releases(submitted, wanda, olga):
    case = opened(submitted, wanda)
    decision = decided(case, olga, "pay_in_full")

    submitted.refresh_from_db()
    case.refresh_from_db()
    assert submitted.status == "paid"
    assert submitted.invoice.worker_amount == Decimal("250.00")
    assert balance(AccountKind.WORKER_EARNINGS, worker=wanda.worker) == Decimal("250.00")
    assert balance(AccountKind.COMPANY_RESERVED, company=submitted.company) == 0
    assert not submitted.holds.filter(released_at=None).exists()
    assert (case.status, case.closed_at) == ("resolved", decision.decided_at)
    assert decision.applied
    assert Event.objects.about(case).filter(kind="case.decided").count() == 1


def test_paying_an_amount_pays_that_and_frees_the_rest(submitted, wanda, olga):
    company = submitted.company
    before = balance(AccountKind.COMPANY_CASH, company=company)
    decided(opened(submitted, wanda), olga, "pay_amount", amount=Decimal("100.00"))

    submitted.refresh_from_db()
    assert submitted.invoice.worker_amount == Decimal("100.00")
    assert balance(AccountKind.WORKER_EARNINGS, worker=wanda.worker) == Decimal("100.00")
    assert balance(AccountKind.COMPANY_CASH, company=company) == before + Decimal("165.00")


def test_no_money_ends_the_assignment_and_frees_everything(submitted, alice, wanda, olga):
    company = submitted.company
    before = balance(AccountKind.COMPANY_CASH, company=company)
    decided(opened(submitted, alice), olga, "no_money")

    submitted.refresh_from_db()
    assert submitted.status == "cancelled"
    assert balance(AccountKind.WORKER_EARNINGS, worker=wanda.worker) == 0
    assert balance(AccountKind.COMPANY_CASH, company=company) == before + Decimal("275.00")


def test_leaving_the_money_as_it_is_releases_and_the_work_goes_on(submitted, wanda, olga):
    decision = decided(opened(submitted, wanda), olga, "as_it_is")
    submitted.refresh_from_db()
    assert submitted.status == "pending_approval"
    assert not submitted.holds.filter(released_at=None).exists()
    assert "released" in decision.applied[0]


@pytest.mark.parametrize("stage", ["assigned", "in_progress", "pending_approval", "invoiced"])
@pytest.mark.parametrize("effect", ["pay_in_full", "pay_amount", "no_money"])
def test_every_effect_works_from_every_stage_with_money_to_move(
    effect, stage, alice, wanda, olga, at
):
    assignment = work.in_stage(stage, alice, wanda, at=at)
    case = opened(assignment, alice)
    amount = Decimal("40.00") if effect == "pay_amount" else None
    decision = decided(case, olga, effect, amount=amount)

    paid = {"pay_in_full": Decimal("250.00"), "pay_amount": Decimal("40.00")}.get(effect, 0)
    assert balance(AccountKind.WORKER_EARNINGS, worker=wanda.worker) == paid
    assert decision.amount == (paid or None)
    assert not assignment.holds.filter(released_at=None).exists()


@pytest.mark.parametrize("effect", ["pay_in_full", "pay_amount", "no_money"])
def test_where_the_money_has_moved_only_words_are_left(effect, paid, wanda, olga):
    case = opened(paid, wanda)
    possible = {option.effect: option.possible for option in deciding.options(case)}
    assert possible[effect] is False
    assert possible["as_it_is"] is True
    with pytest.raises(NothingToSettle):
        decided(case, olga, effect, amount=Decimal("1.00"))
    assert decided(case, olga, "as_it_is").applied == ["No money was moved."]


@pytest.mark.parametrize("amount", [None, Decimal(0)])
def test_an_amount_is_needed(amount, submitted, wanda, olga):
    with pytest.raises(deciding.AmountMissing):
        decided(opened(submitted, wanda), olga, "pay_amount", amount=amount)


@pytest.mark.parametrize("amount", [Decimal("-5.00"), Decimal("250.01"), Decimal("999999.00")])
def test_the_amount_is_at_most_what_was_asked_for(amount, submitted, wanda, olga):
    case = opened(submitted, wanda)
    with pytest.raises(AmountOutOfRange):
        decided(case, olga, "pay_amount", amount=amount)
    case.refresh_from_db()
    assert case.status == "open"
    assert not Decision.objects.exists()


def test_deciding_alike_twice_moves_money_once(submitted, wanda, olga):
    case = opened(submitted, wanda)
    first = decided(case, olga, "pay_amount", amount=Decimal("90.00"))
    again = decided(case, olga, "pay_amount", amount=Decimal("90.00"))
    assert first == again
    assert Transfer.objects.filter(kind="payment").count() == 1


def test_deciding_otherwise_afterwards_is_refused_with_the_first_decision(
    submitted, wanda, olga, lena
):
    case = opened(submitted, wanda)
    decided(case, olga, "pay_amount", amount=Decimal("90.00"))
    with pytest.raises(deciding.DecidedOtherwise, match=r"Olga Olsen.*\$90\.00"):
        decided(case, lena, "pay_amount", amount=Decimal("91.00"))
    with pytest.raises(deciding.DecidedOtherwise):
        decided(case, lena, "no_money")


def test_the_money_of_whoever_does_the_work_by_now_is_left_alone(alice, wanda, walt, olga, at):
    assignment = work.in_stage("assigned", alice, wanda, at=at)
    case = opened(assignment, wanda, kind="other")
    assignment = lifecycle.unassign(assignment, reason="plans_changed", note="No", by=alice, at=at)
    assignment = work.assigned(assignment, alice, walt, at=at)
    with pytest.raises(deciding.AnotherWorks):
        decided(case, olga, "pay_in_full")
    case.refresh_from_db()
    assert not any(one.possible for one in deciding.options(case) if one.effect != "as_it_is")
    with pytest.raises(NothingToHold):
        casework.hold_money(case, words="Wait.", by=olga, at=case.opened_at)
    assert decided(case, olga, "as_it_is")


def test_a_lack_of_cash_leaves_everything_as_it_was(alice, wanda, olga, at):
    assignment = work.in_stage("invoiced", alice, wanda, at=at)
    cash = balance(AccountKind.COMPANY_CASH, company=assignment.company)
    work.sent(work.draft(alice, at=at, flat_price=cash / Decimal("1.1") // 1), alice, at=at)
    case = opened(assignment, wanda)

    with pytest.raises(DomainError):
        decided(case, olga, "pay_in_full")

    case.refresh_from_db()
    assert case.status == "open"
    assert assignment.holds.filter(released_at=None).exists()
    assert not Decision.objects.exists()


def test_a_proposal_gives_both_sides_two_days(submitted, wanda, alice, olga):
    case = opened(submitted, wanda)
    at = case.opened_at + HOUR
    proposal = casework.propose(
        case, effect="pay_amount", amount=Decimal("200.00"), words="Most of it.", by=olga, at=at
    )
    case.refresh_from_db()
    assert (case.status, case.party_answer_due_at) == ("proposed", at + 2 * DAY)

    with pytest.raises(deciding.ProposalStands):
        casework.decide(
            case, effect="pay_amount", amount=Decimal(200), words="x", by=olga, at=at + HOUR
        )
    casework.answer_proposal(case, accept=True, by=wanda, at=at + HOUR)
    with pytest.raises(deciding.ProposalStands):
        casework.decide(case, effect="no_money", words="x", by=olga, at=at + 2 * HOUR)
    casework.answer_proposal(case, accept=False, words="Too much.", by=alice, at=at + 2 * HOUR)

    proposal.refresh_from_db()
    assert (proposal.worker_answer, proposal.company_answer) == ("accepted", "objected")
    casework.decide(
        case, effect="pay_amount", amount=Decimal(200), words="x", by=olga, at=at + 3 * HOUR
    )
    proposal.refresh_from_db()
    assert proposal.ended_at == at + 3 * HOUR


def test_silence_for_two_days_lets_staff_decide(submitted, wanda, olga):
    case = opened(submitted, wanda)
    at = case.opened_at + HOUR
    casework.propose(case, effect="no_money", words="x", by=olga, at=at)

    with pytest.raises(deciding.ProposalStands):
        casework.decide(
            case, effect="no_money", words="x", by=olga, at=at + 2 * DAY - timedelta(microseconds=1)
        )
    assert casework.decide(case, effect="no_money", words="x", by=olga, at=at + 2 * DAY)


def test_an_answer_to_a_proposal_stands(submitted, wanda, olga):
    case = opened(submitted, wanda)
    casework.propose(case, effect="no_money", words="x", by=olga, at=case.opened_at)
    casework.answer_proposal(case, accept=False, by=wanda, at=case.opened_at)
    casework.answer_proposal(case, accept=True, by=wanda, at=case.opened_at)
    assert Proposal.objects.get().worker_answer == "objected"


def test_asking_a_side_takes_the_proposal_back(submitted, wanda, olga):
    case = opened(submitted, wanda)
    casework.propose(case, effect="no_money", words="x", by=olga, at=case.opened_at)
    casework.ask_party(case, side="worker", question="One more thing?", by=olga, at=case.opened_at)
    with pytest.raises(deciding.NoProposal):
        casework.answer_proposal(case, accept=True, by=wanda, at=case.opened_at)
    assert decided(case, olga, "no_money")


def test_a_case_reopens_for_fourteen_days_and_holds_what_can_still_move(
    submitted, wanda, olga, lena
):
    case = opened(submitted, wanda)
    decision = decided(case, olga, "as_it_is")
    limit = decision.decided_at + 14 * DAY

    with pytest.raises(deciding.TooLateToReopen):
        casework.reopen(case, words="x", by=lena, at=limit + timedelta(microseconds=1))
    case = casework.reopen(case, words="New photos came in.", by=lena, at=limit)

    assert (case.status, case.round, case.closed_at) == ("in_review", 2, None)
    assert case.hold.released_at is None
    assert case.update_due_at == limit + 2 * DAY
    second = casework.decide(case, effect="pay_in_full", words="x", by=lena, at=limit + HOUR)
    assert list(case.decisions.order_by("round")) == [decision, second]


def test_reopening_an_open_case_changes_nothing(submitted, wanda, lena):
    case = opened(submitted, wanda)
    assert casework.reopen(case, words="x", by=lena, at=case.opened_at).round == 1


def test_a_case_does_not_reopen_beside_a_newer_one(submitted, wanda, lena):
    first = opened(submitted, wanda)
    casework.withdraw(first, by=wanda, at=first.opened_at + HOUR)
    newer = opened(submitted, wanda, at=first.opened_at + 2 * HOUR)
    with pytest.raises(deciding.AnotherIsOpen, match=newer.label):
        casework.reopen(first, words="x", by=lena, at=first.opened_at + 3 * HOUR)


def test_the_preview_says_what_the_decision_does(submitted, wanda, olga):
    case = opened(submitted, wanda)
    said = {option.effect: option.sentence for option in deciding.options(case)}
    assert "$250.00" in said["pay_in_full"]
    assert "$25.00" in said["pay_in_full"]
    assert "hold is released" in said["as_it_is"]
