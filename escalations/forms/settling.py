"""What is confirmed once its effects were shown: a decision, a proposal, a reversal."""

from __future__ import annotations

from typing import Any

from django import forms

from core.text_fields import TextField
from escalations import marks
from escalations.forms import DecideForm
from escalations.models import Case


class SettleForm(DecideForm):
    """A decision with the marks it takes away; ``expects`` is the preview that was confirmed."""

    marks = forms.MultipleChoiceField(
        label="Beside the money", required=False, widget=forms.CheckboxSelectMultiple
    )
    expects = forms.SlugField(required=False, max_length=32, widget=forms.HiddenInput)

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["marks"].choices = [(one.key, one.label) for one in marks.offered(case)]
        self.fields["marks"].error_messages["invalid_choice"] = str(marks.NoSuchMark())


class ReverseForm(forms.Form):
    words = TextField(
        label="Why the decision is taken back",
        max_length=5_000,
        help_text="Both sides read it.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    expects = forms.SlugField(required=False, max_length=32, widget=forms.HiddenInput)
