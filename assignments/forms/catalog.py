"""Writing down customers, projects and locations, and looking through their lists."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms

from accounts.models import Company
from assignments.catalog import Contact
from assignments.forms.address import place_address, postal_code_field
from assignments.models import Customer, Location, LocationContact, Project
from core.forms import DayField, MoneyInput
from core.text_fields import LineField, TextField

MOST_CONTACTS = 10
NUMBER_HELP = "Your own number for it."
NOTE_HELP = "Only your company reads it."
MOST_PROJECT_BUDGET = Decimal("999999999.99")


class CatalogForm(forms.Form):
    """What every entry has; ``values()`` are the fields that ``assignments.catalog`` writes."""

    name = LineField(max_length=120)
    number = LineField(max_length=40, required=False, help_text=NUMBER_HELP)

    use_required_attribute = False

    def __init__(self, *args: Any, company: Company, entry: Any = None, **kwargs: Any) -> None:
        self.company, self.entry = company, entry
        if entry is not None:
            kwargs["initial"] = self.initial_of(entry)
        super().__init__(*args, **kwargs)
        if "customer" in self.fields:
            chosen = getattr(entry, "customer_id", None)
            current = Customer.objects.of(company).current() | Customer.objects.filter(pk=chosen)
            self.fields["customer"].queryset = current.order_by("name", "pk")

    def initial_of(self, entry: Any) -> dict[str, Any]:
        """What is stored; the customer by its key, as a select holds it."""
        columns = {"customer": "customer_id"}
        return {name: getattr(entry, columns.get(name, name)) for name in self.base_fields}

    def values(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class CustomerForm(CatalogForm):
    note = LineField(max_length=500, required=False, help_text=NOTE_HELP)


class ProjectForm(CatalogForm):
    customer = forms.ModelChoiceField(
        Customer.objects.none(), required=False, empty_label="Our own, no customer"
    )
    budget = MoneyInput(
        required=False,
        most=MOST_PROJECT_BUDGET,
        help_text="To compare with; nothing is refused above it.",
    )
    starts_on = DayField(required=False, label="From")
    ends_on = DayField(required=False, label="To")
    note = LineField(max_length=500, required=False, help_text=NOTE_HELP)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        first, last = data.get("starts_on"), data.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", "The last day cannot come before the first.")
        return data


class LocationForm(CatalogForm):
    customer = forms.ModelChoiceField(
        Customer.objects.none(), required=False, empty_label="No particular customer"
    )
    street = LineField(max_length=200, label="Street and number")
    postal_code = postal_code_field(help_text="Sets the time zone.")
    city = LineField(max_length=80, required=False, help_text="Empty: as the ZIP code says.")
    region = LineField(max_length=2, required=False, label="State", help_text="Two letters.")
    dress_code = LineField(
        max_length=200, required=False, help_text="Workers read it before they apply."
    )
    access_instructions = TextField(
        max_length=2_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Only the assigned worker reads this: entrance, codes, badges, parking.",
    )
    time_zone = ""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        place_address(self, data)
        return data


class ContactForm(forms.Form):
    """One person to ask for; a row without a name is nobody."""

    name = LineField(max_length=120, required=False)
    phone = LineField(max_length=30, required=False, widget=forms.TextInput(attrs={"type": "tel"}))
    email = forms.EmailField(max_length=254, required=False, label="E-mail")
    note = LineField(max_length=120, required=False, label="Role or hours")

    use_required_attribute = False

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if "name" in data and not data["name"] and any(data.values()):
            self.add_error("name", "Say who this is, or clear the rest of this row.")
        return data


class ContactRows(forms.BaseFormSet):
    def contacts(self) -> list[Contact]:
        """Everybody named, in the order of the rows."""
        return [
            Contact(**form.cleaned_data) for form in self.forms if form.cleaned_data.get("name")
        ]


def contact_rows(
    data: Any = None, *, stored: Iterable[LocationContact] = (), initial: Any = None, extra: int = 1
) -> ContactRows:
    """The rows as posted, or as stored with a blank one after them."""
    factory = forms.formset_factory(
        ContactForm,
        formset=ContactRows,
        extra=extra,
        max_num=MOST_CONTACTS,
        validate_max=True,
        absolute_max=MOST_CONTACTS + 10,
    )
    rows = initial if initial is not None else [
        {name: getattr(contact, name) for name in ("name", "phone", "email", "note")}
        for contact in stored
    ]  # fmt: skip
    return factory(
        data,
        initial=rows if data is None else None,
        prefix="contacts",
        error_messages={
            "missing_management_form": "The rows of contacts were out of date. "
            "Check them and send the form again."
        },
    )


class FindForm(forms.Form):
    """Words, and whether archived entries are wanted."""

    words = LineField(max_length=100, required=False, label="Name or number")
    archived = forms.BooleanField(required=False, label="Archived ones")


class FindProjectsForm(FindForm):
    customer = forms.ModelChoiceField(
        Customer.objects.none(), to_field_name="reference", required=False, empty_label="All"
    )
    field_order = ("words", "customer", "archived")

    def __init__(self, *args: Any, company: Company, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["customer"].queryset = Customer.objects.of(company).order_by("name", "pk")


class FindLocationsForm(FindProjectsForm):
    words = LineField(max_length=100, required=False, label="Words of name, number or address")


FORMS: dict[type, type[CatalogForm]] = {
    Customer: CustomerForm,
    Project: ProjectForm,
    Location: LocationForm,
}
