"""Cells that hold several things: the deliverables, the parts and the days of a row.

The n-th thing of one column belongs to the n-th of the others. What a cell says is read once for
all rows that say the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from assignments.contents import GivenPart, Wanted
from assignments.forms.handed import MOST_PARTS, PartForm
from assignments.forms.import_columns import BY_NAME
from assignments.forms.times import FIRST, DayForm, place_days
from assignments.forms.wanted import MOST_ROWS, WantedForm, due_moment
from assignments.schedule import MOST_DAYS, Day
from core.csv_formats import (
    CannotRead,
    items_of,
    read_moment,
    read_number,
    read_time,
    read_yes_no,
)

Refused = dict[str, str]
Row = dict[str, Any]
Read = Callable[[str], Any]
MOST_KNOWN = 2_000

COUNTED = re.compile(r"^(\d{1,3})\s*[x×*]\s+(.+)$", re.IGNORECASE | re.DOTALL)
CLOCK = r"\d{1,2}(?::\d{2}(?::\d{2})?\s*(?:[ap]\.?m?\.?)?|\s*[ap]\.?m?\.?)"
FROM_TO = re.compile(rf"(?:^|[\s,T])({CLOCK})\s*(?:-|–|—|to|until)\s*({CLOCK})$", re.IGNORECASE)
WANTED_COLUMNS = {"wanted": "title", "wanted_due": "due_at", "wanted_instructions": "instructions"}
PART_COLUMNS = {
    "parts": "name", "parts_number": "number", "parts_value": "value",
    "parts_carrier": "carrier", "parts_tracking": "tracking", "parts_return": "return_wanted",
}  # fmt: skip


class ListReader:
    """Reads the lists of every row of one import."""

    def __init__(self, *, date_order: str, sign: str, mapped: Sequence[str]) -> None:
        self.date_order = date_order
        self.gives_wanted = any(name in WANTED_COLUMNS for name in mapped)
        self.gives_parts = any(name in PART_COLUMNS for name in mapped)
        self.reads: dict[str, Read] = {
            "wanted_due": self._due,
            "parts_value": lambda item: read_number(item, sign),
            "parts_return": read_yes_no,
        }
        self.known: dict[tuple[str, ...], tuple[list[Row], Refused]] = {}

    def wanted(self, said: Mapping[str, str], refused: Refused) -> list[Row]:
        """The deliverables of a row, their due times still without a zone."""
        rows, wrong = self._rows(said, WANTED_COLUMNS, WantedForm, MOST_ROWS)
        refused.update(wrong)
        return rows

    def parts(self, said: Mapping[str, str], refused: Refused) -> tuple[GivenPart, ...]:
        rows, wrong = self._rows(said, PART_COLUMNS, PartForm, MOST_PARTS)
        refused.update(wrong)
        return tuple(GivenPart(**row) for row in rows)

    def days(self, cell: str, start: time | None, end: time | None) -> list[DayForm]:
        """The days that a cell lists; ``start`` and ``end`` for those without times of their own.

        Such as ``2026-11-24 9:00-17:00; 11/25/2026 9 AM to 1 PM``; raises ``CannotRead``.
        """
        found = []
        for number, item in enumerate(filter(None, items_of(cell)), start=1):
            if number > MOST_DAYS:
                raise CannotRead(f"At most {MOST_DAYS} days fit into one assignment.")
            try:
                found.append(self._day(item, start, end))
            except CannotRead as error:
                raise CannotRead(f"“{item[:40]}”: {error}")
        return found

    def _day(self, item: str, start: time | None, end: time | None) -> DayForm:
        if clocks := FROM_TO.search(item):
            start, end = read_time(clocks[1]), read_time(clocks[2])
            item = item[: clocks.start()].strip().rstrip(",")
        day, hour = read_moment(item, self.date_order)
        if hour or not start or not end:
            raise CannotRead("Write when the day starts and ends: 2026-11-24 9:00-17:00.")
        return day_of(day, start, end)

    def _due(self, item: str) -> datetime:
        day, hour = read_moment(item, self.date_order)
        if hour is None:
            raise CannotRead("The time of day is missing. Write it behind the date, such as 9:30.")
        return datetime.combine(day, hour)

    def _rows(
        self, said: Mapping[str, str], columns: Mapping[str, str], form: type[forms.Form], most: int
    ) -> tuple[list[Row], Refused]:
        key = (form.__name__, *(said.get(name, "") for name in columns))
        if key not in self.known:
            if len(self.known) >= MOST_KNOWN:
                self.known.clear()
            self.known[key] = self._read_rows(said, columns, form, most)
        return self.known[key]

    def _read_rows(
        self, said: Mapping[str, str], columns: Mapping[str, str], form: type[forms.Form], most: int
    ) -> tuple[list[Row], Refused]:
        refused: Refused = {}
        first = next(iter(columns))
        lists = {name: items_of(said.get(name, "")) for name in columns}
        count = len(lists[first])
        if count > most:
            return [], {first: f"This lists {count}. The most are {most}."}
        for name, items in lists.items():
            if len(items) > count:
                refused[name] = (
                    f"This lists {len(items)}, and “{BY_NAME[first].label}” lists {count}. Write "
                    "one for each, with semicolons between them."
                )
        if refused:
            return [], refused
        rows = [self._row(lists, columns, form, place, refused) for place in range(count)]
        return [row for row in rows if row is not None], refused

    def _row(
        self, lists: Mapping[str, list[str]], columns: Mapping[str, str], form: type[forms.Form],
        place: int, refused: Refused,
    ) -> Row | None:  # fmt: skip
        data: dict[str, Any] = {}
        for name, field in columns.items():
            item = lists[name][place] if place < len(lists[name]) else ""
            try:
                data[field] = self.reads.get(name, str)(item) if item else ""
            except CannotRead as error:
                refused.setdefault(name, f"“{item[:40]}”: {error}")
        if form is WantedForm and (counted := COUNTED.match(data["title"])):
            data["count"], data["title"] = counted[1], counted[2]
        if not any(data.values()):
            return None
        row = form(data)
        if row.is_valid():
            return row.cleaned_data
        names = {field: name for name, field in columns.items()}
        for field, messages in row.errors.items():
            name = names.get(field, next(iter(columns)))
            item = lists[name][place] if place < len(lists[name]) else ""
            refused.setdefault(name, f"“{item[:40]}”: {messages[0]}" if item else str(messages[0]))
        return None


def day_of(day: date, start: time, end: time) -> DayForm:
    """A row of the posting page for this day, checked; a time that comes twice means the first."""
    form = DayForm(
        {"date": day, "start": start, "end": end, "start_which": FIRST, "end_which": FIRST}
    )
    if not form.is_valid():
        raise CannotRead(first_error(form))
    return form


def placed(forms: Sequence[DayForm], zone: str, *, at: datetime) -> tuple[Day, ...]:
    """The moments of the days at a site; raises ``CannotRead`` where one cannot be."""
    dates = [str(form.cleaned_data["date"]) for form in forms]
    place_days(forms, zone, at=at)
    for form, day in zip(forms, dates, strict=True):
        if form.errors:
            raise CannotRead(f"{day}: {first_error(form)}")
    return tuple(sorted(form.day for form in forms if form.day))


def due(rows: Sequence[Row], zone: str, *, starts_at: datetime) -> tuple[Wanted, ...]:
    """The deliverables with the moments at which they are due; raises ``CannotRead``."""
    found = []
    for row in rows:
        due_at = row["due_at"]
        try:
            due_at = due_at and due_moment(due_at, zone, starts_at=starts_at)
        except ValidationError as error:
            raise CannotRead(f"“{row['title'][:40]}”: {error.messages[0]}")
        found.append(
            Wanted(
                title=row["title"],
                count=row["count"] or 1,
                instructions=row["instructions"],
                due_at=due_at,
            )
        )
    return tuple(found)


def first_error(form: forms.Form) -> str:
    return str(next(iter(form.errors.values()))[0])
