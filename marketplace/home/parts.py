"""What the home pages are made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Aggregate, Count, QuerySet, Subquery
from django.urls import reverse

from accounts.actors import Actor
from conduct import acceptance


@dataclass(frozen=True, slots=True)
class Tile:
    """A figure with its next step."""

    label: str
    value: str
    href: str
    action: str
    tone: str = "neutral"
    icon: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that waits for this person: what it is about, how long already, and the act."""

    url: str
    title: str
    sub: str
    act: str
    tone: str = "info"
    amount: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """A line of a newcomer's checklist."""

    label: str
    done: bool
    url: str
    action: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Home:
    """A home page; ``steps`` are for newcomers, ``more`` is what only one role shows."""

    tiles: list[Tile] = field(default_factory=list)
    needs: list[Need] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    more: dict[str, Any] = field(default_factory=dict)


def figure(rows: QuerySet[Any, Any], group: str, aggregate: Aggregate) -> Subquery:
    """One aggregate over rows that share ``group``, as a column of another statement."""
    return Subquery(rows.order_by().values(group).annotate(figure=aggregate).values("figure"))


def number(rows: QuerySet[Any, Any], group: str) -> Subquery:
    return figure(rows, group, Count("pk"))


def plural(count: int, one: str, many: str = "") -> str:
    """``1 draft``, ``3 drafts``."""
    return f"{count} {one if count == 1 else many or one + 's'}"


def unanswered(count: int | None) -> Tile | None:
    """Messages that wait for this side's answer, the same for both sides."""
    if not count:
        return None
    return Tile(
        "Unanswered messages",
        str(count),
        f"{reverse('messaging:inbox')}?show=waiting",
        "Answer them",
        tone="warning",
        icon="messages-square",
    )


def guidelines(actor: Actor, note: str, *, at: datetime) -> Step:
    """The first step of every newcomer (one query)."""
    return Step(
        "Read and accept the guidelines",
        not acceptance.outstanding(actor, at=at),
        reverse("conduct:accept"),
        "Read them",
        note,
    )
