"""Setting aside: cash on immediate terms, credit on net terms, nothing while overdue."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from accounts.actors import SYSTEM
from payments import audit, credit, invoicing, reservations
from payments.refusals import (
    BadAmount,
    CreditExceeded,
    InsufficientCash,
    KeyUsed,
    PaymentOverdue,
    ReservationClosed,
)

pytestmark = pytest.mark.django_db


def test_immediate_terms_set_cash_aside(acme, funds, reserve, cash, held):
    funds(acme, 300)
    reserve(275)
    assert (cash(), held()) == (Decimal(25), Decimal(275))


def test_the_missing_amount_is_named(acme, funds, reserve, cash):
    funds(acme, 100)
    with pytest.raises(InsufficientCash, match=r"\$175\.50 short") as refusal:
        reserve("275.50")
    assert refusal.value.missing == Decimal("175.50")
    assert cash() == Decimal(100)


def test_the_same_key_reserves_once(acme, funds, reserve, held):
    funds(acme, 300)
    assert reserve(200) == reserve(200)
    assert held() == Decimal(200)


def test_a_key_of_another_company_is_refused(acme, globex, funds, reserve):
    funds(acme, 300)
    reserve(200)
    with pytest.raises(KeyUsed):
        reserve(200, company=globex)


def test_net_terms_use_the_credit_limit_and_move_nothing(acme, reserve, issue, cash, held):
    reserve(3000, key="T-1", terms_days=30)
    issue("1000.00", terms_days=30, reference="T-2")
    assert credit.exposure(acme) == Decimal(4100)

    with pytest.raises(CreditExceeded) as refusal:
        reserve(1000, key="T-3", terms_days=30)
    assert refusal.value.missing == Decimal(100)
    reserve(900, key="T-4", terms_days=30)
    assert (cash(), held()) == (0, 0)


@pytest.mark.parametrize("days", [0, 6])
def test_until_day_6_past_due_new_work_may_be_sent(acme, funds, issue, reserve, at, days):
    issue(terms_days=30)
    funds(acme, 100)
    assert reserve(10, at=at + timedelta(days=30 + days)).pk


def test_from_day_7_past_due_new_work_is_blocked_until_it_is_paid(acme, funds, issue, reserve, at):
    late = issue(terms_days=30)
    funds(acme, 500)
    then = at + timedelta(days=37)

    with pytest.raises(PaymentOverdue, match="INV-000001 was due on December 10 and is 7 days"):
        reserve(10, at=then)

    invoicing.pay(late, by=SYSTEM, at=then)
    assert reserve(10, at=then).pk


def test_a_withdrawn_invoice_blocks_nothing(acme, funds, issue, reserve, at):
    invoicing.withdraw(issue(), reason="Mistake", by=SYSTEM, at=at)
    funds(acme, 100)
    assert reserve(10, at=at + timedelta(days=60)).pk


def test_resizing_moves_the_difference_both_ways_and_back(acme, funds, reserve, cash, held, at):
    funds(acme, 300)
    made = reserve(100)
    for amount in (150, 100, 150, 20):
        made = reservations.resize(made, Decimal(amount), by=SYSTEM, at=at)
        assert (cash(), held()) == (Decimal(300 - amount), Decimal(amount))
    with pytest.raises(InsufficientCash):
        reservations.resize(made, Decimal(301), by=SYSTEM, at=at)
    assert list(audit.findings()) == []


def test_a_released_reservation_gives_back_once_and_stays_closed(
    acme, funds, reserve, cash, held, at
):
    funds(acme, 300)
    made = reserve(100)
    for _ in range(2):
        reservations.release(made, by=SYSTEM, at=at)
        assert (cash(), held()) == (Decimal(300), 0)
    with pytest.raises(ReservationClosed):
        reservations.resize(made, Decimal(50), by=SYSTEM, at=at)


@pytest.mark.parametrize("amount", ["0", "-5", "0.005", "1000000000000"])
def test_nothing_but_money_can_be_set_aside(acme, reserve, amount):
    with pytest.raises(BadAmount):
        reserve(amount)


def test_staff_agree_a_credit_limit_and_it_is_recorded(acme, olga, reserve, at):
    from activity.models import Event

    credit.set_limit(acme, Decimal(100), by=olga, at=at)

    with pytest.raises(CreditExceeded):
        reserve(101, terms_days=30)
    event = Event.objects.get(kind="credit.changed")
    assert event.data == {"before": "5000.00", "after": "100"}
    with pytest.raises(BadAmount):
        credit.set_limit(acme, Decimal(-1), by=olga, at=at)
