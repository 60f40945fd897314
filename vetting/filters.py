"""What the members table of a group may be asked for; every parameter of it goes here."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import django_filters
from django import forms

from accounts.models import Industry
from core.places import STATES
from core.text_fields import LineField
from vetting.models import Group, GroupMembership
from vetting.queries import groups as queries
from vetting.queries.groups import Members
from vetting.states import Membership

MEETS = [("yes", "Meet what the group asks"), ("no", "Lack something"), ("soon", "Lapse soon")]


class WordsFilter(django_filters.CharFilter):
    field_class = LineField


class MembersFilter(django_filters.FilterSet):
    """Who stands so to the group (``view``), and fits all of the rest."""

    q = WordsFilter(label="Name", method="of_name", max_length=80)
    skill = WordsFilter(label="Skill", method="of_skill", max_length=40)
    industry = django_filters.ModelChoiceFilter(
        label="Industry", field_name="worker__industries",
        queryset=Industry.objects.order_by("name"), to_field_name="slug",
        empty_label="All industries",
    )  # fmt: skip
    region = django_filters.ChoiceFilter(
        label="State", field_name="worker__region", choices=STATES, empty_label="Anywhere"
    )
    meets = django_filters.ChoiceFilter(
        label="Requirements", choices=MEETS, method="of_requirements", empty_label="All"
    )
    favorites = django_filters.BooleanFilter(
        label="Favorites only", method="of_favorites", widget=forms.CheckboxInput
    )
    view = django_filters.ChoiceFilter(
        field_name="status", choices=Membership.choices, widget=forms.HiddenInput
    )

    class Meta:
        model = GroupMembership
        fields: list[str] = []

    def __init__(self, data: Any, *, group: Group, at: datetime) -> None:
        super().__init__(data, queryset=queries.memberships(group))
        self.group, self.at = group, at
        if group.requirement_set_id is None:
            del self.form.fields["meets"]

    @property
    def shown(self) -> str:
        return self.wanted.get("view") or Membership.MEMBER

    @property
    def wanted(self) -> dict[str, Any]:
        self.form.is_valid()
        return self.form.cleaned_data

    @property
    def rows(self) -> Members:
        """What fits; a parameter that cannot be understood is left out."""
        rows: Any = self.queryset.filter(status=self.shown)
        for name, value in self.wanted.items():
            if name in self.filters and name != "view":
                rows = self.filters[name].filter(rows, value)
        return rows

    @property
    def is_set(self) -> bool:
        return any(value for name, value in self.wanted.items() if name != "view")

    def of_name(self, rows: Members, name: str, value: str) -> Members:
        return queries.named(rows, value)

    def of_skill(self, rows: Members, name: str, value: str) -> Members:
        return queries.skilled(rows, value)

    def of_requirements(self, rows: Members, name: str, value: str) -> Members:
        if value == "soon":
            return rows.exclude(lapses_on=None)
        return queries.meeting(rows, self.group, self.at, met=value == "yes")

    def of_favorites(self, rows: Members, name: str, value: bool) -> Members:
        return queries.favorites_of(rows, self.group.company) if value else rows
