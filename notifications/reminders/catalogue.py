"""The rules in words: what is due, to whom, when, and what silences it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count

from notifications.models import Reminder, ReminderSwitch, RuleRun
from notifications.reminders import RULES
from notifications.reminders.rule import Rule, span_words

HEAD = """# Reminders

Written from `notifications/reminders/` by `manage.py write_notices`; a test keeps this page in
step. A rule looks at what is true now, never at "since the last run": each is one statement that
makes the reminders that are due and not made yet (`sweeping.py`). A reminder is told once, in the
app and by mail. It is dropped as too late when it would be told later than its last column says,
or when the next one is due already; and as no longer true when what it is about was done
meanwhile. After downtime each missed reminder is told once at most. The reminders in the admin say
why each was dropped.

| what is due | who is reminded | the clock starts | after | silent | told at the latest |
| --- | --- | --- | --- | --- | --- |
"""
TAIL = """
A company can switch off what is marked with an asterisk (*Settings, Reminders*). Staff see each
rule's last sweep and its figures in the admin, and what would be told until a later moment;
`manage.py send_reminders --at MOMENT` sweeps as of one.
"""


@dataclass(frozen=True)
class Entry:
    """One rule as it is shown, with what is known of its sweeps and its switch."""

    rule: Rule
    run: RuleRun | None = None
    due: int = 0
    is_on: bool = True

    @property
    def after(self) -> str:
        return ", ".join(span_words(delay) for delay in self.rule.delays)


def of_staff() -> list[Entry]:
    """Every rule with its last sweep, and how many it made that are not told yet."""
    runs = {run.rule: run for run in RuleRun.objects.all()}
    waiting = Reminder.objects.filter(status=Reminder.Status.DUE).values_list("rule")
    due = dict(waiting.annotate(Count("pk")).order_by())
    return [Entry(rule, runs.get(rule.name), due.get(rule.name, 0)) for rule in RULES]


def of_company(company: int) -> list[Entry]:
    """The rules that concern a company or those who work for it, with its switches."""
    off = set(ReminderSwitch.objects.filter(company=company).values_list("rule", flat=True))
    return [
        Entry(rule, is_on=rule.name not in off)
        for rule in RULES
        if not rule.name.startswith("case")
    ]


def page() -> str:
    """``docs/reminders.md`` as it must stand."""
    rows = [
        f"| {one.rule.label}{' *' * one.rule.optional} | {one.rule.to} | {one.rule.clock} "
        f"| {one.after} | {one.rule.silent} | {one.rule.at_the_latest} |"
        for one in map(Entry, RULES)
    ]
    return HEAD + "\n".join(rows) + "\n" + TAIL
