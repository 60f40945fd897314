"""A walk at random over everything that moves money, in real transactions, some at once.

Two companies, two workers and the desk send work, change it, hand it over, approve, pay, cancel,
dispute, decide, pay out; providers answer twice, late, out of order or never; the clock goes on.
The model is written from docs/ledger.md and holds amounts in whole cents. What became of a thing
is read from its status, how much that moves is the model's own: so it does not matter which of
two acts at once came first, only that the money agrees with how it ended.

What is drawn does not depend on what happened, so that a seed draws the same acts again; which of
two acts at once wins, the machine decides.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import ClassVar

import hypothesis
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from payments import funding, payouts, refunds, statements
from tests.walks.acts import Act, Trade
from tests.walks.model import Job

WHICH = st.integers(0, 10_000)
CENTS = st.integers(100, 60_000)
SIDES = st.sampled_from(["client", "worker"])
KINDS = st.sampled_from(["raise_budget", "add_expense", "add_bonus"])
EFFECTS = st.sampled_from(["pay_in_full", "pay_amount", "no_money", "refund", "as_it_is"])
TELLS = st.sampled_from(
    ["funding settled", "funding failed", "payout accepted", "payout paid", "payout failed",
     "payout returned", "refund sent", "refund failed", "refund returned"]
)  # fmt: skip
MISBEHAVING = st.sampled_from([0, 13, 37, 53, 73, 91])
"""Cents that tell the sandbox to decline, to be slow, to send back, to tell twice, to be silent."""


class MoneyWalk(Trade, RuleBasedStateMachine):
    """``audited_every``: a whole audit after so many steps; what is cheap is asked after each."""

    audited_every = 1
    steps: ClassVar[int] = 0

    @initialize()
    def begin(self) -> None:
        self.open_trade()
        self.taken = 0

    @rule(
        who=st.integers(0, 1),
        amount=CENTS,
        cents=MISBEHAVING,
        method=st.sampled_from(["card", "bank"]),
    )
    def fund(self, who: int, amount: int, cents: int, method: str) -> None:
        self.at_once(self.act_fund(who, 1000 + amount // 100 * 100 + cents, method))

    @rule(
        who=st.integers(0, 1),
        price=CENTS,
        terms=st.sampled_from([0, 30]),
        assigned=st.booleans(),
        worker=st.integers(0, 1),
    )
    def send(self, who: int, price: int, terms: int, assigned: bool, worker: int) -> None:
        self.at_once(self.act_send(who, price, terms))
        if assigned and (job := self.books.jobs[-1]) in self.books.jobs_in("sent"):
            self.at_once(self.act_assign(job, worker))

    @rule(which=WHICH, worker=st.integers(0, 1))
    def assign(self, which: int, worker: int) -> None:
        self.at_once(self.act_assign(self.job(which, "sent"), worker))

    @rule(which=WHICH)
    def void(self, which: int) -> None:
        self.at_once(self.act_void(self.job(which, "sent")))

    @rule(which=WHICH, kind=KINDS, amount=CENTS, side=SIDES)
    def increase(self, which: int, kind: str, amount: int, side: str) -> None:
        self.at_once(self.act_increase(self._under_way(which), kind, amount // 4, side))

    def _under_way(self, which: int) -> Job | None:
        return self.job(which, "assigned", "in_progress", "pending_approval")

    @rule(which=WHICH, share=st.integers(1, 100))
    def hand_over(self, which: int, share: int) -> None:
        self.at_once(self.act_hand_over(self.job(which, "assigned", "in_progress"), share))

    @rule(which=WHICH)
    def send_back(self, which: int) -> None:
        self.at_once(self.act_send_back(self.job(which, "pending_approval")))

    @rule(which=WHICH)
    def approve(self, which: int) -> None:
        self.at_once(self.act_approve(self.job(which, "pending_approval")))

    @rule(which=WHICH, share=st.integers(0, 100))
    def cancel(self, which: int, share: int) -> None:
        self.at_once(self.act_cancel(self.job(which, "assigned", "in_progress"), share))

    @rule(which=WHICH)
    def pay(self, which: int) -> None:
        self.at_once(self.act_pay(self.job(which, "invoiced")))

    @rule(who=st.integers(0, 1), days=st.integers(0, 40), auto=st.booleans())
    def statement_and_auto_pay(self, who: int, days: int, auto: bool) -> None:
        self.at += timedelta(days=days)
        company, by = self.clients[who].company, self.clients[who]
        statements.arrange(company, statements="week", auto_pay=auto, by=by, at=self.at)

        def sweep() -> None:
            statements.sweep(at=self.at)
            statements.sweep_auto_pay(at=self.at)

        self.at_once(Act(sweep), Act(sweep), None if auto else self.act_pay_all(who))

    @rule(which=WHICH, side=SIDES)
    def dispute(self, which: int, side: str) -> None:
        self.at_once(self.act_dispute(self._with_worker(which), side))

    def _with_worker(self, which: int) -> Job | None:
        stages = ("assigned", "in_progress", "pending_approval", "invoiced", "paid", "cancelled")
        return self.job(which, *stages)

    @rule(which=WHICH, effect=EFFECTS, share=st.integers(1, 100))
    def decide(self, which: int, effect: str, share: int) -> None:
        self.at_once(self.act_decide(self.job(which, "disputed"), effect, share))

    @rule(who=st.integers(0, 1), amount=CENTS)
    def take_back(self, who: int, amount: int) -> None:
        self.at_once(self.act_take_back(who, amount))

    @rule(worker=st.integers(0, 1), amount=CENTS | st.none())
    def pay_out(self, worker: int, amount: int | None) -> None:
        self.at_once(self.act_pay_out(worker, amount))

    @rule(
        which=WHICH, serial=st.integers(1, 3), wrong=st.sampled_from([False, False, False, True]),
        word=TELLS,
    )  # fmt: skip
    def provider_says(self, which: int, word: str, serial: int, wrong: bool) -> None:
        """In any order, any number of times, sometimes of an amount that nobody sent."""
        self.at_once(*self.act_told(which, word, serial, wrong))
        self.books.close_what_does_not_fit(by=self.desk, at=self.at)

    @rule(seconds=st.sampled_from([0, 21, 45, 3600, 86_400]))
    def sweeps_ask(self, seconds: int) -> None:
        """Two schedulers at once ask the providers, later or not."""
        self.at += timedelta(seconds=seconds)

        def sweep() -> None:
            for orders in (funding, refunds, payouts):
                orders.sweep(at=self.at)

        self.at_once(Act(sweep), Act(sweep))
        self.books.close_what_does_not_fit(by=self.desk, at=self.at)

    @rule(
        which=WHICH,
        what=st.integers(0, 10),
        share=st.integers(1, 100),
        amount=CENTS,
        effect=EFFECTS,
    )
    def two_at_once(self, which: int, what: int, share: int, amount: int, effect: str) -> None:
        """Two or three who do not know of each other, about the same work or the same money."""
        status, contest = self.contests(which, share, amount, effect)[what]
        job = self.job(which, status) if status else None
        self.at_once(*contest(job))

    def contests(
        self, which: int, share: int, amount: int, effect: str
    ) -> list[tuple[str, Callable[[Job | None], list[Act | None]]]]:
        """Where the work has to stand, and who meets over it."""
        who, few = which % 2, amount // 4
        return [
            ("pending_approval", lambda job: [self.act_approve(job), self.act_approve(job)]),
            (
                "pending_approval",
                lambda job: [self.act_approve(job), self.act_dispute(job, "worker")],
            ),
            (
                "pending_approval",
                lambda job: [
                    self.act_approve(job),
                    self.act_increase(job, "add_bonus", few, "client"),
                ],
            ),
            ("assigned", lambda job: [self.act_cancel(job, share), self.act_hand_over(job, share)]),
            (
                "assigned",
                lambda job: [
                    self.act_cancel(job, share),
                    self.act_increase(job, "raise_budget", few, "client"),
                ],
            ),
            ("invoiced", lambda job: [self.act_pay(job), self.act_pay_all(who), self.act_pay(job)]),
            ("", lambda job: [self.act_send(who, amount, 0), self.act_send(who, amount, 0)]),
            ("", lambda job: [self.act_pay_out(who, amount), self.act_pay_out(who, amount)]),
            ("", lambda job: [self.act_take_back(who, amount), self.act_send(who, amount, 0)]),
            (
                "disputed",
                lambda job: [self.act_decide(job, effect, share), self.act_approve(job)],
            ),
            (
                "disputed",
                lambda job: [self.act_decide(job, effect, share), self.act_pay_out(who, None)],
            ),
        ]

    @invariant()
    def the_books_are_right(self) -> None:
        if not hasattr(self, "books"):
            return
        MoneyWalk.steps += 1
        self.taken += 1
        with self.witnessed():
            self.books.agree(audit=self.taken % self.audited_every == 0)


def take(steps: int, *, seed: int, each: int) -> None:
    """Walks of at most ``each`` steps, each in a trade of its own, until there were enough.

    Raises what is wrong, with the steps that led there.
    """
    MoneyWalk.steps, Trade.raced, Trade.wrong = 0, 0, None
    Trade.done.clear()
    Trade.refused.clear()
    wanted = hypothesis.settings(
        max_examples=4,
        stateful_step_count=each,
        deadline=None,
        database=None,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
        print_blob=False,
    )
    while MoneyWalk.steps < steps:
        machine = hypothesis.seed(seed)(type("Walk", (MoneyWalk,), {}))
        try:
            run_state_machine_as_test(machine, settings=wanted)
        except Exception as failed:
            if Trade.wrong is None:
                raise
            error, diary = Trade.wrong
            raise AssertionError("\n".join([f"seed {seed}: {error!r} after", *diary])) from failed
        seed += 1
