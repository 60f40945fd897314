"""A report to staff about an assignment."""

from __future__ import annotations

from django import forms

from conduct.models import Reason
from core.forms import KeyedForm
from core.text_fields import TextField


class ReportForm(KeyedForm):
    reason = forms.ChoiceField(label="What is wrong?", choices=Reason.choices,
                               widget=forms.RadioSelect)  # fmt: skip
    words = TextField(
        label="What happened?",
        max_length=2_000,
        help_text="What you saw or were asked for, and when. Our staff read the assignment and "
        "its messages too.",
        widget=forms.Textarea(attrs={"rows": 5}),
    )
