"""``ledger.post``: one key, one transfer; few statements; nothing unbalanced, nothing overdrawn."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import transaction

from accounts.actors import SYSTEM
from payments import ledger
from payments.models import AccountKind, Posting, Transfer
from payments.refusals import BadAmount, InsufficientBalance, KeyUsed

pytestmark = pytest.mark.django_db


@pytest.fixture
def accounts(acme):
    return ledger.Accounts("USD", company=acme)


@pytest.fixture
def outside(db):
    return ledger.account(AccountKind.OUTSIDE, provider="sandbox")


@pytest.fixture
def post(acme, at):
    def make(*lines: ledger.Line, key: str = "k", kind: str = "funding", **more: object):
        facts = {"currency": "USD", "company": acme, "by": SYSTEM, "at": at}
        return ledger.post(kind=kind, key=key, lines=lines, **(facts | more))

    return make


def test_a_transfer_moves_the_kept_balances(post, accounts, outside, cash):
    made = post(ledger.debit(outside, Decimal(80)), ledger.credit(accounts.cash, Decimal(80)))

    assert cash() == Decimal(80)
    assert made.amount == Decimal(80)
    assert [(p.side, p.amount) for p in made.postings.order_by("pk")] == [
        ("debit", Decimal(80)),
        ("credit", Decimal(80)),
    ]


def test_the_same_key_returns_the_first_transfer(post, accounts, outside, cash):
    lines = [ledger.debit(outside, Decimal(80)), ledger.credit(accounts.cash, Decimal(80))]

    assert post(*lines) == post(*lines)
    assert cash() == Decimal(80)
    assert Transfer.objects.count() == 1


def test_a_key_answers_even_when_the_money_is_gone_since(post, accounts, outside, cash):
    post(ledger.debit(outside, Decimal(80)), ledger.credit(accounts.cash, Decimal(80)))
    spend = [ledger.debit(accounts.cash, Decimal(80)), ledger.credit(accounts.fees, Decimal(80))]
    spent = post(*spend, key="spend", kind="payment")

    assert post(*spend, key="spend", kind="payment") == spent
    assert cash() == 0


def test_a_key_with_another_content_is_refused(post, accounts, outside):
    post(ledger.debit(outside, Decimal(80)), ledger.credit(accounts.cash, Decimal(80)))

    with pytest.raises(KeyUsed):
        post(ledger.debit(outside, Decimal(90)), ledger.credit(accounts.cash, Decimal(90)))


def test_an_overdraft_is_refused_before_anything_is_written(post, accounts):
    with pytest.raises(InsufficientBalance), transaction.atomic():
        post(ledger.debit(accounts.cash, Decimal(1)), ledger.credit(accounts.fees, Decimal(1)))
    assert not Posting.objects.exists()


@pytest.mark.parametrize("amount", ["0", "-1", "0.001", "1000000000000", "NaN"])
def test_what_is_not_an_amount_is_refused(post, accounts, outside, amount):
    with pytest.raises((BadAmount, ArithmeticError)):
        post(ledger.debit(outside, Decimal(amount)), ledger.credit(accounts.cash, Decimal(amount)))
    assert not Transfer.objects.exists()


def test_unbalanced_lines_and_foreign_currencies_are_mistakes(post, acme, accounts, outside):
    euros = ledger.account(AccountKind.COMPANY_CASH, company=acme, currency="EUR")
    for credited in (ledger.credit(accounts.cash, Decimal(7)), ledger.credit(euros, Decimal(8))):
        with pytest.raises(ledger.Unbalanced):
            post(ledger.debit(outside, Decimal(8)), credited)


def test_two_postings_cost_two_statements(post, accounts, outside, django_assert_max_num_queries):
    lines = [ledger.debit(outside, Decimal(8)), ledger.credit(accounts.cash, Decimal(8))]
    with django_assert_max_num_queries(2):
        post(*lines)
