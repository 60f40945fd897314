"""The rows of a posting in which a client asks for deliverables."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from assignments.contents import Wanted
from assignments.forms.fields import LineField, WallClockField
from core.forms import zoned
from core.wall_clock import on_wall

MOST_ROWS = 20


def due_moment(naive: datetime, zone: str, *, starts_at: datetime) -> datetime:
    """When it is due; ``ValidationError`` before the start and in an hour that is skipped."""
    due_at = zoned(naive, zone)
    if due_at < starts_at:
        raise ValidationError("Nothing can be due before the start of the work.")
    return due_at


class WantedForm(forms.Form):
    """One deliverable asked for; a row without a title asks for nothing."""

    title = LineField(max_length=120, required=False, label="What is handed in")
    count = forms.IntegerField(
        min_value=1,
        max_value=50,
        initial=1,
        required=False,
        label="How many files",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    due_at = WallClockField(required=False, label="Due")
    instructions = LineField(max_length=500, required=False)

    use_required_attribute = False

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        nameless = "title" in data and not data["title"]
        if nameless and (data.get("due_at") or data.get("instructions")):
            self.add_error("title", "Say what is to be handed in, or clear the rest of this row.")
        return data

    @property
    def asks(self) -> bool:
        return bool(getattr(self, "cleaned_data", {}).get("title"))


class WantedRows(forms.BaseFormSet):
    """All rows; ``place`` checks the due times once the zone of the site is known."""

    def place(self, zone: str, *, starts_at: datetime) -> None:
        """Make moments of the due times, with an error beside each that cannot be."""
        for form in self.asking:
            data = form.cleaned_data
            if data.get("due_at"):
                try:
                    data["due_at"] = due_moment(data["due_at"], zone, starts_at=starts_at)
                except ValidationError as error:
                    form.add_error("due_at", error)

    def all_good(self) -> bool:
        """Whether no row has an error, those of ``place`` included."""
        return not any(form.errors for form in self.forms) and not self.non_form_errors()

    @property
    def asking(self) -> list[WantedForm]:
        return [form for form in self.forms if form.is_valid() and form.asks]

    def wanted(self) -> list[Wanted]:
        """What ``assignments.posting`` asks for, in the order of the rows."""
        return [
            Wanted(
                title=form.cleaned_data["title"],
                count=form.cleaned_data["count"] or 1,
                instructions=form.cleaned_data["instructions"],
                due_at=form.cleaned_data["due_at"],
            )
            for form in self.asking
        ]


def rows_of(
    data: Any = None, *, initial: Iterable[dict[str, Any]] | None = None, extra: int = 3
) -> WantedRows:
    """The rows as posted, or as stored with ``extra`` blank ones after them.

    Posted rows are not compared with stored ones: what is on the page is what is asked for.
    """
    factory = forms.formset_factory(
        WantedForm,
        formset=WantedRows,
        extra=extra,
        max_num=MOST_ROWS,
        validate_max=True,
        absolute_max=MOST_ROWS + 10,
    )
    return factory(
        data,
        initial=list(initial) if initial is not None and data is None else None,
        prefix="wanted",
        error_messages={
            "missing_management_form": "The rows of deliverables were out of date. "
            "Check them and send the form again."
        },
    )


def initial_rows(asked: Iterable[Wanted], zone: str) -> list[dict[str, Any]]:
    """What is asked for as starting values, due times on the wall of the site."""
    return [
        {
            "title": wanted.title,
            "count": wanted.count,
            "instructions": wanted.instructions,
            "due_at": wanted.due_at and on_wall(wanted.due_at, zone),
        }
        for wanted in asked
    ]
