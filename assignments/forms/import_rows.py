"""A row of an import through the posting form: the same rules, the same words, without a browser.

The form is made once for all rows and filled anew for each; the records it may name are read
once. What the file does not say comes from the defaults: those of the form, or a posting chosen
to fill the rest.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms

from accounts.actors import Actor
from assignments import snapshots
from assignments.contents import Contents, Wanted
from assignments.forms.import_cells import CellReader, Records
from assignments.forms.import_columns import (
    BY_NAME,
    MOMENT,
    PRICE_NAMES,
    SITE_NAMES,
    TIME,
    TIME_NAMES,
    WANTED,
)
from assignments.forms.posting import PostingForm, initial_of
from assignments.forms.site import filled_from
from assignments.forms.times import FIRST, SEVERAL
from assignments.forms.wanted import MOST_ROWS, WantedForm
from core.csv_files import letter_of
from core.csv_formats import (
    MONTH_FIRST,
    POINT,
    CannotRead,
    check_spoilt,
    read_moment,
    read_number,
    read_time,
)
from core.spreadsheets import plain_cell

Error = dict[str, Any]
COUNTED = re.compile(r"^(\d{1,3})\s*[x×*]\s+(.+)$", re.IGNORECASE)
STANDS_FOR = {
    "starts_at": ("starts_at", "starts_time"),
    "ends_at": ("ends_at", "ends_time", "length_hours"),
}
"""Where an error of the form belongs in the file, the likeliest column first."""

PRICING_BY = {"flat_price": "flat", "hourly_rate": "hourly", "unit_price": "unit",
              "first_rate": "blended"}  # fmt: skip
LONGEST_SHOWN = 120


class RowForm(PostingForm):
    """The posting form, checked again and again with other data."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        schedule = self.fields["schedule"]
        schedule.choices = [choice for choice in schedule.choices if choice[0] != SEVERAL]

    def check(self, data: dict[str, Any]) -> bool:
        self.is_bound, self.data, self.files = True, data, {}
        self._errors = None
        self.full_clean()
        return not self._errors


