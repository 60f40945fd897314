"""The part of a posting that says when: a fixed time, a window, or several days.

Times are typed as the clock on the wall of the site shows them. What that means is known once
the ZIP code is: an hour that the change to summer time skips is refused, one that comes twice
in autumn is asked about.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfoNotFoundError

from django import forms
from django.core.exceptions import ValidationError

from assignments.forms.fields import WallClockField
from assignments.schedule import MOST_DAYS, Day, span_of
from core.dates import moment_words
from core.forms import ChoiceCards, DayField, TimeInput, zoned
from core.wall_clock import moments_of, on_wall

FURTHEST = timedelta(days=730)
LONGEST = timedelta(days=180)
SEVERAL = "days"
SCHEDULES = [
    ("fixed", "Fixed time|The worker starts exactly at the start."),
    ("window", "Window|The worker may start any time within it."),
    (SEVERAL, "Several days|Each day has its own times."),
]
WEEKDAYS = [
    ("0", "Mon"), ("1", "Tue"), ("2", "Wed"), ("3", "Thu"), ("4", "Fri"), ("5", "Sat"),
    ("6", "Sun"),
]  # fmt: skip
FIRST, SECOND = "first", "second"
WHICH = [("", "Choose…"), (FIRST, "The first, before the clocks go back"),
         (SECOND, "The second, after the clocks went back")]  # fmt: skip


def which_field() -> forms.ChoiceField:
    """Which of two is meant where an hour comes twice; not shown before it is needed."""
    return forms.ChoiceField(choices=WHICH, required=False, label="Which of the two?")


def moment_of(naive: datetime, zone: str, which: str) -> datetime:
    """The moment that is meant; raises ``ValidationError`` where that cannot be known."""
    first = zoned(naive, zone)
    found = moments_of(naive, zone)
    if len(found) == 1:
        return first
    if which not in (FIRST, SECOND):
        words = [moment_words(moment, zone, "time") for moment in found]
        raise ValidationError(
            f"The clocks go back on {naive:%B} {naive.day}, so this time comes twice: "
            f"{words[0]} and then {words[1]}. Choose which one you mean.",
            code="twice",
        )
    return found[which == SECOND]


def which_of(moment: datetime, zone: str) -> str:
    """How the form says which of two a stored moment is; empty where there is only one."""
    try:
        found = moments_of(on_wall(moment, zone), zone)
    except (ZoneInfoNotFoundError, ValueError, OverflowError):
        return ""
    return "" if len(found) < 2 else (FIRST if moment == found[0] else SECOND)


class TimesForm(forms.Form):
    """``clean_times`` leaves moments; of several days, the rows beside it say which."""

    schedule = forms.ChoiceField(
        choices=SCHEDULES, initial="fixed", widget=ChoiceCards, label="How exact is the time?"
    )
    starts_at = WallClockField(label="Start")
    ends_at = WallClockField(label="End")
    starts_which = which_field()
    ends_which = which_field()

    at: datetime

    def clean_times(self, data: dict[str, Any]) -> None:
        if data.get("schedule") == SEVERAL:
            for name in ("starts_at", "ends_at", "starts_which", "ends_which"):
                self.errors.pop(name, None)
                data[name] = None
            return
        zone = data.get("time_zone")
        if not zone:
            return
        for name, which in (("starts_at", "starts_which"), ("ends_at", "ends_which")):
            if data.get(name):
                try:
                    data[name] = moment_of(data[name], zone, data.get(which) or "")
                except ValidationError as error:
                    self.add_error(name, error)
        self.check_span(data.get("starts_at"), data.get("ends_at"))

    def check_span(self, starts_at: datetime | None, ends_at: datetime | None) -> None:
        if starts_at and starts_at < self.at:
            self.add_error("starts_at", "This is in the past. Choose a later start.")
        elif starts_at and starts_at > self.at + FURTHEST:
            self.add_error("starts_at", "Choose a start within the next two years.")
        if starts_at and ends_at and ends_at <= starts_at:
            self.add_error("ends_at", "The end must come after the start.")
        elif starts_at and ends_at and ends_at - starts_at > LONGEST:
            self.add_error("ends_at", "Choose an end within 180 days of the start.")

    @property
    def asks_which_start(self) -> bool:
        return asks_which(self, "starts_at", "starts_which")

    @property
    def asks_which_end(self) -> bool:
        return asks_which(self, "ends_at", "ends_which")


def asks_which(form: forms.BaseForm, name: str, which: str) -> bool:
    """Whether the choice between two equal times is to be shown beside this field."""
    return bool(form[which].value() or (form.is_bound and form.has_error(name, "twice")))


class DayForm(forms.Form):
    """One day of work; a row without a date is none."""

    date = DayField(required=False)
    start = forms.TimeField(required=False, widget=TimeInput, label="From")
    end = forms.TimeField(required=False, widget=TimeInput, label="To")
    start_which = which_field()
    end_which = which_field()

    use_required_attribute = False
    day: Day | None = None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        on = data.get("date")
        for name, sentence in (("start", "Enter when the day starts."),
                               ("end", "Enter when the day ends.")):  # fmt: skip
            if on and name in data and data[name] is None:
                self.add_error(name, sentence)
        if "date" in data and not on and (data.get("start") or data.get("end")):
            self.add_error("date", "Choose the day, or clear the rest of this row.")
        return data

    @property
    def counts(self) -> bool:
        return bool(getattr(self, "cleaned_data", {}).get("date"))

    def place(self, zone: str) -> None:
        """Make moments of the row; an end before the start is on the next day."""
        data = self.cleaned_data
        on, start, end = data["date"], data["start"], data["end"]
        moments = []
        next_day = on + timedelta(days=end <= start)
        for name, naive in (("start", datetime.combine(on, start)),
                            ("end", datetime.combine(next_day, end))):  # fmt: skip
            try:
                moments.append(moment_of(naive, zone, data.get(f"{name}_which") or ""))
            except ValidationError as error:
                self.add_error(name, error)
        if start == end:
            self.add_error("end", "The end must come after the start.")
        elif len(moments) == 2:
            self.day = Day(*moments)

    @property
    def asks_which_start(self) -> bool:
        return asks_which(self, "start", "start_which")

    @property
    def asks_which_end(self) -> bool:
        return asks_which(self, "end", "end_which")


def place_days(counting: Sequence[DayForm], zone: str, *, at: datetime) -> None:
    """Make moments of the days that count and hold them against each other."""
    for form in counting:
        form.place(zone)
    placed = sorted((form for form in counting if form.day), key=lambda form: form.day)
    for before, after in pairwise(placed):
        if after.day.starts_at < before.day.ends_at:
            after.add_error("start", "This day begins before the one before it has ended.")
    if placed:
        _check_days(placed, at)


def _check_days(placed: Sequence[DayForm], at: datetime) -> None:
    first, last = placed[0], placed[-1]
    starts_at, ends_at = span_of(form.day for form in placed if form.day)
    if starts_at < at:
        first.add_error("date", "This is in the past. Choose a later day.")
    elif starts_at > at + FURTHEST:
        first.add_error("date", "Choose a start within the next two years.")
    if ends_at - starts_at > LONGEST:
        last.add_error("date", "Choose days within 180 days of the first.")


class DayRows(forms.BaseFormSet):
    """All days; ``place`` makes moments of them once the zone of the site is known."""

    def place(self, zone: str, *, at: datetime) -> None:
        counting = [form for form in self.forms if form.counts]
        place_days(counting, zone, at=at)
        if not counting and self.forms:
            self.forms[0].add_error("date", "Add at least one day, or choose a fixed time.")

    def all_good(self) -> bool:
        return not any(form.errors for form in self.forms) and not self.non_form_errors()

    def days(self) -> tuple[Day, ...]:
        """The days in their order; only once placed and all good."""
        return tuple(sorted(form.day for form in self.forms if form.counts and form.day))


def day_rows(
    data: Any = None, *, initial: Iterable[dict[str, Any]] | None = None, extra: int = 2
) -> DayRows:
    """The days as posted, or as given with ``extra`` blank ones after them."""
    factory = forms.formset_factory(
        DayForm,
        formset=DayRows,
        extra=extra,
        max_num=MOST_DAYS,
        validate_max=True,
        absolute_max=MOST_DAYS + 10,
    )
    return factory(
        data,
        initial=list(initial) if initial is not None and data is None else None,
        prefix="days",
        error_messages={
            "missing_management_form": "The days were out of date. "
            "Check them and send the form again.",
            "too_many_forms": f"At most {MOST_DAYS} days fit into one assignment.",
        },
    )


def initial_days(days: Iterable[Day], zone: str) -> list[dict[str, Any]]:
    """Days as starting values, on the wall of the site."""
    return [
        {
            "date": on_wall(day.starts_at, zone).date(),
            "start": on_wall(day.starts_at, zone).time(),
            "end": on_wall(day.ends_at, zone).time(),
            "start_which": which_of(day.starts_at, zone),
            "end_which": which_of(day.ends_at, zone),
        }
        for day in days
    ]


class FillDaysForm(forms.Form):
    """``Mon to Fri, 9 to 5, from one day to another``: rows of days made at once."""

    first = DayField(label="First day")
    last = DayField(label="Last day")
    start = forms.TimeField(widget=TimeInput, label="Each day from", initial=time(9))
    end = forms.TimeField(widget=TimeInput, label="Each day to", initial=time(17))
    weekdays = forms.MultipleChoiceField(
        choices=WEEKDAYS,
        initial=["0", "1", "2", "3", "4"],
        widget=forms.CheckboxSelectMultiple,
        label="On these days of the week",
    )

    use_required_attribute = False
    prefix = "fill"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        first, last = data.get("first"), data.get("last")
        if first and last and last < first:
            self.add_error("last", "The last day cannot come before the first.")
        elif first and last and last - first > LONGEST:
            self.add_error("last", "Choose a last day within 180 days of the first.")
        elif first and last and data.get("weekdays") and not self.dates():
            self.add_error("weekdays", "None of these days of the week falls between the two.")
        elif first and last and len(self.dates()) > MOST_DAYS:
            self.add_error("last", f"That makes more than {MOST_DAYS} days. Choose an earlier end.")
        return data

    def dates(self) -> list[date]:
        data = self.cleaned_data
        first, last = data["first"], data["last"]
        every = (first + timedelta(days=n) for n in range((last - first).days + 1))
        return [day for day in every if str(day.weekday()) in data.get("weekdays", ())]

    def rows(self) -> list[dict[str, Any]]:
        """Starting values for the rows of days; only of a valid form."""
        data = self.cleaned_data
        return [{"date": day, "start": data["start"], "end": data["end"]} for day in self.dates()]
