"""The one question about a mark: which."""

from django import forms
from django.utils.http import url_has_allowed_host_and_scheme

from vetting.marks import NEITHER
from vetting.models import Standing


class MarkForm(forms.Form):
    standing = forms.ChoiceField(choices=[(NEITHER, "Neither"), *Standing.choices], required=False)
    """Left empty it takes the mark away."""

    back = forms.CharField(required=False, max_length=1_000)
    """The list it was pressed on, to return to; another site's address is left out."""

    def clean_back(self) -> str:
        back: str = self.cleaned_data["back"]
        inside = url_has_allowed_host_and_scheme(back, allowed_hosts=None)
        return back if inside and back.startswith("/workers/") else ""
