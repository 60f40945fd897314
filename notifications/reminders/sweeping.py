"""The sweep: make the reminders now due, then settle each, once, whoever sweeps and how often."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from notifications.models import Notice, Reminder
from notifications.reminders.rule import Rule
from notifications.telling import keep

FORGET_AFTER = timedelta(days=30)
"""Reminders that fell due longer ago are not even made."""
BATCH = 200

log = logging.getLogger(__name__)

MAKE = """
INSERT INTO notifications_reminder
       (rule, object_key, recipient_id, due_at, step, status, made_at)
SELECT %(rule)s, found.object_key, found.recipient_id, found.since + steps.delay,
       steps.step, 'due', %(at)s
  FROM ({source}) AS found
 CROSS JOIN unnest(%(delays)s::interval[]) WITH ORDINALITY AS steps (delay, step)
 WHERE found.since + steps.delay <= %(at)s
   AND found.since + steps.delay > %(at)s - %(forget_after)s
   AND NOT EXISTS (
       SELECT FROM notifications_reminder AS made
        WHERE made.rule = %(rule)s
          AND made.object_key = found.object_key
          AND made.recipient_id = found.recipient_id
          AND made.step = steps.step
          AND made.due_at >= found.occasion
          AND made.status <> 'silent')
    ON CONFLICT (rule, object_key, recipient_id, due_at) DO NOTHING
"""

STILL_TRUE = """
SELECT found.object_key, found.recipient_id, found.since
  FROM ({source}) AS found
 WHERE found.object_key = ANY(%(keys)s)
"""


@dataclass
class Outcome:
    """What one sweep did for one rule."""

    rule: str
    made: int = 0
    told: int = 0
    stale: int = 0
    silent: int = 0


def sweep_rules(rules: Iterable[Rule], *, at: datetime) -> list[Outcome]:
    """Make and settle each rule; one that fails is logged and does not stop the others."""
    outcomes = []
    for rule in rules:
        try:
            with transaction.atomic():
                made = make(rule, at=at)
            outcome = settle(rule, at=at, outcome=Outcome(rule.name, made=made))
        except Exception:
            log.exception("reminder rule %s failed", rule.name)
            continue
        outcomes.append(outcome)
    return outcomes


def make(rule: Rule, *, at: datetime) -> int:
    """Insert the reminders now due and not yet made, in one statement; returns how many."""
    values = {
        **_values(rule, at),
        "rule": rule.name,
        "delays": list(rule.delays),
        "forget_after": FORGET_AFTER,
    }
    with connection.cursor() as cursor:
        cursor.execute(MAKE.format(source=rule.source), values)
        return int(cursor.rowcount)


def settle(rule: Rule, *, at: datetime, outcome: Outcome | None = None) -> Outcome:
    """Turn the rule's due reminders into notices; those stale or no longer true are dropped.

    Each batch is one transaction over rows nobody else holds: stopped in the middle, it
    leaves its reminders due for the next sweep.
    """
    outcome = outcome or Outcome(rule.name)
    while _settle_batch(rule, outcome, at=at):
        pass
    return outcome


@transaction.atomic
def _settle_batch(rule: Rule, outcome: Outcome, *, at: datetime) -> int:
    due = list(
        Reminder.objects.filter(rule=rule.name, status=Reminder.Status.DUE)
        .select_for_update(skip_locked=True, of=("self",))
        .select_related("recipient")
        .order_by("due_at", "pk")[:BATCH]
    )
    if not due:
        return 0
    since = _still_true(rule, {reminder.object_key for reminder in due}, at=at)
    for reminder in due:
        reminder.status = _verdict(rule, reminder, since, at=at)
        reminder.settled_at = at
    told = [reminder for reminder in due if reminder.status == Reminder.Status.TOLD]
    _tell(rule, told, at=at)
    Reminder.objects.bulk_update(due, ["status", "settled_at", "notice"])
    outcome.told += len(told)
    outcome.stale += sum(reminder.status == Reminder.Status.STALE for reminder in due)
    outcome.silent += sum(reminder.status == Reminder.Status.SILENT for reminder in due)
    return len(due)


def _still_true(rule: Rule, keys: set[int], *, at: datetime) -> dict[tuple[int, int], datetime]:
    """Where each clock starts, by object and recipient, as the source sees it now."""
    with connection.cursor() as cursor:
        values = {**_values(rule, at), "keys": list(keys)}
        cursor.execute(STILL_TRUE.format(source=rule.source), values)
        return {(key, recipient): since for key, recipient, since in cursor.fetchall()}


def _verdict(
    rule: Rule, reminder: Reminder, started: dict[tuple[int, int], datetime], *, at: datetime
) -> Reminder.Status:
    since = started.get((reminder.object_key, reminder.recipient_id))
    if since is None or rule.due_at(since, reminder.step) != reminder.due_at:
        return Reminder.Status.SILENT
    too_late = at - reminder.due_at > rule.stale_after
    if too_late or rule.is_superseded(since, reminder.step, at=at):
        return Reminder.Status.STALE
    return Reminder.Status.TOLD


def _tell(rule: Rule, reminders: list[Reminder], *, at: datetime) -> None:
    subjects = rule.load({reminder.object_key for reminder in reminders})
    notices = []
    for reminder in reminders:
        words = rule.write(subjects[reminder.object_key], reminder.recipient, reminder.step)
        notices.append(
            Notice(
                recipient=reminder.recipient,
                kind=rule.kind,
                title=words.title[:200],
                body=words.body,
                url=words.url,
                action=words.action,
                acting_as=words.acting_as,
                reason=words.reason[:200],
                key=f"reminder:{reminder.pk}",
                made_at=at,
            )
        )
    people = {reminder.recipient_id for reminder in reminders} if rule.by_mail else set()
    by_key = {notice.key: notice for notice in keep(notices, by_mail=people)}
    for reminder in reminders:
        reminder.notice = by_key[f"reminder:{reminder.pk}"]


def _values(rule: Rule, at: datetime) -> dict[str, Any]:
    return {**rule.params, "at": at, "first_delay": rule.delays[0]}