class RowReader:
    """Turns the cells of a row into a posting, or into the errors that a person can mend."""

    def __init__(
        self, *, actor: Actor, at: datetime, headings: Sequence[str], choices: dict[str, Any],
        defaults: snapshots.Content | None = None,
    ) -> None:  # fmt: skip
        self.headings = headings
        self.defaults = defaults and _of_one_day(defaults)
        self.form = RowForm(actor=actor, at=at)
        formats = choices.get("formats", {})
        self.date_order = formats.get("dates") or MONTH_FIRST
        self.sign = formats.get("numbers") or POINT
        self.place_of = {name: int(index) for index, name in choices["columns"].items()}
        self.cells = {
            name: CellReader(BY_NAME[name], self.form.fields.get(name), self.sign)
            for name in self.place_of
        }
        self._read_records_once()
        self.base = self._base()
        self.sites: dict[int, dict[str, Any]] = {}
        self.wanted_known: dict[str, list[Wanted]] = {}

    def read(self, cells: Sequence[str]) -> tuple[snapshots.Content | None, list[Error]]:
        """The posting of a row, or None and what is wrong with it."""
        said = {
            name: plain_cell(cells[index].strip()) if index < len(cells) else ""
            for name, index in self.place_of.items()
        }
        data, refused = dict(self.base), {}
        for name, cell in said.items():
            try:
                self._read_cell(name, cell, data)
            except CannotRead as error:
                data[name], refused[name] = "", str(error)
        self._fill_site(said, data)
        self._read_times(said, data, refused)
        self._choose_pricing(said, data)
        wanted = self._wanted(said.get("wanted", ""), refused)
        errors = self._errors(data, refused, said)
        if any(cell.strip() for cell in cells[len(self.headings) :]):
            errors.append(
                _error(None, "Row", "", "It has more cells than there are headings. Check its "
                       "separators and quotation marks.")
            )  # fmt: skip
        if errors:
            return None, errors
        return self._content(wanted), []

    def missing(self) -> list[str]:
        """Labels of what every posting needs and neither the file nor the defaults give."""
        given = {
            *self.place_of,
            *(name for name, value in self.base.items() if value not in ("", None)),
        }
        lacking = [
            str(field.label or name.replace("_", " ").capitalize())
            for name, field in self.form.fields.items()
            if field.required and name not in given and name not in ("starts_at", "ends_at")
        ]
        if "starts_at" not in self.place_of:
            lacking.append("Start")
        if not {"ends_at", "ends_time", "length_hours"} & given and not self.defaults:
            lacking.append("End, or the length in hours")
        return lacking

    def _read_records_once(self) -> None:
        for name, field in self.form.fields.items():
            if isinstance(field, forms.ModelChoiceField):
                records = Records(field)
                field.clean = records.clean  # type: ignore[method-assign]
                if name in self.cells:
                    self.cells[name].records = records

    def _base(self) -> dict[str, Any]:
        """What is sent to the form where the file says nothing."""
        initial = initial_of(snapshots.contents_of(self.defaults)) if self.defaults else {}
        mapped = self.place_of.keys()
        left_out: set[str] = {"starts_at", "ends_at"}
        for group in (SITE_NAMES, PRICE_NAMES):
            if group & mapped:
                left_out |= group - {"time_zone"}
        data = {}
        for name, field in self.form.fields.items():
            value = initial.get(name, self.form.get_initial_for_field(field, name))
            blank = name in left_out
            data[name] = "" if blank or value is None else field.prepare_value(value)
        if data["schedule"] == SEVERAL:
            data["schedule"] = "fixed"
        # A time that comes twice means the first: a file has no cell to ask for that.
        return {**data, "starts_which": FIRST, "ends_which": FIRST}

    def _read_cell(self, name: str, cell: str, data: dict[str, Any]) -> None:
        reader = self.cells[name]
        if not cell:
            if not reader.takes_default:
                data[name] = ""
            return
        check_spoilt(cell)
        if reader.column.kind in (MOMENT, TIME, WANTED) or name in TIME_NAMES:
            return
        data[name] = reader.read(cell)

    def _fill_site(self, said: dict[str, str], data: dict[str, Any]) -> None:
        """A row that names one of the company's locations takes its address from there."""
        records = self.cells["location"].records if "location" in self.cells else None
        location = records and records.by_key.get(str(data.get("location") or ""))
        if not location or said.get("street") or said.get("postal_code"):
            return
        if location.pk not in self.sites:
            contact = location.contacts.order_by("position").first()
            self.sites[location.pk] = filled_from(location, contact)
        site = self.sites[location.pk]
        data.update({name: value for name, value in site.items() if not said.get(name)})
        if location.customer_id and not data.get("customer"):
            data["customer"] = location.customer_id

    def _read_times(self, said: dict[str, str], data: dict[str, Any], refused: Error) -> None:
        """Start and end as the form is sent them, from one, two or three columns."""
        start = end = None
        try:
            start = self._moment(said, "starts_at", "starts_time", None)
        except CannotRead as error:
            refused.setdefault("starts_at", str(error))
        try:
            end = self._end(said, start)
        except CannotRead as error:
            refused.setdefault("ends_at", str(error))
        data["starts_at"], data["ends_at"] = start or "", end or ""

    def _moment(
        self, said: dict[str, str], name: str, time_name: str, on: date | None
    ) -> datetime | None:
        cell, clock = said.get(name, ""), said.get(time_name, "")
        if not cell and on is None:
            return None
        day, hour = (on, None) if not cell else self._day(cell, on)
        assert day is not None
        if clock:
            hour = read_time(clock)
        hour = hour or self._default_time(name)
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

    def _end(self, said: dict[str, str], start: datetime | None) -> datetime | None:
        if said.get("ends_at") or said.get("ends_time"):
            return self._moment(said, "ends_at", "ends_time", start.date() if start else None)
        if start is None:
            return None
        if said.get("length_hours"):
            hours = float(read_number(said["length_hours"], self.sign))
            if not 0 < hours <= 24 * 180:
                raise CannotRead("Write a length in hours, such as 4 or 2.5.")
            return start + timedelta(hours=hours)
        if self.defaults:
            begun, ended = (self._default_moment(name) for name in ("starts_at", "ends_at"))
            return start + (ended - begun)
        return None

    def _default_moment(self, name: str) -> datetime:
        assert self.defaults is not None
        posting = snapshots.assignment_of(self.defaults)
        return getattr(posting, name).astimezone(posting.zone).replace(tzinfo=None)

    def _default_time(self, name: str) -> time | None:
        return self._default_moment(name).time() if self.defaults else None

    def _choose_pricing(self, said: dict[str, str], data: dict[str, Any]) -> None:
        """Where no column says how it is paid, the price that is filled in says it."""
        if said.get("pricing"):
            return
        for name, pricing in reversed(PRICING_BY.items()):
            if said.get(name):
                data["pricing"] = pricing
                return

    def _wanted(self, cell: str, refused: Error) -> list[Wanted]:
        if cell not in self.wanted_known:
            try:
                self.wanted_known[cell] = _wanted_of(cell)
            except CannotRead as error:
                refused["wanted"] = str(error)
                return []
        return self.wanted_known[cell]

    def _errors(self, data: Error, refused: Error, said: dict[str, str]) -> list[Error]:
        self.form.check(data)
        found: list[Error] = [self._error(name, words, said) for name, words in refused.items()]
        for name, messages in (self.form.errors or {}).items():
            follows = name == "ends_at" and "starts_at" in refused
            if name not in refused and not follows:
                found.extend(self._error(name, str(message), said) for message in messages)
        return found

    def _error(self, name: str, message: str, said: dict[str, str]) -> Error:
        for column in STANDS_FOR.get(name, (name,)):
            if column in self.place_of:
                index = self.place_of[column]
                return _error(index, self.headings[index], said.get(column, ""), message)
        field = self.form.fields.get(name)
        label = str(field.label or name.replace("_", " ").capitalize()) if field else "Row"
        return _error(None, label, "", message)

    def _content(self, wanted: list[Wanted]) -> snapshots.Content:
        content = snapshots.take(Contents(self.form.values(), deliverables=tuple(wanted)))
        if self.defaults:
            moved = snapshots.moved(self.defaults, self.form.cleaned_data["starts_at"])
            given = () if "wanted" in self.place_of else ("deliverables",)
            kinds = (*given, "documents", "parts", "asked")
            content |= {kind: moved[kind] for kind in kinds if kind in moved}
        return content


