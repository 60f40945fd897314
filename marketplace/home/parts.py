"""What the home pages are made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Aggregate, Count, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse

from accounts.actors import Actor
from conduct import acceptance
from escalations.models import Case, Side
from escalations.states import CLOSED, CaseStatus
from scorecards import listing

MOST_TO_RATE = 3


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


def case_figures(side: Side) -> dict[str, Subquery]:
    """Open cases of a company or worker, and those that wait for its answer."""
    owner = str(side.value)
    waiting = {
        Side.COMPANY: CaseStatus.WAITING_CLIENT,
        Side.WORKER: CaseStatus.WAITING_WORKER,
    }[side]
    proposed = Q(status=CaseStatus.PROPOSED, proposals__ended_at=None) & Q(
        **{f"proposals__{owner}_answer": ""}
    )
    mine = Case.objects.filter(**{owner: OuterRef("pk")})
    return {
        "open_cases": number(mine.exclude(status__in=CLOSED), owner),
        "cases_waiting": number(mine.filter(Q(status=waiting) | proposed), owner),
    }


def cases(facts: dict[str, Any]) -> Tile | None:
    """Cases that wait for this side, else those that are open, the same for both sides."""
    waiting, count = facts["cases_waiting"], facts["open_cases"]
    if not count:
        return None
    return Tile(
        "Cases waiting for you" if waiting else "Open cases",
        str(waiting or count),
        f"{reverse('escalations:cases')}?show=open",
        "Answer now" if waiting else "See where they stand",
        tone="warning" if waiting else "neutral",
        icon="scale",
    )


def waiting_for_rating(actor: Actor, *, at: datetime) -> list[dict[str, str]]:
    """The latest ended work that the actor may rate, with the page that does it."""
    rows = listing.waiting_for(actor, at=at).prefetch_related(None)
    return [
        {
            "url": reverse("scorecards:rate", args=[row.reference]),
            "title": row.title,
            "about": str(row.company if actor.is_worker else row.worker),
        }
        for row in rows.order_by("-ended_at", "-pk")[:MOST_TO_RATE]
        if actor.can("scorecards.rate", row)
    ]


def guidelines(actor: Actor, *, at: datetime) -> Step:
    """The first step of every newcomer (one query)."""
    texts = len(acceptance.outstanding(actor, at=at))
    return Step(
        "Read and accept the guidelines",
        not texts,
        reverse("conduct:accept"),
        f"{plural(texts, 'short text')}, once." if texts else "",
    )
