"""Writing and signing agreements, and filtering who has signed."""

from __future__ import annotations

from typing import Any

from django import forms

from core.paging import CursorField
from core.text_fields import LineField, TextField
from vetting.models.agreements import LONGEST_TEXT

MOST_VERSIONS = 32_000
WRITTEN = "Markdown works: # headings, - lists, **strong**. Workers read and sign exactly this."


class AgreementForm(forms.Form):
    title = LineField(
        max_length=120,
        help_text="Workers read it, such as “Confidentiality agreement”.",
        error_messages={"required": "Give the agreement a title."},
    )
    text = TextField(
        max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 22}), help_text=WRITTEN,
        error_messages={"required": "Write the text that workers sign."},
    )  # fmt: skip


class PublishForm(forms.Form):
    """A new wording; ``based_on`` is the version that was being changed."""

    text = TextField(
        max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 22}), help_text=WRITTEN,
        error_messages={"required": "Write the text that workers sign."},
    )  # fmt: skip
    note = LineField(
        required=False, max_length=300, label="What has changed?",
        help_text="Workers read it before they sign again.",
    )  # fmt: skip
    based_on = forms.IntegerField(min_value=1, max_value=MOST_VERSIONS, widget=forms.HiddenInput)


class SignForm(forms.Form):
    number = forms.IntegerField(min_value=1, max_value=MOST_VERSIONS, widget=forms.HiddenInput)
    agree = forms.BooleanField(
        label="I have read this agreement and accept it",
        error_messages={"required": "Tick the box if you accept it, or go back."},
    )
    typed_name = LineField(
        max_length=120, label="Your full name", widget=forms.TextInput({"autocomplete": "name"}),
        error_messages={"required": "Type your full name: it is your signature."},
    )  # fmt: skip


class PlaceForm(forms.Form):
    """Which version is looked at, or which two are compared."""

    version = forms.IntegerField(required=False, min_value=1, max_value=MOST_VERSIONS)
    before = forms.IntegerField(required=False, min_value=1, max_value=MOST_VERSIONS)
    after = forms.IntegerField(required=False, min_value=1, max_value=MOST_VERSIONS)

    def read(self) -> dict[str, Any]:
        self.is_valid()
        return self.cleaned_data


class SignaturesForm(forms.Form):
    """Which signatures are wanted."""

    q = LineField(label="Worker", required=False, max_length=80)
    which = forms.ChoiceField(
        label="Version", required=False,
        choices=[("", "Every signature"), ("now", "The version in force"),
                 ("older", "An older one only")],
    )  # fmt: skip
    after = CursorField()
    before = CursorField()


class AgreementsForm(forms.Form):
    archived = forms.BooleanField(label="Archived", required=False)
