"""The sweep: make the reminders now due, then settle each, once, whoever sweeps and how often."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.db import connection, transaction

from accounts.models import User
from notifications.models import Notice, Reminder, RuleRun
from notifications.reminders.rule import Rule, Words
from notifications.telling import keep

FORGET_AFTER = timedelta(days=30)
"""Reminders that fell due longer ago are not even made."""
BATCH = 500
MOST_FORESEEN = 200
"""Of each rule, in a preview."""

log = logging.getLogger(__name__)
Moments = dict[tuple[int, int, int], datetime]

DUE_NOW = """
SELECT found.object_key, found.recipient_id, found.occasion, {due} AS due_at, steps.step
  FROM ({source}) AS found
 CROSS JOIN unnest(%(delays)s::interval[]) WITH ORDINALITY AS steps (delay, step)
 WHERE {due} <= %(at)s
   AND {due} > %(at)s - %(forget_after)s
   {wanted}
"""

MAKE = f"""
INSERT INTO notifications_reminder
       (rule, object_key, recipient_id, due_at, step, status, made_at, why)
SELECT %(rule)s, due.object_key, due.recipient_id, due.due_at, due.step, 'due', %(at)s, ''
  FROM ({DUE_NOW}) AS due
 WHERE NOT EXISTS (
       SELECT FROM notifications_reminder AS made
        WHERE made.rule = %(rule)s
          AND made.object_key = due.object_key
          AND made.recipient_id = due.recipient_id
          AND made.step = due.step
          AND made.due_at >= due.occasion
          AND made.status <> 'silent')
    ON CONFLICT (rule, object_key, recipient_id, due_at) DO UPDATE
       SET status = 'due', settled_at = NULL, why = ''
     WHERE notifications_reminder.status = 'silent'
"""  # noqa: S608 - made of constants
"""One that was dropped as no longer true, and is true again at the same moment, is due again."""
DUE = "found.since + steps.delay"
DUE_BY_CALENDAR = "(found.since AT TIME ZONE found.zone + steps.delay) AT TIME ZONE found.zone"

WANTED = """AND NOT EXISTS (
       SELECT FROM notifications_reminderswitch AS switch
        WHERE switch.company_id = found.company_id AND switch.rule = %(rule)s)"""
"""Of an optional rule: the company has not switched it off."""

NOTE = """
INSERT INTO notifications_rulerun AS run
       (rule, swept_at, made, told, stale, silent, error)
SELECT one.rule, %(at)s, one.made, one.told, one.stale, one.silent, ''
  FROM jsonb_to_recordset(%(rows)s::jsonb)
       AS one (rule text, made int, told int, stale int, silent int)
    ON CONFLICT (rule) DO UPDATE SET
       swept_at = greatest(run.swept_at, excluded.swept_at),
       made = run.made + excluded.made,
       told = run.told + excluded.told,
       stale = run.stale + excluded.stale,
       silent = run.silent + excluded.silent
"""

STILL_TRUE = """
SELECT found.object_key, found.recipient_id, steps.step, {due}
  FROM ({source}) AS found
 CROSS JOIN unnest(%(delays)s::interval[]) WITH ORDINALITY AS steps (delay, step)
 WHERE found.object_key = ANY(%(keys)s)
   AND found.recipient_id = ANY(%(people)s)
   {wanted}
"""

SETTLE = """
UPDATE notifications_reminder AS reminder
   SET status = one.status, why = one.why, notice_id = one.notice_id, settled_at = %(at)s
  FROM unnest(%(keys)s::bigint[], %(statuses)s::text[], %(whys)s::text[], %(notices)s::bigint[])
       AS one (id, status, why, notice_id)
 WHERE reminder.id = one.id
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
        except Exception as error:
            log.exception("reminder rule %s failed", rule.name)
            _note_failure(rule, error, at=at)
            continue
        outcomes.append(outcome)
    _note(outcomes, at=at)
    return outcomes


def _note(outcomes: Sequence[Outcome], *, at: datetime) -> None:
    """Add to what is known of each rule, in one statement whoever else sweeps."""
    rows = [asdict(one) for one in sorted(outcomes, key=lambda one: one.rule)]
    with connection.cursor() as cursor:
        cursor.execute(NOTE, {"rows": json.dumps(rows), "at": at})


def _note_failure(rule: Rule, error: Exception, *, at: datetime) -> None:
    said = f"{type(error).__name__}: {error}"[:300]
    RuleRun.objects.update_or_create(
        rule=rule.name,
        defaults={"failed_at": at, "error": said},
        create_defaults={"failed_at": at, "error": said, "swept_at": at},
    )


@dataclass(frozen=True)
class Foreseen:
    """One reminder that would be told."""

    rule: Rule
    recipient: User
    due_at: datetime
    words: Words


