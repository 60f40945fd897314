"""A walk at random over the verbs of money, beside a model kept in a dict.

The model is written from docs/ledger.md, not from the code: whole cents, two companies, one
worker. After every step the books equal the model; at the end of a walk nothing is found.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from accounts.actors import SYSTEM
from core.errors import DomainError
from payments import audit, invoicing, payouts, provider_events, reservations
from payments.models import LedgerAccount
from payments.providers.base import Answer
from tests.factories import accounts as people
from tests.factories.payments import add_cash, make_payable

AT = datetime(2026, 11, 10, 15, tzinfo=UTC)
CENTS = st.integers(1, 30_000)
LIMIT = 50_000


def money(cents: int) -> Decimal:
    return Decimal(cents) / 100


class Books(RuleBasedStateMachine):
    held_for = Bundle("held_for")
    billed = Bundle("billed")
    sent_out = Bundle("sent_out")

    @initialize()
    def open_books(self) -> None:
        self.undone = transaction.atomic()
        self.undone.__enter__()
        self.companies = [
            people.company(name, credit_limit=money(LIMIT)) for name in ("Walk One", "Walk Two")
        ]
        self.acting = people.worker("Wal Ker", accepts=False)
        self.worker = make_payable(self.acting, at=AT)
        self.cash: dict[int, int] = defaultdict(int)
        self.held: dict[int, int] = defaultdict(int)
        self.used: dict[int, int] = defaultdict(int)
        self.earned = 0
        self.open: dict[int, tuple[str, int]] = {}
        self.unpaid: dict[int, int] = {}
        self.moving = 0
        self.payouts: dict[int, str] = {}
        self.serial = 0

    def key(self) -> str:
        self.serial += 1
        return f"W-{self.serial}"

    @rule(who=st.integers(0, 1), cents=CENTS)
    def fund(self, who: int, cents: int) -> None:
        add_cash(self.companies[who], money(cents), at=AT)
        self.cash[who] += cents

    @rule(target=held_for, who=st.integers(0, 1), cents=CENTS, terms=st.sampled_from([0, 30]))
    def reserve(self, who: int, cents: int, terms: int):
        enough = self.cash[who] >= cents if terms == 0 else self.used[who] + cents <= LIMIT
        key = self.key()
        facts = {"company": self.companies[who], "terms_days": terms, "reference": key}
        wanted = {**facts, "amount": money(cents), "key": key, "by": SYSTEM, "at": AT}
        try:
            made = reservations.reserve(**wanted)
        except DomainError:
            assert not enough
            return None
        assert enough
        assert reservations.reserve(**wanted) == made, "the same key again is the same one"
        if terms:
            self.used[who] += cents
        else:
            self.cash[who] -= cents
            self.held[who] += cents
        self.open[made.pk] = ("credit" if terms else "cash", cents)
        return who, made

    @rule(one=held_for, cents=CENTS)
    def resize(self, one, cents: int) -> None:
        if one is None or one[1].pk not in self.open:
            return
        who, made = one
        basis, before = self.open[made.pk]
        more = cents - before
        free = self.cash[who] if basis == "cash" else LIMIT - self.used[who]
        try:
            reservations.resize(made, money(cents), by=SYSTEM, at=AT)
        except DomainError:
            assert more > free
            return
        assert more <= 0 or more <= free
        if basis == "cash":
            self.cash[who] -= more
            self.held[who] += more
        else:
            self.used[who] += more
        self.open[made.pk] = (basis, cents)

    @rule(one=held_for)
    def release(self, one) -> None:
        if one is None:
            return
        reservations.release(one[1], by=SYSTEM, at=AT)
        self.close(*one, used=0)

    def close(self, who: int, made, *, used: int) -> None:
        basis, cents = self.open.pop(made.pk, ("", 0))
        if basis == "cash":
            self.held[who] -= cents
            self.cash[who] += cents - used
        elif basis == "credit":
            self.used[who] -= cents

    @rule(target=billed, who=st.integers(0, 1), cents=CENTS, terms=st.sampled_from([0, 30]))
    def issue(self, who: int, cents: int, terms: int):
        line = invoicing.LineItem("price", "Work", Decimal(1), money(cents))
        made = invoicing.issue(
            company=self.companies[who], worker=self.worker, reference="W", title="Work",
            lines=[line], terms_days=terms, fee_rate=Decimal("0.10"), by=SYSTEM, at=AT,
        )  # fmt: skip
        total = cents + (cents + 5) // 10
        assert made.total == money(total)
        self.unpaid[made.pk] = total
        if terms:
            self.used[who] += total
        return who, made, cents, terms

    @rule(bill=billed, one=st.none() | held_for)
    def pay(self, bill, one) -> None:
        who, made, cents, terms = bill
        if one is not None and one[0] != who:
            one = None
        basis, set_aside = self.open.get(one[1].pk, ("", 0)) if one else ("", 0)
        total = self.unpaid.get(made.pk)
        before = made.pk in self.unpaid
        from_held = min(set_aside if basis == "cash" else 0, total or 0)
        enough = total is None or self.cash[who] >= total - from_held
        try:
            invoicing.pay(made, by=SYSTEM, at=AT, reservation=one[1] if one else None)
        except invoicing.InvoiceWithdrawn:
            assert total is None
            return
        except DomainError:
            assert not enough
            return
        assert enough
        if not before or total is None:
            return
        del self.unpaid[made.pk]
        self.cash[who] -= total - from_held
        self.earned += cents
        if terms:
            self.used[who] -= total
        if one:
            self.close(*one, used=from_held)

    @rule(bill=billed)
    def withdraw(self, bill) -> None:
        who, made, _, terms = bill
        try:
            invoicing.withdraw(made, reason="Walk", by=SYSTEM, at=AT)
        except invoicing.InvoicePaid:
            assert made.pk not in self.unpaid
            return
        total = self.unpaid.pop(made.pk, 0)
        if terms:
            self.used[who] -= total

    @rule(target=sent_out, cents=CENTS | st.just(0))
    def pay_out(self, cents: int):
        wanted = money(cents) if cents else None
        enough = self.earned >= max(cents, 1) and (not cents or cents >= 100)
        ask = {"key": self.key(), "by": self.acting, "at": AT}
        try:
            made = payouts.request(self.worker, wanted, **ask)
        except DomainError:
            assert not enough
            return None
        assert enough
        assert payouts.request(self.worker, wanted, **ask) == made
        sent = cents or self.earned
        assert made.amount == money(sent)
        self.earned -= sent
        self.moving += sent
        self.payouts[made.pk] = "moving"
        return made, sent

    @rule(
        one=sent_out,
        word=st.sampled_from(["accepted", "paid", "failed", "returned"]),
        serial=st.integers(1, 3),
        wrong=st.booleans() | st.just(False),
    )
    def provider_says(self, one, word: str, serial: int, wrong: bool) -> None:
        """In any order, any number of times, sometimes of an amount that nobody sent."""
        if one is None:
            return
        made, sent = one
        told = money(sent + wrong)
        answer = Answer(
            f"{made.key}:{word}:{serial}:{wrong}", f"payout.{word}", made.key, told, "USD"
        )
        for event in provider_events.store("sandbox", [answer], at=AT):
            refused = provider_events.settle(event, at=AT).error
            stands = self.payouts[made.pk]
            assert bool(refused) == (wrong or (word == "paid" and stands == "failed"))
            if not refused:
                self.move(made.pk, sent, word, stands)

    def move(self, key: int, sent: int, word: str, stands: str) -> None:
        if stands == "moving" and word == "paid":
            self.moving -= sent
            self.payouts[key] = "paid"
        elif stands in ("moving", "paid") and word in ("failed", "returned"):
            self.moving -= sent if stands == "moving" else 0
            self.earned += sent
            came = word == "returned" or stands == "paid"
            self.payouts[key] = "returned" if came else "failed"

    @invariant()
    def the_books_equal_the_model(self) -> None:
        if not hasattr(self, "companies"):
            return
        rows = LedgerAccount.objects.values_list("kind", "company_id", "balance")
        kept = {(kind, company): balance for kind, company, balance in rows}
        for who, company in enumerate(self.companies):
            assert kept.get(("company_cash", company.pk), 0) == money(self.cash[who])
            assert kept.get(("company_reserved", company.pk), 0) == money(self.held[who])
        assert kept.get(("worker_earnings", None), 0) == money(self.earned)
        assert kept.get(("payout_in_transit", None), 0) == money(self.moving)

    def teardown(self) -> None:
        if not hasattr(self, "companies"):
            return
        try:
            connection.check_constraints()
            assert list(audit.findings()) == []
        finally:
            transaction.set_rollback(True)
            self.undone.__exit__(None, None, None)


@pytest.mark.django_db
def test_a_walk_of_200_steps_keeps_the_books_right(request):
    run_state_machine_as_test(
        Books,
        settings=settings(
            max_examples=8,
            stateful_step_count=25,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
