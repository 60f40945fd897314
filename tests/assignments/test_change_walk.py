"""A walk at random over changes to agreed work, for every type of price, beside a model in cents.

All four kinds are asked by both sides and accepted, declined, withdrawn or left to lapse; the
work is held and released, parts travel, workers leave and others come. After every step what is
reserved is the most that may be paid and its fee, and the books are sound; at the end the work
is submitted and approved, and never more is paid than was agreed.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from assignments import lapsing, lifecycle, parts
from assignments.models import Assignment, ChangeRequest, Part
from assignments.pricing import PricingType, Terms
from core.errors import DomainError
from payments import audit
from payments.fees import fee_on
from tests.factories import accounts as people
from tests.factories import assignments as work
from tests.factories.payments import add_cash

AT = datetime(2026, 11, 10, 15, tzinfo=UTC)
KINDS = st.sampled_from(["raise_budget", "add_expense", "add_bonus", "reschedule"])
HOUR = timedelta(hours=1)
HAPPENED: Counter[tuple[str, str]] = Counter()
"""What the walks have come by, so that none of it is only written here."""
CENTS = st.integers(1, 20_000)
SIDES = st.sampled_from(["client", "worker"])
PRICES = {
    "flat": {"pricing": "flat", "flat_price": Decimal("250.05")},
    "hourly": {"pricing": "hourly", "flat_price": None, "hourly_rate": Decimal("33.33"),
               "max_hours": Decimal("3.33")},
    "unit": {**work.BY_THE_UNIT, "unit_price": Decimal("0.07"), "max_units": Decimal("333.33")},
    "blended": {**work.TWO_RATES, "first_rate": Decimal("61.37"), "second_rate": Decimal("41.01")},
}  # fmt: skip


class Walk:
    """One assignment, what the model says of it, and the steps that can be taken."""

    def __init__(self, pricing: str, terms: int, funds: int) -> None:
        company = people.company("Walking", credit_limit=Decimal(900))
        self.client = people.member(company, "Wilma Walk", ["administrator"], at=AT)
        self.worker, self.other = (people.worker(name, at=AT) for name in ("Wal Ker", "Wan Der"))
        self.now = AT
        add_cash(company, Decimal(funds), at=AT)
        draft = work.draft(
            self.client, at=AT, terms_days=terms, deliverables=False, wants_check_in=False,
            **PRICES[pricing],
        )  # fmt: skip
        Part.objects.create(assignment=draft, name="Switch", value=Decimal(90), return_wanted=True)
        given = work.assigned(work.sent(draft, self.client, at=AT), self.client, self.worker, at=AT)
        lifecycle.start(given, by=self.worker, at=AT)
        self.pk = given.pk
        self.posted = self.price = given.budget
        self.added = Decimal(0)
        self.is_over = False

    def actor(self, side: str):
        return self.client if side == "client" else self.worker

    @property
    def most(self) -> Decimal:
        """The most that may be paid, by the model."""
        return self.price + self.added

    def count(self, change: ChangeRequest) -> None:
        """What was accepted, in the model."""
        if change.kind == "raise_budget":
            self.price += change.amount
        else:
            self.added += change.amount

    def left(self, *, original: bool = False) -> None:
        """What was agreed on top with a worker who left is off."""
        self.added = Decimal(0)
        if original:
            self.price = self.posted

    @property
    def assignment(self) -> Assignment:
        return Assignment.objects.select_related("company", "reservation", "invoice").get(
            pk=self.pk
        )

    def ask(self, side: str, kind: str, cents: int, days: int, lapses: bool) -> None:
        assignment, amount = self.assignment, Decimal(cents) / 100
        if kind == "reschedule":
            starts_at = self.now + timedelta(days=days)
            more = {"starts_at": starts_at, "ends_at": starts_at + 5 * HOUR}
        elif kind == "raise_budget" and assignment.terms.is_counted:
            more = {"quantity": amount}
        else:
            more = {"amount": amount}
        if assignment.worker is None:
            return
        try:
            change = lifecycle.VERBS[kind](
                assignment, reason="More", by=self.actor(side), at=self.now,
                expires_at=self.now + HOUR if lapses else None, **more,
            )  # fmt: skip
        except DomainError:
            return
        HAPPENED[kind, "asked"] += 1
        if change.status == "accepted":
            assert side == "client"
            self.count(change)

    def answer(self, act: str, number: int, wrong: bool) -> None:
        """One of the open requests; where none is open, the last one once more."""
        before = self.assignment
        every = ChangeRequest.objects.filter(assignment=self.pk).order_by("pk")
        found = list(every.filter(status="open")) or list(every)[-1:]
        if before.worker is None or not found:
            return
        change = found[number % len(found)]
        theirs = {"client": "worker", "worker": "client"}[change.side]
        side = theirs if (act == "withdraw") == wrong else change.side
        was_open, by = change.status == "open", self.actor(side)
        try:
            if act == "accept":
                done = lifecycle.accept_change(change, by=by, at=self.now)
            elif act == "decline":
                done = lifecycle.decline_change(change, reason="No", by=by, at=self.now)
            else:
                done = lifecycle.withdraw_change(change, by=by, at=self.now)
        except DomainError:
            return
        if not was_open:
            return
        after = self.assignment
        HAPPENED[change.kind, str(done.status)] += 1
        if done.status == "accepted":
            assert side != change.side
        if done.status == "accepted" and change.kind == "reschedule":
            assert (after.starts_at, after.ends_at) == (change.starts_at, change.ends_at)
            assert after.most_pay == before.most_pay
        elif done.status == "accepted":
            self.count(change)
        if after.worker is None:
            assert (side, act, change.kind) == ("worker", "decline", "reschedule")
            HAPPENED["hold", "ended by a no"] += 1
            self.left()

    def time_passes(self, hours: int) -> None:
        self.now += hours * HOUR
        lapsing.sweep_expired(at=self.now)

    def wait_or_go_on(self, days: int) -> None:
        """Put on hold; or released, at once or with new times that the worker is asked for."""
        if not self.assignment.holds.filter(released_at=None).exists():
            self.attempt(lifecycle.put_on_hold, reason="Not ready", by=self.client)
            return
        starts_at = self.now + timedelta(days=days)
        times = {"starts_at": starts_at, "ends_at": starts_at + 4 * HOUR} if days else {}
        self.attempt(lifecycle.take_off_hold, by=self.client, **times)

    def move_the_part(self, act) -> None:
        legs = {"carrier": "UPS", "tracking": "1Z"} if act in (parts.ship, parts.send_back) else {}
        by = self.client if act in (parts.ship, parts.take_back) else self.worker
        with contextlib.suppress(DomainError):
            act(Part.objects.get(assignment=self.pk), by=by, at=self.now, **legs)

    def leave_or_come(self, side: str, original: bool) -> None:
        """Another worker where there is none; else one leaves, and the price may be put back."""
        if self.assignment.worker is None:
            if original and self.attempt(lifecycle.restore_budget, by=self.client):
                self.price = self.posted
            self.assign_another()
            return
        if side == "worker":
            original = False
            gone = self.attempt(lifecycle.back_out, reason="illness", note="Ill", by=self.worker)
        else:
            gone = self.attempt(
                lifecycle.unassign, reason="plans_changed", note="No", by=self.client,
                original_budget=original,
            )  # fmt: skip
        if gone:
            self.left(original=original)

    def assign_another(self) -> None:
        self.worker, self.other = self.other, self.worker
        with contextlib.suppress(DomainError), transaction.atomic():
            given = work.assigned(self.assignment, self.client, self.worker, at=self.now)
            lifecycle.start(given, by=self.worker, at=self.now)
            HAPPENED["worker", "another"] += 1

    def attempt(self, verb, **words) -> bool:
        """Whether the verb did it."""
        try:
            verb(self.assignment, at=self.now, **words)
        except DomainError:
            return False
        HAPPENED["verb", verb.__name__] += 1
        return True

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
                assignment,
                resolution="Done.",
                expenses=spent,
                by=self.worker,
                at=self.now,
                **claims,
            )
        except DomainError:  # too few units to be worth a cent
            return

    def send_back(self) -> None:
        if self.assignment.status == "pending_approval":
            lifecycle.send_back(self.assignment, note="Again", by=self.client, at=self.now)

    def approve(self) -> None:
        assignment = self.assignment
        if assignment.status != "pending_approval":
            return
        claimed = assignment.amount_claimed
        done = lifecycle.approve(assignment, by=self.client, at=self.now)
        self.is_over = True
        HAPPENED["end", "approved"] += 1
        assert done.invoice is not None
        assert done.invoice.worker_amount == claimed <= self.most
        assert done.invoice.total <= self.most + fee_on(self.most, done.fee_rate)
        assert done.reservation.closed_at or self.assignment.reservation.closed_at

    def what_is_reserved_is_the_most_that_may_be_paid(self) -> None:
        found = self.assignment
        assert found.most_pay == self.most
        assert found.budget == found.terms.most == self.price
        if not self.is_over:
            assert found.reservation.closed_at is None
            assert found.reservation.amount == self.most + fee_on(self.most, found.fee_rate)
        assert list(audit.findings()) == []

    def come_to_an_end(self) -> None:
        """Whatever the walk has led to, the work is done and paid for in the end."""
        if self.is_over:
            return
        if self.assignment.worker is None:
            self.assign_another()
        self.attempt(lifecycle.take_off_hold, by=self.client)
        if self.assignment.status == "in_progress":
            self.hand_over(share=100, less=100)
        self.approve()
        self.what_is_reserved_is_the_most_that_may_be_paid()


STEPS: dict[str, tuple[int, st.SearchStrategy[dict[str, object]]]] = {
    "ask": (5, st.fixed_dictionaries({
        "side": st.sampled_from(["worker", "worker", "client"]), "kind": KINDS, "cents": CENTS,
        "days": st.integers(1, 60), "lapses": st.booleans(),
    })),
    "answer": (5, st.fixed_dictionaries({
        "act": st.sampled_from(["accept", "accept", "decline", "withdraw"]),
        "number": st.integers(0, 3), "wrong": st.sampled_from([False, False, False, True]),
    })),
    "time_passes": (1, st.fixed_dictionaries({"hours": st.integers(1, 12)})),
    "wait_or_go_on": (2, st.fixed_dictionaries({"days": st.sampled_from([0, 3, 30])})),
    "move_the_part": (1, st.fixed_dictionaries({
        "act": st.sampled_from([parts.ship, parts.receive, parts.send_back, parts.take_back])})),
    "leave_or_come": (1, st.fixed_dictionaries({"side": SIDES, "original": st.booleans()})),
    "hand_over": (1, st.fixed_dictionaries(
        {"share": st.integers(1, 100), "less": st.integers(0, 100)})),
    "send_back": (1, st.just({})),
    "approve": (1, st.just({})),
}  # fmt: skip
"""Each step with how often it is taken beside the others, and what it may be told."""
STEP = st.sampled_from([name for name, (weight, _) in STEPS.items() for _ in range(weight)])
WALK = st.lists(
    STEP.flatmap(lambda name: st.tuples(st.just(name), STEPS[name][1])), min_size=25, max_size=40
)


@settings(
    max_examples=20, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
@given(
    pricing=st.sampled_from(PricingType.values), terms=st.sampled_from([0, 30]),
    funds=st.integers(400, 2000), steps=WALK,
)  # fmt: skip
def walked(pricing: str, terms: int, funds: int, steps: list[tuple[str, dict]]) -> None:
    with transaction.atomic():
        walk = Walk(pricing, terms, funds)
        for name, words in steps:
            getattr(walk, name)(**words)
            walk.what_is_reserved_is_the_most_that_may_be_paid()
        walk.come_to_an_end()
        connection.check_constraints()
        transaction.set_rollback(True)


@pytest.mark.django_db
@pytest.mark.timeout(600)
def test_no_sequence_of_changes_pays_more_than_was_agreed(published) -> None:
    HAPPENED.clear()
    walked()
    kinds = ("raise_budget", "add_expense", "add_bonus", "reschedule")
    wanted = {(kind, happened) for kind in kinds for happened in ("asked", "accepted")}
    wanted |= {("worker", "another"), ("verb", "put_on_hold"), ("verb", "take_off_hold")}
    assert wanted - HAPPENED.keys() == set(), HAPPENED
    assert HAPPENED["end", "approved"] >= 15, HAPPENED


@pytest.mark.django_db
@pytest.mark.parametrize("pricing", PricingType.values)
def test_a_hold_that_ends_with_a_no_takes_what_was_agreed_on_top_along(published, pricing) -> None:
    """The walk that chance takes too seldom: agreed, held, declined, another worker, paid."""
    HAPPENED.clear()
    walk = Walk(pricing, 0, 2000)
    answer = {"number": 0, "wrong": False}
    ask = {"side": "worker", "cents": 500, "days": 1, "lapses": False}
    for kind in ("raise_budget", "add_expense", "add_bonus"):
        walk.ask(kind=kind, **ask)
        walk.answer(act="accept", **answer)
    assert walk.added == 10 and walk.price > walk.posted
    walk.wait_or_go_on(days=30)
    walk.wait_or_go_on(days=30)
    walk.answer(act="decline", **answer)
    walk.what_is_reserved_is_the_most_that_may_be_paid()
    assert HAPPENED["hold", "ended by a no"] == 1 and walk.added == 0
    walk.come_to_an_end()
    assert HAPPENED["end", "approved"] == 1
