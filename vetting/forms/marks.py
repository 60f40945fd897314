"""The one question about a mark: which."""

from django import forms

from vetting.marks import NEITHER
from vetting.models import Standing


class MarkForm(forms.Form):
    standing = forms.ChoiceField(choices=[(NEITHER, "Neither"), *Standing.choices], required=False)
    """Left empty it takes the mark away."""
