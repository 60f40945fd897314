"""Amounts that are no money, wherever money is typed, passed to a verb, or written in SQL.

Zero, less than zero, fractions of a cent, 10^12, and another currency: at the form a sentence
beside the field, at the verb a refusal in words, in the database an error; and nothing moves.
PostgreSQL rounds to the cent what is written in SQL, so that no row holds a fraction of one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.actors import SYSTEM
from accounts.models import User
from assignments import lifecycle
from assignments.pricing import Terms
from core.errors import DomainError
from escalations import casework
from payments import (
    adjustments,
    credit,
    credit_notes,
    funding,
    ledger,
    payout_settings,
    payouts,
    provider_events,
    refunds,
    reservations,
)
from payments.models import AccountKind, LedgerAccount, Transfer
from payments.providers.base import Answer
from tests.assignments import pages
from tests.escalations.making import opened
from tests.factories import assignments as work
from tests.factories.payments import make_payable

TYPED = {
    "zero": ("0", ("0.01 or more", "1.00 or more", "above zero", "Enter $")),
    "negative": ("-5", ("cannot be negative",)),
    "three decimals": ("10.005", ("at most two digits after the point",)),
    "a million millions": ("1000000000000", ("or less", "less than")),
    "euros": ("€10", ("Enter an amount such as 250",)),
    "euros in words": ("10 EUR", ("Enter an amount such as 250",)),
}
PASSED = {
    "zero": Decimal(0),
    "negative": Decimal(-5),
    "three decimals": Decimal("10.005"),
    "a million millions": Decimal(10) ** 12,
    "more than any number here": Decimal(10) ** 30,
}
WRITTEN = {"zero": "0", "negative": "-5", "a million millions": "1000000000000"}


@pytest.fixture
def world(alice, wanda, olga, funds, client_of) -> SimpleNamespace:
    """Work in every stage where an amount is entered, around the real now; people signed in."""
    at = timezone.now() - timedelta(days=4)
    funds(alice.company, 5000)
    now = timezone.now()
    made = SimpleNamespace(alice=alice, wanda=wanda, olga=olga, at=now, company=alice.company)
    funding.add(company=alice.company, amount=Decimal(500), method="card", key="s", by=alice, at=at)
    made.sent = work.in_stage("sent", alice, wanda, at=at)
    made.assigned = work.in_stage("assigned", alice, wanda, at=at)
    made.begun = work.in_stage("in_progress", alice, wanda, at=at, wants_check_in=False)
    made.pending = work.in_stage("pending_approval", alice, wanda, at=at)
    made.handed = work.in_stage("pending_approval", alice, wanda, at=at)
    made.paid = work.in_stage("paid", alice, wanda, at=at)
    made.cancelled = work.in_stage("cancelled", alice, wanda, at=at)
    make_payable(wanda, at=at)
    made.case = opened(made.pending, wanda, at=now)
    made.refund = opened(made.paid, alice, at=now)
    made.asked = lifecycle.add_bonus(
        made.pending, amount=Decimal(3), reason="x", by=wanda, at=now
    )  # fmt: skip
    lifecycle.decline_change(made.asked, reason="No", by=alice, at=now)
    cash = ledger.Accounts("USD", company=alice.company).cash
    made.cash = cash
    made.adjustment = adjustments.propose(
        cash, direction="give", amount=Decimal(1), reason="x", by=olga, at=now
    )
    made.payout = payouts.request(wanda.worker, Decimal(30), key="p", by=wanda, at=now)
    made.note = credit_notes.issue(made.paid.invoice, Decimal(1), reason="x", by=SYSTEM, at=now)
    made.funding = funding.request(
        company=alice.company, amount=Decimal(70), method="bank", key="f", by=alice, at=now
    )
    (made.back,) = refunds.request(alice.company, Decimal(40), key="b", by=alice, at=now)
    root = User.objects.create_superuser("root@example.com", "correct horse battery")
    made.browsers = {"client": client_of(alice), "worker": client_of(wanda),
                     "desk": client_of(olga), "root": None}  # fmt: skip
    made.root = root
    return made


@dataclass(frozen=True)
class Form:
    """Where an amount is typed, by whom, and what else is typed there."""

    who: str
    path: Callable[[SimpleNamespace], str]
    fields: Callable[[SimpleNamespace], dict[str, Any]]
    field: str = "amount"


def change(kind: str) -> Form:
    return Form(
        "client",
        lambda w: f"/assignments/{w.assigned.reference}/changes/{kind}/",
        lambda w: {"reason": "More", "key": "0" * 8 + "-0000-4000-8000-" + "0" * 12},
    )


def decision(name: str, effect: str) -> Form:
    return Form(
        "desk",
        lambda w: f"/admin/escalations/case/{getattr(w, name).pk}/decide/",
        lambda w: {"decide-effect": effect, "decide-words": "So."},
        "decide-amount",
    )


KEY = "11111111-1111-4111-8111-111111111111"
FORMS = {
    "funding": Form(
        "client", lambda w: "/payments/funds/", lambda w: {"method": "card", "key": KEY}
    ),
    "price": Form(
        "client", lambda w: "/assignments/new/", lambda w: pages.typed(), "flat_price"
    ),
    "bonus": change("bonus"),
    "expense": change("expense"),
    "budget": change("budget"),
    "cancellation fee": Form(
        "client",
        lambda w: f"/assignments/{w.begun.reference}/cancellation/",
        lambda w: {"reason": "site_not_ready", "note": "Closed.", "share": "own"},
    ),
    "claim": Form(
        "worker",
        lambda w: f"/assignments/{w.begun.reference}/submission/",
        lambda w: {"resolution": "Done."},
    ),
    "part payment": decision("case", "pay_amount"),
    "refund": decision("refund", "refund"),
    "adjustment": Form(
        "root",
        lambda w: reverse("admin:payments_adjustment_add"),
        lambda w: {"account": w.cash.pk, "direction": "give", "reason": "x"},
    ),
    "unused cash": Form("client", lambda w: "/payments/refunds/", lambda w: {"key": KEY}),
    "bid": Form(
        "worker",
        lambda w: f"/assignments/{w.sent.reference}/apply/",
        lambda w: {"pricing": "flat"},
        "flat_price",
    ),
    "expenses of a bid": Form(
        "worker", lambda w: f"/assignments/{w.sent.reference}/apply/", lambda w: {}, "expenses"
    ),
    "lower amount": Form(
        "client",
        lambda w: f"/assignments/{w.handed.reference}/approval/",
        lambda w: {"send_back": "yes", "note": "Again."},
    ),
    "payout": Form("worker", lambda w: "/earnings/payouts/", lambda w: {"key": KEY}),
    "automatic payout": Form(
        "worker", lambda w: "/earnings/details/automatic/", lambda w: {"is_on": "on"}, "minimum"
    ),
}  # fmt: skip


@pytest.fixture
def nothing_moves(world) -> Iterator[None]:
    before = Transfer.objects.count()
    yield
    assert Transfer.objects.count() == before


@pytest.mark.parametrize("name", FORMS)
def test_a_form_says_beside_the_field_what_is_wrong(name, world, client, nothing_moves):
    form = FORMS[name]
    browser = world.browsers[form.who]
    if browser is None:
        browser = client
        browser.force_login(world.root, backend="accounts.backends.PasswordBackend")
    for text, words in TYPED.values():
        answer = browser.post(form.path(world), form.fields(world) | {form.field: text})
        assert answer.status_code == 200, (text, answer.headers)
        page = pages.words_of(answer)
        assert any(one in page for one in words), (text, page[:3000])
        assert f'value="{text}"' in answer.content.decode(), f"{text} is lost"


VERBS: dict[str, Callable[[SimpleNamespace, Decimal], Any]] = {
    "funding": lambda w, amount: funding.request(
        company=w.company, amount=amount, method="card", key="bad", by=w.alice, at=w.at
    ),
    "price": lambda w, amount: work.draft(w.alice, at=w.at, flat_price=amount),
    "rate": lambda w, amount: work.draft(
        w.alice, at=w.at, pricing="hourly", flat_price=None, hourly_rate=amount,
        max_hours=Decimal(1),
    ),
    "bonus": lambda w, amount: lifecycle.add_bonus(
        w.assigned, amount=amount, reason="x", by=w.alice, at=w.at
    ),
    "expense": lambda w, amount: lifecycle.add_expense(
        w.assigned, amount=amount, reason="x", by=w.wanda, at=w.at
    ),
    "budget": lambda w, amount: lifecycle.raise_budget(
        w.assigned, amount=amount, reason="x", by=w.alice, at=w.at
    ),
    "cancellation fee": lambda w, amount: lifecycle.cancel(
        w.assigned, reason="site_not_ready", note="x", fee=amount, by=w.alice, at=w.at
    ),
    "claim": lambda w, amount: lifecycle.submit(
        w.begun, resolution="x", amount=amount, without_missing=True, by=w.wanda, at=w.at
    ),
    "part payment": lambda w, amount: casework.decide(
        w.case, effect="pay_amount", words="x", amount=amount, by=w.olga, at=w.at
    ),
    "refund by decision": lambda w, amount: casework.decide(
        w.refund, effect="refund", words="x", amount=amount, by=w.olga, at=w.at
    ),
    "refund": lambda w, amount: credit_notes.issue(
        w.paid.invoice, amount, reason="x", by=SYSTEM, at=w.at
    ),
    "adjustment": lambda w, amount: adjustments.propose(
        w.cash, direction="give", amount=amount, reason="x", by=w.olga, at=w.at
    ),
    "unused cash": lambda w, amount: refunds.request(
        w.company, amount, key="bad", by=w.alice, at=w.at
    ),
    "bid": lambda w, amount: lifecycle.apply(
        w.sent, terms=Terms("flat", flat_price=amount), by=w.wanda, at=w.at
    ),
    "expenses of a bid": lambda w, amount: lifecycle.apply(
        w.sent, expenses=amount, by=w.wanda, at=w.at
    ),
    "lower amount": lambda w, amount: lifecycle.send_back(
        w.handed, note="x", amount=amount, by=w.alice, at=w.at
    ),
    "hoped-for amount": lambda w, amount: casework.open_case(
        assignment=w.handed, kind="payment_dispute", what_happened="x", outcome="pay_amount",
        outcome_words="x", outcome_amount=amount, by=w.wanda, at=w.at,
    ),
    "payout": lambda w, amount: payouts.request(
        w.wanda.worker, amount, key="bad", by=w.wanda, at=w.at
    ),
    "automatic payout": lambda w, amount: payout_settings.plan_payouts(
        w.wanda.worker, is_on=True, minimum=amount, by=w.wanda, at=w.at
    ),
    "reservation": lambda w, amount: reservations.reserve(
        company=w.company, amount=amount, terms_days=0, reference="x", key="bad", by=SYSTEM, at=w.at
    ),
    "transfer": lambda w, amount: ledger.post(
        kind="funding", key="bad", currency="USD", by=SYSTEM, at=w.at,
        lines=[ledger.debit(ledger.account(AccountKind.OUTSIDE, provider="x"), amount),
               ledger.credit(w.cash, amount)],
    ),
}  # fmt: skip
MAY_BE_ZERO = {"cancellation fee", "expenses of a bid"}
"""None at all is a choice of its own there."""


@pytest.mark.parametrize("name", VERBS)
def test_a_verb_refuses_in_words(name, world, nothing_moves):
    for passed in PASSED:
        if passed == "zero" and name in MAY_BE_ZERO:
            continue
        with pytest.raises(DomainError) as refusal, transaction.atomic():
            VERBS[name](world, PASSED[passed])
            pytest.fail(f"{passed} was taken")
        assert len(str(refusal.value)) > 15


def test_a_credit_limit_is_zero_or_an_amount(world):
    for name, amount in PASSED.items():
        if name != "zero":
            with pytest.raises(DomainError):
                credit.set_limit(world.company, amount, by=SYSTEM, at=world.at)


@dataclass(frozen=True)
class Row:
    """A row inserted once more with another amount: what makes it another row, and its money."""

    table: str
    of: Callable[[SimpleNamespace], int]
    column: str = "amount"
    changes: str = "{}"
    may_be_zero: bool = False


ROWS = {
    "funding": Row("payments_funding", lambda w: w.funding.pk, changes='{"key": "x"}'),
    "price": Row("assignments_assignment", lambda w: w.assigned.pk, "flat_price"),
    "budget": Row("assignments_assignment", lambda w: w.assigned.pk, "budget"),
    "bonus": Row("assignments_assignment", lambda w: w.assigned.pk, "bonus", may_be_zero=True),
    "expenses": Row(
        "assignments_assignment", lambda w: w.assigned.pk, "expenses", may_be_zero=True
    ),
    "claim": Row("assignments_assignment", lambda w: w.pending.pk, "amount_claimed"),
    "change": Row("assignments_changerequest", lambda w: w.asked.pk),
    "cancellation fee": Row(
        "assignments_cancellation", lambda w: w.cancelled.cancellation.pk, "fee", may_be_zero=True
    ),
    "refund": Row("payments_creditnote", lambda w: w.note.pk, "worker_amount", '{"number": 99}'),
    "adjustment": Row("payments_adjustment", lambda w: w.adjustment.pk),
    "unused cash": Row(
        "payments_refund", lambda w: w.back.pk,
        changes='{"key": "x", "request_key": "x", "reference": "R-X", "transfer_id": 0}',
    ),
    "expenses of a bid": Row(
        "assignments_application", lambda w: w.assigned.applications.get().pk, "expenses",
        may_be_zero=True,
    ),
    "payout": Row(
        "payments_payout", lambda w: w.payout.pk, changes='{"key": "x", "reference": "P-X"}'
    ),
    "reservation": Row(
        "payments_reservation", lambda w: w.assigned.reservation_id, "amount", '{"key": "x"}', True
    ),
    "transfer": Row("payments_transfer", lambda w: w.payout.transfer_id, changes='{"key": "x"}'),
    "posting": Row("payments_posting", lambda w: w.payout.transfer.postings.first().pk),
    "invoice": Row(
        "payments_invoice", lambda w: w.paid.invoice_id, "worker_amount",
        '{"number": 99, "paid_at": null, "transfer_id": null}',
    ),
}  # fmt: skip


def written(row: Row, world: SimpleNamespace, value: str) -> None:
    """As ``psql`` would; deferred constraints are asked at once. Work may be changed where it
    stands, papers only be written once more."""
    sql = f"UPDATE {row.table} SET {row.column} = %s WHERE id = %s"
    given: Any = value
    if not row.table.startswith("assignments_"):
        given = json.dumps(json.loads(row.changes) | {"id": 999_999_999, row.column: value})
        sql = (
            f"INSERT INTO {row.table} OVERRIDING SYSTEM VALUE SELECT again.* FROM {row.table} old, "
            "jsonb_populate_record(old, %s) again WHERE old.id = %s"
        )
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(sql, [given, row.of(world)])


def test_the_database_refuses_the_amounts(world):
    for name, row in ROWS.items():
        for amount, value in WRITTEN.items():
            if amount == "zero" and row.may_be_zero:
                continue
            expected = "overflow" if amount.startswith("a million") else "constraint"
            with pytest.raises(DatabaseError, match=expected), transaction.atomic():
                written(row, world, value)
                pytest.fail(f"{name} took {amount}")


def test_no_row_holds_a_fraction_of_a_cent(world):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name, numeric_precision, numeric_scale "
            "FROM information_schema.columns WHERE data_type = 'numeric' AND table_name LIKE "
            "'payments\\_%%' AND column_name <> 'quantity'"
        )
        columns = cursor.fetchall()
    assert len(columns) > 10
    assert {(precision, scale) for _, _, precision, scale in columns} == {(14, 2)}


def test_a_provider_cannot_settle_in_another_currency_or_amount(world):
    before = LedgerAccount.objects.get(pk=world.cash.pk).balance
    for number, (amount, currency) in enumerate(
        [("70", "EUR"), ("70.001", "USD"), ("0", "USD"), ("-70", "USD"), ("1000000000000", "USD")]
    ):
        told = Answer(f"e-{number}", "funding.settled", "f", Decimal(amount), currency)
        (event,) = provider_events.store("sandbox", [told], at=world.at)
        assert "differs from what was asked for" in provider_events.settle(event, at=world.at).error
    assert LedgerAccount.objects.get(pk=world.cash.pk).balance == before


def test_a_transfer_takes_accounts_of_one_currency_only(world):
    euros = ledger.account(AccountKind.COMPANY_CASH, company=world.company, currency="EUR")
    with pytest.raises(ledger.Unbalanced, match="is not in USD"):
        ledger.post(
            kind="funding", key="bad", currency="USD", by=SYSTEM, at=world.at,
            lines=[ledger.debit(euros, Decimal(1)), ledger.credit(world.cash, Decimal(1))],
        )  # fmt: skip
