"""Naming a view of the board."""

from __future__ import annotations

from django import forms

from core.text_fields import LineField


class SavedViewForm(forms.Form):
    name = LineField(
        max_length=60,
        label="Name of the view",
        help_text="What you look for: “Ohio, to approve”.",
        error_messages={"required": "Give the view a name."},
    )
    is_shared = forms.BooleanField(
        required=False,
        label="Share with everybody in the company",
        help_text="Others see it in their list; only you can change it.",
    )

    use_required_attribute = False
