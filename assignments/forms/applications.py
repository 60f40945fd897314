"""A client's answer to an application."""

from django import forms

from assignments.models import Application
from core.text_fields import LineField

ORDERS = [
    ("first", "First to apply"),
    ("match", "Best match"),
    ("price", "Lowest price"),
    ("nearest", "Nearest"),
    ("soonest", "Earliest start"),
]


class OrderForm(forms.Form):
    """In which order, and whether only those with a star."""

    sort = forms.ChoiceField(choices=ORDERS, required=False, label="Order")
    starred = forms.BooleanField(required=False, label="With a star only")


class StarForm(forms.Form):
    """The star of one application; its button says what it will be."""

    application = forms.IntegerField(min_value=1, max_value=2**63 - 1)
    star = forms.ChoiceField(choices=[("on", "on"), ("off", "off")])


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


class AssignForm(ChooseForm):
    """``override_note`` says why somebody passes who does not meet the requirements."""

    override_note = LineField(max_length=500, required=False, label="Why you assign them anyway")


class DeclineForm(ChooseForm):
    reason = LineField(
        max_length=500,
        label="Reason",
        help_text="The worker reads it.",
        error_messages={"required": "Say in a few words why: the worker reads it."},
    )
