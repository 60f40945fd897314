"""The client's answer to submitted work: approve what was seen, or send it back with a note."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from assignments.models import Assignment
from core.forms import MoneyInput
from core.money import LARGEST
from core.text_fields import TextField


class ApproveForm(forms.Form):
    """Carries the submission and the amount that were seen, so that others are not approved
    unseen."""

    submitted_at = forms.CharField(widget=forms.HiddenInput, max_length=40, required=False)

    claimed = MoneyInput(widget=forms.HiddenInput, required=False, most=LARGEST)

    def __init__(self, *args: Any, assignment: Assignment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["claimed"].initial = assignment.amount_claimed
        seen = assignment.submitted_at
        self.fields["submitted_at"].initial = seen.isoformat() if seen else ""

    def clean_submitted_at(self) -> datetime:
        try:
            seen = datetime.fromisoformat(self.cleaned_data["submitted_at"])
        except ValueError:
            seen = None
        if seen is None or seen.tzinfo is None:
            raise ValidationError("This page was out of date. Check the work and approve it again.")
        return seen


MOST_MISSING = 20
"""Lines of what is missing, ticked and typed together."""
ALWAYS = ("Times on site", "What was done, in words", "The hours or the amount")


class SendBackForm(forms.Form):
    """What is missing, line by line, and a note; the worker ticks the lines off."""

    missing = forms.MultipleChoiceField(
        required=False, widget=forms.CheckboxSelectMultiple, label="What is missing or wrong"
    )
    more = TextField(
        required=False,
        max_length=2_000,
        label="Anything else, one thing a line",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    note = TextField(
        max_length=2_000,
        label="A note to the worker",
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="The worker reads this, corrects the work and submits it again.",
        error_messages={"required": "Say what is missing, so that the worker can correct it."},
    )

    amount = MoneyInput(
        required=False,
        label="Propose to pay less",
        help_text="Empty: the amount stays. You pay less only where the worker agrees and submits "
        "for it; they may also ask for the whole again, or open a case.",
    )

    use_required_attribute = False

    def __init__(
        self, *args: Any, wanted: Sequence[str] = (), refused: Sequence[str] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        lines = dict.fromkeys([*wanted, *ALWAYS])
        self.fields["missing"].choices = [(line, line) for line in lines]
        self.fields["missing"].initial = list(refused)

    def clean_more(self) -> list[str]:
        lines = [" ".join(line.split()) for line in self.cleaned_data["more"].splitlines()]
        lines = [line for line in lines if line]
        if any(len(line) > 300 for line in lines):
            raise ValidationError("Keep each line under 300 characters.")
        if len(lines) > MOST_MISSING:
            raise ValidationError(f"Name at most {MOST_MISSING} things.")
        return lines

    @property
    def lines(self) -> list[str]:
        return [*self.cleaned_data["missing"], *self.cleaned_data["more"]]
