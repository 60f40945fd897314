"""What workers are searched by, and what is done with those that are ticked."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from accounts.forms.finding import FindWorkersForm, WorkersField
from accounts.models import Company
from core.forms import DayField
from core.text_fields import LineField
from marketplace.finding.queries import Lists
from vetting.models import Standing
from vetting.queries.marks import open_to_invite

SHARES = [(percent, f"At least {percent} %") for percent in (75, 90, 95, 100)]
MOST_COMPARED = 4


def shares(label: str) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label, choices=[("", "Any"), *SHARES], coerce=int, empty_value=None, required=False
    )


class FinderForm(FindWorkersForm):
    assignment = forms.ChoiceField(
        required=False, label="For which assignment",
        help_text="The best matches come first, measured from its site.",
        error_messages={"invalid_choice": "This assignment is no longer one to find workers for."},
    )  # fmt: skip
    free = forms.BooleanField(label="Free at its time", required=False)
    free_on = DayField(
        required=False, label="Free on",
        help_text="Leaves out who has assigned work on that day.",
    )  # fmt: skip
    group = forms.ChoiceField(required=False, label="Member of")
    requirements = forms.ChoiceField(
        required=False, label="Meets",
        help_text="Distance is measured from the site of the assignment, or the ZIP code.",
    )  # fmt: skip
    lacking = forms.BooleanField(label="Also who lacks something", required=False)
    satisfaction = shares("Satisfied clients")
    on_time = shares("On time")
    show = forms.ChoiceField(
        label="Your marks", required=False,
        choices=[("", "Everybody not blocked"), (Standing.FAVORITE, "Favorites"),
                 (Standing.BLOCKED, "Blocked")],
    )  # fmt: skip

    field_order = (
        "q", "assignment", "free", "skill", "industry", "postal_code", "miles", "free_on",
        "requirements", "lacking", "group", "satisfaction", "on_time", "show",
    )  # fmt: skip

    def __init__(self, data: QueryDict, *, lists: Lists) -> None:
        super().__init__(data)
        self.fields["assignment"].choices = [("", "None in particular"), *lists["work"]]
        self.fields["industry"].choices = [("", "All industries"), *lists["industry"]]
        self.fields["group"].choices = [("", "In a group or not"), *lists["group"]]
        self.fields["requirements"].choices = [("", "Anything"), *lists["requirements"]]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("free") and not data.get("assignment") and "assignment" not in self.errors:
            self.add_error("free", "Choose the assignment first, or a day below.")
        return data


class TickedForm(forms.Form):
    """Ticked workers, and what to do: into a group, to an assignment, or side by side."""

    ACTS = ("group", "assignment", "compare")
    act = forms.ChoiceField(
        choices=[(act, act) for act in ACTS],
        error_messages={"required": "Choose what to do.", "invalid_choice": "Choose what to do."},
    )
    workers = WorkersField(most=50)
    group = forms.ChoiceField(
        required=False, label="Invite to a group",
        error_messages={"invalid_choice": "Choose a group of yours."},
    )  # fmt: skip
    assignment = forms.ChoiceField(
        required=False, label="Invite to an assignment",
        error_messages={"invalid_choice": "This assignment is not open for invitations any more."},
    )  # fmt: skip

    def __init__(self, *args: Any, company: Company, lists: Lists, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["workers"].queryset = open_to_invite(company)
        self.fields["group"].choices = [("", "Choose a group"), *lists["group"]]
        self.fields["assignment"].choices = [("", "Choose an assignment"), *lists["assignment"]]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        chosen, act = list(data.get("workers") or []), data.get("act")
        if "workers" not in self.errors and not chosen:
            self.add_error("workers", ValidationError("Tick at least one worker."))
        if act == "compare" and len(chosen) > MOST_COMPARED:
            self.add_error("workers", f"Compare at most {MOST_COMPARED} workers at a time.")
        if act in ("group", "assignment") and act not in self.errors and not data.get(act):
            self.add_error(act, f"Choose the {act} first.")
        return data


class CompareForm(forms.Form):
    """The workers that stand side by side, and what they are held against, if anything."""

    w = WorkersField(most=MOST_COMPARED)
    assignment = LineField(required=False, max_length=12)
    requirements = LineField(required=False, max_length=12)

    def __init__(self, *args: Any, company: Company, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["w"].queryset = open_to_invite(company).prefetch_related("industries")
