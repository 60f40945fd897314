"""Two people on one assignment at the same moment: exactly one outcome, in real transactions."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from activity.models import Event
from assignments import lifecycle
from assignments.models import Application, Assignment, ChangeRequest
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


def test_taking_the_worker_off_against_check_in_ends_in_one_of_the_two(alice, wanda, at):
    for _ in range(ROUNDS):
        coming = work.in_stage("assigned", alice, wanda, at=at)
        when = coming.starts_at

        race(
            lambda a=coming, t=when: lifecycle.unassign(
                a, reason="no_show", note="Nobody came", by=alice, at=t
            ),
            lambda a=coming, t=when: lifecycle.check_in(a, by=wanda, at=t),
        )

        coming.refresh_from_db()
        assert coming.status == "sent" and coming.worker is None
        visits = coming.visits.all()
        assert all(visit.checked_out_at and visit.unassignment for visit in visits)
        assert events(coming, "assignment.checked_in") == len(visits)


def test_backing_out_against_cancel_ends_in_one_of_the_two(alice, wanda, at):
    for _ in range(ROUNDS):
        coming = work.in_stage("assigned", alice, wanda, at=at)

        outcomes = race(
            lambda a=coming: lifecycle.back_out(a, reason="illness", note="Ill", by=wanda, at=at),
            lambda a=coming: lifecycle.cancel(a, reason="other", note="Over", by=alice, at=at),
        )

        assert sorted(outcome.won for outcome in outcomes) == [False, True]
        coming.refresh_from_db()
        assert (coming.status == "sent") == coming.unassignments.exists()
        assert (coming.status == "cancelled") == hasattr(coming, "cancellation")


def test_approve_against_backing_out_pays_or_not_but_never_both(alice, wanda, at):
    for _ in range(ROUNDS):
        handed_over = work.in_stage("pending_approval", alice, wanda, at=at)
        when = handed_over.submitted_at

        approved, left = race(
            lambda a=handed_over, t=when: lifecycle.approve(a, by=alice, at=t),
            lambda a=handed_over, t=when: lifecycle.back_out(
                a, reason="illness", note="Ill", by=wanda, at=t
            ),
        )

        handed_over.refresh_from_db()
        assert (approved.won, left.won) == (True, False)
        assert (handed_over.status, handed_over.worker) == ("paid", wanda.worker)


def _asked(alice, wanda, at) -> ChangeRequest:
    given = work.in_stage("assigned", alice, wanda, at=at)
    return lifecycle.add_expense(given, amount=Decimal(30), reason="Parking", by=wanda, at=at)


def test_accepting_against_taking_back_ends_in_one_of_them(alice, wanda, at):
    for _ in range(ROUNDS):
        change = _asked(alice, wanda, at)

        outcomes = race(
            lambda c=change: lifecycle.accept_change(c, by=alice, at=at),
            lambda c=change: lifecycle.withdraw_change(c, by=wanda, at=at),
        )

        assert sorted(outcome.won for outcome in outcomes) == [False, True]
        change.refresh_from_db()
        agreed = Assignment.objects.get(pk=change.assignment_id).expenses
        assert (change.status, agreed) in [("accepted", 30), ("withdrawn", 0)]


def test_two_members_accepting_at_once_reserve_once(alice, mona, wanda, at):
    for _ in range(ROUNDS):
        change = _asked(alice, wanda, at)

        outcomes = race(
            lambda c=change: lifecycle.accept_change(c, by=alice, at=at),
            lambda c=change: lifecycle.accept_change(c, by=mona, at=at),
        )

        assert all(outcome.won for outcome in outcomes)
        found = Assignment.objects.select_related("reservation").get(pk=change.assignment_id)
        assert (found.expenses, found.reservation.amount) == (30, Decimal("308.00"))
        assert events(found, "change.accepted") == 1


def test_accepting_money_against_cancelling_leaves_nothing_reserved(alice, mona, wanda, at):
    for _ in range(ROUNDS):
        change = _asked(alice, wanda, at)

        race(
            lambda c=change: lifecycle.accept_change(c, by=mona, at=at),
            lambda c=change: lifecycle.cancel(
                c.assignment, reason="other", note="Not needed", by=alice, at=at
            ),
        )

        change.refresh_from_db()
        found = Assignment.objects.select_related("reservation").get(pk=change.assignment_id)
        assert found.status == "cancelled" and found.reservation.closed_at
        assert change.status in ("accepted", "lapsed")


def test_asking_twice_at_once_makes_one_request(alice, wanda, at):
    for _ in range(ROUNDS):
        given = work.in_stage("assigned", alice, wanda, at=at)

        def ask(given=given):
            return lifecycle.add_expense(given, amount=Decimal(9), reason="Toll", by=wanda, at=at)

        outcomes = race(ask, ask)

        assert sorted(outcome.won for outcome in outcomes) == [False, True]
        assert given.changes.count() == 1


def test_check_in_against_a_hold_leaves_nobody_on_site(alice, wanda, at):
    for _ in range(ROUNDS):
        coming = work.in_stage("assigned", alice, wanda, at=at)
        when = coming.starts_at

        checked, held = race(
            lambda a=coming, t=when: lifecycle.check_in(a, by=wanda, at=t),
            lambda a=coming, t=when: lifecycle.put_on_hold(a, reason="No key", by=alice, at=t),
        )

        assert held.won
        assert checked.won or "on hold" in str(checked.refusal)
        assert coming.visits.count() == (1 if checked.won else 0)
        assert not coming.visits.filter(checked_out_at=None).exists()
