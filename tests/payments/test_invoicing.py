"""Invoices: issued with the fee and without gaps, paid once, withdrawn unpaid."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from accounts.actors import SYSTEM
from activity.models import Event
from payments import audit, invoicing, subjects
from payments.fees import fee_on
from payments.models import Posting
from payments.refusals import BadAmount, InsufficientCash, InvoicePaid, InvoiceWithdrawn

pytestmark = pytest.mark.django_db


def test_an_invoice_adds_the_fee_and_is_due_after_its_terms(issue):
    made = issue("333.33", terms_days=15)

    assert (made.worker_amount, made.fee_amount, made.total) == (
        Decimal("333.33"), Decimal("33.33"), Decimal("366.66"),
    )  # fmt: skip
    assert made.due_on == date(2026, 11, 25)
    assert [line.kind for line in made.lines.order_by("pk")] == ["price", "fee"]
    assert made.label == "INV-000001"


def test_hours_are_rounded_to_the_cent_once_per_line(issue):
    hours = invoicing.LineItem("hours", "Work", Decimal("1.33"), Decimal("37.77"))
    assert issue(lines=[hours]).worker_amount == Decimal("50.23")


def test_numbers_are_counted_per_company(issue, globex):
    assert [issue().number, issue().number] == [1, 2]
    assert issue(company=globex).number == 1


def test_a_refused_invoice_uses_no_number(issue):
    for amount in ("0", "-4"):
        with pytest.raises(BadAmount):
            issue(amount)
    assert issue().number == 1


def test_without_a_fee_there_is_no_fee_line(issue, funds, acme, at, earned):
    made = issue(100, fee_rate=Decimal(0))
    assert made.lines.count() == 1
    funds(acme, 100)
    invoicing.pay(made, by=SYSTEM, at=at)
    assert earned() == Decimal(100)


def test_paying_from_cash_gives_the_worker_their_share(issue, funds, acme, at, cash, earned):
    funds(acme, 200)
    paid = invoicing.pay(issue(100), by=SYSTEM, at=at)

    assert (cash(), earned()) == (Decimal(90), Decimal(100))
    assert paid.status == "paid" and paid.paid_at == at
    assert paid.transfer and paid.transfer.amount == paid.total


def test_paying_twice_pays_once_and_tells_once(issue, funds, acme, at, cash):
    funds(acme, 500)
    made = issue(100)
    for _ in range(2):
        invoicing.pay(made, by=SYSTEM, at=at)
    assert cash() == Decimal(390)
    assert Event.objects.filter(kind="invoice.paid").count() == 1


def test_paying_from_a_reservation_gives_back_the_rest(issue, funds, acme, reserve, at, cash, held):
    funds(acme, 300)
    set_aside = reserve(275)
    invoicing.pay(issue(100), by=SYSTEM, at=at, reservation=set_aside)

    assert (cash(), held()) == (Decimal(190), Decimal(0))
    set_aside.refresh_from_db()
    assert set_aside.closed_at == at


def test_what_the_reservation_lacks_comes_from_cash(issue, funds, acme, reserve, at, cash, held):
    funds(acme, 120)
    invoicing.pay(issue(100), by=SYSTEM, at=at, reservation=reserve(100))
    assert (cash(), held()) == (Decimal(10), Decimal(0))
    assert list(audit.findings()) == []


def test_missing_cash_is_named_and_nothing_moves(issue, funds, acme, at, cash):
    funds(acme, 100)
    made = issue(100)
    with pytest.raises(InsufficientCash) as refusal:
        invoicing.pay(made, by=SYSTEM, at=at)
    assert refusal.value.missing == Decimal(10)
    assert cash() == Decimal(100)


def test_a_withdrawn_invoice_keeps_its_number_and_cannot_be_paid(issue, at):
    made = invoicing.withdraw(issue(), reason="Not done", by=SYSTEM, at=at)
    assert made.status == "withdrawn"
    assert invoicing.withdraw(made, reason="Again", by=SYSTEM, at=at).withdrawn_reason == "Not done"
    with pytest.raises(InvoiceWithdrawn):
        invoicing.pay(made, by=SYSTEM, at=at)
    assert issue().number == 2
    assert not Posting.objects.exists()


def test_a_paid_invoice_cannot_be_withdrawn(issue, funds, acme, at):
    funds(acme, 500)
    paid = invoicing.pay(issue(), by=SYSTEM, at=at)
    with pytest.raises(InvoicePaid):
        invoicing.withdraw(paid, reason="Too late", by=SYSTEM, at=at)


def test_an_invoice_is_paid_through_the_thing_it_bills(issue, funds, acme, at, monkeypatch):
    funds(acme, 500)
    asked: list[str] = []

    def through(invoice, *, by, at):
        asked.append(invoice.reference)
        invoicing.pay(invoice, by=by, at=at)

    monkeypatch.setattr(subjects, "_payers", {"X-": through})
    assert subjects.pay(issue(reference="X-1"), by=SYSTEM, at=at).status == "paid"
    assert subjects.pay(issue(reference="T-1"), by=SYSTEM, at=at).status == "paid"
    assert asked == ["X-1"]


def test_days_past_due_count_from_the_day_after(issue, at):
    made = issue(terms_days=7)
    due = at.date() + timedelta(days=7)
    assert [made.days_past_due(due + timedelta(days=n)) for n in (-1, 0, 1, 7)] == [0, 0, 1, 7]


@pytest.mark.parametrize(
    ("pay", "fee"), [("0.04", "0.00"), ("0.05", "0.01"), ("99.95", "10.00"), ("250", "25.00")]
)
def test_the_fee_is_rounded_half_up(pay, fee):
    assert fee_on(Decimal(pay), Decimal("0.10")) == Decimal(fee)
