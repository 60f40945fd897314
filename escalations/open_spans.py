"""How long cases took in the open hours of the desk, where it keeps a calendar."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import mean, median
from typing import Any

from django.db.models import QuerySet

from escalations.models import Case
from escalations.office_hours import OfficeHours
from escalations.states import CaseStatus


class Ruler:
    """Open time between any two moments of a stretch of time, its open spans looked up once."""

    def __init__(self, hours: OfficeHours, first: datetime, last: datetime) -> None:
        self.opens: list[datetime] = []
        self.lengths: list[timedelta] = []
        self.before: list[timedelta] = []
        total = timedelta(0)
        for opens, closes in hours.open_spans(first):
            if opens > last:
                break
            self.opens.append(opens)
            self.lengths.append(closes - opens)
            self.before.append(total)
            total += closes - opens

    def between(self, start: datetime, end: datetime) -> timedelta:
        return max(self._until(end) - self._until(start), timedelta(0))

    def _until(self, moment: datetime) -> timedelta:
        place = bisect_right(self.opens, moment) - 1
        if place < 0:
            return timedelta(0)
        return self.before[place] + min(moment - self.opens[place], self.lengths[place])


@dataclass
class Took:
    """What a group of cases took, in open time."""

    first_answers: list[timedelta] = field(default_factory=list)
    ends: list[timedelta] = field(default_factory=list)

    def figures(self) -> dict[str, timedelta | None]:
        return {
            "first_answer": _middle(self.first_answers),
            "resolved_in": _middle(self.ends),
        }

    @property
    def mean_answer(self) -> timedelta | None:
        seconds = [one.total_seconds() for one in self.first_answers]
        return timedelta(seconds=mean(seconds)) if seconds else None


def _middle(spans: list[timedelta]) -> timedelta | None:
    return timedelta(seconds=median(one.total_seconds() for one in spans)) if spans else None


Groups = Callable[[dict[str, Any]], Iterable[Any]]


def measured(cases: QuerySet[Case], hours: OfficeHours, *, groups: Groups) -> dict[Any, Took]:
    """What the cases of each group took; ``groups`` names those of one (one statement)."""
    found: defaultdict[Any, Took] = defaultdict(Took)
    rows: Any = list(
        cases.order_by().values(
            "kind", "assignee", "status", "opened_at", "first_answered_at", "closed_at"
        )
    )
    if not rows:
        return found
    ends = [row[name] for row in rows for name in ("first_answered_at", "closed_at") if row[name]]
    begins = [row["opened_at"] for row in rows]
    ruler = Ruler(hours, min(begins), max([*begins, *ends]))
    for row in rows:
        for group in groups(row):
            took, opened = found[group], row["opened_at"]
            if row["first_answered_at"]:
                took.first_answers.append(ruler.between(opened, row["first_answered_at"]))
            if row["status"] == CaseStatus.RESOLVED:
                took.ends.append(ruler.between(opened, row["closed_at"]))
    return found
