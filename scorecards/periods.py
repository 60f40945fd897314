"""The windows of the scorecards, and calendar months."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.conf import settings

from scorecards.models import Window

TREND_MONTHS = 6
"""How many calendar months a trend goes back, this one included."""


def since(window: str, at: datetime) -> datetime | None:
    """From when on rows count in a window; None for all time."""
    if window == Window.ALL_TIME:
        return None
    return at - timedelta(days=settings.SCORECARD_WINDOW_DAYS)


def months_before(at: datetime, count: int) -> list[datetime]:
    """The starts of the last calendar months (UTC), this one last."""
    year, month = at.astimezone(UTC).year, at.astimezone(UTC).month
    starts = []
    for _ in range(count):
        starts.append(datetime(year, month, 1, tzinfo=UTC))
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
    return starts[::-1]


def month_name(start: datetime) -> str:
    """By which a trend keeps the figure of a month: ``2026-11``."""
    return f"{start:%Y-%m}"


def trend_of(kept: dict[str, float], at: datetime) -> list[float]:
    """A kept trend as it stands at ``at``: the months that have a figure, oldest first."""
    names = [month_name(start) for start in months_before(at, TREND_MONTHS)]
    return [kept[name] for name in names if name in kept]
