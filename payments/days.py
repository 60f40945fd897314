"""Which day it is for money: due dates are days of UTC, wherever people are."""

from datetime import UTC, date, datetime


def utc_day(at: datetime) -> date:
    return at.astimezone(UTC).date()
