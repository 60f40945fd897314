"""What a reminder rule declares."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
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

    The n-th reminder is due at ``since`` plus the n-th delay, and is dropped when it is told
    later than ``stale_after`` or when the next one is due already. An object that a hold
    silences is simply not in the source.

    ``label``, ``to``, ``clock`` and ``silent`` say in words what is due, to whom, where the
    clock starts and what silences it. An ``optional`` rule can be switched off by a company;
    its source has a fifth column, ``company_id``.
    """

    name: str
    label: str
    to: str
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

    @property
    def kind(self) -> str:
        return f"reminder.{self.name}"

    def due_at(self, since: datetime, step: int) -> datetime:
        """When the reminder of this step (the first is 1) falls due."""
        return since + self.delays[step - 1]

    def is_superseded(self, since: datetime, step: int, *, at: datetime) -> bool:
        """Whether the next reminder is due already, so that this one says too little."""
        return step < len(self.delays) and self.due_at(since, step + 1) <= at


def loader(model: type[Model], *related: str) -> Callable[[Collection[int]], dict[int, Any]]:
    """Reads the objects of a rule by key, in one query."""

    def load(keys: Collection[int]) -> dict[int, Any]:
        return model._default_manager.select_related(*related).in_bulk(list(keys))

    return load


def hours(*numbers: int) -> tuple[timedelta, ...]:
    return tuple(timedelta(hours=number) for number in numbers)


def days(*numbers: int) -> tuple[timedelta, ...]:
    return tuple(timedelta(days=number) for number in numbers)
