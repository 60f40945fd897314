"""When a series recurs: an iCalendar rule, its dates, and the same in words.

Rules are worked out on the calendar of the site alone, by ``dateutil``: a date is a date there,
and its time is what the clock on the wall shows. Where a month is too short the rule says
whether its last day stands in; where the clocks skip the time, the work starts as much later.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from itertools import islice
from zoneinfo import ZoneInfo

from dateutil import rrule

from core.dates import date_words, time_words

DAILY, WEEKLY, MONTHLY, WEEKDAY, YEARLY = "daily", "weekly", "monthly", "weekday", "yearly"
DAY_CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTH_NAMES = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
ORDINALS = {1: "first", 2: "second", 3: "third", 4: "fourth", -1: "last"}
UNITS = {DAILY: "day", WEEKLY: "week", MONTHLY: "month", WEEKDAY: "month", YEARLY: "year"}
MOST_EVERY = 52
MOST_TIMES = 500
FURTHEST = timedelta(days=366 * 20)
"""Beyond this no date of a rule is looked for."""


@dataclass(frozen=True)
class Pattern:
    """What a person chooses; ``rule`` is the same for machines.

    ``first_on`` says the weekday, the day of the month and the place of the weekday in it, unless
    ``day`` and ``ordinal`` do (a rule may begin on a day that only stood in). With
    ``last_day_stands_in`` a month without the day takes its last one, else it is left out.
    """

    frequency: str
    first_on: date
    every: int = 1
    weekdays: tuple[int, ...] = ()
    ordinal: int = 0
    day: int = 0
    last_day_stands_in: bool = True
    until: date | None = None
    count: int | None = None

    @property
    def rule(self) -> str:
        """The iCalendar RRULE."""
        parts = [f"FREQ={self._iso_frequency}"]
        if self.every > 1:
            parts.append(f"INTERVAL={self.every}")
        parts += self._by_day()
        if self.until:
            parts.append(f"UNTIL={self.until:%Y%m%d}")
        if self.count:
            parts.append(f"COUNT={self.count}")
        return ";".join(parts)

    @property
    def _iso_frequency(self) -> str:
        return "MONTHLY" if self.frequency == WEEKDAY else self.frequency.upper()

    def _by_day(self) -> list[str]:
        day, month = self.month_day, self.first_on.month
        if self.frequency == WEEKLY:
            days = self.weekdays or (self.first_on.weekday(),)
            return [f"BYDAY={','.join(DAY_CODES[n] for n in sorted(days))}"]
        if self.frequency == WEEKDAY:
            return [
                f"BYDAY={self.ordinal or self.place_in_month}{DAY_CODES[self.first_on.weekday()]}"
            ]
        if self.frequency == MONTHLY:
            return _day_of_month(day, self.last_day_stands_in)
        if self.frequency == YEARLY:
            leap = month == 2 and day == 29
            return [f"BYMONTH={month}", *_day_of_month(day, leap and self.last_day_stands_in)]
        return []

    @property
    def month_day(self) -> int:
        return self.day or self.first_on.day

    @property
    def place_in_month(self) -> int:
        """Which weekday of its month the first date is: 1 to 4, or -1 for the last."""
        place = (self.first_on.day - 1) // 7 + 1
        return place if place <= 4 else -1

    @cached_property
    def _set(self) -> rrule.rrule:
        start = datetime.combine(self.first_on, time())
        return rrule.rrulestr(self.rule, dtstart=start)  # type: ignore[return-value]

    def dates(self, after: date | None = None) -> Iterable[date]:
        """Every date from ``after`` on (that day not included), in order; may be endless."""
        if after is None or after < self.first_on:
            found = iter(self._set)
        else:
            found = self._set.xafter(datetime.combine(after, time()), inc=False)
        last = self.first_on + FURTHEST
        for moment in found:
            if moment.date() > last:
                return
            yield moment.date()

    def next_dates(self, count: int, after: date | None = None) -> list[date]:
        return list(islice(self.dates(after), count))

    def has(self, on: date) -> bool:
        """Whether the rule falls on this day."""
        return next(iter(self.dates(on - timedelta(days=1))), None) == on

    def count_before(self, on: date) -> int:
        """How many of its dates lie before this day."""
        return sum(1 for day in self.dates() if day < on) if on > self.first_on else 0

    @property
    def words(self) -> str:
        """``Every 2 weeks on Monday and Friday, until Tue, Mar 2, 2027``."""
        words = f"Every {self.every} {UNITS[self.frequency]}s" if self.every > 1 else (
            f"Every {UNITS[self.frequency]}"
        )  # fmt: skip
        words += self._on_words()
        if self.until:
            words += f", until {date_words(self.until)}"
        if self.count:
            words += f", {self.count} time{'' if self.count == 1 else 's'}"
        return words

    def _on_words(self) -> str:
        day = self.first_on
        if self.frequency == WEEKLY:
            days = sorted(self.weekdays or (day.weekday(),))
            return f" on {listed([DAY_NAMES[number] for number in days])}"
        if self.frequency == WEEKDAY:
            place = ORDINALS[self.ordinal or self.place_in_month]
            return f" on the {place} {DAY_NAMES[day.weekday()]}"
        if self.frequency == MONTHLY:
            return f" on day {self.month_day}"
        if self.frequency == YEARLY:
            return f" on {MONTH_NAMES[day.month - 1]} {self.month_day}"
        return ""

    @property
    def caution(self) -> str:
        """What happens where the calendar does not have the day, or nothing."""
        day = self.month_day
        if self.frequency == MONTHLY and day > 28:
            short = {
                29: "February without a leap day has",
                30: "February has",
                31: "Some months have",
            }
            known = f"{short[day]} no day {day}"
            if self.last_day_stands_in:
                return f"{known}: the last day of the month stands in."
            return f"{known}: these are left out."
        if self.frequency == YEARLY and (self.first_on.month, day) == (2, 29):
            if self.last_day_stands_in:
                return "Only leap years have February 29: February 28 stands in in the others."
            return "Only leap years have February 29: the other years are left out."
        return ""


def _day_of_month(day: int, stands_in: bool) -> list[str]:
    """The day, or where a month is shorter its last: the latest of those that it has."""
    if day <= 28 or not stands_in:
        return [f"BYMONTHDAY={day}"]
    return [f"BYMONTHDAY={','.join(str(n) for n in range(28, day + 1))}", "BYSETPOS=-1"]


def read(rule: str, first_on: date) -> Pattern:
    """The pattern of a rule that ``Pattern.rule`` wrote."""
    parts = dict(part.split("=", 1) for part in rule.split(";"))
    days = parts.get("BYDAY", "")
    frequency = parts["FREQ"].lower()
    if frequency == MONTHLY and days:
        frequency = WEEKDAY
    until = parts.get("UNTIL")
    day = int(parts.get("BYMONTHDAY", str(first_on.day)).split(",")[-1])
    return Pattern(
        frequency=frequency,
        first_on=first_on,
        every=int(parts.get("INTERVAL", 1)),
        weekdays=tuple(DAY_CODES.index(d) for d in days.split(",")) if frequency == WEEKLY else (),
        ordinal=int(days[:-2]) if frequency == WEEKDAY else 0,
        day=day if day != first_on.day else 0,
        last_day_stands_in="BYSETPOS" in parts or day <= 28,
        until=datetime.strptime(until, "%Y%m%d").date() if until else None,  # noqa: DTZ007
        count=int(parts["COUNT"]) if "COUNT" in parts else None,
    )


@dataclass(frozen=True)
class Start:
    """The moment at which the work of a day starts; ``note`` says where it is not as written."""

    at: datetime
    note: str = ""


def start_on(day: date, at: time, zone_name: str) -> Start:
    """The moment that the clock at the site shows ``at`` on a day.

    A time that occurs twice means the first; one that is skipped means as much later.
    """
    zone = ZoneInfo(zone_name)
    wall = datetime.combine(day, at, zone)
    real = wall.astimezone(UTC).astimezone(zone)
    if real.replace(tzinfo=None) == wall.replace(tzinfo=None):
        return Start(wall)
    return Start(
        real,
        f"Clocks go forward on {date_words(day)}: there is no {time_words(wall)}, so it starts at "
        f"{time_words(real)}.",
    )


def listed(words: Sequence[str]) -> str:
    """``Monday, Tuesday and Friday``."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
