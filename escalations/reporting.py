"""The case report: how much came in, how quickly it was answered and ended, and how."""

from __future__ import annotations

from collections.abc import Iterator
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
    """One line of a table: how many of a kind, an agent or an outcome, and how they went."""

    name: str
    opened: int
    ended: int
    first_answer: timedelta | None
    resolved_in: timedelta | None
    late: int
    overdue: int

    @property
    def first_words(self) -> str:
        return _duration(self.first_answer)

    @property
    def resolved_words(self) -> str:
        return _duration(self.resolved_in)

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


def report_of(first: date, last: date, *, at: datetime, zone: tzinfo) -> Report:
    """The whole report, in eight statements whatever the number of cases."""
    cases = opened_in(first, last, zone=zone)
    kinds = _lines(cases, "kind", {kind.code: kind.label for kind in KINDS.values()}, at=at)
    buckets = _buckets(cases, first, last, zone)
    return Report(
        first=first,
        last=last,
        whole=_line("All cases", cases.aggregate(**_figures(at))),
        open_now=Case.objects.active().count(),
        kinds=kinds,
        agents=_agents(cases, at=at),
        outcomes=_outcomes(cases),
        volume=_volume(buckets),
        answers=_answers(buckets),
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


def _line(name: str, row: dict[str, Any]) -> Line:
    figures = ("opened", "ended", "first_answer", "resolved_in", "late", "overdue")
    return Line(name, **{figure: row[figure] for figure in figures})


def _lines(cases: QuerySet[Case], by: str, names: dict[Any, str], *, at: datetime) -> list[Line]:
    rows = cases.order_by().values(by).annotate(**_figures(at))
    lines = [_line(names.get(row[by], str(row[by])), row) for row in rows]
    return sorted(lines, key=lambda line: (-line.opened, line.name))


def _agents(cases: QuerySet[Case], *, at: datetime) -> list[Line]:
    names = {None: "Nobody"} | {
        key: full_name or email
        for key, full_name, email in cases.exclude(assignee=None)
        .order_by()
        .values_list("assignee", "assignee__full_name", "assignee__email")
        .distinct()
    }
    return _lines(cases, "assignee", names, at=at)


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


def _buckets(cases: QuerySet[Case], first: date, last: date, zone: tzinfo) -> list[Bucket]:
    """By day up to a month, by week beyond; empty ones included."""
    by_day = (last - first).days < LONGEST_BY_DAY
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
    step = timedelta(days=1 if by_day else 7)
    day = first if by_day else first - timedelta(days=first.weekday())
    found = []
    while day <= last:
        row = rows.get(day, {"opened": 0, "ended": 0, "took": None})
        hours = round(row["took"].total_seconds() / 3600, 1) if row["took"] else None
        found.append(Bucket(f"{day:%b} {day.day}", row["opened"], row["ended"], hours))
        day += step
    return found


def _duration(took: timedelta | None) -> str:
    """``45 minutes``, ``5.2 hours``, ``3.1 days``; a dash where nothing was measured."""
    if took is None:
        return "–"
    hours = took.total_seconds() / 3600
    if hours < 1:
        return f"{round(hours * 60)} minutes"
    return f"{hours:.1f} hours" if hours < 48 else f"{hours / 24:.1f} days"


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


def _answers(buckets: list[Bucket]) -> charts.Chart:
    return charts.line(
        title="Hours to the first answer",
        desc="On average, of the cases opened then; the limit is 24 hours.",
        labels=[bucket.label for bucket in buckets],
        series=[("Hours", [bucket.hours for bucket in buckets])],
        y_label="hours",
        threshold=24,
    )


HEADER = (
    "Case", "Kind", "Opened by", "Status", "Priority", "Agent", "Opened at", "First answer at",
    "First answer due", "Ended at", "Hours to first answer", "Hours to end", "Outcome", "Amount",
)  # fmt: skip


def csv_rows(first: date, last: date, *, zone: tzinfo) -> Iterator[list[object]]:
    """A line for each case of the period, without the names of its parties."""
    cases = opened_in(first, last, zone=zone).select_related("assignee", "merged_into")
    cases = cases.defer("search", "what_happened", "outcome_words").prefetch_related("decisions")
    for case in cases.order_by("pk").iterator(chunk_size=1_000):
        decision = next((one for one in case.decisions.all() if one.round == case.round), None)
        yield [
            case.label, case.get_kind_display(), Side(case.side).label, _status(case),
            case.get_priority_display(), str(case.assignee or ""),
            _written(case.opened_at, zone), _written(case.first_answered_at, zone),
            _written(case.first_answer_due_at, zone), _written(case.closed_at, zone),
            _hours(case.opened_at, case.first_answered_at), _hours(case.opened_at, case.closed_at),
            Effect(decision.effect).label if decision and case.closed_at else "",
            decision.amount if decision and case.closed_at and decision.amount else "",
        ]  # fmt: skip


def _status(case: Case) -> str:
    if case.merged_into:
        return f"Merged into {case.merged_into.label}"
    return str(case.get_status_display())


def _written(moment: datetime | None, zone: tzinfo) -> str:
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M") if moment else ""


def _hours(begin: datetime, end: datetime | None) -> str:
    return f"{(end - begin).total_seconds() / 3600:.1f}" if end else ""
