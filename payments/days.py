"""Which day it is for money: due dates are days of UTC, wherever people are."""

from datetime import UTC, date, datetime


def utc_day(at: datetime) -> date:
    return at.astimezone(UTC).date()


def months_before(day: date, back: int) -> date:
    """The first of the month that lies ``back`` months before that of ``day``."""
    months = day.year * 12 + day.month - 1 - back
    return date(months // 12, months % 12 + 1, 1)