def preview(rules: Iterable[Rule], *, since: datetime, at: datetime) -> list[Foreseen]:
    """What sweeps between the two moments would tell if nothing else happened until then.

    Everything is made as at ``at`` and rolled back; nothing is told, and nothing stays.
    """
    found: list[Foreseen] = []
    with transaction.atomic():
        for rule in rules:
            make(rule, at=at)
            rows = Reminder.objects.filter(
                rule=rule.name, status=Reminder.Status.DUE, due_at__gt=since, due_at__lte=at
            ).select_related("recipient").order_by("due_at", "pk")[:MOST_FORESEEN]  # fmt: skip
            subjects = rule.load({row.object_key for row in rows})
            for row in rows:
                words = rule.write(subjects[row.object_key], row.recipient, row.step)
                found.append(Foreseen(rule, row.recipient, row.due_at, words))
        transaction.set_rollback(True)
    return sorted(found, key=lambda one: one.due_at)


def make(rule: Rule, *, at: datetime) -> int:
    """Insert the reminders now due and not yet made, in one statement; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(_written(MAKE, rule), _values(rule, at))
        return int(cursor.rowcount)


def due_of(rule: Rule, *, at: datetime) -> tuple[str, dict[str, Any]]:
    """The statement that reads what is due, made or not, and its values."""
    return _written(DUE_NOW, rule), _values(rule, at)


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
    moments = _still_true(rule, due, at=at)
    for reminder in due:
        reminder.status, reminder.why = _verdict(rule, reminder, moments, at=at)
    told = [reminder for reminder in due if reminder.status == Reminder.Status.TOLD]
    _tell(rule, told, at=at)
    _keep_settled(due, at=at)
    outcome.told += len(told)
    outcome.stale += sum(reminder.status == Reminder.Status.STALE for reminder in due)
    outcome.silent += sum(reminder.status == Reminder.Status.SILENT for reminder in due)
    return len(due)


def _keep_settled(settled: Sequence[Reminder], *, at: datetime) -> None:
    """All of them in one statement; ``bulk_update`` takes forty times as long to write it."""
    values: dict[str, Any] = {
        "keys": [one.pk for one in settled],
        "statuses": [str(one.status) for one in settled],
        "whys": [one.why for one in settled],
        "notices": [one.notice_id for one in settled],
        "at": at,
    }
    with connection.cursor() as cursor:
        cursor.execute(SETTLE, values)


def _still_true(rule: Rule, due: Sequence[Reminder], *, at: datetime) -> Moments:
    """When each reminder falls due, by object, recipient and step, as the source sees it now."""
    keys, people = {one.object_key for one in due}, {one.recipient_id for one in due}
    with connection.cursor() as cursor:
        values = {**_values(rule, at), "keys": list(keys), "people": list(people)}
        cursor.execute(_written(STILL_TRUE, rule), values)
        return {(key, person, step): due for key, person, step, due in cursor.fetchall()}


def _verdict(
    rule: Rule, reminder: Reminder, moments: Moments, *, at: datetime
) -> tuple[Reminder.Status, str]:
    """What becomes of a reminder, and why where it is dropped."""
    about = reminder.object_key, reminder.recipient_id
    due = moments.get((*about, reminder.step))
    if due is None:
        return Reminder.Status.SILENT, "What it is about is done, held or gone."
    if due != reminder.due_at:
        return Reminder.Status.SILENT, "It falls due at another moment now."
    following = moments.get((*about, reminder.step + 1))
    if following is not None and following <= at:
        return Reminder.Status.STALE, "The next one of the same was due already."
    late = at - reminder.due_at
    if late > rule.stale_after:
        hours = int(late.total_seconds() // 3600)
        return (
            Reminder.Status.STALE,
            f"It was {hours} hours late; {rule.at_the_latest} is the most.",
        )
    return Reminder.Status.TOLD, ""


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


def _written(statement: str, rule: Rule) -> str:
    return statement.format(
        source=rule.source,
        due=DUE_BY_CALENDAR if rule.by_calendar else DUE,
        wanted=WANTED if rule.optional else "",
    )


def _values(rule: Rule, at: datetime) -> dict[str, Any]:
    given = {
        "rule": rule.name,
        "delays": list(rule.delays),
        "first_delay": rule.delays[0],
        "forget_after": FORGET_AFTER,
        "horizon": at - FORGET_AFTER - rule.delays[-1],
    }
    zones = {"zones": _zones()} if rule.by_calendar else {}
    return {**rule.params, **given, **zones, "at": at}


@cache
def _zones() -> list[str]:
    """The time zones that the database knows."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM pg_timezone_names ORDER BY name")
        return [name for (name,) in cursor.fetchall()]
