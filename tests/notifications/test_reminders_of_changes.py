"""A request for a change waits for the other side: reminded after 24 and 48 hours."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from assignments import lifecycle
from notifications import reminders
from notifications.models import Notice, Reminder
from notifications.reminders import CHANGE_UNANSWERED, sweeping
from tests.factories import assignments as work
from tests.notifications.moments import HOUR, TICK
from tests.notifications.moments import reminders as reminded

pytestmark = pytest.mark.django_db
RULE = "change_unanswered"


@pytest.fixture
def expense(assigned, wanda, at):
    return lifecycle.add_expense(
        assigned, amount=Decimal(18), reason="Parking", by=wanda, at=at + HOUR
    )


@pytest.mark.parametrize(("hours", "step"), [(24, 1), (48, 2)])
def test_whoever_may_answer_is_reminded_at_the_exact_moment(hours, step, expense, alice, mona):
    due = expense.asked_at + hours * HOUR
    reminders.sweep(at=due - TICK)
    assert ("Alice Adams", step) not in reminded(RULE)
    reminders.sweep(at=due)
    assert {("Alice Adams", step), ("Mona Marsh", step)} <= set(reminded(RULE))
    notice = Notice.objects.filter(recipient=alice.user, kind=f"reminder.{RULE}").latest("pk")
    assert "expenses of $18.00" in notice.body and notice.acting_as == "company:acme"
    assert notice.url.endswith("/changes/")


def test_money_is_for_those_who_approve_and_times_for_those_who_dispatch(
    assigned, expense, wanda, dirk, cody, abel, at
):
    later = assigned.starts_at + timedelta(days=1)
    times = lifecycle.reschedule(
        assigned, starts_at=later, ends_at=later + HOUR, reason="Rain", by=wanda, at=at + HOUR
    )
    reminders.sweep(at=at + 25 * HOUR)
    told = {(row.object_key, str(row.recipient)) for row in Reminder.objects.filter(rule=RULE)}
    assert (expense.pk, "Cody Clark") in told and (expense.pk, "Dirk Dale") not in told
    assert (times.pk, "Dirk Dale") in told and (times.pk, "Cody Clark") not in told
    assert str(abel.user) not in {name for _, name in told}


def test_the_worker_is_reminded_of_what_the_client_asks(assigned, alice, wanda, at):
    later = assigned.starts_at + timedelta(days=1)
    lifecycle.reschedule(
        assigned, starts_at=later, ends_at=later + HOUR, reason="Delivery", by=alice, at=at
    )
    reminders.sweep(at=at + 24 * HOUR)
    assert reminded(RULE) == [("Wanda Wells", 1)]
    notice = Notice.objects.get(kind=f"reminder.{RULE}")
    assert notice.acting_as == "worker" and "another time" in notice.body


def test_answered_withdrawn_and_expired_ones_need_no_answer(assigned, alice, wanda, at):
    for number, kind in enumerate(("add_expense", "add_bonus", "raise_budget")):
        asked = lifecycle.VERBS[kind](
            assigned, amount=Decimal(5), reason="x", by=wanda, at=at,
            expires_at=at + HOUR if number == 2 else None,
        )  # fmt: skip
        if number == 0:
            lifecycle.accept_change(asked, by=alice, at=at + HOUR)
        if number == 1:
            lifecycle.withdraw_change(asked, by=wanda, at=at + HOUR)
    reminders.sweep(at=at + 24 * HOUR)
    assert not Reminder.objects.filter(rule=RULE).exists()


def test_making_is_one_statement_however_many_wait(alice, wanda, at, django_assert_num_queries):
    for _ in range(4):
        given = work.in_stage("assigned", alice, wanda, at=at)
        lifecycle.add_expense(given, amount=Decimal(5), reason="x", by=wanda, at=at)
    with django_assert_num_queries(1):
        assert sweeping.make(CHANGE_UNANSWERED, at=at + 24 * HOUR) >= 4
