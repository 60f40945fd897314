"""The forms of a series: its rule in a friendly shape, one of its dates, how far a change goes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError

from accounts.actors import Actor
from accounts.forms.finding import WorkersField
from assignments import recurrence, snapshots, standing_routing
from assignments.forms.fields import ReferenceField, WallClockField
from assignments.forms.routing import MARKETPLACE, MATCHES, AudienceForm
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
from assignments.routing import SendsToNobody
from core.forms import ChoiceCards, DayField, TimeInput, zoned
from vetting.queries.marks import favorites_of, open_to_invite

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
    ("apply", "Sent, workers apply|You choose among them."),
    ("first", "Sent, first to accept|The first worker who accepts is assigned."),
]
RULE = {
    "first_on", "starts", "frequency", "every", "weekdays", "short_months", "ends", "until",
    "count",
}  # fmt: skip
"""The fields of the rule: the preview needs nothing else."""
MOST_NAMED = 30
FURTHEST_FIRST = timedelta(days=730)


class RhythmForm(AudienceForm):
    """When a posting comes again, and what then happens with it; for a posting at a site.

    Where each date is sent by itself it says to whom, as the page of sending does.
    """

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

    workers = WorkersField(
        most=MOST_NAMED,
        widget=forms.CheckboxSelectMultiple,
        label="Your favorites",
        help_text="Mark workers as favorites to name them here.",
    )

    use_required_attribute = False

    def __init__(self, *args: Any, content: snapshots.Content, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["mode"]
        self.content, self.at = content, at
        self.zone = content["time_zone"]

    def name_workers(self, named: Iterable[str] = ()) -> None:
        """Offer the company's favorites, and who is named already."""
        rows = favorites_of(self.company) | open_to_invite(self.company).filter(
            reference__in=list(named)
        )
        found = rows.order_by("user__full_name", "pk")[:MOST_NAMED]
        keys = [worker.pk for worker in found]
        self.fields["workers"].queryset = rows.filter(pk__in=keys).order_by("user__full_name")
        self.has_favorites = bool(keys)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("ends") == "until" and not data.get("until") and "until" in data:
            self.add_error("until", "Choose the last day.")
        if data.get("ends") == "count" and not data.get("count") and "count" in data:
            self.add_error("count", "Enter how many times.")
        if not self.errors.keys() & RULE:
            self._clean_first(data)
        names = ("on_marketplace", "groups", "matching", "workers")
        reached = any(data.get(name) or name in self.errors for name in names)
        if data.get("sends") in ("apply", "first") and not reached:
            self.add_error("on_marketplace", str(SendsToNobody()))
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
    def routing(self) -> standing_routing.Routing | None:
        """To whom each date is sent, or None where it stays a draft; only of a valid form."""
        data = self.cleaned_data
        if data["sends"] == "draft":
            return None
        return standing_routing.take(
            on_marketplace=data["on_marketplace"], first_to_accept=data["sends"] == "first",
            workers=list(data["workers"]), steps=self.steps, **self.audience,
        )  # fmt: skip

    @property
    def ahead(self) -> dict[str, Any]:
        """How each date is written, as the verbs ask for it; only of a valid form."""
        return {"days_ahead": self.cleaned_data["days_ahead"], "routing": self.routing}

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
        if not self.is_bound or self.errors.keys() & RULE:
            return []
        return next_starts(self.pattern, self.cleaned_data["starts"], self.zone)


class BeginForm(RhythmForm):
    """A series that is not stored yet; it carries the reference it will get."""

    reference = ReferenceField(Series, "S")

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        assert actor.company is not None
        super().__init__(*args, company=actor.company, **kwargs)
        self.name_workers()
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
            **_audience_of(series.routing),
        }
        super().__init__(*args, content=part.content, company=series.company, **kwargs)
        self.name_workers(series.routing.get("workers", ()))


def _audience_of(routing: Mapping[str, Any]) -> dict[str, Any]:
    """What is stored of a routing, as the form shows it; a new one begins at the marketplace."""
    matches = routing.get("matches") or {}
    shown = {
        "on_marketplace": routing.get("on_marketplace", True),
        "groups": routing.get("groups", []),
        "workers": routing.get("workers", []),
        "matching": bool(matches),
        **matches,
    }
    for number, step in enumerate(routing.get("steps", [])):
        target = step["group"] or (MATCHES if step["matches"] else MARKETPLACE)
        shown |= {f"after_{number}": step["delay_minutes"], f"to_{number}": target}
    return shown


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
