"""Writing down a company's own sets of fields."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms

from accounts.models import Company
from assignments.field_sets import Given, Use
from assignments.forms.site import grouped
from assignments.models import Customer, CustomField, FieldSet, Project
from core.text_fields import LineField

MOST_FIELDS = 40
MOST_CHOICES = 30
LONGEST_CHOICE = 120
WITH_CHOICES = ("choice", "choices")
EMPTY_ROWS = 2


class FieldSetForm(forms.Form):
    """The set itself: its name, and on which assignments it is asked."""

    name = LineField(max_length=120, help_text="Workers read it above the fields.")
    use = forms.ChoiceField(choices=FieldSet.Use, label="Asked")
    customer = forms.ModelChoiceField(
        Customer.objects.none(), required=False, empty_label="Choose…", label="Customer"
    )
    project = forms.ModelChoiceField(
        Project.objects.none(), required=False, empty_label="Choose…", label="Project"
    )

    use_required_attribute = False

    def __init__(
        self, *args: Any, company: Company, entry: FieldSet | None = None, **kwargs: Any
    ) -> None:
        self.company, self.entry = company, entry
        if entry is not None and "initial" not in kwargs:
            kwargs["initial"] = {
                "name": entry.name, "use": entry.use, "customer": entry.customer_id,
                "project": entry.project_id,
            }  # fmt: skip
        super().__init__(*args, **kwargs)
        kept = entry and entry.customer_id
        customers = Customer.objects.of(company).current() | Customer.objects.filter(pk=kept)
        self.fields["customer"].queryset = customers.order_by("name", "pk")
        kept = entry and entry.project_id
        projects = Project.objects.of(company).current() | Project.objects.filter(pk=kept)
        projects = projects.select_related("customer").order_by("name", "pk")
        self.fields["project"].queryset = projects
        self.fields["project"].choices = grouped(projects)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for name in ("customer", "project"):
            if data.get("use") == name and name in data and not data[name]:
                self.add_error(name, f"Choose the {name} for whose work this is asked.")
        return data

    @property
    def usage(self) -> Use:
        data = self.cleaned_data
        return Use(data["use"], data["customer"], data["project"])


class FieldForm(forms.Form):
    """One field of a set; a row without a name asks for nothing."""

    key = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    label = LineField(max_length=120, required=False, label="What is asked")
    kind = forms.ChoiceField(choices=CustomField.Kind, initial="text", label="Kind of answer")
    choices = forms.CharField(
        required=False,
        max_length=MOST_CHOICES * (LONGEST_CHOICE + 2),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="One a line; only for choices.",
    )
    filled_by = forms.ChoiceField(
        choices=CustomField.Side, initial="worker", required=False, label="Filled in by"
    )
    help = LineField(max_length=300, required=False, label="Help beside the field")
    required = forms.BooleanField(required=False, label="Must be filled in")
    for_worker = forms.BooleanField(
        required=False, initial=True, label="The assigned worker reads what we fill in"
    )
    removed = forms.BooleanField(required=False, label="Take this field off")

    use_required_attribute = False

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("removed"):
            return data
        nameless = "label" in data and not data["label"]
        if nameless and (data.get("key") or data.get("choices") or data.get("help")):
            self.add_error("label", "Say what is asked, or take this field off.")
        if not nameless and data.get("kind") in WITH_CHOICES and "choices" in data:
            self._check_choices(data["choices"])
        return data

    def _check_choices(self, choices: list[str]) -> None:
        if len(choices) < 2:
            self.add_error("choices", "Write at least two choices, one a line.")
        elif len(choices) > MOST_CHOICES:
            self.add_error("choices", f"Write at most {MOST_CHOICES} choices.")

    def clean_choices(self) -> list[str]:
        lines = (" ".join(line.split()) for line in self.cleaned_data["choices"].splitlines())
        choices = list(dict.fromkeys(line for line in lines if line))
        if any(len(choice) > LONGEST_CHOICE for choice in choices):
            raise forms.ValidationError(f"Keep each choice under {LONGEST_CHOICE} characters.")
        return choices

    @property
    def asks(self) -> bool:
        data = getattr(self, "cleaned_data", {})
        return bool(data.get("label")) and not data.get("removed")

    @property
    def given(self) -> Given:
        data = self.cleaned_data
        return Given(
            label=data["label"],
            kind=data["kind"],
            filled_by=data["filled_by"] or CustomField.Side.WORKER,
            required=data["required"],
            for_worker=data["for_worker"],
            help=data["help"],
            choices=tuple(data["choices"]) if data["kind"] in WITH_CHOICES else (),
            key=data["key"],
        )


class FieldRows(forms.BaseFormSet):
    def given(self) -> list[Given]:
        """Every field asked for, in the order of the rows."""
        return [form.given for form in self.forms if form.asks]


def field_rows(
    data: Any = None, *, stored: Iterable[CustomField] = (), initial: Any = None, extra: int = 0
) -> FieldRows:
    """The rows as posted, or as stored with blank ones after them."""
    factory = forms.formset_factory(
        FieldForm,
        formset=FieldRows,
        extra=extra,
        max_num=MOST_FIELDS,
        validate_max=True,
        absolute_max=MOST_FIELDS + 10,
    )
    rows = initial if initial is not None else [initial_of(field) for field in stored]
    return factory(
        data,
        initial=rows if data is None else None,
        prefix="fields",
        error_messages={
            "missing_management_form": "The rows of fields were out of date. "
            "Check them and send the form again."
        },
    )


def initial_of(field: CustomField) -> dict[str, Any]:
    names = ("label", "kind", "filled_by", "help", "required", "for_worker")
    shown = {name: getattr(field, name) for name in names}
    return {**shown, "key": field.pk, "choices": "\n".join(field.choices)}


def reordered(rows: Sequence[Any], place: str, by: int) -> list[Any]:
    """The rows with one moved up (-1) or down (1); a place that is not there moves none."""
    moved = list(rows)
    index = int(place) if place.isascii() and place.isdigit() and len(place) < 4 else -1
    other = index + by
    if 0 <= index < len(moved) and 0 <= other < len(moved):
        moved[index], moved[other] = moved[other], moved[index]
    return moved
