"""What the list of invoices may be asked for."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet

from core.forms import DayField
from core.text_fields import LineField
from payments.models import Invoice

STATUSES = [
    ("open", "Open"),
    ("past_due", "Past due"),
    ("paid", "Paid"),
    ("withdrawn", "Withdrawn"),
]
LARGEST_NUMBER = 2**31 - 1


class WordsFilter(django_filters.CharFilter):
    field_class = LineField


class DayFilter(django_filters.DateFilter):
    field_class = DayField


class InvoiceFilter(django_filters.FilterSet):
    """A field that cannot be read is reported beside it and left out; the others filter."""

    words = WordsFilter(label="Number, assignment or title", method="of_words", max_length=100)
    status = django_filters.ChoiceFilter(
        label="Status", choices=STATUSES, method="of_status", widget=forms.HiddenInput
    )
    issued_from = DayFilter(label="Issued from", method="of_first_day")
    issued_to = DayFilter(label="Issued by", method="of_last_day")

    class Meta:
        model = Invoice
        fields: list[str] = []

    def __init__(self, data: Any, *, queryset: Any, today: date) -> None:
        super().__init__(data, queryset=queryset)
        self.today = today

    @property
    def rows(self) -> QuerySet[Invoice, Invoice]:
        self.form.is_valid()
        return self.filter_queryset(self.queryset)

    def filter_queryset(self, queryset: Any) -> Any:
        for name, value in self.form.cleaned_data.items():
            if name in self.filters:
                queryset = self.filters[name].filter(queryset, value)
        return queryset

    def of_words(self, rows: Any, name: str, value: str) -> Any:
        number = re.fullmatch(r"(?:INV-)?0*(\d{1,10})", value.upper())
        found = Q(reference__iexact=value) | Q(title__icontains=value)
        if number and int(number[1]) <= LARGEST_NUMBER:
            found |= Q(number=int(number[1]))
        return rows.filter(found)

    def of_status(self, rows: Any, name: str, value: str) -> Any:
        if value == "open":
            return rows.unpaid()
        if value == "past_due":
            return rows.past_due(self.today)
        return rows.filter(**{f"{value}_at__isnull": False})

    def of_first_day(self, rows: Any, name: str, value: date) -> Any:
        return rows.filter(issued_at__gte=datetime.combine(value, time(), UTC))

    def of_last_day(self, rows: Any, name: str, value: date) -> Any:
        after = datetime.combine(value + timedelta(days=1), time(), UTC)
        return rows.filter(issued_at__lt=after)
