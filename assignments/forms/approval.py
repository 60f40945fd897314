"""The client's answer to submitted work: approve what was seen, or send it back with a note."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from assignments.models import Assignment
from core.text_fields import TextField


class ApproveForm(forms.Form):
    """Carries the submission that was seen, so that a later one is not approved unseen."""

    submitted_at = forms.CharField(widget=forms.HiddenInput, max_length=40, required=False)

    def __init__(self, *args: Any, assignment: Assignment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
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


class SendBackForm(forms.Form):
    note = TextField(
        max_length=2_000,
        label="What is missing",
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="The worker reads this, corrects the work and submits it again.",
        error_messages={"required": "Say what is missing, so that the worker can correct it."},
    )

    use_required_attribute = False
