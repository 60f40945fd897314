"""What staff write into a policy, when it comes into force, and what readers say of it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from conduct.models import Audience
from conduct.queries.reports import WHICH
from core.forms import DateTimeLocalInput, zoned
from core.markdown import LONGEST
from core.paging import CursorField
from core.text_fields import LineField, TextField

ZONE = "UTC"


class DraftForm(forms.Form):
    """The next wording; ``revision`` is the one the page showed."""

    text = TextField(
        label="Text",
        max_length=LONGEST,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 24, "class": "input mono"}),
        help_text="Markdown: # for headings, - for lists, **bold**, tables with |.",
    )
    note = LineField(
        label="What has changed",
        required=False,
        max_length=300,
        help_text="In a sentence. Everybody who accepted the last version reads it.",
    )
    revision = forms.IntegerField(min_value=0, max_value=2_000_000_000, widget=forms.HiddenInput)

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        if not text.strip():
            raise ValidationError("Write the text first.", code="required")
        return text


class PublishForm(forms.Form):
    in_force_from = forms.DateTimeField(
        label="In force from",
        required=False,
        widget=DateTimeLocalInput,
        help_text="UTC. Empty: at once.",
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
    )
    revision = forms.IntegerField(min_value=0, max_value=2_000_000_000, widget=forms.HiddenInput)

    def clean_in_force_from(self) -> Any:
        moment = self.cleaned_data["in_force_from"]
        if moment is None:
            return None
        if not 2000 <= moment.year <= 2100:
            raise ValidationError("Choose a year from 2000 to 2100.", code="range")
        return zoned(moment.replace(tzinfo=None), ZONE)


class PolicyForm(forms.Form):
    title = LineField(max_length=120)
    slug = forms.SlugField(
        label="Address", max_length=60, help_text="What follows /policies/, such as late-payment."
    )
    summary = LineField(max_length=300, help_text="One sentence, on the list of policies.")
    audience = forms.ChoiceField(label="For whom", choices=Audience.choices)
    asks_acceptance = forms.BooleanField(
        label="Has to be accepted before new steps", required=False
    )

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"].lower()
        if slug == "accept":
            raise ValidationError("This address belongs to another page.", code="taken")
        return slug


class AcceptanceReportForm(forms.Form):
    which = forms.ChoiceField(required=False, choices=WHICH)
    q = LineField(label="Name or e-mail", required=False, max_length=100)
    after = CursorField()
    before = CursorField()


class DifferenceForm(forms.Form):
    before = forms.IntegerField(required=False, min_value=1, max_value=32_000)
    after = forms.IntegerField(required=False, min_value=1, max_value=32_000)


class HelpfulForm(forms.Form):
    version = forms.IntegerField(min_value=1, max_value=32_000)
    helped = forms.TypedChoiceField(
        choices=[("yes", "Yes"), ("no", "No")],
        coerce=lambda value: value == "yes",
        error_messages={"required": "Choose yes or no."},
    )
    words = LineField(label="What is missing?", required=False, max_length=500)
