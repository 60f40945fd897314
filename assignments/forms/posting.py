"""The form in which a client writes an assignment down."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Q

from accounts.actors import Actor
from accounts.models import Industry, User
from assignments.forms.fields import (
    LineField,
    ReferenceField,
    TextField,
    WallClockField,
    WordsField,
)
from assignments.models import Assignment
from assignments.posting import FIELDS
from assignments.pricing import PricingType, Terms
from assignments.states import Status
from core.forms import ChoiceCards, MoneyInput, zoned
from core.places import TIME_ZONES, place_of

FURTHEST = timedelta(days=730)
LONGEST = timedelta(days=180)
MOST_BUDGET = Decimal("1000000.00")
PLACES = [
    ("on_site", "On site|The worker comes to an address."),
    ("remote", "Remote|The work is done from anywhere."),
]
PRICINGS = [
    (PricingType.FLAT, "Flat price|One price for the whole work."),
    (PricingType.HOURLY, "By the hour|A rate, and the most hours you pay for."),
]
SCHEDULES = [
    ("fixed", "Fixed time|The worker starts exactly at the start."),
    ("window", "Window|The worker may start any time within it."),
]
SITE_FIELDS = (
    "site_name", "street", "city", "region", "postal_code", "contact_name", "contact_phone",
)  # fmt: skip


def terms_words(days: int) -> str:
    """``On approval`` or ``30 days after approval``."""
    return f"{days} days after approval" if days else "On approval, from your balance"


class PostingForm(forms.Form):
    """Everything a client writes, but for the deliverables asked for.

    ``values()`` are the fields of ``assignments.posting``; times are typed in the zone of the
    site, which the ZIP code decides, or in the chosen zone where the work is remote.
    """

    title = LineField(
        max_length=120, help_text="What is done to what: “Replace two access points”."
    )
    industry = forms.ModelChoiceField(Industry.objects.order_by("name"), empty_label="Choose…")
    description = TextField(
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text="What is there, what is wanted, in which order, what to bring, and when it "
        "counts as done. This is the contract. Markdown works: lists, bold, links.",
    )
    skills = WordsField(
        required=False,
        label="Desired skills",
        help_text="With commas between them: low-voltage cabling, Wi-Fi survey.",
    )
    special_instructions = TextField(
        max_length=5_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Only the assigned worker reads this: door codes, parking, whom to call.",
    )
    owner = forms.ModelChoiceField(
        User.objects.none(),
        empty_label=None,
        label="Who looks after it",
        help_text="Gets the reminders.",
    )
    place = forms.ChoiceField(
        choices=PLACES, initial="on_site", widget=ChoiceCards, label="Where is the work done?"
    )
    site_name = LineField(
        max_length=120, required=False, help_text="As it stands on the door: “Store 114”."
    )
    street = LineField(max_length=200, required=False, label="Street and number")
    postal_code = LineField(
        max_length=12,
        required=False,
        label="ZIP code",
        help_text="Sets the time zone.",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    city = LineField(max_length=80, required=False, help_text="Empty: as the ZIP code says.")
    region = LineField(max_length=2, required=False, label="State", help_text="Two letters.")
    contact_name = LineField(max_length=120, required=False, label="Contact on site")
    contact_phone = LineField(
        max_length=30,
        required=False,
        label="Phone of the contact",
        help_text="The assigned worker sees it.",
        widget=forms.TextInput(attrs={"type": "tel"}),
    )
    time_zone = forms.ChoiceField(
        choices=TIME_ZONES, required=False, help_text="The times below are in this zone."
    )
    schedule = forms.ChoiceField(
        choices=SCHEDULES, initial="fixed", widget=ChoiceCards, label="How exact is the time?"
    )
    starts_at = WallClockField(label="Start")
    ends_at = WallClockField(label="End")
    pricing = forms.ChoiceField(
        choices=PRICINGS,
        initial=PricingType.FLAT,
        widget=ChoiceCards,
        label="How is the worker paid?",
    )
    flat_price = MoneyInput(required=False, label="Price", help_text="What the worker gets.")
    hourly_rate = MoneyInput(
        required=False, most=Decimal("10000.00"), help_text="What the worker gets for an hour."
    )
    max_hours = forms.DecimalField(
        required=False,
        min_value=Decimal("0.25"),
        max_value=Decimal(2000),
        decimal_places=2,
        max_digits=6,
        label="Most hours",
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    price_is_fixed = forms.BooleanField(
        required=False,
        label="The price is fixed",
        help_text="Workers cannot answer with another price.",
    )
    terms_days = forms.TypedChoiceField(
        coerce=int,
        choices=[(days, terms_words(days)) for days in settings.PAYMENT_TERMS_DAYS],
        label="When is it paid?",
    )
    wants_check_in = forms.BooleanField(
        required=False, initial=True, label="The worker checks in and out on site"
    )
    wants_confirmation = forms.BooleanField(
        required=False, label="The worker confirms shortly before that they will be there"
    )
    confirm_hours_before = forms.IntegerField(
        required=False,
        initial=24,
        min_value=1,
        max_value=168,
        label="Confirmation asked for",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    use_required_attribute = False

    def __init__(self, *args: Any, actor: Actor, at: datetime, **kwargs: Any) -> None:
        assert actor.company is not None and actor.user is not None
        self.actor, self.at = actor, at
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = owners_of(actor)
        self.fields["owner"].initial = actor.user.pk
        self.fields["terms_days"].initial = actor.company.default_terms_days
        self.fields["time_zone"].initial = actor.user.time_zone

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("place") == "remote":
            self._clean_remote(data)
        elif data.get("place"):
            self._clean_site(data)
        self._clean_times(data)
        self._clean_price(data)
        if data.get("wants_confirmation") and "confirm_hours_before" in data:
            data["confirm_hours_before"] = data["confirm_hours_before"] or 24
        return data

    def values(self) -> dict[str, Any]:
        """What ``assignments.posting`` writes; only of a valid form."""
        data = self.cleaned_data
        derived = {
            "on_site": data["place"] == "on_site",
            "is_window": data["schedule"] == "window",
            "confirm_hours_before": data.get("confirm_hours_before") or 24,
        }
        return {name: derived.get(name, data.get(name)) for name in FIELDS}

    @property
    def terms(self) -> Terms | None:
        """The price as far as it is typed and makes sense."""
        data = getattr(self, "cleaned_data", {})
        terms = Terms(
            data.get("pricing") or PricingType.FLAT,
            data.get("flat_price"),
            data.get("hourly_rate"),
            data.get("max_hours"),
        )
        return terms if terms.most else None

    def _clean_remote(self, data: dict[str, Any]) -> None:
        data.update(dict.fromkeys(SITE_FIELDS, ""), latitude=None, longitude=None)
        for name in SITE_FIELDS:
            self.errors.pop(name, None)
        if not data.get("time_zone"):
            self.add_error("time_zone", "Choose the time zone of the times below.")

    def _clean_site(self, data: dict[str, Any]) -> None:
        self.errors.pop("time_zone", None)
        data["time_zone"] = ""
        if "street" in data and not data["street"]:
            self.add_error("street", "Enter the street and number of the site.")
        if "postal_code" not in data:
            return
        if not data["postal_code"]:
            self.add_error("postal_code", "Enter the ZIP code of the site.")
            return
        place = place_of(data["postal_code"])
        if place is None:
            self.add_error(
                "postal_code", "We cannot find this ZIP code on the map. Enter five digits."
            )
            return
        region = data.get("region", "").upper()
        if region and region != place.region:
            self.add_error(
                "region",
                f"ZIP code {place.postal_code} is in {place.region}. Correct the one or the other.",
            )
        data.update(
            city=data.get("city") or place.city,
            region=place.region,
            latitude=place.latitude,
            longitude=place.longitude,
            time_zone=place.time_zone,
        )

    def _clean_times(self, data: dict[str, Any]) -> None:
        zone = data.get("time_zone")
        if not zone:
            return
        for name in ("starts_at", "ends_at"):
            if data.get(name):
                try:
                    data[name] = zoned(data[name], zone)
                except ValidationError as error:
                    self.add_error(name, error)
        starts_at, ends_at = data.get("starts_at"), data.get("ends_at")
        if starts_at and starts_at < self.at:
            self.add_error("starts_at", "This is in the past. Choose a later start.")
        elif starts_at and starts_at > self.at + FURTHEST:
            self.add_error("starts_at", "Choose a start within the next two years.")
        if starts_at and ends_at and ends_at <= starts_at:
            self.add_error("ends_at", "The end must come after the start.")
        elif starts_at and ends_at and ends_at - starts_at > LONGEST:
            self.add_error("ends_at", "Choose an end within 180 days of the start.")

    def _clean_price(self, data: dict[str, Any]) -> None:
        flat = data.get("pricing") == PricingType.FLAT
        unused_fields = ("hourly_rate", "max_hours") if flat else ("flat_price",)
        for name in unused_fields:
            self.errors.pop(name, None)
            data[name] = None
        wanted = {
            "flat_price": "Enter the price.",
            "hourly_rate": "Enter the rate for an hour.",
            "max_hours": "Enter the most hours you pay for.",
        }
        for name, sentence in wanted.items():
            if name not in unused_fields and name in data and data[name] is None:
                self.add_error(name, sentence)
        terms = self.terms
        if terms and terms.most > MOST_BUDGET:
            self.add_error("max_hours", "Rate times hours is above $1,000,000. Lower one of them.")


class NewPostingForm(PostingForm):
    """A posting that is not stored yet; it carries the reference it will get."""

    reference = ReferenceField(Assignment, "A")

    def __init__(self, *args: Any, actor: Actor, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, at=at, **kwargs)
        self.fields["reference"].salt = f"assignments.new:{actor.user_id}"


class EditPostingForm(PostingForm):
    """A stored posting; it carries the revision that was shown.

    Once sent, the terms stay: what is set aside for them is cash or credit, not both.
    """

    revision = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, assignment: Assignment, **kwargs: Any) -> None:
        self.assignment = assignment
        super().__init__(*args, **kwargs)
        if assignment.status != Status.DRAFT:
            self.fields["terms_days"].disabled = True
            self.fields["terms_days"].help_text = "Stays as it was sent."
        self.fields["owner"].queryset = owners_of(self.actor, also=assignment.owner_id)


def owners_of(actor: Actor, *, also: int | None = None) -> Any:
    """The current members of the actor's company, by name, and whoever it is now."""
    current = Q(memberships__company=actor.company, memberships__removed_at=None, is_active=True)
    return User.objects.filter(current | Q(pk=also)).distinct().order_by("full_name", "pk")


def initial_of(assignment: Assignment) -> dict[str, Any]:
    """The form's starting values for a stored assignment, times on the wall of its site."""
    initial = {name: getattr(assignment, name) for name in FIELDS}
    initial.update(
        revision=assignment.revision,
        owner=assignment.owner_id,
        industry=assignment.industry_id,
        place="on_site" if assignment.on_site else "remote",
        schedule="window" if assignment.is_window else "fixed",
        starts_at=assignment.starts_at.astimezone(assignment.zone).replace(tzinfo=None),
        ends_at=assignment.ends_at.astimezone(assignment.zone).replace(tzinfo=None),
    )
    return initial
