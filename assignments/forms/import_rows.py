"""A row of an import through the posting form: the same rules, the same words, without a browser.

The form is made once for all rows and filled anew for each; the records it may name are read
once. What the file does not say comes from the defaults: those of the form, or a posting chosen
to fill the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms

from accounts.actors import Actor
from assignments import snapshots
from assignments.asked import Asked
from assignments.contents import Contents, GivenPart, Wanted
from assignments.forms import import_lists as lists
from assignments.forms.import_cells import CellReader, Records
from assignments.forms.import_columns import (
    LISTS,
    MOMENT,
    PRICE_NAMES,
    SITE_NAMES,
    TIME,
)
from assignments.forms.import_own import Own, OwnReader, sets_named
from assignments.forms.import_times import TimesReader, When
from assignments.forms.posting import PostingForm, initial_of
from assignments.forms.site import filled_from
from assignments.forms.times import FIRST
from assignments.schedule import Day, span_of
from core.csv_files import letter_of
from core.csv_formats import MONTH_FIRST, POINT, CannotRead, check_spoilt
from core.errors import DomainError
from core.spreadsheets import plain_cell

Error = dict[str, Any]
STANDS_FOR = {
    "starts_at": ("starts_at", "starts_time"),
    "ends_at": ("ends_at", "ends_time", "length_hours"),
}
"""Where an error of the form belongs in the file, the likeliest column first."""

PRICING_BY = {"flat_price": "flat", "hourly_rate": "hourly", "unit_price": "unit",
              "first_rate": "blended"}  # fmt: skip
LONGEST_SHOWN = 120
ROWWISE = frozenset({MOMENT, TIME, *LISTS})
"""What makes sense only beside the other cells of its row."""


class ColumnGone(DomainError):
    message = (
        "Column {letter}, “{heading}”, was to fill something that is no longer asked. "
        "Choose the columns again."
    )


class RowForm(PostingForm):
    """The posting form, checked again and again with other data."""

    def check(self, data: dict[str, Any]) -> bool:
        self.is_bound, self.data, self.files = True, data, {}
        self._errors = None
        self.full_clean()
        return not self._errors


class RowReader:
    """Turns the cells of a row into a posting, or into the errors that a person can mend."""

    def __init__(
        self, *, actor: Actor, at: datetime, headings: Sequence[str], choices: dict[str, Any],
        defaults: snapshots.Content | None = None, own: Own | None = None,
    ) -> None:  # fmt: skip
        assert actor.company is not None
        self.headings, self.at, self.defaults = headings, at, defaults
        self.form = RowForm(actor=actor, at=at)
        stored = (snapshots.rows_of(defaults).asked or ()) if defaults else ()
        own = own or Own(actor.company, also=stored)
        self.columns = {column.name: column for column in own.columns(self.form.fields)}
        formats = choices.get("formats", {})
        sign = formats.get("numbers") or POINT
        self.place_of = {name: int(index) for index, name in choices["columns"].items()}
        if gone := self.place_of.keys() - self.columns.keys():
            index = min(self.place_of[name] for name in gone)
            raise ColumnGone(letter=letter_of(index), heading=headings[index])
        mapped = list(self.place_of)
        formats = {"date_order": formats.get("dates") or MONTH_FIRST, "sign": sign}
        self.lists = lists.ListReader(mapped=mapped, **formats)
        self.times = TimesReader(self.lists, defaults=defaults, **formats)
        self.own = OwnReader(own, company=actor.company, mapped=mapped, stored=stored, **formats)
        self.cells = {
            name: CellReader(self.columns[name], self.form.fields.get(name), sign)
            for name in self.place_of
        }
        self._read_records_once()
        self.base = self._base()
        self.sites: dict[int, dict[str, Any]] = {}

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
        when = self.times.read(said, data, refused)
        self._choose_pricing(said, data)
        row = self._rows_of(said, when, refused)
        self.form.check(data)
        self._place(row, refused)
        errors = self._errors(refused, said)
        if any(cell.strip() for cell in cells[len(self.headings) :]):
            errors.append(
                _error(None, "Row", "", "It has more cells than there are headings. Check its "
                       "separators and quotation marks.")
            )  # fmt: skip
        if errors:
            return None, errors
        return self._content(row), []

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
        if not {"starts_at", "days"} & self.place_of.keys():
            lacking.append("Start")
        if not {"ends_at", "ends_time", "length_hours", "days"} & given and not self.defaults:
            lacking.append("End, or the length in hours")
        return [*lacking, *self.own.lacking()]

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
        # A time that comes twice means the first: a file has no cell to ask for that.
        return {**data, "starts_which": FIRST, "ends_which": FIRST}

    def _read_cell(self, name: str, cell: str, data: dict[str, Any]) -> None:
        reader = self.cells[name]
        if not cell:
            if not reader.takes_default:
                data[name] = ""
            return
        check_spoilt(cell)
        if name == "requirement_sets":
            data[name] = sets_named(cell, reader.field)
        elif reader.column.kind not in ROWWISE and name in self.form.fields:
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

    def _choose_pricing(self, said: dict[str, str], data: dict[str, Any]) -> None:
        """Where no column says how it is paid, the price that is filled in says it."""
        if said.get("pricing"):
            return
        for name, pricing in reversed(PRICING_BY.items()):
            if said.get(name):
                data["pricing"] = pricing
                return

    def _rows_of(self, said: dict[str, str], when: When, refused: Error) -> RowLists:
        """What hangs on the posting, as far as the cells say it."""
        row = RowLists(said, when, labels=self.own.labels(said.get("labels", ""), refused))
        if self.lists.gives_wanted:
            row.asking = self.lists.wanted(said, refused)
        if self.lists.gives_parts:
            row.parts = self.lists.parts(said, refused)
        return row

    def _place(self, row: RowLists, refused: Error) -> None:
        """What needs the zone and the parties that only the checked form knows."""
        data = self.form.cleaned_data
        party = {name: (one := data.get(name)) and one.pk for name in ("customer", "project")}
        row.asked = self.own.read(row.said, party, refused)
        zone = data.get("time_zone")
        if not zone:
            return
        try:
            if row.when.days:
                row.days = lists.placed(row.when.days, zone, at=self.at)
                data["starts_at"], data["ends_at"] = span_of(row.days)
        except CannotRead as error:
            refused.setdefault("days", str(error))
        if not data.get("starts_at"):
            return
        try:
            row.wanted = lists.due(row.asking or (), zone, starts_at=data["starts_at"])
        except CannotRead as error:
            refused.setdefault("wanted_due", str(error))

    def _errors(self, refused: Error, said: dict[str, str]) -> list[Error]:
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
        column = self.columns.get(name)
        label = column.label if column and not field else "Row"
        if field:
            label = str(field.label or name.replace("_", " ").capitalize())
        return _error(None, label, "", message)

    def _content(self, row: RowLists) -> snapshots.Content:
        """The posting as it is kept: what the row says, and of the rest what fills it."""
        data = self.form.cleaned_data
        given: dict[str, Any] = {"deliverables": row.wanted, "parts": row.parts, "days": row.days}
        if row.asked_itself or (self.defaults and self.defaults.get("asked")):
            given["asked"] = row.asked
        content = snapshots.take(Contents(self.form.values(), **given))
        if not self.lists.gives_wanted:
            content["deliverables"] = []
        if self.defaults:
            moved = snapshots.moved(self.defaults, data["starts_at"], data["time_zone"])
            kinds = ["documents"]
            kinds += [] if self.lists.gives_wanted else ["deliverables"]
            kinds += [] if self.lists.gives_parts else ["parts"]
            if row.when.moved:
                kinds += ["days", "starts_at", "ends_at"]
                content["is_window"] = False
            content |= {kind: moved[kind] for kind in kinds if kind in moved}
        if row.labels:
            content["labels"] = row.labels
        return content


@dataclass
class RowLists:
    """What hangs on the posting of one row; None where no column says it."""

    said: dict[str, str]
    when: When
    labels: list[int]
    asking: list[lists.Row] | None = None
    wanted: tuple[Wanted, ...] = ()
    parts: tuple[GivenPart, ...] | None = None
    days: tuple[Day, ...] | None = None
    asked: tuple[Asked, ...] = ()

    @property
    def asked_itself(self) -> bool:
        """Whether it says more of the company's fields than a posting that says nothing."""
        names = {"own_sets", "survey"} & self.said.keys()
        return any(self.said[name] for name in names) or any(
            one.value is not None for one in self.asked
        )


def _error(index: int | None, label: str, cell: str, message: str) -> Error:
    return {
        "column": letter_of(index) if index is not None else "",
        "label": label[:80],
        "cell": cell[:LONGEST_SHOWN],
        "message": message,
    }
