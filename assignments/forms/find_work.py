"""What a worker may ask the marketplace for; every parameter of ``/work/`` goes through here."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

from accounts.models import Industry, WorkerProfile
from assignments.pricing import PricingType
from assignments.queries.find_work import Origin
from core.forms import DateInput
from core.places import place_of

WHERE = [("", "On site or remote"), ("site", "On site"), ("remote", "Remote")]
MILES = [("", "Any distance"), *((n, f"{n} miles") for n in (10, 25, 50, 100, 200))]
PAID = [
    ("", "Any terms"),
    (0, "On approval"),
    (7, "Within 7 days"),
    (15, "Within 15 days"),
    (30, "Within 30 days"),
]
KEPT_IN_TOOLBAR = ("q", "sort")
SORTS = [("newest", "Newest first"), ("soonest", "Starting soonest"), ("nearest", "Nearest first")]


def _number_or_none(value: str) -> int | None:
    return int(value) if value != "" else None


class DayField(forms.DateField):
    """A day of our century, so that the day after it can be worked out."""

    widget = DateInput
    default_validators = [
        MinValueValidator(date(2000, 1, 1), "Choose a day from the year 2000 on."),
        MaxValueValidator(date(2100, 1, 1), "Choose a day before the year 2100."),
    ]


class FindWorkForm(forms.Form):
    """``origin`` is set by validation: the ZIP code's place, or else the worker's own.

    An invalid field is reported and left out; the valid ones still filter the list. Words and
    order stand above the list, so the panel of filters carries them hidden.
    """

    q = forms.CharField(
        label="Search words", required=False, max_length=100, widget=forms.HiddenInput
    )
    sort = forms.ChoiceField(label="Order", required=False, choices=SORTS, widget=forms.HiddenInput)
    where = forms.ChoiceField(label="Where", required=False, choices=WHERE)
    miles = forms.TypedChoiceField(
        label="Within", required=False, choices=MILES, coerce=_number_or_none, empty_value=None
    )
    zip = forms.CharField(
        label="Of ZIP code",
        required=False,
        max_length=10,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "postal-code"}),
    )
    industry = forms.TypedChoiceField(label="Industry", required=False, empty_value=None)
    pricing = forms.ChoiceField(
        label="Priced", required=False, choices=[("", "Any way"), *PricingType.choices]
    )
    pay = forms.DecimalField(
        label="Least pay",
        required=False,
        min_value=0,
        max_digits=9,
        decimal_places=2,
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "1"}),
    )
    starts_from = DayField(label="Starts from", required=False)
    starts_to = DayField(label="Starts by", required=False)
    terms = forms.TypedChoiceField(
        label="Paid", required=False, choices=PAID, coerce=_number_or_none, empty_value=None
    )

    qualified = forms.BooleanField(label="Only work I qualify for", required=False)

    def __init__(self, data: Any, *, worker: WorkerProfile) -> None:
        super().__init__(data, use_required_attribute=False)
        self.worker, self.origin = worker, Origin.of_worker(worker)
        self.zone = ZoneInfo(worker.user.time_zone)
        industries = list(Industry.objects.order_by("name").values_list("pk", "slug", "name"))
        self.industries = {slug: pk for pk, slug, _ in industries}
        field = self.fields["industry"]
        field.choices = [("", "Any industry"), *((slug, name) for _, slug, name in industries)]
        if worker.postal_code:
            self.fields["zip"].widget.attrs["placeholder"] = worker.postal_code

    @property
    def others(self) -> list[tuple[str, str]]:
        """What is set besides words and order, for the toolbar to carry along."""
        return [
            (name, value)
            for name in self.fields
            if name not in KEPT_IN_TOOLBAR and (value := str(self.data.get(name, "")).strip())
        ]

    @property
    def asked(self) -> str:
        """Words and filters as a query string, without the order."""
        words = [("q", value)] if (value := str(self.data.get("q", "")).strip()) else []
        return urlencode([*words, *self.others])

    def clean_industry(self) -> int | None:
        return self.industries.get(self.cleaned_data["industry"])

    def clean_sort(self) -> str:
        return self.cleaned_data["sort"] or "newest"

    def clean_zip(self) -> str:
        written: str = self.cleaned_data["zip"].strip()
        if not written:
            return ""
        place = place_of(written)
        if place is None:
            raise forms.ValidationError("No map knows this ZIP code. Write five digits.")
        self.origin = Origin.of_place(place)
        return written

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        start, end = cleaned.get("starts_from"), cleaned.get("starts_to")
        if start and end and end < start:
            self.add_error("starts_to", "Choose a day on or after the first.")
        if start:
            cleaned["starts_at_from"] = datetime.combine(start, time(), self.zone)
        if end := cleaned.get("starts_to"):
            cleaned["starts_at_before"] = datetime.combine(
                end + timedelta(days=1), time(), self.zone
            )
        self._check_distance(cleaned)
        return cleaned

    def _check_distance(self, cleaned: dict[str, Any]) -> None:
        nearest = cleaned.get("sort") == "nearest"
        if cleaned.get("where") == "remote" and (cleaned.get("miles") or nearest):
            cleaned["miles"] = None
            cleaned["sort"] = "newest" if nearest else cleaned.get("sort")
            self.add_error(None, "Remote work has no distance, so it is shown from anywhere.")
        elif self.origin is None and (cleaned.get("miles") or nearest):
            cleaned["sort"] = "newest" if nearest else cleaned.get("sort")
            self.add_error(
                "zip", "Write a ZIP code, or set your home place in your settings first."
            )
