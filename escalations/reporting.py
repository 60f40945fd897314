"""The case report: how much came in, how quickly it was answered and ended, and how."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from django.db.models import Avg, Count, F, Q, QuerySet
from django.db.models.aggregates import Aggregate
from django.db.models.fields import DurationField
from django.db.models.functions import TruncDate, TruncWeek

from core import charts
from core.dates import date_words
from escalations.models import Case, Decision, Side
from escalations.office_hours import AROUND_THE_CLOCK, OfficeHours
from escalations.open_spans import Took, measured
from escalations.states import CLOSED, KINDS, CaseStatus, Effect

DAYS = 90
LONGEST_BY_DAY = 31
"""Longer periods are drawn by weeks."""


class Median(Aggregate):
    """The middle of a set of durations, of which half are shorter."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


@dataclass(frozen=True)
class Line:
    """One line of a table: how many of a kind, an agent or an outcome, and how they went.

    The spans are counted in ``unit``: hours, or those in which the desk is open.
    """

    name: str
    opened: int
    ended: int
    first_answer: timedelta | None
    resolved_in: timedelta | None
    late: int
    overdue: int
    unit: str = "hours"

    @property
    def first_words(self) -> str:
        return _duration(self.first_answer, self.unit)

    @property
    def resolved_words(self) -> str:
        return _duration(self.resolved_in, self.unit)

    @property
    def late_note(self) -> str:
        return f"{self.late} late ({self.late_share})"

    @property
    def late_share(self) -> str:
        return f"{100 * self.late / self.opened:.0f}%" if self.opened else "–"


@dataclass(frozen=True)
class Report:
    """The cases opened from the first day to the last one, on the desk's calendar."""

    first: date
    last: date
    whole: Line
    open_now: int
    kinds: list[Line]
    agents: list[Line]
    outcomes: charts.Ranking
    volume: charts.Chart
    answers: charts.Chart

    @property
    def counted(self) -> str:
        """How spans are counted, in a sentence."""
        if self.whole.unit == "hours":
            return "Medians: half took less, half took longer."
        return "Medians, in office hours: nights, weekends and holidays of the desk do not count."

    @property
    def days(self) -> str:
        return f"{date_words(self.first)} to {date_words(self.last)}"

    @property
    def kinds_ranked(self) -> charts.Ranking:
        return charts.ranking(
            title="What they are about",
            desc="Cases opened in these days, by kind.",
            heading="Kind",
            value_heading="Opened",
            rows=[(line.name, "", float(line.opened), f"{line.opened:,}") for line in self.kinds],
        )

    @property
    def overdue_tone(self) -> str:
        return "bad" if self.whole.overdue else "neutral"


def period(
    first: date | None, last: date | None, *, at: datetime, zone: tzinfo
) -> tuple[date, date]:
    """The days asked for; the last 90 where they are not given, and never more than ten years."""
    last = last or at.astimezone(zone).date()
    first = first or last - timedelta(days=DAYS - 1)
    return max(min(first, last), last - timedelta(days=3653)), last


def opened_in(first: date, last: date, *, zone: tzinfo) -> QuerySet[Case]:
    """The cases opened on these days of the desk's own calendar."""
    begin = datetime(first.year, first.month, first.day, tzinfo=zone)
    day_after = last + timedelta(days=1)
    end = datetime(day_after.year, day_after.month, day_after.day, tzinfo=zone)
    return Case.objects.filter(opened_at__gte=begin, opened_at__lt=end)


@dataclass(frozen=True)
class Clock:
    """By which spans are counted: every hour, or what was measured in open ones, by group."""

    unit: str
    took: Mapping[Any, Took] | None = None

    def line(self, name: str, row: dict[str, Any], group: Any) -> Line:
        figures = {key: row[key] for key in FIGURES}
        if self.took is not None:
            figures |= self.took.get(group, Took()).figures()
        return Line(name, **figures, unit=self.unit)

    def mean_answer(self, row: dict[str, Any], group: Any) -> float | None:
        took = row["took"] if self.took is None else self.took.get(group, Took()).mean_answer
        return round(took.total_seconds() / 3600, 1) if took else None


