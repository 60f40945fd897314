"""What the client's board may be asked for; every parameter of ``/assignments/`` goes here."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import django_filters
from django import forms
from django.db.models import QuerySet

from accounts.actors import Actor
from accounts.models import User
from assignments.forms.find_work import DayField
from assignments.models import Assignment
from assignments.queries import board
from assignments.queries.find_work import matching
from assignments.states import Status
from core.text_fields import LineField


class WordsFilter(django_filters.CharFilter):
    field_class = LineField


class DayFilter(django_filters.DateFilter):
    field_class = DayField


class BoardFilter(django_filters.FilterSet):
    """Days are days of the person's own time zone, like every date they read."""

    words = WordsFilter(label="Words or number", method="of_words", max_length=100)
    status = django_filters.ChoiceFilter(
        label="Status", choices=Status.choices, widget=forms.HiddenInput
    )
    owner = django_filters.ModelChoiceFilter(
        label="Looked after by", queryset=User.objects.none(), empty_label="Anybody"
    )
    worker = WordsFilter(label="Worker’s name", method="of_worker", max_length=80)
    starts_from = DayFilter(label="Starts from", method="of_first_day")
    starts_to = DayFilter(label="Starts by", method="of_last_day")

    class Meta:
        model = Assignment
        fields: list[str] = []

    def __init__(self, data: Any, *, actor: Actor, **kwargs: Any) -> None:
        assert actor.company is not None and actor.user is not None
        super().__init__(data, queryset=board.for_board(actor.company), **kwargs)
        self.zone = ZoneInfo(actor.user.time_zone)
        self.form.fields["owner"].queryset = User.objects.filter(
            memberships__company=actor.company
        ).order_by("full_name", "pk")

    @property
    def rows(self) -> QuerySet[Assignment]:
        """The matching rows; a field that cannot be read is reported and left out."""
        self.form.is_valid()
        return self.filter_queryset(self.queryset)

    def filter_queryset(self, queryset: QuerySet[Assignment]) -> QuerySet[Assignment]:
        for name, value in self.form.cleaned_data.items():
            if name in self.filters:
                queryset = self.filters[name].filter(queryset, value)
        return queryset

    def of_words(self, rows: Any, name: str, value: str) -> QuerySet[Assignment]:
        return matching(rows, value)

    def of_worker(self, rows: Any, name: str, value: str) -> QuerySet[Assignment]:
        return board.of_worker_named(rows, value)

    def of_first_day(self, rows: Any, name: str, value: date) -> QuerySet[Assignment]:
        return rows.filter(starts_at__gte=datetime.combine(value, time(), self.zone))

    def of_last_day(self, rows: Any, name: str, value: date) -> QuerySet[Assignment]:
        after = datetime.combine(value + timedelta(days=1), time(), self.zone)
        return rows.filter(starts_at__lt=after)
