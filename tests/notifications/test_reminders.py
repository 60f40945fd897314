"""Reminders at their exact moments, under a hold, after downtime, swept twice and at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from assignments import lifecycle
from escalations import casework
from messaging import posting
from messaging.answering import needs_no_answer
from messaging.models import Thread
from notifications import delivering, reminders
from notifications.models import Delivery, Notice, Reminder
from notifications.reminders import APPROVAL_WAITING, RULES, sweeping
from tests.escalations.making import opened
from tests.factories import assignments as work
from tests.notifications.moments import DAY, HOUR, TICK
from tests.notifications.moments import reminders as reminded
from tests.racing import race

pytestmark = pytest.mark.django_db


def sweep(at):
    return {outcome.rule: outcome for outcome in reminders.sweep(at=at)}


@pytest.fixture
def since(submitted):
    return submitted.submitted_at


def test_the_third_day_warns_of_the_red_scorecard(submitted, since, alice):
    sweep(since + 72 * HOUR)
    notice = Notice.objects.get(recipient=alice.user, kind="reminder.approval_waiting")
    assert "red scorecard" in notice.body
    assert notice.acting_as == "company:acme"
    assert Delivery.objects.filter(notice=notice, status="due").exists()


def test_approvers_and_the_owner_are_reminded_and_nobody_else(
    submitted, since, alice, mona, cody, dirk, abel, charlie
):
    """Cody may approve up to $100 and this is $250; Dirk and Abel may not approve at all."""
    sweep(since + 24 * HOUR)
    assert set(reminded("approval_waiting")) == {("Alice Adams", 1), ("Mona Marsh", 1)}


def test_an_owner_without_the_role_is_reminded_too(alice, dirk, wanda, at):
    assignment = work.in_stage("pending_approval", alice, wanda, at=at, owner=dirk.user)
    sweep(assignment.submitted_at + 24 * HOUR)
    assert ("Dirk Dale", 1) in reminded("approval_waiting")


def test_once_approved_nobody_is_reminded(submitted, since, alice):
    lifecycle.approve(submitted, by=alice, at=since + HOUR)
    sweep(since + 24 * HOUR)
    assert not Reminder.objects.filter(rule="approval_waiting").exists()


def test_a_hold_between_two_reminders_does_not_repeat_the_first(submitted, wanda, since):
    sweep(since + 24 * HOUR)
    case = opened(submitted, wanda, at=since + 30 * HOUR)
    casework.withdraw(case, by=wanda, at=since + 60 * HOUR)

    for hours in (60, 70, 78):
        sweep(since + hours * HOUR)

    assert reminded("approval_waiting") == [("Alice Adams", 1), ("Alice Adams", 2)]


def test_work_submitted_anew_is_an_occasion_of_its_own(submitted, alice, wanda, since):
    sweep(since + 24 * HOUR)
    lifecycle.send_back(submitted, note="One more photo.", by=alice, at=since + 25 * HOUR)
    again = lifecycle.submit(submitted, resolution="Done.", by=wanda, at=since + 26 * HOUR)

    sweep(again.submitted_at + 24 * HOUR)

    assert reminded("approval_waiting") == [("Alice Adams", 1)] * 2


def test_sweeping_back_in_time_tells_nothing_again(submitted, since):
    sweep(since + 48 * HOUR)
    before = Notice.objects.count()
    sweep(since + 47 * HOUR)
    assert Notice.objects.count() == before


@pytest.fixture
def asked(assigned, wanda, alice):
    """Wanda wrote, and waits."""
    at = assigned.assigned_at + HOUR
    posting.post(
        assignment=assigned, worker=wanda.worker, body="Which door?", by=wanda, at=at, key="m1"
    )
    return at


def test_an_answer_in_time_needs_no_reminder(assigned, asked, alice, wanda):
    posting.post(
        assignment=assigned, worker=wanda.worker, body="The left one.", by=alice,
        at=asked + HOUR, key="m2",
    )  # fmt: skip
    sweep(asked + 24 * HOUR)
    assert not Reminder.objects.filter(rule="message_unanswered").exists()


def test_an_answer_between_making_and_telling_drops_the_reminder(assigned, asked, alice, wanda):
    rule = next(rule for rule in RULES if rule.name == "message_unanswered")
    due = asked + 24 * HOUR
    sweeping.make(rule, at=due)
    posting.post(assignment=assigned, worker=wanda.worker, body="Left.", by=alice, at=due, key="m2")
    assert sweeping.settle(rule, at=due).silent == 1


def test_a_message_marked_as_needing_no_answer_is_not_reminded(assigned, asked, alice):
    thread = Thread.objects.get()
    newest = thread.messages.get().pk
    needs_no_answer(thread, by=alice, at=asked + HOUR, up_to=newest)
    sweep(asked + 24 * HOUR)
    assert not Reminder.objects.filter(rule="message_unanswered").exists()


def test_thanks_after_the_end_are_not_reminded(paid, wanda):
    at = paid.paid_at + HOUR
    posting.post(assignment=paid, worker=wanda.worker, body="Thanks", by=wanda, at=at, key="m1")
    sweep(at + 24 * HOUR)
    assert not Reminder.objects.filter(rule="message_unanswered").exists()


def test_the_first_answer_is_due_to_the_whole_team_then_to_whoever_has_it(
    submitted, wanda, olga, lena
):
    case = opened(submitted, wanda)
    due = case.opened_at + 24 * HOUR

    sweep(due - TICK)
    assert reminded("case_first_answer") == []
    sweep(due)
    assert set(reminded("case_first_answer")) == {("Olga Olsen", 1), ("Lena Lund", 1)}

    casework.take(case, by=olga, at=due + HOUR)
    sweep(due + 24 * HOUR)
    assert reminded("case_first_answer")[2:] == [("Olga Olsen", 2)]


def test_the_update_is_due_again_48_hours_after_every_reply(submitted, wanda, olga):
    case = opened(submitted, wanda)
    replied = case.opened_at + HOUR
    casework.reply(case, body="Looking.", by=olga, at=replied)

    sweep(replied + 48 * HOUR - TICK)
    assert not Reminder.objects.exclude(rule__in=["approval_waiting", "case_party"]).exists()
    sweep(replied + 48 * HOUR)
    assert reminded("case_update") == [("Olga Olsen", 1)]

    casework.reply(case, body="Still looking.", by=olga, at=replied + 50 * HOUR)
    sweep(replied + 98 * HOUR)
    assert reminded("case_update") == [("Olga Olsen", 1)] * 2


def test_a_closed_case_owes_nothing(submitted, wanda, olga):
    case = opened(submitted, wanda)
    casework.withdraw(case, by=wanda, at=case.opened_at)
    sweep(case.opened_at + 3 * DAY)
    assert not Reminder.objects.filter(rule__startswith="case").exists()


def test_former_members_and_closed_accounts_are_not_reminded(submitted, since, mona, alice):
    mona.membership.removed_at = since
    mona.membership.save()
    alice.user.is_active = False
    alice.user.save()
    sweep(since + 24 * HOUR)
    assert not Reminder.objects.exists()


def test_making_is_one_statement_a_rule_however_many_wait(
    alice, mona, wanda, at, django_assert_num_queries
):
    for _ in range(4):
        work.in_stage("pending_approval", alice, wanda, at=at)
    due = at + 5 * DAY
    with django_assert_num_queries(1):
        made = sweeping.make(APPROVAL_WAITING, at=due)
    assert made >= 8


def test_one_broken_rule_does_not_stop_the_others(submitted, since, monkeypatch):
    broken = replace(APPROVAL_WAITING, name="broken", source="SELECT nonsense")
    outcomes = sweeping.sweep_rules([broken, APPROVAL_WAITING], at=since + 24 * HOUR)
    assert [outcome.rule for outcome in outcomes] == ["approval_waiting"]


def test_the_command_sweeps_as_of_another_moment(submitted, since, alice, mailoutbox, capsys):
    call_command("send_reminders", at=(since + 24 * HOUR).isoformat())
    assert "approval_waiting: 1 made, 1 told" in capsys.readouterr().out
    assert [mail.to for mail in mailoutbox] == [[alice.user.email]]


def test_the_command_refuses_what_is_no_moment(db):
    with pytest.raises(CommandError):
        call_command("send_reminders", at="tomorrow")


def test_the_sweep_of_celery_reads_the_clock(submitted, since, monkeypatch):
    from notifications import tasks

    monkeypatch.setattr(timezone, "now", lambda: since + 24 * HOUR)
    monkeypatch.setattr(tasks, "nudge", lambda task: None)
    assert tasks.sweep_reminders() == 1


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_tell_once(alice, mona, wanda, at):
    for _ in range(5):
        work.in_stage("pending_approval", alice, wanda, at=at)
    latest = max(alice.company.assignments.values_list("submitted_at", flat=True))
    due = latest + 24 * HOUR

    outcomes = race(*[lambda: reminders.sweep(at=due)] * 3)

    assert all(outcome.won for outcome in outcomes)
    assert Reminder.objects.filter(status="told").count() == 10
    assert Notice.objects.filter(kind="reminder.approval_waiting").count() == 10
    assert Delivery.objects.count() == 10


@pytest.mark.django_db(transaction=True)
def test_a_sweep_killed_in_the_middle_is_finished_by_the_next_and_nothing_is_sent_twice(
    alice, mona, wanda, at, monkeypatch, mailoutbox
):
    """Killed after making, then while telling, then between claim and send."""
    assignment = work.in_stage("pending_approval", alice, wanda, at=at)
    due = assignment.submitted_at + 24 * HOUR
    sweeping.make(APPROVAL_WAITING, at=due)

    monkeypatch.setattr(sweeping, "_tell", _killed)
    with pytest.raises(Killed):
        sweeping.settle(APPROVAL_WAITING, at=due)
    assert Reminder.objects.filter(status="due").count() == 2
    assert not Notice.objects.exists()
    monkeypatch.undo()

    sweep(due + timedelta(minutes=1))
    assert Reminder.objects.filter(status="told").count() == 2

    due += timedelta(minutes=2)
    assert len(delivering.claim(at=due)) == 2
    assert delivering.deliver(at=due + timedelta(minutes=1)).handled == 0
    assert delivering.deliver(at=due + delivering.LEASE).sent == 2
    assert delivering.deliver(at=due + 2 * delivering.LEASE).handled == 0
    assert len({(m.to[0], m.extra_headers["Message-ID"]) for m in mailoutbox}) == 2
    assert len(mailoutbox) == 2


class Killed(BaseException):
    """What ends a process is no Exception that code catches."""


def _killed(*args, **kwargs):
    raise Killed
