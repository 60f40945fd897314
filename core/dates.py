"""Moments in words: a zone is always named, and a second line says how far away it is."""

from datetime import UTC, date, datetime, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.dateformat import format as date_format

FULL = "D, M j, Y, g:i A"
SHORT = "M j, g:i A"
DATE = "D, M j, Y"
TIME = "g:i A"
STYLES = {"full": FULL, "short": SHORT, "date": DATE, "time": TIME}

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


def moment_words(moment: datetime, zone: str | tzinfo | None = None, style: str = "full") -> str:
    """``Tue, Nov 24, 2026, 9:00 AM CST``; dates alone carry no zone."""
    local = moment.astimezone(zone_of(zone))
    words = date_format(local, STYLES[style])
    return words if style == "date" else f"{words} {zone_word(local)}"


def range_words(start: datetime, end: datetime, zone: str | tzinfo | None = None) -> str:
    """A span with what both ends share said once."""
    place = zone_of(zone)
    first, last = start.astimezone(place), end.astimezone(place)
    if first.date() == last.date():
        return f"{date_format(first, FULL)} to {date_format(last, TIME)} {zone_word(last)}"
    return f"{date_format(first, FULL)} to {date_format(last, FULL)} {zone_word(last)}"


def relative_words(moment: datetime, now: datetime) -> str:
    """``in 2 days``, ``3 hours ago``, ``just now``."""
    seconds = (moment - now).total_seconds()
    size = abs(seconds)
    if size < MINUTE:
        return "just now"
    for limit, unit, word in STEPS:
        if size < limit:
            count = max(1, round(size / unit))
            break
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
