"""When the work of a row is done: start and end from one, two or three columns, or its days."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from assignments import snapshots
from assignments.forms.import_columns import NO_DAYS_WITH
from assignments.forms.import_lists import ListReader, Refused
from assignments.forms.times import SEVERAL, DayForm
from core.csv_formats import CannotRead, read_moment, read_number, read_time
from core.wall_clock import on_wall

LONGEST_HOURS = 24 * 180
Said = dict[str, str]


@dataclass
class When:
    """The days that a row lists; ``moved`` where it has those of the posting that fills the rest,
    moved to its start."""

    days: list[DayForm] = field(default_factory=list)
    moved: bool = False


class TimesReader:
    """Reads when the work of every row is done, as the form is sent it."""

    def __init__(
        self, lists: ListReader, *, defaults: snapshots.Content | None, date_order: str, sign: str
    ) -> None:
        self.lists, self.date_order, self.sign = lists, date_order, sign
        self.whole = defaults and self._span(defaults)
        self.first = defaults and self._span(_of_one_day(defaults))
        self.has_days = bool(defaults and defaults.get("days"))

    def read(self, said: Said, data: dict[str, Any], refused: Refused) -> When:
        """Put start, end and schedule into ``data``; what is wrong goes to ``refused``."""
        exact = data["schedule"] if said.get("schedule") else ""
        if said.get("days"):
            return self._read_days(said, exact, data, refused)
        ends = any(said.get(name) for name in ("ends_at", "ends_time", "length_hours"))
        when = When(moved=self.has_days and not ends and exact in ("", SEVERAL))
        if exact == SEVERAL and not when.moved:
            refused["schedule"] = "List the days in a column “Days of work”."
        if data["schedule"] == SEVERAL:
            data["schedule"] = "fixed"
        start = end = None
        try:
            start = self._moment(said, "starts_at", "starts_time", None)
        except CannotRead as error:
            refused.setdefault("starts_at", str(error))
        try:
            end = self._end(said, start, self.whole if when.moved else self.first)
        except CannotRead as error:
            refused.setdefault("ends_at", str(error))
        data["starts_at"], data["ends_at"] = start or "", end or ""
        return when

    def _read_days(self, said: Said, exact: str, data: dict[str, Any], refused: Refused) -> When:
        data["starts_at"] = data["ends_at"] = ""
        for name in NO_DAYS_WITH:
            if said.get(name):
                refused[name] = "Leave this empty where the row lists its days of work."
        if exact not in ("", SEVERAL):
            refused["schedule"] = "Write “several days” where the row lists its days of work."
        data["schedule"] = SEVERAL
        try:
            times = [
                read_time(said[name]) if said.get(name) else None
                for name in ("starts_time", "ends_time")
            ]
            return When(self.lists.days(said["days"], *times))
        except CannotRead as error:
            refused.setdefault("days", str(error))
            return When()

    def _moment(self, said: Said, name: str, time_name: str, on: date | None) -> datetime | None:
        cell, clock = said.get(name, ""), said.get(time_name, "")
        if not cell and on is None:
            return None
        day, hour = (on, None) if not cell else self._day(cell, on)
        assert day is not None
        if clock:
            hour = read_time(clock)
        if hour is None and self.first:
            hour = self.first[name == "ends_at"].time()
        if hour is None:
            raise CannotRead("The time of day is missing. Write it behind the date, such as 9:30.")
        return datetime.combine(day, hour)

    def _day(self, cell: str, on: date | None) -> tuple[date, time | None]:
        """A date with or without a time; for an end also a time alone, on the day of the start."""
        if on is not None:
            try:
                return on, read_time(cell)
            except CannotRead:
                pass
        return read_moment(cell, self.date_order)

    def _end(
        self, said: Said, start: datetime | None, like: tuple[datetime, datetime] | None
    ) -> datetime | None:
        if said.get("ends_at") or said.get("ends_time"):
            return self._moment(said, "ends_at", "ends_time", start.date() if start else None)
        if start is None:
            return None
        if said.get("length_hours"):
            hours = float(read_number(said["length_hours"], self.sign))
            if not 0 < hours <= LONGEST_HOURS:
                raise CannotRead("Write a length in hours, such as 4 or 2.5.")
            return start + timedelta(hours=hours)
        return start + (like[1] - like[0]) if like else None

    def _span(self, content: snapshots.Content) -> tuple[datetime, datetime]:
        """Start and end on the wall of the site."""
        posting = snapshots.assignment_of(content)
        zone = posting.time_zone
        return on_wall(posting.starts_at, zone), on_wall(posting.ends_at, zone)


def _of_one_day(defaults: snapshots.Content) -> snapshots.Content:
    """Of several days the first says how long a row without days is."""
    days = defaults.get("days")
    return {**defaults, "ends_at": days[0]["ends_at"]} if days else defaults
