"""The part of a posting that says for whom and where: customer, project, site, contacts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import Q

from accounts.actors import Actor
from accounts.models import User
from assignments.forms.address import place_address, postal_code_field
from assignments.models import Assignment, Customer, Location, LocationContact, Project
from core.forms import ChoiceCards
from core.places import TIME_ZONES
from core.text_fields import LineField, TextField

PLACES = [
    ("on_site", "On site|The worker comes to an address."),
    ("remote", "Remote|The work is done from anywhere."),
]
SITE_FIELDS = (
    "site_name", "street", "city", "region", "postal_code", "contact_name", "contact_phone",
    "dress_code", "access_instructions",
)  # fmt: skip
OWN = "Our own projects"


class SiteForm(forms.Form):
    """``clean`` leaves the facts of the site as ``assignments.contents`` keeps them.

    A saved location fills the fields; it stays named on the posting as long as street and
    ZIP code are its own.
    """

    customer = forms.ModelChoiceField(
        Customer.objects.none(), required=False, help_text="Workers never read it."
    )
    project = forms.ModelChoiceField(Project.objects.none(), required=False)
    place = forms.ChoiceField(
        choices=PLACES, initial="on_site", widget=ChoiceCards, label="Where is the work done?"
    )
    location = forms.ModelChoiceField(
        Location.objects.none(),
        to_field_name="reference",
        required=False,
        widget=forms.HiddenInput,
        error_messages={"invalid_choice": "This location is not on your list. Choose another."},
    )
    location_words = LineField(
        max_length=100,
        required=False,
        label="Find one of your locations by name, number or address",
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    site_name = LineField(
        max_length=120, required=False, help_text="As it stands on the door: “Store 114”."
    )
    street = LineField(max_length=200, required=False, label="Street and number")
    postal_code = postal_code_field(required=False, help_text="Sets the time zone.")
    city = LineField(max_length=80, required=False, help_text="Empty: as the ZIP code says.")
    region = LineField(max_length=2, required=False, label="State", help_text="Two letters.")
    save_location = forms.BooleanField(
        required=False,
        label="Save it as one of our locations",
        help_text="Under the site’s name, with contact, dress code and instructions.",
    )
    contact_name = LineField(max_length=120, required=False, label="Contact on site")
    contact_phone = LineField(
        max_length=30,
        required=False,
        label="Phone of the contact",
        help_text="The assigned worker sees it.",
        widget=forms.TextInput(attrs={"type": "tel"}),
    )
    dress_code = LineField(
        max_length=200, required=False, help_text="Workers read it before they apply."
    )
    access_instructions = TextField(
        max_length=2_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Only the assigned worker reads this: entrance, codes, badges, parking.",
    )
    support_contact = forms.ModelChoiceField(
        User.objects.none(),
        required=False,
        label="Whom the worker calls for help",
        help_text="Besides the contact on site. Only the assigned worker sees it.",
    )
    support_name = LineField(max_length=120, required=False, label="Name or desk")
    support_phone = LineField(
        max_length=30,
        required=False,
        label="Phone for help",
        widget=forms.TextInput(attrs={"type": "tel"}),
    )
    support_email = forms.EmailField(max_length=254, required=False, label="E-mail for help")
    time_zone = forms.ChoiceField(
        choices=TIME_ZONES, required=False, help_text="The times below are in this zone."
    )

    actor: Actor
    assignment: Assignment | None = None

    def offer(self) -> None:
        """Fill the selects with what the company has: two queries, and one for the people."""
        company, kept = self.actor.company, self.assignment
        members = list(members_of(self.actor, also=kept and kept.support_contact_id))
        self._choices("customer", _current(Customer, company, kept and kept.customer_id))
        projects = _current(Project, company, kept and kept.project_id)
        self.fields["project"].queryset = projects
        self.fields["project"].choices = grouped(projects.select_related("customer"))
        self.fields["location"].queryset = _current(Location, company, kept and kept.location_id)
        self.fields["support_contact"].queryset = members_of(
            self.actor, also=kept and kept.support_contact_id
        )
        self.fields["support_contact"].choices = [
            ("", "Somebody else, or nobody"), *((user.pk, str(user)) for user in members),
        ]  # fmt: skip

    def _choices(self, name: str, rows: Any) -> None:
        self.fields[name].queryset = rows
        self.fields[name].choices = [("", "None"), *((row.pk, str(row)) for row in rows)]

    @property
    def has_customers(self) -> bool:
        return len(self.fields["customer"].choices) > 1

    @property
    def has_projects(self) -> bool:
        return len(self.fields["project"].choices) > 1

    @property
    def party(self) -> dict[str, int | None]:
        """The keys of the customer and the project that the form names now, unjudged.

        A project brings its customer with it.
        """
        found: dict[str, Any] = {}
        for name in ("customer", "project"):
            field = self.fields[name]
            try:
                found[name] = field.clean(field.prepare_value(self[name].value()) or "")
            except forms.ValidationError:
                found[name] = None
        project, customer = found["project"], found["customer"]
        if project and customer is None:
            return {"customer": project.customer_id, "project": project.pk}
        return {name: value and value.pk for name, value in found.items()}

    def clean_parties(self, data: dict[str, Any]) -> None:
        """A project brings its customer with it, and fits no other."""
        project, customer = data.get("project"), data.get("customer")
        if project and project.customer_id and customer is None and "customer" in data:
            data["customer"] = project.customer
        elif project and project.customer_id and customer and project.customer_id != customer.pk:
            self.add_error(
                "project",
                f"{project.name} is a project of {project.customer.name}. "
                "Choose that customer, or another project.",
            )
        if data.get("support_contact"):
            data["support_name"] = ""
            self.errors.pop("support_name", None)

    def clean_remote(self, data: dict[str, Any]) -> None:
        data.update(dict.fromkeys(SITE_FIELDS, ""), latitude=None, longitude=None)
        data.update(location=None, save_location=False)
        for name in (*SITE_FIELDS, "location", "save_location", "location_words"):
            self.errors.pop(name, None)
        if not data.get("time_zone"):
            self.add_error("time_zone", "Choose the time zone of the times below.")

    def clean_site(self, data: dict[str, Any]) -> None:
        self.errors.pop("time_zone", None)
        data["time_zone"] = ""
        place_address(self, data)
        location = data.get("location")
        if location and (location.street, location.postal_code) != (
            data.get("street"), data.get("postal_code"),
        ):  # fmt: skip
            data["location"] = None
        if data.get("save_location") and data.get("location"):
            data["save_location"] = False
        if data.get("save_location") and not data.get("site_name"):
            self.add_error("site_name", "Give the site the name under which it is saved.")


def _current(model: Any, company: Any, also: int | None) -> Any:
    """What may be chosen, and what is chosen already though it was archived since."""
    rows = model.objects.of(company)
    return rows.filter(Q(archived_at=None) | Q(pk=also)).order_by("name", "pk")


def grouped(projects: Iterable[Project]) -> list[Any]:
    """The choices of projects under the names of their customers, our own first."""
    groups: dict[str, list[tuple[int, str]]] = {}
    for project in projects:
        label = str(project.customer) if project.customer else OWN
        groups.setdefault(label, []).append((project.pk, str(project)))
    ordered = sorted(groups.items(), key=lambda group: (group[0] != OWN, group[0].casefold()))
    return [("", "None"), *ordered]


def members_of(actor: Actor, *, also: int | None = None) -> Any:
    """The current members of the actor's company, by name, and whoever it is now."""
    current = Q(memberships__company=actor.company, memberships__removed_at=None, is_active=True)
    return User.objects.filter(current | Q(pk=also)).distinct().order_by("full_name", "pk")


def filled_from(location: Location, contact: LocationContact | None) -> dict[str, Any]:
    """What a saved location fills in; a site without contacts leaves those fields empty."""
    return {
        "place": "on_site",
        "location": location.reference,
        "location_words": "",
        "site_name": location.name,
        "street": location.street,
        "postal_code": location.postal_code,
        "city": location.city,
        "region": location.region,
        "dress_code": location.dress_code,
        "access_instructions": location.access_instructions,
        "save_location": False,
        "contact_name": contact.name if contact else "",
        "contact_phone": contact.phone if contact else "",
    }
