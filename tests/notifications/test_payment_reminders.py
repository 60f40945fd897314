"""Due invoices are reminded of to those who pay, and not once they are paid."""

from __future__ import annotations

from datetime import UTC, datetime, time

import pytest

from assignments import lifecycle
from core.dates import date_words
from notifications import reminders
from notifications.models import Notice
from tests.factories import assignments as work
from tests.factories.payments import add_cash
from tests.notifications.moments import DAY
from tests.notifications.moments import reminders as reminded

pytestmark = pytest.mark.django_db


@pytest.fixture
def billed(alice, wanda, at):
    return work.in_stage("invoiced", alice, wanda, at=at)


@pytest.fixture
def bill(billed):
    assert billed.invoice.terms_days
    return billed.invoice


@pytest.fixture
def noon(bill):
    """Two in the afternoon of the due day, UTC: nine in New York."""
    return datetime.combine(bill.due_on, time(14), UTC)


def test_the_payers_are_reminded_and_nobody_else(bill, noon, alice, cody, mona, dirk, abel):
    reminders.sweep(at=noon)
    assert {who for who, _ in reminded("payment_due")} == {"Alice Adams", "Cody Clark"}


def test_the_words_name_the_bill_and_lead_to_it(bill, noon, alice):
    reminders.sweep(at=noon)
    notice = Notice.objects.get(recipient=alice.user, kind="reminder.payment_due")
    assert notice.title == (
        f"{bill.label} is due on {date_words(bill.due_on)}, the last day to pay it in time: $275.00"
    )
    assert notice.url == f"{bill.get_absolute_url()}payment/"


def test_a_paid_invoice_is_not_reminded(billed, bill, noon, alice, at):
    add_cash(alice.company, bill.total, at=at)
    lifecycle.pay(billed, by=alice, at=noon - DAY)
    reminders.sweep(at=noon)
    assert ("Alice Adams", 2) not in reminded("payment_due")
