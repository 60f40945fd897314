"""Hours on a person's own clock: when quiet hours end, and when the digest comes."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfoNotFoundError

from core.dates import zone_of
from notifications.models import Reach

DAY = timedelta(days=1)


def end_of_quiet(reach: Reach | None, zone: str, at: datetime) -> datetime | None:
    """When the quiet hours that ``at`` falls in are over; None outside them.

    They may go over midnight. Where the clocks skip their end it comes an hour later; where it
    comes twice they end the first time, or the second when the first is past.
    """
    if reach is None or reach.quiet_from is None or reach.quiet_until is None:
        return None
    start, end = reach.quiet_from, reach.quiet_until
    local = at.astimezone(known(zone))
    now = local.time()
    over_midnight = start > end
    inside = (now >= start or now < end) if over_midnight else start <= now < end
    if not inside:
        return None
    day = local.date() + DAY if over_midnight and now >= start else local.date()
    return _on_clock(day, end, zone, after=at)


def digest_at(day: date, hour: int, zone: str) -> datetime:
    """That hour of that day where the person lives."""
    return datetime.combine(day, time(hour), known(zone)).astimezone(UTC)


def next_digest_day(hour: int, zone: str, at: datetime) -> date:
    """The day of the first digest after ``at``, as the person counts days."""
    today = at.astimezone(known(zone)).date()
    return today if digest_at(today, hour, zone) > at else today + DAY


def known(zone: str) -> tzinfo:
    """The zone, or UTC where nobody knows it (any more)."""
    try:
        return zone_of(zone)
    except (ZoneInfoNotFoundError, ValueError):
        return zone_of("UTC")


def _on_clock(day: date, clock: time, zone: str, *, after: datetime) -> datetime:
    wall = datetime.combine(day, clock, known(zone))
    first = wall.astimezone(UTC)
    return first if first > after else wall.replace(fold=1).astimezone(UTC)