def report_of(
    first: date, last: date, *, at: datetime, hours: OfficeHours = AROUND_THE_CLOCK
) -> Report:
    """The whole report, in eight statements whatever the number of cases; nine where the desk
    keeps a calendar, by which the spans are counted then."""
    zone = hours.zone
    cases = opened_in(first, last, zone=zone)
    clock = _clock_of(cases, first, last, hours)
    labels = {kind.code: kind.label for kind in KINDS.values()}
    kinds = _lines(cases, "kind", labels, clock, at=at)
    buckets = _buckets(cases, first, last, zone, clock)
    return Report(
        first=first,
        last=last,
        whole=clock.line("All cases", cases.aggregate(**_figures(at)), "all"),
        open_now=Case.objects.active().count(),
        kinds=kinds,
        agents=_agents(cases, clock, at=at),
        outcomes=_outcomes(cases),
        volume=_volume(buckets),
        answers=_answers(buckets, hours),
    )


def _figures(at: datetime) -> dict[str, Any]:
    is_open = ~Q(status__in=CLOSED)
    owed = Q(first_answered_at=None, first_answer_due_at__lte=at) | Q(
        first_answered_at__isnull=False, update_due_at__lte=at
    )
    return {
        "opened": Count("pk"),
        "ended": Count("pk", filter=Q(status__in=CLOSED)),
        "first_answer": Median(
            F("first_answered_at") - F("opened_at"), filter=Q(first_answered_at__isnull=False)
        ),
        "resolved_in": Median(
            F("closed_at") - F("opened_at"), filter=Q(status=CaseStatus.RESOLVED)
        ),
        "late": Count("pk", filter=_late(at)),
        "overdue": Count("pk", filter=is_open & owed),
    }


def _late(at: datetime) -> Q:
    """Answered after it was due, or not at all while it was open beyond that."""
    due = F("first_answer_due_at")
    unanswered = Q(first_answered_at=None, first_answer_due_at__lte=at)
    return Q(first_answered_at__gt=due) | unanswered & (Q(closed_at=None) | Q(closed_at__gt=due))


FIGURES = ("opened", "ended", "first_answer", "resolved_in", "late", "overdue")


def _clock_of(cases: QuerySet[Case], first: date, last: date, hours: OfficeHours) -> Clock:
    if hours.is_always_open:
        return Clock(hours.unit)
    step = _step(first, last)

    def groups(row: dict[str, Any]) -> list[Any]:
        day = row["opened_at"].astimezone(hours.zone).date()
        bucket = day - timedelta(days=day.weekday() if step.days > 1 else 0)
        return ["all", ("kind", row["kind"]), ("assignee", row["assignee"]), ("bucket", bucket)]

    return Clock(hours.unit, measured(cases, hours, groups=groups))


def _lines(
    cases: QuerySet[Case], by: str, names: dict[Any, str], clock: Clock, *, at: datetime
) -> list[Line]:
    rows = cases.order_by().values(by).annotate(**_figures(at))
    lines = [clock.line(names.get(row[by], str(row[by])), row, (by, row[by])) for row in rows]
    return sorted(lines, key=lambda line: (-line.opened, line.name))


def _agents(cases: QuerySet[Case], clock: Clock, *, at: datetime) -> list[Line]:
    names = {None: "Nobody"} | {
        key: full_name or email
        for key, full_name, email in cases.exclude(assignee=None)
        .order_by()
        .values_list("assignee", "assignee__full_name", "assignee__email")
        .distinct()
    }
    return _lines(cases, "assignee", names, clock, at=at)


def _outcomes(cases: QuerySet[Case]) -> charts.Ranking:
    """How the last round of each ended case was decided, or that it was withdrawn or merged."""
    decided = (
        Decision.objects.filter(case__in=cases, case__status=CaseStatus.RESOLVED)
        .filter(round=F("case__round"))
        .order_by()
        .values_list("effect")
        .annotate(n=Count("pk"))
    )
    counts = {str(Effect(effect).label): n for effect, n in decided}
    ended = cases.filter(status=CaseStatus.WITHDRAWN).aggregate(
        withdrawn=Count("pk", filter=Q(merged_into=None)),
        merged=Count("pk", filter=Q(merged_into__isnull=False)),
    )
    counts |= {"Withdrawn": ended["withdrawn"], "Merged into another": ended["merged"]}
    ordered = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    return charts.ranking(
        title="How they ended",
        desc="By the effect of the last decision; withdrawn and merged cases beside them.",
        heading="Outcome",
        value_heading="Cases",
        rows=[(name, "", float(n), f"{n:,}") for name, n in ordered if n],
    )


@dataclass(frozen=True)
class Bucket:
    """A day or a week: what was opened in it, and how long its first answers took."""

    label: str
    opened: int
    ended: int
    hours: float | None


def _step(first: date, last: date) -> timedelta:
    """By day up to a month, by week beyond."""
    return timedelta(days=1 if (last - first).days < LONGEST_BY_DAY else 7)


