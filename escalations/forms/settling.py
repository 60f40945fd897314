"""What is confirmed once its effects were shown: a decision, a proposal, a reversal."""

from __future__ import annotations

from typing import Any

from django import forms

from core.text_fields import TextField
from escalations import marks
from escalations.forms import DecideForm
from escalations.models import Case, Side


class SettleForm(DecideForm):
    """A decision with the marks it takes away and the violations it records; ``expects`` is the
    preview that was confirmed."""

    marks = forms.MultipleChoiceField(
        label="Beside the money", required=False, widget=forms.CheckboxSelectMultiple
    )
    company_violation = forms.ChoiceField(
        label="Record a violation of the client", required=False,
        help_text="Counts on the ladder of the guidelines; the client reads your words.",
    )  # fmt: skip
    worker_violation = forms.ChoiceField(
        label="Record a violation of the worker", required=False,
        help_text="Counts on the ladder of the guidelines; the worker reads your words.",
    )  # fmt: skip
    expects = forms.SlugField(required=False, max_length=32, widget=forms.HiddenInput)

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for side in Side.values:
            kinds = [(one.key, one.label) for one in marks.violations_offered(case, side)]
            self.fields[f"{side}_violation"].choices = [("", "None"), *kinds]
        self.fields["marks"].choices = [(one.key, one.label) for one in marks.offered(case)]
        self.fields["marks"].error_messages["invalid_choice"] = str(marks.NoSuchMark())

    @property
    def chosen(self) -> list[str]:
        """The keys of all that happens beside the money."""
        data = self.cleaned_data
        recorded = (data["company_violation"], data["worker_violation"])
        return [*data["marks"], *(key for key in recorded if key)]


class ReverseForm(forms.Form):
    words = TextField(
        label="Why the decision is taken back",
        max_length=5_000,
        help_text="Both sides read it.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    expects = forms.SlugField(required=False, max_length=32, widget=forms.HiddenInput)
