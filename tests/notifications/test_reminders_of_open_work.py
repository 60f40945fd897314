"""Applications that wait, work that nobody took; what a company switches off; a look ahead."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from activity.models import Event
from assignments import lifecycle
from notifications import reminders, switching
from notifications.management.commands.write_notices import PAGES
from notifications.models import Notice, Reminder, ReminderSwitch, RuleRun
from notifications.reminders import APPLICATIONS_WAITING, RULES, catalogue, sweeping
from tests.factories import assignments as work
from tests.notifications.moments import DAY, HOUR, TICK, told
from tests.notifications.moments import reminders as reminded
from tests.racing import race

pytestmark = pytest.mark.django_db


def sweep(at):
    return {outcome.rule: outcome for outcome in reminders.sweep(at=at)}


def test_waiting_applications_are_said_once_after_a_day(
    sent, alice, mona, dirk, cody, abel, wanda, walt, at
):
    first = work.application(sent, wanda, at=at)
    work.application(sent, walt, at=at + HOUR)
    due = first.applied_at + 24 * HOUR
    sweep(due - TICK)
    assert reminded("applications_waiting") == []
    sweep(due)
    sweep(due + HOUR)
    assert set(reminded("applications_waiting")) == {
        ("Alice Adams", 1), ("Mona Marsh", 1), ("Dirk Dale", 1),
    }  # fmt: skip
    assert len(reminded("applications_waiting")) == 3


def test_an_application_answered_and_another_one_is_a_new_occasion(sent, alice, wanda, walt, at):
    first = work.application(sent, wanda, at=at)
    sweep(at + 24 * HOUR)
    lifecycle.decline_application(first, reason="Too far", by=alice, at=at + 25 * HOUR)
    second = work.application(sent, walt, at=at + 26 * HOUR)
    sweep(second.applied_at + 24 * HOUR - TICK)
    assert len(reminded("applications_waiting")) == 1
    sweep(second.applied_at + 24 * HOUR)
    assert len(reminded("applications_waiting")) == 2


def test_work_that_nobody_took_is_said_near_its_start(sent, alice):
    sweep(sent.starts_at - 24 * HOUR)
    assert Notice.objects.filter(kind="reminder.unfilled")[0].url.endswith("/applications/")


def test_whoever_sends_near_the_start_has_an_hour_before_it_is_said(alice, wanda, at):
    soon = at + 5 * HOUR
    one = work.in_stage("sent", alice, wanda, at=at, starts_at=soon, ends_at=soon + HOUR)
    sweep(one.sent_at + HOUR - TICK)
    assert reminded("unfilled") == []
    sweep(one.sent_at + HOUR)
    assert reminded("unfilled") == [("Alice Adams", 1)]


def test_once_assigned_nobody_looks_for_workers(assigned):
    sweep(assigned.starts_at - 24 * HOUR)
    assert reminded("unfilled") == [] and reminded("applications_waiting") == []


def test_what_a_company_switches_off_is_not_even_made(sent, alice, wanda, at):
    switching.switch(alice.company, on=["unfilled"], by=alice, at=at)
    work.application(sent, wanda, at=at)
    outcomes = sweep(sent.starts_at - 24 * HOUR)
    assert outcomes["applications_waiting"].made == 0 and outcomes["unfilled"].told == 1

    switching.switch(alice.company, on=["applications_waiting"], by=alice, at=at)
    assert set(ReminderSwitch.objects.values_list("rule", flat=True)) == (
        switching.OPTIONAL.keys() - {"applications_waiting"}
    )
    assert Event.objects.filter(kind="company.reminders_changed").count() == 2
    switching.switch(alice.company, on=["applications_waiting"], by=alice, at=at)
    assert Event.objects.filter(kind="company.reminders_changed").count() == 2


def test_switched_off_between_making_and_telling_it_is_dropped(sent, alice, wanda, at):
    work.application(sent, wanda, at=at)
    due = at + 24 * HOUR
    assert sweeping.make(APPLICATIONS_WAITING, at=due) == 1
    switching.switch(alice.company, on=[], by=alice, at=due)
    assert sweeping.settle(APPLICATIONS_WAITING, at=due).silent == 1


def test_a_companys_page_of_reminders(alice, client_of, at):
    client, path = client_of(alice), reverse("notifications:company_reminders")
    page = client.get(path).content.decode()
    assert "Work waits for approval" in page and "Applications wait" in page
    answer = client.post(path, {"on": ["unfilled", "rate_client"]})
    assert answer.status_code == 302
    assert set(ReminderSwitch.objects.values_list("rule", flat=True)) == {
        "applications_waiting", "deliverables_due", "rate_last_days", "rate_worker",
    }  # fmt: skip
    wrong = client.post(path, {"on": ["approval_waiting", "\x00"]})
    assert wrong.status_code == 200 and ReminderSwitch.objects.count() == 4


def test_optional_rules_know_their_company(assigned, at):
    for rule in RULES:
        sweeping.make(rule, at=at + 30 * DAY)
        if rule.optional:
            assert "AS company_id" in rule.source


def test_each_sweep_is_noted_and_a_failure_with_its_words(sent, alice, wanda, at, monkeypatch):
    work.application(sent, wanda, at=at)
    sweep(at + 24 * HOUR)
    sweep(at + 25 * HOUR)
    run = RuleRun.objects.get(rule="applications_waiting")
    assert (run.swept_at, run.made, run.told) == (at + 25 * HOUR, 1, 1)
    from dataclasses import replace

    broken = replace(APPLICATIONS_WAITING, source="SELECT nonsense")
    sweeping.sweep_rules([broken], at=at + 26 * HOUR)
    run.refresh_from_db()
    assert run.failed_at == at + 26 * HOUR and "nonsense" in run.error


@pytest.mark.django_db(transaction=True)
def test_sweeps_at_once_are_all_counted(sent, wanda, at):
    work.application(sent, wanda, at=at)
    race(*[lambda: reminders.sweep(at=at + 24 * HOUR)] * 3)
    assert RuleRun.objects.get(rule="applications_waiting").told == 1


def test_a_look_ahead_tells_what_would_be_told_and_tells_nothing(sent, alice, wanda, at):
    work.application(sent, wanda, at=at)
    found = reminders.preview(since=at, at=at + 2 * DAY)
    assert {(one.rule.name, str(one.recipient)) for one in found} == {
        ("applications_waiting", "Alice Adams"), ("unfilled", "Alice Adams"),
    }  # fmt: skip
    assert not Reminder.objects.exists() and not Notice.objects.exists()
    sweep(at + 24 * HOUR)
    assert len(reminders.preview(since=at + 24 * HOUR, at=at + 2 * DAY)) == 1
    assert told(alice, "reminder.applications_waiting") == [
        f"Applications for “{sent.title}” have waited more than 24 hours"
    ]


def test_staff_see_every_rule_and_look_ahead(sent, alice, wanda, at, client, django_user_model):
    boss = django_user_model.objects.create_superuser("ada@marketplace.test", "x" * 20)
    client.force_login(boss)
    work.application(sent, wanda, at=at)
    sweep(at + 24 * HOUR)
    page = client.get(reverse("admin:notifications_rulerun_changelist")).content.decode()
    for rule in RULES:
        assert rule.label in page
    sweeping.make(APPLICATIONS_WAITING, at=at + 24 * HOUR)
    Reminder.objects.update(status="stale", why="The next one of the same was due already.")
    shown = client.get(reverse("admin:notifications_reminder_changelist")).content.decode()
    assert "The next one of the same was due already." in shown
    ahead = reverse("admin:notifications_reminder_preview")
    assert client.get(ahead).status_code == 200
    far = (timezone.now() + 15 * DAY).strftime("%Y-%m-%dT%H:%M")
    assert "within the next 14 days" in client.get(ahead, {"until": far}).content.decode()
    assert "still to come" in client.get(ahead, {"until": "2020-01-01T00:00"}).content.decode()


def test_the_pages_of_the_docs_are_in_step(settings):
    for name, page in PAGES.items():
        written = (settings.BASE_DIR / "docs" / name).read_text()
        assert written == page(), "run manage.py write_notices"
    assert catalogue.span_words(36 * HOUR) == "36 hours"
