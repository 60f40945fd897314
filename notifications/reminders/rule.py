"""What a reminder rule declares."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db.models import Model
from django.urls import reverse

from accounts.models import User
from assignments.models import Assignment
from notifications.people import WORKS

NOT_HELD = """NOT EXISTS (
       SELECT FROM assignments_hold AS hold
        WHERE hold.assignment_id = work.id AND hold.released_at IS NULL)"""
"""No hold stands on ``work``, neither of a dispute nor of the schedule."""
NOT_DISPUTED = """NOT EXISTS (
       SELECT FROM assignments_hold AS hold
        WHERE hold.assignment_id = work.id
          AND hold.kind = 'dispute'
          AND hold.released_at IS NULL)"""
"""No dispute holds ``work``."""
UNDER_DISPUTE = """(
       SELECT coalesce(sum(hold.released_at - greatest(hold.placed_at, {since})), interval '0')
         FROM assignments_hold AS hold
        WHERE hold.assignment_id = work.id
          AND hold.kind = 'dispute'
          AND hold.released_at > {since})"""
"""How long disputes held ``work`` since that moment; none that still does is counted."""
ENDED = """CROSS JOIN LATERAL (
       SELECT coalesce(work.approved_at, work.cancelled_at) AS at) AS ended"""
"""From when on ``work`` can be rated, as ``scorecards.rating.ended`` has it."""
ENDED_LATELY = """(work.status IN ('invoiced', 'paid')
        AND work.approved_at > %(at)s - interval '30 days'
        OR work.status = 'cancelled'
        AND work.cancelled_at > %(at)s - interval '30 days'
        AND ended.at > %(at)s - interval '30 days')"""
"""Each half by an index of its own."""
ZONE = "CASE WHEN person.time_zone = ANY(%(zones)s) THEN person.time_zone ELSE 'UTC' END"
"""Where ``person`` lives; a zone that the database does not know would fail the whole sweep."""
AT_NINE = f"({{day}} + time '09:00') AT TIME ZONE {ZONE}"
"""Nine in the morning of that day, where ``person`` lives."""


@dataclass(frozen=True)
class Words:
    """What a reminder says to one recipient, and where it leads."""

    title: str
    body: str
    url: str
    action: str
    acting_as: str
    reason: str


def to_worker(assignment: Assignment, *, title: str, body: str, page: str, action: str) -> Words:
    """Words to the worker of an assignment, leading to one of its pages."""
    return Words(
        title=title,
        body=body,
        url=reverse(page, args=[assignment.reference]),
        action=action,
        acting_as="worker",
        reason=WORKS,
    )


@dataclass(frozen=True)
class Rule:
    """One rule: what is true now, to whom it matters, after which delays it is said.

    ``source`` is the SELECT of what is true at ``%(at)s``, with four columns:

    - ``object_key``, ``recipient_id``: what it is about, and who is reminded;
    - ``occasion``: the moment this occasion began, which tells a second one from the first;
    - ``since``: where the clock starts; later than ``occasion`` by the time spent on hold.

    A clock that started before ``%(horizon)s`` can have nothing due that is not forgotten.

    The n-th reminder is due at ``since`` plus the n-th delay, and is dropped when it is told
    later than ``stale_after`` or when the next one is due already. An object that a hold
    silences is simply not in the source.

    ``label``, ``to``, ``clock`` and ``silent`` say in words what is due, to whom, where the
    clock starts and what silences it; ``sides``, in which capacity. A notice may be read days
    later: its words name dates and say "more than" of what goes on, so that they stay true.

    An ``optional`` rule can be switched off by a company; its source has a further column,
    ``company_id``. One that goes ``by_calendar`` counts its delays by the days of ``zone``,
    another column, so that summer time does not move its hour; ``occasion`` knows no zone then,
    so that somebody who moves is told once.
    """

    name: str
    label: str
    to: str
    sides: tuple[str, ...]
    source: str
    clock: str
    silent: str
    delays: tuple[timedelta, ...]
    stale_after: timedelta
    load: Callable[[Collection[int]], dict[int, Any]]
    write: Callable[[Any, User, int], Words]
    params: dict[str, Any] = field(default_factory=dict)
    by_mail: bool = True
    optional: bool = False
    by_calendar: bool = False

    @property
    def kind(self) -> str:
        return f"reminder.{self.name}"

    @property
    def at_the_latest(self) -> str:
        return span_words(self.stale_after)


def loader(model: type[Model], *related: str) -> Callable[[Collection[int]], dict[int, Any]]:
    """Reads the objects of a rule by key, in one query."""

    def load(keys: Collection[int]) -> dict[int, Any]:
        return model._default_manager.select_related(*related).in_bulk(list(keys))

    return load


def hours(*numbers: int) -> tuple[timedelta, ...]:
    return tuple(timedelta(hours=number) for number in numbers)


def days(*numbers: int) -> tuple[timedelta, ...]:
    return tuple(timedelta(days=number) for number in numbers)


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