def _buckets(
    cases: QuerySet[Case], first: date, last: date, zone: tzinfo, clock: Clock
) -> list[Bucket]:
    """Every day or week, empty ones included."""
    step = _step(first, last)
    by_day = step.days == 1
    cut = (TruncDate if by_day else TruncWeek)("opened_at", tzinfo=zone)
    rows: dict[date, dict[str, Any]] = {
        _day(row["bucket"]): dict(row)
        for row in cases.order_by()
        .values(bucket=cut)
        .annotate(
            opened=Count("pk"),
            ended=Count("pk", filter=Q(status__in=CLOSED)),
            took=Avg(F("first_answered_at") - F("opened_at")),
        )
    }
    day = first if by_day else first - timedelta(days=first.weekday())
    found = []
    while day <= last:
        row = rows.get(day, {"opened": 0, "ended": 0, "took": None})
        hours = clock.mean_answer(row, ("bucket", day))
        found.append(Bucket(f"{day:%b} {day.day}", row["opened"], row["ended"], hours))
        day += step
    return found


def _duration(took: timedelta | None, unit: str) -> str:
    """``45 minutes``, ``5.2 hours``, ``3.1 days``; a dash where nothing was measured.

    Office hours are not added up to days, which have as many as the desk gives them.
    """
    if took is None:
        return "–"
    hours = took.total_seconds() / 3600
    if hours < 1:
        return f"{round(hours * 60)} minutes"
    if unit == "hours" and hours >= 48:
        return f"{hours / 24:.1f} days"
    return f"{hours:.1f} {unit}"


def _day(bucket: date | datetime) -> date:
    return bucket.date() if isinstance(bucket, datetime) else bucket


def _volume(buckets: list[Bucket]) -> charts.Chart:
    return charts.bars(
        title="Cases opened",
        desc="By the day or the week in which they were opened, and how many of them have ended.",
        labels=[bucket.label for bucket in buckets],
        series=[
            ("Opened", [bucket.opened for bucket in buckets]),
            ("Ended since", [bucket.ended for bucket in buckets]),
        ],
        y_label="cases",
    )


def _answers(buckets: list[Bucket], hours: OfficeHours) -> charts.Chart:
    return charts.line(
        title=f"{hours.unit.capitalize()} to the first answer",
        desc=f"On average, of the cases opened then; the limit is {hours.first_answer_words}.",
        labels=[bucket.label for bucket in buckets],
        series=[("Hours", [bucket.hours for bucket in buckets])],
        y_label=hours.unit,
        threshold=hours.first_answer.total_seconds() / 3600,
    )


def header(hours: OfficeHours) -> tuple[str, ...]:
    unit = hours.unit.capitalize()
    return (
        "Case", "Kind", "Opened by", "Status", "Priority", "Agent", "Opened at", "First answer at",
        "First answer due", "Ended at", f"{unit} to first answer", f"{unit} to end", "Outcome",
        "Amount",
    )  # fmt: skip


def csv_rows(
    first: date, last: date, *, hours: OfficeHours = AROUND_THE_CLOCK
) -> Iterator[list[object]]:
    """A line for each case of the period, without the names of its parties."""
    zone = hours.zone
    cases = opened_in(first, last, zone=zone).select_related("assignee", "merged_into")
    cases = cases.defer("search", "what_happened", "outcome_words").prefetch_related("decisions")
    for case in cases.order_by("pk").iterator(chunk_size=1_000):
        decision = next((one for one in case.decisions.all() if one.round == case.round), None)
        yield [
            case.label, case.get_kind_display(), Side(case.side).label, _status(case),
            case.get_priority_display(), str(case.assignee or ""),
            _written(case.opened_at, zone), _written(case.first_answered_at, zone),
            _written(case.first_answer_due_at, zone), _written(case.closed_at, zone),
            _hours(hours, case.opened_at, case.first_answered_at),
            _hours(hours, case.opened_at, case.closed_at),
            Effect(decision.effect).label if decision and case.closed_at else "",
            decision.amount if decision and case.closed_at and decision.amount else "",
        ]  # fmt: skip


def _status(case: Case) -> str:
    if case.merged_into:
        return f"Merged into {case.merged_into.label}"
    return str(case.get_status_display())


def _written(moment: datetime | None, zone: tzinfo) -> str:
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M") if moment else ""


def _hours(hours: OfficeHours, begin: datetime, end: datetime | None) -> str:
    return f"{hours.between(begin, end).total_seconds() / 3600:.1f}" if end else ""
