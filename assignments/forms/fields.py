"""Fields that only the forms of assignments need."""

from datetime import datetime
from typing import Any

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.forms.fields import BaseTemporalField

from core.forms import DateTimeLocalInput
from core.references import unused
from core.text_fields import LineField, TextField, WordsField

__all__ = ["LineField", "ReferenceField", "TextField", "WallClockField", "WordsField"]


class WallClockField(forms.DateTimeField):
    """A date and a time as a clock on the wall shows them; the form knows the zone.

    Cleans to a naive datetime: ``core.forms.zoned`` makes the moment of it.
    """

    widget = DateTimeLocalInput
    input_formats = (
        "%Y-%m-%dT%H:%M",
        "%Y-%m-%dT%H:%M:%S",
        "%Y-%m-%d %H:%M",
        "%m/%d/%Y %H:%M",
        "%m/%d/%Y %I:%M %p",
    )
    default_error_messages = {
        "invalid": "Enter a date and a time, such as 2026-12-01 09:30.",
    }

    def to_python(self, value: Any) -> datetime | None:
        if value in self.empty_values:
            return None
        if isinstance(value, datetime):
            return value
        return BaseTemporalField.to_python(self, value)


class ReferenceField(forms.CharField):
    """The reference a thing will get, chosen and signed when its form is shown.

    A form sent twice then names the same thing twice. The form sets ``salt`` to who may use it.
    A missing or broken value is refused once and replaced on the page.
    """

    widget = forms.HiddenInput
    salt = ""

    def __init__(self, model: type[Model], prefix: str, **kwargs: Any) -> None:
        super().__init__(
            required=False, max_length=200, initial=self.signed, label="Page", **kwargs
        )
        self.model, self.prefix = model, prefix

    def __deepcopy__(self, memo: dict[int, Any]) -> "ReferenceField":
        copied = super().__deepcopy__(memo)
        copied.initial = copied.signed
        return copied

    def signed(self) -> str:
        return signing.dumps(unused(self.model, self.prefix), salt=self.salt)

    def clean(self, value: Any) -> str:
        try:
            return str(signing.loads(super().clean(value), salt=self.salt))
        except signing.BadSignature:
            raise ValidationError(
                "It was out of date. Check what you typed and send it again.", code="stale"
            )

    def bound_data(self, data: Any, initial: Any) -> Any:
        try:
            signing.loads(data or "", salt=self.salt)
        except signing.BadSignature:
            return self.signed()
        return data