def _of_one_day(defaults: snapshots.Content) -> snapshots.Content:
    """A row is one stretch of work: of several days the first says how long it is."""
    days = defaults.get("days")
    if not days:
        return defaults
    return {**defaults, "ends_at": days[0]["ends_at"], "days": []}


def _error(index: int | None, label: str, cell: str, message: str) -> Error:
    return {
        "column": letter_of(index) if index is not None else "",
        "label": label[:80],
        "cell": cell[:LONGEST_SHOWN],
        "message": message,
    }


def _wanted_of(cell: str) -> list[Wanted]:
    """What a cell such as ``2 x Photo; Signed form`` asks for."""
    wanted = []
    for part in filter(None, (part.strip() for part in re.split(r"[;\n]", cell))):
        counted = COUNTED.match(part)
        title, count = (counted[2], counted[1]) if counted else (part, "1")
        row = WantedForm({"title": title, "count": count, "due_at": "", "instructions": ""})
        if not row.is_valid():
            raise CannotRead(f"“{part[:40]}”: {next(iter(row.errors.values()))[0]}")
        wanted.append(Wanted(title=row.cleaned_data["title"], count=row.cleaned_data["count"] or 1))
    if len(wanted) > MOST_ROWS:
        raise CannotRead(f"Ask for at most {MOST_ROWS} deliverables.")
    return wanted
