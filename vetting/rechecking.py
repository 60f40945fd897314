"""Asking the members of a group anew what it asks: who lacks something lapses, who had lapsed
and lacks nothing is back, and the day on which a member is going to lapse is foreseen.

Set-based: the statements are counted by groups, not by workers. Once a night every group is
asked (``sweep``); in between, a group or single workers when something happened
(``vetting.reactions``).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from functools import reduce
from operator import and_
from typing import Any

from django.db import transaction
from django.db.models import Case, DateField, Exists, OuterRef, Q, QuerySet, Value, When

from accounts.actors import SYSTEM
from accounts.models import WorkerProfile
from vetting.models import Group, GroupMembership
from vetting.moving import locked, on_of, tell
from vetting.requirements import registry, screening
from vetting.requirements.registry import On
from vetting.states import MOVES, Membership

AHEAD = 30
"""Days by which a lapse is foreseen; reminders fall due on some of them."""

NIGHT = time(8, 0)
"""In UTC: the small hours from New York to Honolulu."""

MOST_GROUPS = 2_000
"""A sweep ends after so many groups; the next one goes on."""

Rows = QuerySet[GroupMembership, GroupMembership]
LAPSED = "No longer meets what the group asks"


def sweep(*, at: datetime) -> int:
    """Ask every group that was not asked since the night began; returns how many.

    Each is one transaction over a row that nobody else holds: stopped in the middle, the
    sweep goes on with the rest when it runs next, and two of them share the groups.
    """
    asked = 0
    while asked < MOST_GROUPS and _sweep_next(at):
        asked += 1
    return asked


def night_before(at: datetime) -> datetime:
    """When the last night's check was due."""
    tonight = datetime.combine(at.date(), NIGHT, tzinfo=at.tzinfo)
    return tonight if tonight <= at else tonight - timedelta(days=1)


@transaction.atomic
def _sweep_next(at: datetime) -> bool:
    due = Q(checked_at=None) | Q(checked_at__lt=night_before(at))
    rows = Group.objects.current().filter(due, requirement_set__isnull=False)
    group = (
        rows.select_for_update(skip_locked=True, of=("self",), no_key=True)
        .order_by("checked_at", "pk")
        .first()
    )
    if group is None:
        return False
    recheck(group, at=at)
    return True


@transaction.atomic
def recheck(group: Group, *, at: datetime, workers: Collection[int] | None = None) -> int:
    """Ask all members and lapsed, or those of these workers; returns how many were moved.

    An archived group is left alone: nobody joins it, and nobody leaves it unasked.
    """
    group = locked(group)
    if group.archived_at is not None:
        return 0
    rows = GroupMembership.objects.filter(group=group)
    if workers is not None:
        rows = rows.filter(worker__in=workers)
    meets = Q(Exists(_who_meet(group, at).filter(pk=OuterRef("worker"))))
    moved = _move(group, rows.filter(~meets, status=Membership.MEMBER), "lapse", at)
    moved += _move(group, rows.filter(meets, status=Membership.LAPSED), "come_back", at)
    foresee(group, rows.filter(status=Membership.MEMBER), at)
    if workers is None:
        Group.objects.filter(pk=group.pk).update(checked_at=at)
    return moved


def recheck_workers(workers: Collection[int], *, at: datetime, company: int | None = None) -> int:
    """Ask these workers in every group they are in, or have lapsed from, and that asks anything.

    ``company`` narrows it to the groups of one.
    """
    rows = Group.objects.current().filter(
        requirement_set__isnull=False,
        memberships__worker__in=workers,
        memberships__status__in=(Membership.MEMBER, Membership.LAPSED),
    )
    if company is not None:
        rows = rows.filter(company=company)
    return sum(recheck(group, at=at, workers=workers) for group in rows.order_by("pk").distinct())


def _who_meet(group: Group, at: datetime) -> QuerySet[WorkerProfile, WorkerProfile]:
    sets = [group.requirement_set] if group.requirement_set else []
    return screening.qualified(WorkerProfile.objects.all(), sets, on_of(group, at))


def _move(group: Group, rows: Rows, move: str, at: datetime) -> int:
    """Move every row by this move: one read, one write, and the events that name them."""
    found = list(rows.order_by("pk").values_list("pk", "worker__reference"))
    if not found:
        return 0
    target = MOVES[move].target
    facts: dict[str, Any] = {"status": target, "changed_at": at, "changed_by": None}
    lapse = target == Membership.LAPSED
    facts |= {"reason": LAPSED if lapse else "", "lapses_on": None, "asks_exception": False}
    GroupMembership.objects.filter(pk__in=[key for key, _ in found]).update(**facts)
    tell(group, move, [reference for _, reference in found], by=SYSTEM, at=at)
    return len(found)


def foresee(group: Group, members: Rows, at: datetime) -> None:
    """Write down on which of the coming days each of these members is going to lapse.

    Only what looks at the day can be foreseen; where nothing does, nothing is asked.
    """
    day = at.date()
    if not any("day" in kind.asks for kind, _ in _asked(group)):
        members.exclude(lapses_on=None).update(lapses_on=None)
        return
    last = Q(Exists(_who_meet_on(group, at, day + timedelta(days=AHEAD))))
    passing = screening.overrides([group.requirement_set], on_of(group, at)).values("worker")  # type: ignore[list-item]
    lapsing = members.filter(~last).exclude(worker__in=passing)
    keys = list(lapsing.values_list("pk", flat=True))
    members.exclude(lapses_on=None).exclude(pk__in=keys).update(lapses_on=None)
    coming = (day + timedelta(days=n) for n in range(1, AHEAD + 1))
    first = Case(
        *(When(~Exists(_who_meet_on(group, at, one)), then=Value(one)) for one in coming),
        output_field=DateField(),
    )
    if keys:
        GroupMembership.objects.filter(pk__in=keys).update(lapses_on=first)


def _asked(group: Group) -> list[tuple[registry.Kind, registry.Values]]:
    if group.requirement_set is None:
        return []
    rows = group.requirement_set.requirements.all()
    return [(registry.kind(row.kind), row.values) for row in rows]


def _who_meet_on(group: Group, at: datetime, day: date) -> QuerySet[WorkerProfile, WorkerProfile]:
    """Who will meet on that day what looks at the day."""
    on = On(company=group.company, at=at, day=day)
    parts = (kind.condition(values, on) for kind, values in _asked(group) if "day" in kind.asks)
    people = WorkerProfile.objects.filter(pk=OuterRef("worker"))
    return people.filter(reduce(and_, parts, Q()))
