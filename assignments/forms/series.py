"""The forms of a series: its rule in a friendly shape, one of its dates, how far a change goes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError

from accounts.actors import Actor
from assignments import recurrence, snapshots
from assignments.forms.fields import ReferenceField, WallClockField
from assignments.models import Series
from assignments.occurrences import Plan, next_starts, pattern_of
from assignments.recurrence import (
    DAILY,
    DAY_NAMES,
    MONTHLY,
    MOST_EVERY,
    MOST_TIMES,
    WEEKDAY,
    WEEKLY,
    YEARLY,
    Pattern,
    Start,
)
from core.forms import ChoiceCards, DayField, TimeInput, zoned

FREQUENCIES = [
    (DAILY, "Every day"),
    (WEEKLY, "Every week, on chosen days"),
    (MONTHLY, "Every month, on the day of the first date"),
    (WEEKDAY, "Every month, on the weekday of the first date (such as the second Tuesday)"),
    (YEARLY, "Every year"),
]
SHORT_MONTHS = [
    ("last", "Its last day stands in"),
    ("skip", "It is left out"),
]
ENDS = [("never", "Until I end it"), ("until", "On a day"), ("count", "After a number of times")]
SENDS = [
    ("draft", "As a draft|You look at it and send it."),
    ("apply", "Sent to the marketplace|Workers apply; you choose."),
    ("first", "Sent, first to accept|The first worker who accepts is assigned."),
]
ROUTING: dict[str, dict[str, bool] | None] = {
    "draft": None,
    "apply": {"on_marketplace": True, "first_to_accept": False},
    "first": {"on_marketplace": True, "first_to_accept": True},
}
HIDDEN = {"reference", "revision"}
"""Fields of the page, not of the rule: the preview does without them."""
FURTHEST_FIRST = timedelta(days=730)


class RhythmForm(forms.Form):
    """When a posting comes again, and what then happens with it; for a posting at a site."""

    first_on = DayField(label="First date")
    starts = forms.TimeField(
        widget=TimeInput,
        label="Start",
        help_text="On the site’s clock.",
        error_messages={"invalid": "Enter a time such as 09:30."},
    )
    frequency = forms.ChoiceField(choices=FREQUENCIES, initial=WEEKLY, label="It comes again")
    every = forms.IntegerField(
        min_value=1,
        max_value=MOST_EVERY,
        initial=1,
        required=False,
        label="Only every so many",
        help_text="2 means every second day, week, month or year.",
    )
    weekdays = forms.TypedMultipleChoiceField(
        choices=list(enumerate(DAY_NAMES)),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label="On these days",
        help_text="None chosen: the weekday of the first date.",
    )
    short_months = forms.ChoiceField(
        choices=SHORT_MONTHS,
        initial="last",
        required=False,
        label="Where a month does not have the day",
    )
    ends = forms.ChoiceField(choices=ENDS, initial="never", label="It ends")
    until = DayField(required=False, label="Last day")
    count = forms.IntegerField(
        required=False, min_value=1, max_value=MOST_TIMES, label="Number of times"
    )
    days_ahead = forms.IntegerField(
        min_value=1,
        max_value=90,
        initial=14,
        label="Written ahead",
        help_text="So many days before its start each date becomes an assignment.",
    )
    sends = forms.ChoiceField(
        choices=SENDS, initial="draft", widget=ChoiceCards, label="How is each date written?"
    )

    use_required_attribute = False

    def __init__(self, *args: Any, content: snapshots.Content, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.content, self.at = content, at
        self.zone = content["time_zone"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("ends") == "until" and not data.get("until") and "until" in data:
            self.add_error("until", "Choose the last day.")
        if data.get("ends") == "count" and not data.get("count") and "count" in data:
            self.add_error("count", "Enter how many times.")
        if not self.errors.keys() - HIDDEN:
            self._clean_first(data)
        return data

    def _clean_first(self, data: dict[str, Any]) -> None:
        pattern = self._pattern(data)
        first = pattern.next_dates(1)
        if not first:
            self.add_error("until", "No date lies before this day. Choose a later one.")
            return
        start = recurrence.start_on(first[0], data["starts"], self.zone).at
        if start <= self.at:
            self.add_error("first_on", "This is in the past. Choose a later first date.")
        elif start > self.at + FURTHEST_FIRST:
            self.add_error("first_on", "Choose a first date within the next two years.")

    def _pattern(self, data: dict[str, Any]) -> Pattern:
        return Pattern(
            frequency=data["frequency"],
            first_on=data["first_on"],
            every=data.get("every") or 1,
            weekdays=tuple(data.get("weekdays") or ()) if data["frequency"] == WEEKLY else (),
            last_day_stands_in=data.get("short_months") != "skip",
            until=data.get("until") if data["ends"] == "until" else None,
            count=data.get("count") if data["ends"] == "count" else None,
        )

    @property
    def pattern(self) -> Pattern:
        """The rule; only of a valid form."""
        return self._pattern(self.cleaned_data)

    @property
    def routing(self) -> dict[str, bool] | None:
        return ROUTING[self.cleaned_data["sends"]]

    @property
    def posting(self) -> snapshots.Content:
        """The posting with the chosen time of day; only of a valid form."""
        day, starts = self.cleaned_data["first_on"], self.cleaned_data["starts"]
        start = recurrence.start_on(day, starts, self.zone)
        if start.note:  # the clocks skip this time on that day: any other day keeps it
            start = recurrence.start_on(day + timedelta(days=1), starts, self.zone)
        return snapshots.moved(self.content, start.at)

    @property
    def preview(self) -> list[Start]:
        """The next five starts, as far as the form can be read."""
        if not self.is_bound or self.errors.keys() - HIDDEN:
            return []
        return next_starts(self.pattern, self.cleaned_data["starts"], self.zone)


class BeginForm(RhythmForm):
    """A series that is not stored yet; it carries the reference it will get."""

    reference = ReferenceField(Series, "S")

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reference"].salt = f"assignments.series:{actor.user_id}"
        begun = datetime.fromisoformat(self.content["starts_at"]).astimezone(ZoneInfo(self.zone))
        while begun <= self.at:
            begun += timedelta(days=7)
        self.fields["first_on"].initial = begun.date()
        self.fields["starts"].initial = begun.time()
        self.fields["weekdays"].initial = [begun.weekday()]


class ChangeRhythmForm(RhythmForm):
    """The rule of a stored series, from its next date on."""

    revision = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, plan: Plan, **kwargs: Any) -> None:
        part, series = plan.parts[-1], plan.series
        pattern = pattern_of(part)
        waiting = plan.waiting(at=kwargs["at"])
        sends = "draft"
        if series.sends:
            sends = "first" if series.routing.get("first_to_accept") else "apply"
        kwargs["initial"] = {
            "first_on": waiting[0].on if waiting else part.first_on,
            "starts": part.starts,
            "frequency": pattern.frequency,
            "every": pattern.every,
            "weekdays": list(pattern.weekdays),
            "short_months": "last" if pattern.last_day_stands_in else "skip",
            "ends": "until" if pattern.until else "count" if pattern.count else "never",
            "until": pattern.until,
            "count": pattern.count
            and max(
                pattern.count - pattern.count_before(waiting[0].on if waiting else part.first_on), 1
            ),
            "days_ahead": series.days_ahead,
            "sends": sends,
            "revision": series.revision,
        }
        super().__init__(*args, content=part.content, **kwargs)


class MoveForm(forms.Form):
    """Another start for one date, on the site's clock."""

    starts_at = WallClockField(label="New start")

    use_required_attribute = False

    def __init__(self, *args: Any, zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone

    def clean_starts_at(self) -> datetime:
        try:
            return zoned(self.cleaned_data["starts_at"], self.zone)
        except ValidationError as error:
            raise error


class ScopeForm(forms.Form):
    """How far a change of one date goes; ``revision`` is that of the series that was shown."""

    scope = forms.ChoiceField(
        choices=[
            ("this", "Only this date|The others stay as they are."),
            ("following", "This and all following|The time of day is kept, not the day itself."),
        ],
        initial="this",
        widget=ChoiceCards,
        label="What is changed?",
    )
    revision = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)

    use_required_attribute = False
