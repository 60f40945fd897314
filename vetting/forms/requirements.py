"""Making requirement sets, seeing whom they let through, and letting single workers pass."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from accounts.forms.finding import MILES, WorkersField
from accounts.models import Company, WorkerProfile
from core.places import Place, place_of
from core.text_fields import LineField
from vetting.queries.marks import open_to_invite


class NewSetForm(forms.Form):
    name = LineField(
        max_length=80,
        help_text="Workers read it beside what they lack.",
        error_messages={"required": "Give the set a name, such as “Fiber splicing, certified”."},
    )
    note = LineField(
        required=False,
        max_length=300,
        label="Note",
        help_text="For your colleagues: when to ask this. Workers never read it.",
    )


class SetForm(NewSetForm):
    on_all = forms.BooleanField(
        required=False,
        label="Required on all assignments",
        help_text="Asked on every assignment of your company, also on those that are open now.",
    )


class SetListForm(forms.Form):
    archived = forms.BooleanField(label="Archived sets", required=False)


class NearForm(forms.Form):
    """Around which place workers are counted."""

    zip = LineField(label="ZIP code of a site", required=False, max_length=10)
    miles = forms.TypedChoiceField(
        label="Within", choices=MILES, coerce=int, empty_value=50, required=False, initial=50
    )
    place: Place | None = None

    def __init__(self, data: QueryDict) -> None:
        data = data.copy()
        data.setdefault("miles", "50")
        super().__init__(data, use_required_attribute=False)

    def clean_zip(self) -> str:
        written: str = self.cleaned_data["zip"]
        if written:
            self.place = place_of(written)
            if self.place is None:
                raise ValidationError("No map knows this ZIP code. Write five digits.")
        return written

    @property
    def within(self) -> int:
        return self.cleaned_data.get("miles") or 50


class WorkerSearchForm(forms.Form):
    q = LineField(label="Worker", required=False, max_length=80)


class OverrideForm(forms.Form):
    """Whom to let pass, and why."""

    workers = WorkersField(most=20)
    note = LineField(
        max_length=500,
        label="Why they may pass",
        help_text="For your records: your colleagues read it, the worker does not.",
        error_messages={"required": "Say in a few words why they may pass."},
    )

    def __init__(self, *args: Any, company: Company, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["workers"].queryset = open_to_invite(company)

    def clean_workers(self) -> list[WorkerProfile]:
        chosen = list(self.cleaned_data["workers"])
        if not chosen:
            raise ValidationError("Tick at least one worker.")
        return chosen
