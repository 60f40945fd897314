"""Moments in words: a zone is always named, and a second line says how far away it is."""

from datetime import UTC, date, datetime, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.utils import timezone

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

MINUTE, HOUR, DAY = 60, 3600, 86400
STEPS = (
    (45 * MINUTE, MINUTE, "minute"),
    (36 * HOUR, HOUR, "hour"),
    (14 * DAY, DAY, "day"),
    (60 * DAY, 7 * DAY, "week"),
    (700 * DAY, 30 * DAY, "month"),
    (float("inf"), 365 * DAY, "year"),
)


@lru_cache(maxsize=256)
def _zone_named(name: str) -> tzinfo:
    return ZoneInfo(name)


def zone_of(zone: str | tzinfo | None) -> tzinfo:
    """The zone given by name or object; without one, the zone of the reader."""
    if not zone:
        return timezone.get_current_timezone()
    return _zone_named(zone) if isinstance(zone, str) else zone


def zone_word(moment: datetime) -> str:
    """Short name of the zone a moment is written in: ``CST``, or ``UTC+3`` where none exists."""
    name = moment.tzname() or ""
    if name and name[0] in "+-":
        sign, hours, minutes = name[0], name[1:3].lstrip("0") or "0", name[3:5]
        return f"UTC{sign}{hours}" + (f":{minutes}" if minutes and minutes != "00" else "")
    return name


def date_words(day: date) -> str:
    """``Tue, Nov 24, 2026``."""
    return f"{WEEKDAYS[day.weekday()]}, {MONTHS[day.month]} {day.day}, {day.year}"


def time_words(moment: datetime) -> str:
    """``9:00 AM``, in the zone the moment is in."""
    half = "AM" if moment.hour < 12 else "PM"
    return f"{moment.hour % 12 or 12}:{moment.minute:02} {half}"


def moment_words(moment: datetime, zone: str | tzinfo | None = None, style: str = "full") -> str:
    """``Tue, Nov 24, 2026, 9:00 AM CST``; a date alone carries no zone.

    Styles: ``full``, ``short`` (no weekday, no year), ``date``, ``time``.
    """
    local = moment.astimezone(zone_of(zone))
    if style == "date":
        return date_words(local)
    time = f"{time_words(local)} {zone_word(local)}"
    if style == "time":
        return time
    if style == "short":
        return f"{MONTHS[local.month]} {local.day}, {time}"
    return f"{date_words(local)}, {time}"


def range_words(start: datetime, end: datetime, zone: str | tzinfo | None = None) -> str:
    """A span with what both ends share said once."""
    place = zone_of(zone)
    first, last = start.astimezone(place), end.astimezone(place)
    begin, close = f"{date_words(first)}, {time_words(first)}", time_words(last)
    if first.date() != last.date():
        close = f"{date_words(last)}, {close}"
    return f"{begin} to {close} {zone_word(last)}"


def relative_words(moment: datetime, now: datetime) -> str:
    """``in 2 days``, ``3 hours ago``, ``just now``."""
    seconds = (moment - now).total_seconds()
    size = abs(seconds)
    if size < MINUTE:
        return "just now"
    unit, word = next((unit, word) for limit, unit, word in STEPS if size < limit)
    count = max(1, round(size / unit))
    words = f"{count} {word}" + ("" if count == 1 else "s")
    return f"in {words}" if seconds > 0 else f"{words} ago"


def day_words(day: date, today: date) -> str:
    """``today``, ``tomorrow``, ``yesterday``, else as :func:`relative_words`."""
    distance = (day - today).days
    if distance in (-1, 0, 1):
        return ("yesterday", "today", "tomorrow")[distance + 1]
    return relative_words(
        datetime(day.year, day.month, day.day, tzinfo=UTC),
        datetime(today.year, today.month, today.day, tzinfo=UTC),
    )
