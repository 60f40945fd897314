"""What each row contributes to a figure, so that a reader can add the figure up themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import connection

from scorecards import drawing
from scorecards.formulas import COUNT, MEAN, MEDIAN, NONE_LATE, TOTAL, Formula, value_words
from scorecards.periods import since
from scorecards.rows import Source

MARKS = {"quality": "mark_1", "professionalism": "mark_2", "communication": "mark_3"}
SUMS = {
    COUNT: COUNT,
    MEAN: TOTAL,
    TOTAL: TOTAL,
    NONE_LATE: "SUM((value = 0)::int)",
    MEDIAN: TOTAL,
} | {f"AVG({mark})": f"SUM({mark})" for mark in MARKS.values()}
"""What the portions of the rows add up to before they are divided by their number."""


@dataclass(frozen=True, slots=True)
class Summary:
    """A figure drawn from its rows at this moment: its value, from how many rows, what they add
    up to, and its value in each of the last months."""

    formula: Formula
    value: float | None
    rows: int
    total: float
    by_month: Sequence[float | None]

    @property
    def words(self) -> str:
        return value_words(self.value, self.formula.unit)

    @property
    def basis(self) -> str:
        """How the value comes of the rows, in words."""
        rows = f"{self.rows:,} row{'s' * (self.rows != 1)}"
        if self.formula.sql == COUNT:
            return "one for each row"
        if self.formula.sql == MEDIAN:
            return f"the middle of {rows}"
        if self.formula.sql == TOTAL:
            return f"of {rows}"
        return f"{self.total:,.0f} of {rows}" if self.formula.unit == "share" else f"over {rows}"

    def portion(self, row: Any) -> float | None:
        """What this row adds to the value; None where the value is a middle and no sum."""
        if self.formula.sql == MEDIAN or not self.rows:
            return None
        if self.formula.is_count:
            return 1.0 if self.formula.sql == COUNT else float(row.value)
        return self._measure(row) / self.rows

    def portion_words(self, row: Any) -> str:
        part = self.portion(row)
        if self.formula.sql == MEDIAN:
            return self._place(row)
        if part is None:
            return ""
        if self.formula.is_count:
            return f"1 of {self.value:,.0f}" if part and self.value else "not one of them"
        if self.formula.unit == "share":
            return f"{part * 100:.1f} of {100 / self.rows:.1f} points"
        if self.formula.unit == "marks":
            return f"{part:.2f} of {self.value:.2f}"
        if not self.total:
            return "nothing"
        return (
            f"{value_words(part, self.formula.unit)}, {100 * self._measure(row) / self.total:.1f}%"
        )

    def _measure(self, row: Any) -> float:
        if self.formula.name in MARKS:
            return float(getattr(row, MARKS[self.formula.name]))
        if self.formula.sql == NONE_LATE:
            return float(row.value == 0)
        return float(row.value)

    def _place(self, row: Any) -> str:
        if self.value is None or abs(row.value - self.value) < 1e-9:
            return "the middle"
        return "above the middle" if row.value > self.value else "below the middle"


def summary(
    source: Source, formula: Formula, owner: int, *, window: str, months: int, at: datetime
) -> Summary:
    """The figure of one owner with what it is made of (one query)."""
    span = drawing.Span(window, since(window, at) if source.slides else None)
    spans = drawing.months(at, months) if months else []
    parts = [
        formula,
        replace(formula, name="rows", sql=COUNT, unit="count"),
        replace(formula, name="total", sql=SUMS[formula.sql]),
    ]
    sql, params = drawing.facts(
        source, parts, [owner], lambda part: [span, *spans] if part is formula else [span], at
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        row = cursor.fetchone() or (owner, *[None] * (len(spans) + 3))
    value, *by_month, rows, total = [None if one is None else float(one) for one in row[1:]]
    if formula.is_count:
        value = value or 0.0
    return Summary(formula, value, int(rows or 0), total or 0.0, by_month)


def by_month(
    known: drawing.Drawn, owner: int, *, months: int, at: datetime
) -> dict[str, list[float | None]]:
    """Every figure that has a history in each of the last calendar months, oldest first (one
    query). A month without rows has a zero for a count and nothing for every other figure."""
    spans = drawing.months(at, months)
    sliding = [(source, formulas) for source, formulas in known if source.slides]
    parts: list[str] = []
    params: list[Any] = []
    for number, (source, formulas) in enumerate(sliding):
        sql, values = drawing.facts(source, formulas, [owner], lambda formula: spans, at)
        parts.append(f"LEFT JOIN ({sql}) AS facts_{number} ON true")
        params += values
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM (SELECT 1) AS one {' '.join(parts)}", params)  # noqa: S608
        columns = [column.name for column in cursor.description]
        found = dict(zip(columns, cursor.fetchone(), strict=True))
    return {
        formula.name: [_value(formula, found.get(f"{formula.name}:{span.name}")) for span in spans]
        for _, formulas in sliding
        for formula in formulas
    }


def _value(formula: Formula, value: Any) -> float | None:
    if value is None:
        return 0.0 if formula.is_count else None
    return float(value)
