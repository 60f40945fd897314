"""The calendar of a team that works by day, Monday to Friday, in New York."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time
from typing import Any

from escalations.models import Office

MONDAY_TO_FRIDAY = range(5)


def office(
    *,
    opens: time = time(9, 0),
    closes: time | None = time(17, 0),
    days: Sequence[int] = MONDAY_TO_FRIDAY,
    holidays: Sequence[date] = (),
    **spans: Any,
) -> Office:
    made = Office.objects.create(**spans)
    for day in days:
        made.days.create(weekday=day, opens=opens, closes=closes)
    for day in holidays:
        made.holidays.create(on=day, name="Holiday")
    return made
