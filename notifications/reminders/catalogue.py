"""The rules in words: what is due, to whom, when, and what silences it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from notifications.models import ReminderSwitch, RuleRun
from notifications.reminders import RULES
from notifications.reminders.rule import Rule

HEAD = """# Reminders

Written from `notifications/reminders/` by `manage.py write_notices`; a test keeps this page in
step. A rule looks at what is true now, never at "since the last run": each is one statement that
makes the reminders that are due and not made yet (`sweeping.py`). A reminder is told once, in the
app and by mail. It is dropped as too late when it is told later than its last column says, or
when the next one is due already; and as no longer true when what it is about was done meanwhile.
After downtime each missed reminder is told once at most.

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
    is_on: bool = True

    @property
    def after(self) -> str:
        return ", ".join(span_words(delay) for delay in self.rule.delays)

    @property
    def at_the_latest(self) -> str:
        return span_words(self.rule.stale_after)


def span_words(span: timedelta) -> str:
    """``at once``, ``15 minutes``, ``24 hours``, ``3 days``."""
    minutes = int(span.total_seconds() // 60)
    if not minutes:
        return "at once"
    for size, word in ((24 * 60, "day"), (60, "hour")):
        if minutes % size == 0 and minutes // size > (1 if word == "day" else 0):
            count = minutes // size
            return f"{count} {word}{'s' * (count != 1)}"
    return f"{minutes} minutes"


def of_staff() -> list[Entry]:
    """Every rule with its last sweep."""
    runs = {run.rule: run for run in RuleRun.objects.all()}
    return [Entry(rule, run=runs.get(rule.name)) for rule in RULES]


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
        f"| {one.after} | {one.rule.silent} | {one.at_the_latest} |"
        for one in map(Entry, RULES)
    ]
    return HEAD + "\n".join(rows) + "\n" + TAIL
