"""When the work is done: a fixed time, a window, or several days, on the clock of the site."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from assignments.models import Assignment, WorkDay
from core.dates import moment_words, range_words, zone_of
from core.wall_clock import moved, on_wall

MOST_DAYS = 60


@dataclass(frozen=True, order=True)
class Day:
    """One day of work."""

    starts_at: datetime
    ends_at: datetime


def days_of(assignment: Assignment) -> tuple[Day, ...]:
    """The days in their order; none where the work is not divided into days (one query)."""
    rows = assignment.work_days.order_by("starts_at", "pk")
    return tuple(Day(row.starts_at, row.ends_at) for row in rows)


def write_days(assignment: Assignment, days: Sequence[Day]) -> None:
    """Replace the days; the caller sets start, end and ``day_count`` by ``span_of``."""
    assignment.work_days.all().delete()
    WorkDay.objects.bulk_create(
        WorkDay(assignment=assignment, starts_at=day.starts_at, ends_at=day.ends_at)
        for day in sorted(days)
    )


def span_of(days: Iterable[Day]) -> tuple[datetime, datetime]:
    """The start of the first day and the end of the last."""
    ordered = sorted(days)
    return ordered[0].starts_at, ordered[-1].ends_at


def move_to(
    assignment: Assignment, starts_at: datetime, ends_at: datetime | None = None
) -> tuple[str, ...]:
    """Give the locked assignment another start: every day of work moves with it.

    The days keep their distances and times of day on the site's clock, whatever the clocks do
    in between; ``ends_at`` counts only where there are no days, and without it the length
    stays. Returns the names of the fields that the caller has to save.
    """
    zone = assignment.time_zone
    by = on_wall(starts_at, zone) - on_wall(assignment.starts_at, zone)
    days = days_of(assignment)
    if days:
        new = [Day(moved(day.starts_at, by, zone), moved(day.ends_at, by, zone)) for day in days]
        new[0] = Day(starts_at, new[0].ends_at)
        write_days(assignment, new)
        starts_at, ends_at = span_of(new)
    assignment.ends_at = ends_at or moved(assignment.ends_at, by, zone)
    assignment.starts_at = starts_at
    return "starts_at", "ends_at"


def when_words(assignment: Assignment) -> str:
    """When it is done, in one line: ``5 days, Mon, Nov 16, 2026, 9:00 AM to …``."""
    words = range_words(assignment.starts_at, assignment.ends_at, assignment.time_zone)
    if assignment.day_count > 1:
        return f"{assignment.day_count} days, {words}"
    return f"Any time {words}" if assignment.is_window else words


def own_time(assignment: Assignment, zone: str) -> str:
    """The start on a reader's own clock, where it shows another time than the site's."""
    there = assignment.starts_at.astimezone(zone_of(assignment.time_zone))
    here = assignment.starts_at.astimezone(zone_of(zone))
    if there.utcoffset() == here.utcoffset():
        return ""
    return f"Starts {moment_words(here, zone)} on your clock"
