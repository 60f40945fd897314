"""The worker's next act: confirm, check in, hand in, rate, say where to be paid; exactly then."""

from __future__ import annotations

from datetime import timedelta

import pytest

from assignments import lifecycle
from core.files import check_upload
from notifications import reminders
from notifications.models import Notice, Reminder
from scorecards import rating
from tests.escalations.making import opened
from tests.factories import assignments as work
from tests.factories.payments import make_payable
from tests.notifications.moments import DAY, HOUR, TICK, told
from tests.notifications.moments import reminders as reminded

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def sweep(at):
    reminders.sweep(at=at)


def told_at(rule: str, due, who: str, step: int = 1) -> Notice:
    """The reminder is told at ``due`` and not a moment before."""
    sweep(due - TICK)
    assert (who, step) not in reminded(rule)
    sweep(due)
    assert (who, step) in reminded(rule)
    return Notice.objects.filter(kind=f"reminder.{rule}").latest("pk")


@pytest.fixture
def asked_to_confirm(alice, wanda, at):
    return work.in_stage("assigned", alice, wanda, at=at, wants_confirmation=True)


def test_confirming_is_asked_for_as_long_before_as_the_client_says(asked_to_confirm):
    one = asked_to_confirm
    due = one.starts_at - one.confirm_hours_before * HOUR
    notice = told_at("confirm", due, "Wanda Wells")
    assert notice.url.endswith("/confirmation/") and notice.acting_as == "worker"


def test_whoever_is_assigned_late_has_an_hour_to_confirm(alice, wanda, at):
    start = at + 5 * HOUR
    one = work.in_stage(
        "assigned", alice, wanda, at=at, wants_confirmation=True, starts_at=start,
        ends_at=start + 2 * HOUR,
    )  # fmt: skip
    told_at("confirm", one.assigned_at + HOUR, "Wanda Wells")


def test_confirmed_held_or_begun_needs_no_asking(asked_to_confirm, alice, wanda):
    one = asked_to_confirm
    due = one.starts_at - one.confirm_hours_before * HOUR
    lifecycle.confirm(one, by=wanda, at=due - HOUR)
    sweep(due)
    assert reminded("confirm") == []
    lifecycle.unconfirm(one, by=wanda, at=due + MINUTE)
    opened(one, wanda, at=due + MINUTE)
    sweep(due + HOUR)
    assert reminded("confirm") == []


def test_an_announced_arrival_moves_the_clock(assigned, wanda):
    arriving = assigned.starts_at + HOUR
    lifecycle.on_my_way(assigned, arriving_at=arriving, by=wanda, at=assigned.starts_at - HOUR)
    told_at("check_in_missed", arriving + 15 * MINUTE, "Wanda Wells")


def test_checked_in_nobody_asks_and_after_four_hours_it_is_too_late(assigned, wanda):
    sweep(assigned.starts_at + 15 * MINUTE + 4 * HOUR + TICK)
    assert reminded("check_in_missed", "stale") == [("Wanda Wells", 1)]
    Reminder.objects.all().delete()
    lifecycle.check_in(assigned, by=wanda, at=assigned.starts_at)
    sweep(assigned.starts_at + HOUR)
    assert not Reminder.objects.filter(rule="check_in_missed").exists()


@pytest.fixture
def photo(in_progress):
    (wanted,) = in_progress.deliverable_requests.all()
    wanted.due_at = in_progress.starts_at + 2 * DAY
    wanted.save()
    return wanted


@pytest.mark.parametrize(("before", "step"), [(24, 1), (0, 2)])
def test_deliverables_are_asked_for_a_day_before_and_when_late(before, step, photo):
    due = photo.due_at - before * HOUR
    notice = told_at("deliverables_due", due, "Wanda Wells", step)
    assert ("late" in notice.title) == (step == 2)


def test_what_is_handed_in_is_not_asked_for_unless_refused(photo, wanda, alice):
    at = photo.due_at - 30 * HOUR
    (given,) = [lifecycle.hand_in(photo, check_upload(work.photo()), by=wanda, at=at)]
    sweep(photo.due_at - 24 * HOUR)
    assert reminded("deliverables_due") == []
    lifecycle.refuse_deliverable(given, reason="Too dark.", by=alice, at=photo.due_at - 20 * HOUR)
    sweep(photo.due_at - 20 * HOUR)
    assert reminded("deliverables_due") == [("Wanda Wells", 1)]


def test_rated_or_too_late_to_rate_nobody_asks(paid, alice, wanda):
    at = paid.approved_at
    give = {"overall": "excellent", "marks": (5, 5, 5), "comment": ""}
    rating.rate(assignment=paid, **give, by=alice, at=at)
    sweep(at + 2 * DAY)
    assert reminded("rate_client") == [("Wanda Wells", 1)]
    rating.rate(assignment=paid, **give, by=wanda, at=at + 3 * DAY)
    sweep(at + 7 * DAY)
    assert reminded("rate_client") == [("Wanda Wells", 1)]


def test_cancelled_work_is_rated_and_asked_about_alike(alice, wanda, at):
    ended = work.in_stage("cancelled", alice, wanda, at=at).cancelled_at
    sweep(ended + 2 * DAY - TICK)
    assert reminded("rate_client") == reminded("rate_worker") == []
    sweep(ended + 2 * DAY)
    sweep(ended + 3 * DAY)
    assert reminded("rate_client") == [("Wanda Wells", 1)]
    assert reminded("rate_worker") == [("Alice Adams", 1)]
    assert "about the cancellation" in told(wanda, "reminder.rate_client")[0]


def test_whoever_can_be_paid_or_earned_nothing_is_left_alone(paid, wanda, walt):
    make_payable(wanda, at=paid.paid_at)
    sweep(paid.paid_at)
    assert reminded("payout_details_missing") == []


def test_whoever_may_rate_for_the_company_is_asked(paid, alice, mona, dirk, wanda):
    """The owner where they may rate, else everybody who may; the last days are told to either."""
    sweep(paid.approved_at + 3 * DAY)
    assert reminded("rate_worker") == [("Alice Adams", 1)]
    paid.owner = dirk.user
    paid.save(update_fields=["owner"])
    rating.rate(
        assignment=paid, overall="excellent", marks=(5, 5, 5), comment="", by=wanda,
        at=paid.approved_at + 3 * DAY,
    )  # fmt: skip
    sweep(paid.approved_at + 14 * DAY)
    assert sorted(reminded("rate_last_days")) == [("Alice Adams", 1), ("Mona Marsh", 1)]
    notice = Notice.objects.filter(kind="reminder.rate_last_days", recipient=mona.user).get()
    assert notice.title == "Last days to rate “Replace a network switch”"
    rating.publish_due(at=paid.approved_at + 17 * DAY)
    sweep(paid.approved_at + 17 * DAY)
    assert len(reminded("rate_last_days")) == 2
