"""The form in which a client writes an assignment down."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings

from accounts.actors import Actor
from accounts.models import Industry, User
from assignments.contents import FIELDS, Contents
from assignments.forms.fields import (
    LineField,
    ReferenceField,
    TextField,
    WordsField,
)
from assignments.forms.price import PriceForm
from assignments.forms.requirements import SetsField
from assignments.forms.site import SiteForm, members_of
from assignments.forms.times import SEVERAL, TimesForm, which_of
from assignments.models import Assignment
from assignments.pricing import Terms
from assignments.states import Status
from core.forms import ChoiceCards
from core.wall_clock import on_wall

ENTERED = [
    ("pay", "What the worker gets|Our fee comes on top."),
    ("total", "What you spend in all|Our fee is taken out of it."),
]


def terms_words(days: int) -> str:
    """``On approval`` or ``30 days after approval``."""
    return f"{days} days after approval" if days else "On approval, from your balance"


class PostingForm(SiteForm, TimesForm, PriceForm):
    """Everything a client writes, but for the rows: days, deliverables, parts, documents.

    The price may be entered as total spend; cleaned, it is always what the worker gets.
    ``values()`` are the fields of ``assignments.contents``; times are typed in the zone of the
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
    entered_as = forms.ChoiceField(
        choices=ENTERED,
        required=False,
        initial="pay",
        widget=ChoiceCards,
        label="The amounts you enter are",
    )
    price_is_fixed = forms.BooleanField(
        required=False,
        label="The price is fixed",
        help_text="Workers cannot answer with another price, nor ask for a higher budget later. "
        "They may still ask you to refund expenses.",
    )
    terms_days = forms.TypedChoiceField(
        coerce=int,
        choices=[(days, terms_words(days)) for days in settings.PAYMENT_TERMS_DAYS],
        label="When is it paid?",
    )
    requirement_sets = SetsField(
        label="Requirement sets",
        help_text="A worker must meet everything in each of them to apply or accept.",
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

    field_order = (
        "title", "industry", "owner", "customer", "project", "description", "skills",
        "special_instructions", *SiteForm.base_fields, "schedule", "starts_at", "ends_at",
        "entered_as", *PriceForm.base_fields,
    )  # fmt: skip
    use_required_attribute = False

    def __init__(self, *args: Any, actor: Actor, at: datetime, **kwargs: Any) -> None:
        assert actor.company is not None and actor.user is not None
        self.actor, self.at = actor, at
        super().__init__(*args, **kwargs)
        self.offer()
        self.fields["requirement_sets"].offer(
            actor.company, also=(self.initial.get("requirement_sets") or ())
        )
        self.fields["owner"].queryset = members_of(
            actor, also=self.assignment and self.assignment.owner_id
        )
        self.fields["owner"].initial = actor.user.pk
        self.fields["terms_days"].initial = actor.company.default_terms_days
        self.fields["time_zone"].initial = actor.user.time_zone

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        self.clean_parties(data)
        if data.get("place") == "remote":
            self.clean_remote(data)
        elif data.get("place"):
            self.clean_site(data)
        self.clean_times(data)
        self._clean_price(data)
        if data.get("wants_confirmation") and "confirm_hours_before" in data:
            data["confirm_hours_before"] = data["confirm_hours_before"] or 24
        return data

    @property
    def fee_rate(self) -> Decimal:
        """The rate of our fee: that of today, for an assignment that is not stored yet."""
        return settings.PLATFORM_FEE_RATE

    def values(self) -> dict[str, Any]:
        """The fields of the posting; only of a valid form."""
        data = self.cleaned_data
        derived = {
            "on_site": data["place"] == "on_site",
            "is_window": data["schedule"] == "window",
            "confirm_hours_before": data.get("confirm_hours_before") or 24,
        }
        return {name: derived.get(name, data.get(name)) for name in FIELDS}

    def _clean_price(self, data: dict[str, Any]) -> None:
        if not data.get("pricing"):
            return
        self.forget_other_prices(data, data["pricing"])
        terms = Terms.of(data)
        self.want_whole_price(data, terms)
        if terms.missing or data.get("entered_as") != "total":
            return
        paid = terms.from_spend(self.fee_rate)
        for name in paid.missing:
            self.add_error(name, "Nothing is left of this for the worker. Enter more.")
        data.update(paid.fields)


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

    @property
    def fee_rate(self) -> Decimal:
        return self.assignment.fee_rate


def initial_of(contents: Contents) -> dict[str, Any]:
    """The form's starting values for contents, times on the wall of the site."""
    fields = contents.fields
    zone = fields["time_zone"]
    initial = {name: fields[name] for name in FIELDS}
    by_key = ("owner", "industry", "customer", "project", "support_contact")
    initial.update({name: fields[name] and fields[name].pk for name in by_key})
    initial.update(
        location=fields["location"] and fields["location"].reference,
        place="on_site" if fields["on_site"] else "remote",
        schedule=schedule_of(contents),
        starts_at=on_wall(fields["starts_at"], zone),
        ends_at=on_wall(fields["ends_at"], zone),
        starts_which=which_of(fields["starts_at"], zone),
        ends_which=which_of(fields["ends_at"], zone),
    )
    return initial


def schedule_of(contents: Contents) -> str:
    if contents.days:
        return SEVERAL
    return "window" if contents.fields["is_window"] else "fixed"
