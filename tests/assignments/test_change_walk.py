"""A walk at random over changes of money, for every type of price, beside a model in cents.

After every step what is reserved is the most that may be paid and its fee, and the books are
sound; at the end the work is submitted and approved, and never more is paid than was agreed.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from assignments import lifecycle
from assignments.models import Assignment, ChangeRequest
from assignments.pricing import PricingType, Terms
from core.errors import DomainError
from payments import audit
from payments.fees import fee_on
from tests.factories import accounts as people
from tests.factories import assignments as work
from tests.factories.payments import add_cash

AT = datetime(2026, 11, 10, 15, tzinfo=UTC)
KINDS = st.sampled_from(["raise_budget", "add_expense", "add_bonus"])
CENTS = st.integers(1, 20_000)
SIDES = st.sampled_from(["client", "worker"])
PRICES = {
    "flat": {"pricing": "flat", "flat_price": Decimal("250.05")},
    "hourly": {"pricing": "hourly", "flat_price": None, "hourly_rate": Decimal("33.33"),
               "max_hours": Decimal("3.33")},
    "unit": {**work.BY_THE_UNIT, "unit_price": Decimal("0.07"), "max_units": Decimal("333.33")},
    "blended": {**work.TWO_RATES, "first_rate": Decimal("61.37"), "second_rate": Decimal("41.01")},
}  # fmt: skip


class Changes(RuleBasedStateMachine):
    @initialize(
        pricing=st.sampled_from(PricingType.values), terms=st.sampled_from([0, 30]),
        funds=st.integers(400, 2000),
    )  # fmt: skip
    def agree(self, pricing: str, terms: int, funds: int) -> None:
        self.undone = transaction.atomic()
        self.undone.__enter__()
        company = people.company("Walking", credit_limit=Decimal(900))
        self.client = people.member(company, "Wilma Walk", ["administrator"], at=AT)
        self.worker = people.worker("Wal Ker", at=AT)
        add_cash(company, Decimal(funds), at=AT)
        draft = work.draft(
            self.client, at=AT, terms_days=terms, deliverables=False, wants_check_in=False,
            **PRICES[pricing],
        )  # fmt: skip
        given = work.assigned(work.sent(draft, self.client, at=AT), self.client, self.worker, at=AT)
        lifecycle.start(given, by=self.worker, at=AT)
        self.pk = given.pk
        self.most = given.budget
        self.is_over = False

    def actor(self, side: str):
        return self.client if side == "client" else self.worker

    @property
    def assignment(self) -> Assignment:
        return Assignment.objects.select_related("company", "reservation", "invoice").get(
            pk=self.pk
        )

    @rule(side=SIDES, kind=KINDS, cents=CENTS)
    def ask(self, side: str, kind: str, cents: int) -> None:
        assignment, amount = self.assignment, Decimal(cents) / 100
        more = {"amount": amount}
        if kind == "raise_budget" and assignment.terms.is_counted:
            more = {"quantity": amount}
        try:
            change = lifecycle.VERBS[kind](
                assignment, reason="More", by=self.actor(side), at=AT, **more
            )
        except DomainError:
            return
        if change.status == "accepted":
            assert side == "client"
            self.most += change.amount

    @rule(side=SIDES, act=st.sampled_from(["accept", "decline", "withdraw"]), kind=KINDS)
    def answer(self, side: str, act: str, kind: str) -> None:
        change = ChangeRequest.objects.filter(assignment=self.pk, kind=kind).last()
        if change is None:
            return
        was_open = change.status == "open"
        by = self.actor(side)
        try:
            if act == "accept":
                done = lifecycle.accept_change(change, by=by, at=AT)
            elif act == "decline":
                done = lifecycle.decline_change(change, reason="No", by=by, at=AT)
            else:
                done = lifecycle.withdraw_change(change, by=by, at=AT)
        except DomainError:
            return
        if was_open and done.status == "accepted":
            assert side != change.side
            self.most += change.amount

    @rule(share=st.integers(1, 100), less=st.integers(0, 100))
    def hand_over(self, share: int, less: int) -> None:
        assignment = self.assignment
        terms: Terms = assignment.terms
        count = terms.most_quantity and max(
            (terms.most_quantity * share / 100).quantize(Decimal("0.01")), Decimal("0.01")
        )
        claims = {"hours" if terms.is_timed else "units": count} if terms.is_counted else {}
        spent = (assignment.expenses * less / 100).quantize(Decimal("0.01"))
        try:
            lifecycle.submit(
                assignment, resolution="Done.", expenses=spent, by=self.worker, at=AT, **claims
            )
        except DomainError:  # too few units to be worth a cent
            return

    @rule()
    def send_back(self) -> None:
        if self.assignment.status == "pending_approval":
            lifecycle.send_back(self.assignment, note="Again", by=self.client, at=AT)

    @rule()
    def approve(self) -> None:
        assignment = self.assignment
        if assignment.status != "pending_approval":
            return
        claimed = assignment.amount_claimed
        done = lifecycle.approve(assignment, by=self.client, at=AT + timedelta(hours=1))
        self.is_over = True
        assert done.invoice is not None
        assert done.invoice.worker_amount == claimed <= self.most
        assert done.invoice.total <= self.most + fee_on(self.most, done.fee_rate)
        assert done.reservation.closed_at or self.assignment.reservation.closed_at

    @invariant()
    def what_is_reserved_is_the_most_that_may_be_paid(self) -> None:
        if not hasattr(self, "pk"):
            return
        found = self.assignment
        assert found.most_pay == self.most
        assert found.budget == found.terms.most
        if not self.is_over:
            assert found.reservation.closed_at is None
            assert found.reservation.amount == self.most + fee_on(self.most, found.fee_rate)
        assert list(audit.findings()) == []

    def teardown(self) -> None:
        if not hasattr(self, "undone"):
            return
        try:
            connection.check_constraints()
        finally:
            transaction.set_rollback(True)
            self.undone.__exit__(None, None, None)


@pytest.mark.django_db
@pytest.mark.timeout(600)
def test_no_sequence_of_changes_pays_more_than_was_agreed(published) -> None:
    run_state_machine_as_test(
        Changes,
        settings=settings(
            max_examples=14,
            stateful_step_count=18,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
