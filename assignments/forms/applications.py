"""A client's answer to an application."""

from django import forms

from assignments.models import Application
from core.text_fields import LineField


class ChooseForm(forms.Form):
    """Which open application is meant; ``reason`` is for the one who is told no."""

    application = forms.ModelChoiceField(
        Application.objects.none(),
        widget=forms.HiddenInput,
        error_messages={
            "required": "Choose an applicant.",
            "invalid_choice": "This application is no longer there. Choose among those below.",
        },
    )


class DeclineForm(ChooseForm):
    reason = LineField(
        max_length=500,
        label="Reason",
        help_text="The worker reads it.",
        error_messages={"required": "Say in a few words why: the worker reads it."},
    )
