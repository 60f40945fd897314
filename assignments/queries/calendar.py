"""Assignments by the days on which they take place, on the wall clock of each site."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from django.db.models import Count, DateField, F, Func, Prefetch, QuerySet
from django.db.models.functions import Cast

from accounts.models import WorkerProfile
from assignments.models import Assignment, WorkDay
from assignments.states import Status

LONGEST = timedelta(days=180)
"""No assignment lasts longer; see ``assignments.forms.posting``."""

MOST = 500
"""Up to here every assignment of a span is printed; beyond it each day says how many."""

PAD = timedelta(days=1)
"""Zones are at most a day apart."""

SHOWN = (
    "reference", "title", "status", "time_zone", "starts_at", "ends_at", "is_window", "on_site",
    "city", "region", "worker__user__full_name", "worker__user__email", "company__name",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Turn:
    """A stretch of an assignment: the whole of it, or one of its days of work."""

    assignment: Assignment
    starts_at: datetime
    ends_at: datetime


@dataclass
class Day:
    """One day of a calendar: what takes place, or how many where there are too many to print."""

    on: date
    turns: list[Turn] = field(default_factory=list)
    count: int = 0


def of_company(rows: QuerySet[Assignment, Assignment]) -> QuerySet[Assignment, Assignment]:
    """Of the rows of a board, those that have a place in a calendar."""
    return rows.exclude(status__in=[Status.VOIDED, Status.CANCELLED])


def of_worker(worker: WorkerProfile | int) -> QuerySet[Assignment, Assignment]:
    """What a worker is assigned to, done work included."""
    return Assignment.objects.filter(worker=worker).exclude(status=Status.CANCELLED)


def days_between(
    rows: QuerySet[Assignment, Assignment], first: date, last: date
) -> tuple[list[Day], bool]:
    """Every day from first to last, and whether all assignments stand under their days.

    An assignment of several days stands under each on which there is work. Two queries.
    """
    days = {
        first + timedelta(days=n): Day(first + timedelta(days=n))
        for n in range((last - first).days + 1)
    }
    begin = datetime.combine(first, time(), UTC) - PAD
    end = datetime.combine(last, time(), UTC) + 2 * PAD
    within = rows.filter(starts_at__lt=end, starts_at__gt=begin - LONGEST, ends_at__gt=begin)
    found = list(
        within.select_related(None)
        .select_related("worker__user", "company")
        .defer(None)
        .only(*SHOWN)
        .prefetch_related(DAYS)
        .order_by("starts_at", "pk")[: MOST + 1]
    )
    if len(found) > MOST:
        _count(days, within)
        return list(days.values()), False
    for turn in (turn for row in found for turn in turns_of(row)):
        for on in days_of(turn):
            if on in days:
                days[on].turns.append(turn)
                days[on].count += 1
    for day in days.values():
        day.turns.sort(key=lambda turn: (turn.starts_at, turn.assignment.pk))
    return list(days.values()), True


DAYS = Prefetch("work_days", WorkDay.objects.order_by("starts_at"))


def turns_of(assignment: Assignment) -> list[Turn]:
    """Each day of work where there are several, else the one stretch."""
    days = [Turn(assignment, day.starts_at, day.ends_at) for day in assignment.work_days.all()]
    return days or [Turn(assignment, assignment.starts_at, assignment.ends_at)]


def days_of(turn: Turn) -> Iterable[date]:
    """The days on the site's calendar that a stretch touches; its last moment is outside."""
    zone = turn.assignment.zone
    first = turn.starts_at.astimezone(zone).date()
    last = (turn.ends_at - timedelta(microseconds=1)).astimezone(zone).date()
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def _count(days: dict[date, Day], within: QuerySet[Assignment, Assignment]) -> None:
    """How many begin on each day."""
    local = Func(F("time_zone"), F("starts_at"), function="timezone")
    begun = (
        within.annotate(on=Cast(local, DateField()))
        .order_by()
        .values_list("on")
        .annotate(Count("pk"))
    )
    for on, count in begun:
        if on in days:
            days[on].count = count


FEED_BACK = timedelta(days=90)
FEED_AHEAD = timedelta(days=400)
FEED_MOST = 1_000


def for_feed(rows: QuerySet[Assignment, Assignment], *, at: datetime) -> list[Assignment]:
    """What a calendar program is told: the last three months and the year ahead."""
    span = rows.filter(starts_at__gte=at - FEED_BACK, starts_at__lt=at + FEED_AHEAD)
    return list(
        span.exclude(status=Status.DRAFT)
        .select_related("company", "worker__user")
        .defer("description", "special_instructions", "search", "resolution")
        .prefetch_related(DAYS)
        .order_by("-starts_at", "-pk")[:FEED_MOST]
    )
