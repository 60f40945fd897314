"""Doing the work: checking in and out, handing in, submitting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms

from assignments.claiming import HoursAboveVisits, above_budget, most_hours
from assignments.forms.fields import LineField, TextField
from assignments.models import Assignment, DeliverableRequest
from assignments.pricing import PricingType, hours_words
from core.files import ALLOWED_WORDS, CleanUpload
from core.forms import MoneyInput, UploadsField
from core.money import ZERO, format_money

CHECK_IN, CHECK_OUT = "check_in", "check_out"
MOST_VISITS = 10_000


class Coordinate(forms.FloatField):
    """Where the phone says it is; what makes no sense counts as not said."""

    widget = forms.HiddenInput

    def __init__(self, limit: int) -> None:
        self.limit = limit
        super().__init__(required=False)

    def clean(self, value: Any) -> float | None:
        try:
            degrees = super().clean(value)
        except forms.ValidationError:
            return None
        return degrees if degrees is not None and abs(degrees) <= self.limit else None


class VisitForm(forms.Form):
    """One press: check in or out. ``seen`` is how many visits the page showed, so that a page
    left open does not start a visit that nobody meant."""

    act = forms.ChoiceField(choices=[(CHECK_IN, "Check in"), (CHECK_OUT, "Check out")])
    seen = forms.IntegerField(min_value=0, max_value=MOST_VISITS, widget=forms.HiddenInput)
    latitude = Coordinate(90)
    longitude = Coordinate(180)
    note = LineField(
        max_length=500, required=False, label="Note", help_text="For example: waited for a key."
    )

    @property
    def place(self) -> dict[str, float]:
        """Both coordinates, or none."""
        latitude = self.cleaned_data.get("latitude")
        longitude = self.cleaned_data.get("longitude")
        if latitude is None or longitude is None:
            return {}
        return {"latitude": latitude, "longitude": longitude}


@dataclass(frozen=True)
class Uploads:
    """What of a handful of files can be used, and a sentence for each that cannot."""

    good: list[CleanUpload]
    refused: list[str]


class EachUploadField(UploadsField):
    """Several files, each judged alone: one that is refused does not lose the others.

    It is an error only where none is left.
    """

    def clean(self, data: Any, initial: Any = None) -> Uploads:
        good: list[CleanUpload] = []
        refused: list[str] = []
        for upload in [item for item in data or [] if item]:
            try:
                good += super().clean([upload])
            except forms.ValidationError as error:
                refused += error.messages
        if len(good) > self.most:
            raise forms.ValidationError(f"Add at most {self.most} files at a time.")
        if refused and not good:
            raise forms.ValidationError(refused)
        if not good and self.required:
            raise forms.ValidationError("Choose at least one file.", code="required")
        return Uploads(good, refused)


class HandInForm(forms.Form):
    """Files for one of the things asked for."""

    request = forms.TypedChoiceField(
        widget=forms.HiddenInput,
        error_messages={
            "required": "Choose what the files are for.",
            "invalid_choice": "The client no longer asks for this. Look at the list below.",
        },
    )
    files = EachUploadField(
        label="Files", most=10, help_text=f"Up to 10 at a time, 25 MB each: {ALLOWED_WORDS}."
    )

    use_required_attribute = False

    def __init__(self, *args: Any, requests: Sequence[DeliverableRequest], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.requests = {str(request.pk): request for request in requests}
        field = self.fields["request"]
        field.choices = [(key, request.title) for key, request in self.requests.items()]
        field.coerce = self.requests.__getitem__


class SubmissionForm(forms.Form):
    """What the worker claims: hours or units where these are paid, an amount of at most the
    price, and words."""

    hours = forms.DecimalField(
        label="Hours worked",
        min_value=Decimal("0.01"),
        max_digits=6,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    units = forms.DecimalField(
        label="How many you did",
        min_value=Decimal("0.01"),
        max_digits=9,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    amount = MoneyInput(
        required=False,
        label="Amount to ask for",
        help_text="Empty: the whole price. You may ask for less, never for more.",
    )
    expenses = MoneyInput(required=False, least=ZERO, label="Expenses you had")
    resolution = TextField(
        max_length=5_000,
        label="What you did",
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="What was done, what was left, what the client should know.",
    )

    use_required_attribute = False

    def __init__(
        self,
        *args: Any,
        assignment: Assignment,
        visited: Decimal,
        proposed: Decimal | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.assignment = assignment
        self.terms = assignment.terms
        self.agreed = self.terms.quantity_words(self.terms.most_quantity)
        self.most = most_hours(assignment, visited)
        if self.terms.is_timed:
            self._ask_for_hours(visited)
        else:
            del self.fields["hours"]
        self._ask_for_expenses()
        if proposed:
            price = proposed - assignment.expenses - assignment.bonus
            self.fields["amount"].initial = price if price > ZERO else None
        if self.terms.pricing == PricingType.UNIT:
            self.fields["units"].help_text = f"At most {self.agreed}."
        else:
            del self.fields["units"]

    def _ask_for_expenses(self) -> None:
        agreed = self.assignment.expenses
        if not agreed:
            del self.fields["expenses"]
            return
        words = format_money(agreed, self.assignment.company.currency)
        field = self.fields["expenses"]
        field.most, field.initial = agreed, agreed
        field.help_text = f"At most the agreed {words}. Enter what they came to."

    def _ask_for_hours(self, visited: Decimal) -> None:
        field = self.fields["hours"]
        field.initial = min(visited, self.most) or None
        field.help_text = f"At most {self.agreed} are agreed."
        if self.assignment.wants_check_in:
            field.help_text = (
                f"Your visits come to {visited} hours; at most {self.agreed} are agreed. "
                "You may claim fewer."
            )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("hours") is not None:
            self._check_hours(data["hours"])
        if data.get("units") is not None and (
            refused := above_budget(self.assignment, data["units"])
        ):
            self.add_error("units", str(refused))
        amount = data.get("amount")
        price = self.terms.price_of(data.get("hours") or data.get("units"))
        if amount is not None and not {"hours", "units"} & self.errors.keys() and amount > price:
            words = format_money(price, self.assignment.company.currency)
            self.add_error("amount", f"You may ask for {words} or less, not more.")
        return data

    def _check_hours(self, hours: Decimal) -> None:
        if refused := above_budget(self.assignment, hours):
            self.add_error("hours", str(refused))
        elif hours > self.most:
            self.add_error("hours", str(HoursAboveVisits(most=hours_words(self.most))))
