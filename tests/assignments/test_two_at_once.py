"""Two people on one assignment at the same moment: exactly one outcome, in real transactions."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from activity.models import Event
from assignments import lifecycle
from assignments.models import Application, Assignment
from core.errors import DomainError
from core.files import check_upload
from payments.models import Invoice, LedgerAccount, Transfer
from tests.factories import assignments as work
from tests.factories.payments import add_cash
from tests.racing import race

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 4


def events(assignment: Assignment, kind: str) -> int:
    return Event.objects.about(assignment).filter(kind=kind).count()


def test_two_workers_accept_at_once_and_one_is_assigned(alice, wanda, walt, at):
    for _ in range(ROUNDS):
        add_cash(alice.company, Decimal(500), at=at)
        offered = lifecycle.send(work.draft(alice, at=at), first_to_accept=True, by=alice, at=at)

        outcomes = race(
            lambda o=offered: lifecycle.accept(o, revision=0, by=wanda, at=at),
            lambda o=offered: lifecycle.accept(o, revision=0, by=walt, at=at),
        )

        assert sorted(outcome.won for outcome in outcomes) == [False, True]
        loser = next(outcome for outcome in outcomes if not outcome.won)
        offered.refresh_from_db()
        assert str(offered.worker) in str(loser.refusal)
        assert events(offered, "assignment.assigned") == 1
        assert offered.applications.filter(status=Application.Status.ACCEPTED).count() == 1


def test_two_applicants_assigned_at_once_and_one_is_chosen(alice, mona, wanda, walt, at):
    for _ in range(ROUNDS):
        add_cash(alice.company, Decimal(500), at=at)
        offered = work.sent(work.draft(alice, at=at), alice, at=at)
        hers = work.application(offered, wanda, at=at)
        his = work.application(offered, walt, at=at)

        outcomes = race(
            lambda a=hers: lifecycle.assign(a, by=alice, at=at),
            lambda a=his: lifecycle.assign(a, by=mona, at=at),
        )

        assert sorted(outcome.won for outcome in outcomes) == [False, True]
        assert events(offered, "assignment.assigned") == 1


def test_approving_twice_at_once_issues_one_invoice(alice, mona, wanda, at):
    for _ in range(ROUNDS):
        handed_over = work.in_stage("pending_approval", alice, wanda, at=at)

        outcomes = race(
            lambda a=handed_over: lifecycle.approve(a, by=alice, at=a.submitted_at),
            lambda a=handed_over: lifecycle.approve(a, by=mona, at=a.submitted_at),
        )

        assert all(outcome.won for outcome in outcomes)
        assert Invoice.objects.filter(reference=handed_over.reference).count() == 1
        assert events(handed_over, "assignment.approved") == 1
        assert events(handed_over, "assignment.paid") == 1


def test_submit_against_cancel_ends_in_one_of_the_two(alice, wanda, at):
    for _ in range(ROUNDS):
        running = work.in_stage("in_progress", alice, wanda, at=at)
        done_at = running.starts_at + timedelta(hours=2)
        request = running.deliverable_requests.get()
        lifecycle.hand_in(request, check_upload(work.photo()), by=wanda, at=done_at)
        lifecycle.check_out(running, by=wanda, at=done_at)

        outcomes = race(
            lambda a=running, t=done_at: lifecycle.submit(a, resolution="Done", by=wanda, at=t),
            lambda a=running, t=done_at: lifecycle.cancel(
                a, reason="other", note="No longer needed", by=alice, at=t
            ),
        )

        assert sorted(outcome.won for outcome in outcomes) == [False, True]
        running.refresh_from_db()
        assert running.status in ("pending_approval", "cancelled")


def test_withdraw_against_assign_ends_in_one_of_the_two(alice, wanda, at):
    for _ in range(ROUNDS):
        add_cash(alice.company, Decimal(500), at=at)
        offered = work.sent(work.draft(alice, at=at), alice, at=at)
        bid = work.application(offered, wanda, at=at)

        outcomes = race(
            lambda b=bid: lifecycle.withdraw(b, by=wanda, at=at),
            lambda b=bid: lifecycle.assign(Application.objects.get(pk=b.pk), by=alice, at=at),
        )

        assert sorted(outcome.won for outcome in outcomes) == [False, True]
        offered.refresh_from_db()
        assert (offered.status == "assigned") == (offered.worker_id is not None)


def test_sending_the_last_money_twice_sends_one(alice, at):
    add_cash(alice.company, Decimal("300.00"), at=at)
    drafts = [work.draft(alice, at=at) for _ in range(2)]

    outcomes = race(*(lambda d=draft: lifecycle.send(d, by=alice, at=at) for draft in drafts))

    assert sorted(outcome.won for outcome in outcomes) == [False, True]
    assert Assignment.objects.filter(status="sent").count() == 1
    cash = LedgerAccount.objects.get(kind="company_cash", company=alice.company)
    assert cash.balance == Decimal("25.00")


def test_approve_against_a_dispute_hold_never_pays_under_it(alice, wanda, olga, at):
    for _ in range(ROUNDS):
        handed_over = work.in_stage("pending_approval", alice, wanda, at=at)
        when = handed_over.submitted_at

        approved, held = race(
            lambda a=handed_over, t=when: lifecycle.approve(a, by=alice, at=t),
            lambda a=handed_over, t=when: lifecycle.hold(
                a, kind="dispute", reason="Case", by=olga, at=t
            ),
        )

        handed_over.refresh_from_db()
        paid = Transfer.objects.filter(kind="payment", invoice__reference=handed_over.reference)
        assert approved.won != held.won
        assert paid.exists() == approved.won
        assert (handed_over.status == "paid") == approved.won
        if not approved.won:
            assert isinstance(approved.refusal, DomainError)
            assert "on hold" in str(approved.refusal)
