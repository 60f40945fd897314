"""The clock by which the deadlines of a case run: open hours of the team, weekends left out.

Where staff set no calendar (*Office hours* in the admin), every hour of the week counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject

from core.compiled import Compiled
from core.dates import zone_of
from escalations.models import Holiday, Office, OfficeDay

WEEK_AROUND: Mapping[int, tuple[time, time | None]] = {day: (time(0, 0), None) for day in range(7)}
LONGEST_CLOSED = 366
"""Days in a row that may be closed; a calendar without one open day counts every hour."""


@dataclass(frozen=True)
class OfficeHours:
    """Open hours by day of the week, the holidays, and the spans that are counted in them.

    A day whose closing time is None is open until midnight. Hours are real ones: a night in
    which the clock is moved counts as long as it was.
    """

    zone: tzinfo = UTC
    days: Mapping[int, tuple[time, time | None]] = field(default_factory=lambda: WEEK_AROUND)
    holidays: frozenset[date] = frozenset()
    first_answer: timedelta = timedelta(hours=24)
    update_every: timedelta = timedelta(hours=48)
    party_answer: timedelta = timedelta(hours=48)
    proposal_answer: timedelta = timedelta(hours=48)
    lead_above: Decimal = Decimal("1000.00")

    @property
    def is_always_open(self) -> bool:
        return not self.holidays and all(
            self.days.get(day) == (time(0, 0), None) for day in range(7)
        )

    @property
    def first_answer_words(self) -> str:
        return self.words(self.first_answer)

    @property
    def update_words(self) -> str:
        return self.words(self.update_every)

    @property
    def unit(self) -> str:
        """What the deadlines are counted in: ``hours``, or ``office hours`` where not all count."""
        return "hours" if self.is_always_open else "office hours"

    def words(self, span: timedelta) -> str:
        """``48 office hours``; ``1 hour``."""
        number = span.total_seconds() / 3600
        return f"{number:g} {self.unit[:-1] if number == 1 else self.unit}"

    def after(self, start: datetime, span: timedelta) -> datetime:
        """The moment at which ``span`` of open hours is over, counted from ``start``."""
        if self.is_always_open or not self.days:
            return start + span
        left = span
        for opens, closes in self.open_spans(start):
            begins = max(opens, start)
            if left <= closes - begins:
                return begins + left
            left -= closes - begins
        return start + span

    def between(self, start: datetime, end: datetime) -> timedelta:
        """How many open hours lie between the two moments; none where ``end`` is not later."""
        if self.is_always_open or not self.days:
            return max(end - start, timedelta(0))
        total = timedelta(0)
        for opens, closes in self.open_spans(start):
            if opens >= end:
                break
            total += max(min(closes, end) - max(opens, start), timedelta(0))
        return total

    def is_open(self, at: datetime) -> bool:
        return next(self.open_spans(at), (at + timedelta(1), at))[0] <= at

    def open_spans(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The open spans that end after ``start``, in order."""
        day, closed = start.astimezone(self.zone).date(), 0
        while closed < LONGEST_CLOSED:
            span = None if day in self.holidays else self.days.get(day.weekday())
            day, today = day + timedelta(days=1), day
            closed += 1
            if span is None:
                continue
            opens = self._moment(today, span[0])
            closes = (
                self._moment(day, time(0, 0)) if span[1] is None else self._moment(today, span[1])
            )
            if closes > max(start, opens):
                closed = 0
                yield opens, closes

    def _moment(self, day: date, clock: time) -> datetime:
        return datetime.combine(day, clock, tzinfo=self.zone).astimezone(UTC)


AROUND_THE_CLOCK = OfficeHours()
OFFICE = Compiled(
    lambda: Office.objects.order_by("pk").annotate(
        open_days=ArraySubquery(
            OfficeDay.objects.filter(office=OuterRef("pk")).order_by("weekday").values(
                span=JSONObject(day="weekday", opens="opens", closes="closes")
            )
        ),
        closed_on=ArraySubquery(
            Holiday.objects.filter(office=OuterRef("pk")).order_by("on").values("on")
        ),
    )[:1]
)  # fmt: skip


def current() -> OfficeHours:
    """The hours in force (one query)."""
    office: Any = OFFICE.first()
    if office is None:
        return AROUND_THE_CLOCK
    return OfficeHours(
        zone=zone_of(office.time_zone),
        days={
            span["day"]: (time.fromisoformat(span["opens"]), _until(span["closes"]))
            for span in office.open_days
        },
        holidays=frozenset(office.closed_on),
        first_answer=timedelta(hours=office.first_answer_hours),
        update_every=timedelta(hours=office.update_hours),
        party_answer=timedelta(hours=office.answer_hours),
        proposal_answer=timedelta(hours=office.proposal_hours),
        lead_above=office.lead_above,
    )


def _until(closes: str | None) -> time | None:
    return time.fromisoformat(closes) if closes else None
