"""The dates of a series as they stand: what its rules say, and what became of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from assignments import recurrence, snapshots
from assignments.models import Series, SeriesDate, SeriesPart
from assignments.recurrence import Pattern, Start
from assignments.snapshots import Content

LOOKED_AT = 60
"""Dates ahead that are looked at for the next one due; a moved one is among them."""
OVER_AFTER = timedelta(days=31)
"""Dates further back are over, whatever became of them."""


@dataclass(frozen=True)
class Occurrence:
    """One date of a series: ``on`` by the rule, ``start`` as it stands."""

    on: date
    part: SeriesPart
    start: Start
    row: SeriesDate | None = None

    @property
    def is_skipped(self) -> bool:
        return bool(self.row and self.row.skipped_at)

    @property
    def is_written(self) -> bool:
        return bool(self.row and self.row.made_at)

    @property
    def is_waiting(self) -> bool:
        return not self.is_skipped and not self.is_written

    @property
    def is_moved(self) -> bool:
        return bool(self.row and self.row.moved_to)

    @property
    def content(self) -> Content:
        """The posting of this date, at its time."""
        own = self.row.content if self.row and self.row.content else self.part.content
        return snapshots.moved(own, self.start.at)


@dataclass(frozen=True)
class Plan:
    """A series with its parts and the dates that are more than their rule, read once."""

    series: Series
    parts: Sequence[SeriesPart]
    rows: Mapping[date, SeriesDate]

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.parts[-1].zone)

    def part_on(self, on: date) -> SeriesPart:
        return next((p for p in reversed(self.parts) if p.first_on <= on), self.parts[0])

    def dates(self, after: date | None = None) -> Iterator[date]:
        """Every date of every part, in order, after a day."""
        for part, following in zip(self.parts, [*self.parts[1:], None], strict=True):
            for on in pattern_of(part).dates(after):
                if following and on >= following.first_on:
                    break
                yield on

    def at(self, on: date) -> Occurrence:
        """The occurrence of a date, which may be one that the rule no longer has."""
        part, row = self.part_on(on), self.rows.get(on)
        start = recurrence.start_on(on, part.starts, part.zone)
        if row and row.moved_to:
            start = Start(row.moved_to.astimezone(ZoneInfo(part.zone)))
        return Occurrence(on, part, start, row)

    def has(self, on: date) -> bool:
        return on in self.rows or next(self.dates(on - timedelta(days=1)), None) == on

    def coming(self, *, at: datetime, count: int) -> list[Occurrence]:
        """The next dates from today on, skipped and written ones included."""
        yesterday = at.astimezone(self.zone).date() - timedelta(days=1)
        return [self.at(on) for on in islice(self.dates(yesterday), count)]

    def waiting(self, *, at: datetime) -> list[Occurrence]:
        """The next dates that nobody has skipped and that are not written yet, by start."""
        after = at.astimezone(self.zone).date() - OVER_AFTER
        near = (self.at(on) for on in islice(self.dates(after), LOOKED_AT + OVER_AFTER.days))
        return sorted((one for one in near if one.is_waiting), key=lambda one: one.start.at)

    def due_at(self, *, at: datetime) -> datetime | None:
        """When the next date has to be written: the beginning of a day at the site; None where
        none is to come."""
        waiting = self.waiting(at=at)
        if not waiting:
            return None
        day = waiting[0].start.at.astimezone(self.zone).date()
        return datetime.combine(day - timedelta(days=self.series.days_ahead), time(), self.zone)


def pattern_of(part: SeriesPart) -> Pattern:
    return recurrence.read(part.rule, part.first_on)


def plan_of(series: Series) -> Plan:
    """Two queries."""
    rows = {row.on: row for row in series.dates.select_related("assignment")}
    return Plan(series, list(series.parts.order_by("first_on")), rows)


def next_starts(pattern: Pattern, starts: time, zone: str, count: int = 5) -> list[Start]:
    """The next dates of a rule that is only thought of, for its preview."""
    return [recurrence.start_on(on, starts, zone) for on in pattern.next_dates(count)]
