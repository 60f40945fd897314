"""Due invoices are reminded at their exact moments, and not under a hold or once paid."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest

from assignments import lifecycle
from notifications import reminders
from notifications.models import Notice, Reminder
from notifications.reminders.payments import MORNING
from tests.escalations.making import opened
from tests.factories import assignments as work
from tests.factories.payments import add_cash
from tests.notifications.moments import DAY, TICK
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
    """Two in the afternoon of the due day, UTC."""
    return datetime.combine(bill.due_on, time(), UTC) + MORNING


@pytest.mark.parametrize(("days", "step"), [(-3, 1), (0, 2), (1, 3), (3, 4), (7, 5)])
def test_each_reminder_comes_at_its_moment(days, step, bill, noon, alice):
    due = noon + days * DAY
    reminders.sweep(at=due - TICK)
    assert ("Alice Adams", step) not in reminded("payment_due")
    reminders.sweep(at=due)
    assert ("Alice Adams", step) in reminded("payment_due")


def test_the_payers_are_reminded_and_nobody_else(bill, noon, alice, cody, mona, dirk, abel):
    reminders.sweep(at=noon)
    assert {who for who, _ in reminded("payment_due")} == {"Alice Adams", "Cody Clark"}


def test_the_words_name_the_bill_and_lead_to_it(bill, noon, alice):
    reminders.sweep(at=noon)
    notice = Notice.objects.get(recipient=alice.user, kind="reminder.payment_due")
    assert notice.title == f"{bill.label} is due today: $275.00"
    assert notice.url == f"{bill.get_absolute_url()}payment/"


def test_a_paid_invoice_is_not_reminded(billed, bill, noon, alice, at):
    add_cash(alice.company, bill.total, at=at)
    lifecycle.pay(billed, by=alice, at=noon - DAY)
    reminders.sweep(at=noon)
    assert ("Alice Adams", 2) not in reminded("payment_due")


def test_a_dispute_hold_silences(billed, bill, noon, alice, wanda):
    opened(billed, wanda, at=noon - 5 * DAY)
    reminders.sweep(at=noon)
    assert not Reminder.objects.filter(rule="payment_due", status="told").exists()


def test_after_two_days_of_downtime_one_reminder_is_told(bill, noon, alice):
    reminders.sweep(at=noon + 3 * DAY + timedelta(hours=1))
    mine = [step for who, step in reminded("payment_due") if who == "Alice Adams"]
    assert mine == [4]
