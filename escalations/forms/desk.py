"""What staff write at the desk beside replies and decisions: arranging, sorting, reporting."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator

from core.forms import DayField, KeyedForm
from core.text_fields import TextField
from escalations.casework.assigning import MOST_AT_ONCE
from escalations.states import KINDS, Priority
from escalations.team import members

BOTH_READ = "Both sides read it."
ROUTED = "routed"


def _words(label: str, help_text: str = BOTH_READ, *, required: bool = True) -> TextField:
    area = forms.Textarea(attrs={"rows": 3})
    return TextField(
        label=label, help_text=help_text, required=required, max_length=2_000, widget=area
    )


class SeenForm(forms.Form):
    """The last line of the timeline that the page showed; nonsense counts as nothing seen."""

    seen = forms.IntegerField(min_value=0, max_value=2**63 - 1)


class HandOverForm(KeyedForm):
    to = forms.ModelChoiceField(queryset=None, label="Hand over to", empty_label="Choose")
    words = _words("What they need to know", "Read by staff only.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = members()


class RemindForm(forms.Form):
    words = _words("A line to go with it", required=False)


class RefileForm(forms.Form):
    kind = forms.ChoiceField(label="Kind", choices=[(k.code, k.label) for k in KINDS.values()])
    priority = forms.TypedChoiceField(label="Priority", coerce=int, choices=Priority.choices)
    words = _words("Why", "Read by staff only.", required=False)


class TalkForm(forms.Form):
    """Whether the two sides read each other's messages from now on."""

    allowed = forms.TypedChoiceField(
        label="Who reads what a side writes",
        coerce=lambda value: value == "both",
        choices=[
            ("both", "Both sides and the Escalations Team"),
            ("staff", "The Escalations Team"),
        ],
        help_text="What was written before stays with those who read it.",
    )


class HoldForm(KeyedForm):
    words = _words("Why approval and payment wait")


class LiftHoldForm(KeyedForm):
    words = _words("Why approval and payment go on")


class OtherCaseForm(forms.Form):
    other = forms.CharField(
        label="The other case",
        max_length=20,
        help_text="Its number, such as C-1042.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class LinkForm(OtherCaseForm):
    words = forms.CharField(
        label="Why they belong together",
        required=False,
        max_length=300,
        help_text="Read by staff only.",
    )


class MergeForm(OtherCaseForm):
    words = _words("Words to both sides", "Why the two are one, and where it goes on.")
    field_order = ("other", "words")


class WithdrawForForm(forms.Form):
    words = _words("How they asked you to withdraw it")


class BulkForm(forms.Form):
    """Which cases go to whom; ``routed`` lets routing say so for each."""

    cases = forms.TypedMultipleChoiceField(
        coerce=int,
        validators=[MaxLengthValidator(MOST_AT_ONCE, f"Choose at most {MOST_AT_ONCE} cases.")],
        error_messages={"required": "Choose at least one case."},
    )
    to = forms.ChoiceField(label="Give the chosen cases to")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(person.pk): person for person in members()}
        self.fields["to"].choices = [
            ("", "Choose"),
            (ROUTED, "Whom routing finds"),
            *((key, str(person)) for key, person in self.people.items()),
        ]
        given = self.data.getlist("cases") if hasattr(self.data, "getlist") else []
        self.fields["cases"].choices = [(key, key) for key in given if _is_key(key)]


def _is_key(written: str) -> bool:
    return written.isascii() and written.isdigit() and len(written) < 19


class ReportForm(forms.Form):
    """The days a report covers, by the day a case was opened; the last 90 unless it says."""

    first = DayField(label="From", required=False)
    last = DayField(label="To", required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("first") and data.get("last") and data["first"] > data["last"]:
            self.add_error("last", "The last day comes before the first.")
        return data
