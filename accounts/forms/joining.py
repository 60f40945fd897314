"""Sign-up: a person with a company, a person with a worker profile, or an invited person."""

from datetime import datetime
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import SignupForm
from allauth.account.internal import flows
from django import forms
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts import companies, people
from accounts.actors import Actor
from accounts.models import Industry, User
from core.places import Place, place_of
from core.text_fields import LineField, WordsField

ZIP_HELP = "Five digits. It tells us the town and the time zone."


class PlacePart(forms.Form):
    """A ZIP code that is on the map; ``place`` is what it names."""

    postal_code = LineField(
        label="ZIP code",
        max_length=10,
        help_text=ZIP_HELP,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "postal-code"}),
    )
    place: Place | None = None

    def clean_postal_code(self) -> str:
        postal_code: str = self.cleaned_data["postal_code"]
        self.place = place_of(postal_code)
        if postal_code and self.place is None:
            raise ValidationError(str(people.UnknownPostalCode()), code="unknown")
        return postal_code


class CompanyPart(PlacePart):
    """What we ask of a new company."""

    company_name = LineField(
        label="Company name",
        max_length=120,
        min_length=2,
        help_text="As workers should see it.",
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    industry = forms.ModelChoiceField(
        Industry.objects.order_by("name"), empty_label="Choose the closest one"
    )
    field_order = ("company_name", "industry", "postal_code")

    def company_fields(self) -> dict[str, Any]:
        return {
            "name": self.cleaned_data["company_name"],
            "industry": self.cleaned_data["industry"],
            "city": self.place.city if self.place else "",
            "region": self.place.region if self.place else "",
        }


class WorkerPart(PlacePart):
    """What we ask of a new worker; the rest of the profile can wait."""

    headline = LineField(
        max_length=120,
        required=False,
        help_text="One line that says what you do: “Network technician, 8 years in retail”.",
    )
    skills = WordsField(
        help_text="With commas between them: structured cabling, access points, POS installation.",
    )
    industries = forms.ModelMultipleChoiceField(
        Industry.objects.order_by("name"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label="Industries you work in",
    )
    field_order = ("postal_code", "headline", "skills", "industries")

    def profile_fields(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("postal_code", "headline", "skills")}


class PersonPart(SignupForm):
    """Name, e-mail address and password, through allauth's sign-up.

    Subclasses say in ``establish`` what the new person becomes; it happens in the transaction
    that makes the login, so that nobody is left with half of it.
    """

    full_name = LineField(
        label="Your name",
        max_length=120,
        min_length=2,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = "E-mail"
        self.fields["email"].max_length = 254
        self.fields["email"].widget.attrs.pop("placeholder", None)
        self.fields["password1"].help_text = "At least 12 characters. A sentence works well."
        self.fields["password1"].max_length = 200
        self.fields["password1"].widget.attrs.pop("placeholder", None)
        self.order_fields(["full_name", "email", "password1", *self.field_order_after])

    field_order_after: tuple[str, ...] = ()

    def clean_password1(self) -> str:
        password: str = self.cleaned_data["password1"]
        if len(password) > 200:
            raise ValidationError("Use at most 200 characters.", code="max_length")
        return password

    def try_save(self, request: HttpRequest) -> tuple[User | None, HttpResponse | None]:
        """As allauth's; two sign-ups of one address at once end like one after the other."""
        try:
            return super().try_save(request)
        except IntegrityError:
            email = self.cleaned_data["email"]
            if not User.objects.filter(email=email).exists():
                raise
            return None, flows.signup.prevent_enumeration(request, email=email)

    def save(self, request: HttpRequest) -> User:
        with transaction.atomic():
            user: User = super().save(request)
            self.establish(user, by=Actor("person", user=user), at=timezone.now())
        return user

    def establish(self, user: User, *, by: Actor, at: datetime) -> None:
        raise NotImplementedError


class ClientSignupForm(CompanyPart, PersonPart):
    field_order_after = ("company_name", "industry", "postal_code")

    def establish(self, user: User, *, by: Actor, at: datetime) -> None:
        companies.start(user, self.company_fields(), by=by, at=at)


class WorkerSignupForm(WorkerPart, PersonPart):
    field_order_after = ("postal_code", "headline", "skills", "industries")

    def establish(self, user: User, *, by: Actor, at: datetime) -> None:
        people.become_worker(
            user,
            self.profile_fields(),
            industries=list(self.cleaned_data["industries"]),
            by=by,
            at=at,
        )


class InvitedSignupForm(PersonPart):
    """For somebody who came with an invitation's link: the address is the invited one.

    The link proves that they read that mailbox, so that it need not be proved again.
    """

    def __init__(self, *args: Any, invited_email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.invited_email = invited_email
        del self.fields["email"]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        email, self.account_already_exists = flows.manage_email.email_already_exists(
            self.invited_email
        )
        data["email"] = email
        return data

    def save(self, request: HttpRequest) -> User:
        get_adapter().stash_verified_email(request, self.cleaned_data["email"])
        return super().save(request)

    def establish(self, user: User, *, by: Actor, at: datetime) -> None:
        """The membership comes with the acceptance of the invitation, the view's next step."""
