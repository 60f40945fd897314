"""What people, workers and administrators write about themselves and their company."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.validators import RegexValidator, URLValidator

from accounts.companies import LOGO_MOST_BYTES, LOGO_WITHIN
from accounts.forms.joining import PlacePart
from accounts.models import Company, Industry, User, WorkerProfile
from accounts.people import WORKER_FIELDS
from core.forms import MoneyInput, PictureField
from core.languages import written
from core.places import TIME_ZONES
from core.text_fields import LineField, TextField, WordsField

CANCELLATION_CHOICES = [
    (0, "Nothing"),
    (25, "A quarter of the price"),
    (50, "Half of the price"),
    (100, "The whole price"),
]
MOST_DAYS_TO_APPROVE = 30
PHONE = r"^\+?[0-9 ().-]{7,30}$"
COMMAS = "With commas between them."


def terms_choices() -> list[tuple[int, str]]:
    return [
        (days, f"{days} days after approval" if days else "Immediate: paid when you approve")
        for days in settings.PAYMENT_TERMS_DAYS
    ]


class WebAddressField(forms.URLField):
    """An address on the web, nothing else that looks like one."""

    default_validators = [
        URLValidator(["http", "https"], message="Enter an address such as https://example.com.")
    ]

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(assume_scheme="https", max_length=200, **kwargs)


class PersonForm(forms.Form):
    full_name = LineField(
        label="Your name",
        max_length=120,
        min_length=2,
        help_text="As the people you work with see it.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    time_zone = forms.ChoiceField(
        help_text="Times are shown in it, except those of a site, which are shown in the site's."
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        initial = {"full_name": person.full_name, "time_zone": person.time_zone}
        super().__init__(*args, initial=initial, **kwargs)
        zones = list(TIME_ZONES)
        if person.time_zone not in dict(zones):
            zones.append((person.time_zone, person.time_zone))
        self.fields["time_zone"].choices = zones


class WorkerProfileForm(PlacePart):
    """The worker's public profile; ``values()`` are the fields of ``people.change_worker``."""

    headline = LineField(
        max_length=120,
        required=False,
        help_text="One line that says what you do: “Network technician, 8 years in retail”.",
    )
    about = TextField(
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
        label="About you",
        help_text="What you have done, for whom, with what. Leave phone and e-mail out: clients "
        "reach you through messages.",
    )
    skills = WordsField(help_text=f"{COMMAS} Clients search by them.")
    tools = WordsField(required=False, label="Tools you bring", help_text=COMMAS)
    languages = WordsField(required=False, most=10, help_text=COMMAS)
    industries = forms.ModelMultipleChoiceField(
        Industry.objects.order_by("name"), required=False, widget=forms.CheckboxSelectMultiple
    )
    travel_miles = forms.IntegerField(
        label="How far you travel",
        min_value=1,
        max_value=500,
        help_text="Miles from your ZIP code.",
    )
    hourly_rate = MoneyInput(
        required=False,
        label="Usual hourly rate",
        help_text="A hint for clients; every assignment has its own price.",
    )
    phone = LineField(
        required=False,
        max_length=30,
        validators=[
            RegexValidator(r"^\+?[0-9 ().-]{7,30}$", "Enter a number such as 312 555 0123.")
        ],
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
        help_text="Never shown on your public profile.",
    )
    available = forms.BooleanField(
        required=False,
        label="Open to work",
        help_text="Off: clients do not find you in their search. Your assignments go on.",
    )
    field_order = (
        "headline", "about", "skills", "tools", "languages", "industries",
        "postal_code", "travel_miles", "hourly_rate", "phone", "available",
    )  # fmt: skip

    def __init__(self, *args: Any, worker: WorkerProfile, **kwargs: Any) -> None:
        initial = {name: getattr(worker, name) for name in WORKER_FIELDS}
        initial["industries"] = worker.industries.all()
        super().__init__(*args, initial=initial, **kwargs)

    def clean_languages(self) -> list[str]:
        return written(self.cleaned_data["languages"])

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in WORKER_FIELDS}


class PublicForm(forms.Form):
    """Whether a profile may be read without login."""

    is_public = forms.BooleanField(
        required=False,
        label="Everybody may read it, without signing in",
        help_text="Off: only people who are signed in. You can change it at any time.",
    )


class LogoForm(forms.Form):
    """A picture for the company's profile and papers."""

    logo = PictureField(
        label="Picture",
        most_bytes=LOGO_MOST_BYTES,
        within=LOGO_WITHIN,
        help_text="PNG, JPG, GIF or WebP, up to 2 MB. A wide one on a white or see-through ground "
        "looks best on paper.",
        error_messages={"required": "Choose a picture."},
    )
    use_required_attribute = False

    def __init__(self, *args: Any, too_large: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if too_large:
            self.fields["logo"].error_messages["required"] = (
                "This file is too large. The most for a logo is 2 MB."
            )


class CompanyForm(forms.Form):
    """A company's profile and the defaults of its assignments."""

    name = LineField(label="Company name", max_length=120, min_length=2)
    industry = forms.ModelChoiceField(Industry.objects.order_by("name"), empty_label="Choose…")
    about = TextField(
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="What you do and what kind of work you post. Workers read it before applying.",
    )
    website = WebAddressField(required=False)
    city = LineField(required=False, max_length=80)
    region = LineField(required=False, max_length=40, label="State")
    default_terms_days = forms.TypedChoiceField(
        label="Payment terms",
        coerce=int,
        help_text="Preselected on a new assignment. Terms other than immediate need credit.",
    )
    default_cancellation_percent = forms.TypedChoiceField(
        label="Fee when you cancel under 24 hours before the start",
        coerce=int,
        help_text="Preselected when you cancel; you decide each time. Workers see on your "
        "scorecard how many late cancellations were paid.",
    )
    auto_approve = forms.BooleanField(
        required=False,
        label="Approve submitted work automatically",
        help_text="Never while a case is open about it.",
    )
    auto_approve_after_days = forms.IntegerField(
        required=False,
        label="Days until automatic approval",
        min_value=1,
        max_value=MOST_DAYS_TO_APPROVE,
        help_text="Counted from the submission. Three days or more turn your scorecard red.",
    )

    def __init__(self, *args: Any, company: Company, **kwargs: Any) -> None:
        names = [name for name in self.base_fields if name != "auto_approve"]
        initial = {name: getattr(company, name) for name in names}
        initial["auto_approve"] = company.auto_approve_after_days is not None
        initial["auto_approve_after_days"] = company.auto_approve_after_days or 7
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["default_terms_days"].choices = terms_choices()
        percent = company.default_cancellation_percent
        known = dict(CANCELLATION_CHOICES)
        extra = [] if percent in known else [(percent, f"{percent} % of the price")]
        self.fields["default_cancellation_percent"].choices = CANCELLATION_CHOICES + extra

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if not data.get("auto_approve"):
            self.errors.pop("auto_approve_after_days", None)
            data["auto_approve_after_days"] = None
        elif data.get("auto_approve_after_days") is None and not self.errors.get(
            "auto_approve_after_days"
        ):
            self.add_error("auto_approve_after_days", "Say after how many days.")
        return data

    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "auto_approve"}
