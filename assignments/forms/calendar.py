"""Which span of days a calendar shows."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms

from assignments.forms.find_work import DayField

SPANS = [("month", "Month"), ("week", "Week")]


class SpanForm(forms.Form):
    """``on`` is any day of the span; what cannot be read counts as today's month."""

    span = forms.ChoiceField(choices=SPANS, required=False)
    on = DayField(required=False)

    def __init__(self, data: Any, *, today: date) -> None:
        super().__init__(data)
        self.is_valid()
        self.today = today
        self.kind: str = self.cleaned_data.get("span") or "month"
        self.on: date = self.cleaned_data.get("on") or today

    @property
    def is_month(self) -> bool:
        return self.kind == "month"

    @property
    def first(self) -> date:
        """A Sunday: of the week, or of the week in which the month begins."""
        start = self.on.replace(day=1) if self.is_month else self.on
        return start - timedelta(days=start.isoweekday() % 7)

    @property
    def last(self) -> date:
        """A Saturday: the end of the week, or of the week in which the month ends."""
        if not self.is_month:
            return self.first + timedelta(days=6)
        end = self.after - timedelta(days=1)
        return end + timedelta(days=6 - end.isoweekday() % 7)

    @property
    def before(self) -> date:
        """A day of the span before this one."""
        if not self.is_month:
            return self.first - timedelta(days=7)
        return (self.on.replace(day=1) - timedelta(days=1)).replace(day=1)

    @property
    def after(self) -> date:
        """A day of the span after this one."""
        if not self.is_month:
            return self.first + timedelta(days=7)
        return (self.on.replace(day=1) + timedelta(days=32)).replace(day=1)

    @property
    def title(self) -> str:
        if self.is_month:
            return f"{self.on:%B} {self.on.year}"
        first, last = self.first, self.last
        until = f"{last:%B} {last.day}" if first.month != last.month else f"{last.day}"
        return f"{first:%B} {first.day} to {until}, {last.year}"


class FeedKeyForm(forms.Form):
    key = forms.CharField(max_length=64)
