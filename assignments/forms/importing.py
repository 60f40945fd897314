"""The forms of an import: the file, and what its columns hold."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError

from accounts.actors import Actor
from assignments import snapshots
from assignments.forms.fields import LineField, ReferenceField
from assignments.forms.import_columns import (
    AMOUNTS,
    DATE,
    DAYS,
    MOMENT,
    MOMENTS,
    MONEY,
    NUMBER,
    guess,
)
from assignments.forms.import_own import Own
from assignments.forms.import_rows import RowReader
from assignments.forms.posting import PostingForm
from assignments.models import Assignment, Import, ImportMapping, Template
from core.csv_files import ENCODINGS, TO_BE_ASKED, letter_of
from core.csv_formats import DATE_ORDERS, DECIMAL_SIGNS, MONTH_FIRST, POINT, decided

FORMATS = (
    ("dates", (MOMENT, MOMENTS, DATE, DAYS), [key for key, _ in DATE_ORDERS], MONTH_FIRST,
     "“{example}” can be read as two different days. Say which comes first."),
    ("numbers", (MONEY, NUMBER, AMOUNTS), [key for key, _ in DECIMAL_SIGNS], POINT,
     "“{example}” can be read as two different numbers. Say how decimals are written."),
)  # fmt: skip


class UploadForm(forms.Form):
    """A file, and the earlier import whose choices it takes over."""

    file = forms.FileField(
        label="CSV file",
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,text/csv"}),
        error_messages={"required": "Choose a file."},
    )
    like = forms.CharField(required=False, max_length=12, widget=forms.HiddenInput)
    reference = ReferenceField(Import, "I")

    use_required_attribute = False

    def __init__(self, *args: Any, actor: Actor, too_large: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor, self.too_large = actor, too_large
        self.fields["reference"].salt = f"assignments.import:{actor.user_id}"
        most = settings.IMPORT_MAX_BYTES // (1024 * 1024)
        self.fields["file"].help_text = (
            f"Up to {settings.IMPORT_MAX_ROWS:,} rows and {most} MB; the first row holds the "
            "headings. From Excel: Save as, “CSV UTF-8”."
        )
        if too_large:
            self.fields["file"].error_messages["required"] = (
                f"This file is too large. The most for one import is {most} MB: split it."
            )

    def clean_like(self) -> Import | None:
        earlier = Import.objects.visible_to(self.actor).filter(company=self.actor.company)
        return earlier.filter(reference=self.cleaned_data["like"]).first()


class MappingForm(forms.Form):
    """What each column holds, how its values are written, and what fills the rest."""

    encoding = forms.ChoiceField(
        widget=forms.RadioSelect,
        label="Which of these reads right?",
        error_messages={"required": "Choose the line that reads right."},
    )
    dates = forms.ChoiceField(
        required=False,
        choices=[("", "As the columns show"), *DATE_ORDERS],
        label="How are dates written?",
        help_text="Dates such as 2026-11-24 and 24 Nov 2026 are read whatever you choose.",
    )
    numbers = forms.ChoiceField(
        required=False,
        choices=[("", "As the columns show"), *DECIMAL_SIGNS],
        label="How are decimals written?",
    )
    template = forms.ModelChoiceField(
        Template.objects.none(),
        to_field_name="reference",
        required=False,
        empty_label="None",
        label="A template to fill the rest from",
    )
    assignment = LineField(
        required=False,
        max_length=12,
        label="Or an assignment",
        help_text="Its number, such as A-7KQ4M2. Everything that the file has no column for is "
        "taken from it; a choice left empty too.",
    )
    save_as = LineField(
        required=False,
        max_length=60,
        label="Keep these choices as",
        help_text="Under this name they are chosen by themselves for the next file with these "
        "headings. A name in use is replaced.",
    )

    use_required_attribute = False

    def __init__(
        self, *args: Any, imported: Import, actor: Actor, at: datetime, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.imported, self.actor, self.at = imported, actor, at
        self.shape = imported.shape
        self.headings: list[str] = self.shape["headings"]
        self.known = Own(actor.company).columns(PostingForm(actor=actor, at=at).fields)
        self.by_name = {column.name: column for column in self.known}
        current = Template.objects.filter(company=actor.company, archived_at=None)
        self.fields["template"].queryset = current.order_by("name", "pk")
        self.saved = None if imported.choices else saved_for(imported)
        self._add_columns()
        self._ask_encoding()
        formats = imported.choices.get("formats") or (self.saved.formats if self.saved else {})
        for name in ("dates", "numbers"):
            self.fields[name].initial = formats.get(name, "")
        if self.saved:
            self.fields["save_as"].initial = self.saved.name

    def _add_columns(self) -> None:
        groups: dict[str, list[tuple[str, str]]] = {}
        for column in self.known:
            groups.setdefault(column.group, []).append((column.name, column.label))
        choices = [("", "Leave out"), *groups.items()]
        first = self._first_choice()
        for index, heading in enumerate(self.headings):
            self.fields[f"column-{index}"] = forms.ChoiceField(
                choices=choices,
                required=False,
                initial=first.get(index, ""),
                label=f"Column {letter_of(index)}, {heading or 'without a heading'}",
            )

    def _first_choice(self) -> dict[int, str]:
        """As chosen before, as saved for these headings, else guessed."""
        if self.imported.choices:
            return {int(i): name for i, name in self.imported.choices["columns"].items()}
        if self.saved:
            kept = self.saved.columns
            return {
                index: name
                for index, heading in enumerate(self.headings)
                if (name := kept.get(heading.strip().casefold())) in self.by_name
            }
        return guess(self.headings, self.known)

    def _ask_encoding(self) -> None:
        if self.shape["encoding"] and not self.shape.get("readings"):
            del self.fields["encoding"]
            return
        readings = self.shape.get("readings", {})
        self.fields["encoding"].choices = [
            (name, f"{readings.get(name) or '…'} ({ENCODINGS[name]})") for name in TO_BE_ASKED
        ]
        self.fields["encoding"].initial = self.shape["encoding"]

    @property
    def rows(self) -> Iterator[dict[str, Any]]:
        """Each column as the page shows it: letter, heading, first values, the choice."""
        for index, heading in enumerate(self.headings):
            samples = [row[index] for row in self.shape["samples"] if index < len(row)]
            yield {
                "letter": letter_of(index),
                "heading": heading,
                "samples": [cell for cell in samples if cell.strip()][:3],
                "field": (field := self[f"column-{index}"]),
                "left_out": not field.value(),
            }

    @property
    def left_out(self) -> list[str]:
        """The columns with something in them that nothing is read from, in words."""
        return [
            f"{row['letter']} “{row['heading'] or 'without a heading'}”"
            for row in self.rows
            if row["left_out"] and (row["heading"] or row["samples"])
        ]

    @property
    def columns(self) -> dict[str, str]:
        """By index, as text, the chosen field."""
        chosen = {i: self.cleaned_data.get(f"column-{i}") for i in range(len(self.headings))}
        return {str(index): name for index, name in chosen.items() if name}

    def clean_assignment(self) -> Assignment | None:
        reference = self.cleaned_data["assignment"].upper()
        if not reference:
            return None
        found = Assignment.objects.filter(company=self.actor.company, reference=reference).first()
        if found is None:
            raise ValidationError("Your company has no assignment with this number.")
        return found

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        self._refuse_twice()
        for name, kinds, choices, otherwise, question in FORMATS:
            looks = [
                self.shape["looks"][int(index)][name]
                for index, column in self.columns.items()
                if self.by_name[column].kind in kinds
            ]
            proven, example = decided(looks, choices)
            if not data.get(name) and example:
                self.add_error(name, question.format(example=example))
            data[name] = data.get(name) or proven or otherwise
        if not self.errors:
            self._refuse_missing()
        return data

    def _refuse_twice(self) -> None:
        seen: dict[str, str] = {}
        for index, name in self.columns.items():
            if name in seen:
                label = self.by_name[name].label
                self.add_error(
                    f"column-{index}",
                    f"“{label}” is taken from column {letter_of(int(seen[name]))} already.",
                )
            seen.setdefault(name, index)

    def _refuse_missing(self) -> None:
        reader = RowReader(
            actor=self.actor, at=self.at, headings=self.headings,
            choices={"columns": self.columns, "formats": {}}, defaults=self.defaults,
        )  # fmt: skip
        if missing := reader.missing():
            raise ValidationError(
                f"No column gives: {', '.join(missing)}. Choose its column, or fill the rest from "
                "a template or an assignment that has it."
            )

    @property
    def defaults(self) -> snapshots.Content | None:
        """The posting that fills the rest, as it is now."""
        chosen = self.cleaned_data.get("assignment")
        if chosen:
            return snapshots.of_assignment(chosen)
        template = self.cleaned_data.get("template")
        return template.content if template else None

    @property
    def formats(self) -> dict[str, str]:
        data = self.cleaned_data
        return {name: data[name] for name in ("encoding", "dates", "numbers") if data.get(name)}


def saved_for(imported: Import) -> ImportMapping | None:
    """The newest kept mapping whose headings are all in this file."""
    headings = {heading.strip().casefold() for heading in imported.shape.get("headings", [])}
    kept = ImportMapping.objects.filter(company=imported.company).order_by("-saved_at", "-pk")
    return next((one for one in kept[:50] if set(one.columns) <= headings), None)
