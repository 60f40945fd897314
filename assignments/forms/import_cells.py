"""One cell of an import: from what a spreadsheet wrote to what the posting form is sent."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from assignments.forms.import_columns import (
    CHOICE,
    DIGITS,
    MONEY,
    NAMES,
    NUMBER,
    RECORD,
    YES_NO,
    Column,
    folded,
)
from core.csv_formats import CannotRead, check_shortened, read_number, read_yes_no

ATTRIBUTES = (
    "reference", "number", "code", "email", "slug", "name", "full_name", "title", "site_name",
)  # fmt: skip
"""Attributes by which a spreadsheet may name a record."""

SYNONYMS: dict[str, dict[str, str]] = {
    "place": {"onsite": "on_site", "site": "on_site", "virtual": "remote", "home": "remote"},
    "schedule": {
        "exact": "fixed",
        "arrival window": "window",
        "flexible": "window",
        "several": "days",
    },
    "entered_as": {
        "worker pay": "pay",
        "to the worker": "pay",
        "total spend": "total",
        "spend": "total",
        "with fee": "total",
        "including fee": "total",
    },
    "pricing": {"fixed": "flat", "flat rate": "flat", "per hour": "hourly", "per unit": "unit"},
    "terms_days": {"immediate": "0", "immediately": "0", "on approval": "0", "none": "0"},
}
DAYS = re.compile(r"^(?:net\s*)?(\d{1,3})(?:\s*days?)?$")
BARE_ZIP = re.compile(r"\d{3,4}")


SHORTEST_START = 4
"""Letters of a first word that may stand for a whole name, where only one name begins so."""


class Records:
    """The records a field may name, read once, found by key and by name."""

    def __init__(self, field: forms.ModelChoiceField) -> None:
        self.field = field
        self.by_key: dict[str, Any] = {}
        self.keys: dict[str, set[str]] = {}
        relations = [f.name for f in field.queryset.model._meta.fields if f.is_relation]
        for record in field.queryset.select_related(*relations):
            key = str(field.prepare_value(record))
            self.by_key[key] = record
            words = {str(getattr(record, name, "") or "") for name in ATTRIBUTES} | {str(record)}
            for word in filter(None, map(folded, words)):
                self.keys.setdefault(word, set()).add(key)

    def clean(self, value: Any) -> Any:
        """What ``ModelChoiceField.clean`` says, without asking the database for each row."""
        if value in self.field.empty_values:
            if self.field.required:
                raise ValidationError(self.field.error_messages["required"], code="required")
            return None
        found = self.by_key.get(str(value))
        if found is None:
            raise ValidationError(self.field.error_messages["invalid_choice"], code="invalid")
        return found

    def named(self, cell: str) -> str:
        word = folded(cell)
        keys = self.keys.get(word, set())
        if not keys and len(word) >= SHORTEST_START:
            keys = {
                key
                for known, found in self.keys.items()
                if known.startswith(f"{word} ")
                for key in found
            }
        if len(keys) == 1:
            return next(iter(keys))
        if keys:
            raise CannotRead("More than one has this name. Write what only one has.")
        raise CannotRead("There is nothing of this name to choose. Check how it is spelled.")


class CellReader:
    """Reads the cells of one column; remembers its choices and records."""

    def __init__(self, column: Column, field: forms.Field | None, decimal_sign: str) -> None:
        self.column, self.field, self.sign = column, field, decimal_sign
        self.choices: dict[str, Any] = {}
        self.records: Records | None = None
        if column.kind == CHOICE and field is not None:
            self.choices = _words_of(column.name, field.choices)  # type: ignore[attr-defined]
        readers: dict[str, Callable[[str], Any]] = {
            CHOICE: self._choice,
            YES_NO: read_yes_no,
            RECORD: self._record,
            MONEY: self._number,
            NUMBER: self._number,
            DIGITS: self._digits,
        }
        self.read = readers.get(column.kind, str)

    @property
    def takes_default(self) -> bool:
        """Whether an empty cell means the default and not nothing."""
        return self.column.kind in (CHOICE, YES_NO, RECORD, NAMES)

    def _choice(self, cell: str) -> Any:
        word = folded(cell)
        if word in self.choices:
            return self.choices[word]
        days = DAYS.match(word)
        if days and days[1] in self.choices:
            return self.choices[days[1]]
        offered = dict.fromkeys(str(v) for v in self.choices.values() if v not in ("", None))
        raise CannotRead(f"Write one of: {', '.join(offered)}.")

    def _record(self, cell: str) -> str:
        assert self.records is not None
        return self.records.named(cell)

    def _number(self, cell: str) -> str:
        return read_number(cell, self.sign)

    def _digits(self, cell: str) -> str:
        check_shortened(cell)
        if self.column.name == "postal_code" and BARE_ZIP.fullmatch(cell):
            return cell.zfill(5)  # a spreadsheet drops the zeros before a number
        return cell


def _words_of(name: str, choices: Iterable[Any]) -> dict[str, Any]:
    """By folded word the value of a choice: the value itself, its label, and parts of it."""
    words: dict[str, Any] = {}
    for value, label in choices:
        text = str(label)
        for word in (str(value), text, text.partition("|")[0], text.partition(" (")[0]):
            words.setdefault(folded(word), value)
    words.pop("", None)
    known = {str(value): value for value in words.values()}
    for synonym, value in SYNONYMS.get(name, {}).items():
        if value in known:
            words.setdefault(synonym, known[value])
    return words
