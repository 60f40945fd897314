"""A worked example for every formula: a few rows in words, and what the formula makes of them.

The values of the rows follow from the settings, and the figure is computed by the database with
the very aggregate that draws the scorecards, so that an example cannot say something else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection

from scorecards.formulas import PUBLISHED, Formula, value_words
from scorecards.sharing import MARKS


@dataclass(frozen=True, slots=True)
class Told:
    """One row of an example: what happened, and the value it has for the formula."""

    words: str
    value: float
    marks: tuple[int, int, int] = (0, 0, 0)


@dataclass(frozen=True, slots=True)
class Example:
    rows: Sequence[tuple[str, str]]
    result: str


def examples() -> dict[tuple[str, str], Example]:
    """Every formula's example by side and name (one query)."""
    rows_of = {"company": _company(), "worker": _worker()}
    asked = [(side, f, rows_of[side][f.source]) for side, known in PUBLISHED.items() for f in known]
    columns: list[str] = []
    params: list[Any] = []
    for _, formula, rows in asked:
        one = "(%s::numeric, %s::int, %s::int, %s::int)"
        columns.append(
            f"(SELECT {formula.sql} FROM (VALUES {', '.join([one] * len(rows))}) "  # noqa: S608
            "AS rows (value, mark_1, mark_2, mark_3))"
        )
        params += [part for row in rows for part in (float(row.value), *row.marks)]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(columns)}", params)
        figures = cursor.fetchone()
    return {
        (side, formula.name): Example(
            [(row.words, _value_words(formula, row)) for row in rows],
            value_words(None if figure is None else float(figure), formula.unit),
        )
        for (side, formula, rows), figure in zip(asked, figures, strict=True)
    }


def _company() -> Mapping[str, Sequence[Told]]:
    late, fee, notice = settings.PENDING_TOO_LONG_DAYS, "with", settings.LATE_CANCELLATION_HOURS
    return {
        "ratings": _ratings(),
        "approvals": (
            Told("Submitted Monday 9:00, approved Tuesday 9:00", 1),
            Told("Submitted Monday 9:00, under a case from Tuesday 9:00 to Thursday 9:00, "
                 "approved Friday 9:00", 4 - 2),
            Told("Sent back, submitted again Wednesday 9:00, approved Wednesday 12:00", 3 / 24),
        ),
        "payments": (
            Told("Due on the 17th, paid on the 16th", 0),
            Told("Due on the 17th, paid on the 20th at noon (UTC)", 2.5),
            Told("Due on the 17th, not paid, now the 19th at noon, a case open for the day of "
                 "the 18th", 1.5 - 1),
        ),
        "pending": tuple(
            Told(words, days > late)
            for words, days in (
                ("Submitted yesterday", 1),
                ("Submitted 5 days ago, 3 of them under a case", 5 - 3),
                ("Submitted 4 days ago", 4),
            )
        ),
        "owed": (
            Told("Due tomorrow", 0),
            Told("Due 3 days ago", 1),
            Told("Due next week", 0),
        ),
        "answers": (
            Told("A worker wrote at 9:00, the company answered at 10:00", 1),
            Told("A worker wrote at 9:00 and 9:30, the company answered at 11:00", 2),
            Told("A worker wrote on Monday 9:00, the company answered on Tuesday 15:00", 30),
        ),
        "late_cancellations": (
            Told(f"Cancelled {notice - 4} hours before the start, {fee} a fee", 1),
            Told("Cancelled an hour after the start, without a fee", 0),
        ),
        "returns": _returns("for the company"),
    }  # fmt: skip


def _worker() -> Mapping[str, Sequence[Told]]:
    grace, notice = settings.ON_TIME_GRACE_MINUTES, settings.LATE_CANCELLATION_HOURS
    return {
        "ratings": _ratings(),
        "arrivals": tuple(
            Told(words, minutes <= grace)
            for words, minutes in (
                ("Start at 9:00, checked in at 9:10", 10),
                ("Start at 9:00; the client had asked for 11:00; checked in at 10:55", -5),
                ("Start at 9:00, on hold until 9:30, checked in at 9:40", 10),
                ("Start at 9:00, checked in at 9:20", 20),
            )
        ),
        "deliverables": (
            Told("Two photos due at 17:00, both handed in at 16:40", 1),
            Told("Three files due at 17:00, two there by then", 0),
            Told("Due on Monday, a case open from Sunday to Wednesday, handed in on Tuesday", 1),
        ),
        "completed": tuple(Told(f"Approved on the {day}th", 1) for day in (4, 11, 18)),
        "cancellations": (
            Told("Given back 3 days before the start", 0),
            Told(f"Given back {notice - 19} hours before the start", 1),
        ),
        "abandoned": (Told("Did not come; taken off an hour after the start", 0),),
        "returns": _returns("by the worker"),
    }  # fmt: skip


def _ratings() -> Sequence[Told]:
    return (
        Told("Excellent", 1, (5, 5, 5)),
        Told("Satisfied", 1, (4, 5, 3)),
        Told("Satisfied", 1, (4, 4, 5)),
        Told("Unsatisfied", 0, (2, 3, 3)),
    )


def _returns(whose: str) -> Sequence[Told]:
    days = settings.REPEAT_WINDOW_DAYS
    return (
        Told(f"Three assignments {whose} approved in the last {days} days", 1),
        Told("Two", 1),
        Told(f"One, and one more {days + 30} days ago", 0),
    )


def _value_words(formula: Formula, row: Told) -> str:
    """The value of a row as the formula takes it."""
    if formula.name in MARKS:
        return f"{row.marks[list(MARKS).index(formula.name)]} of 5"
    if formula.unit in ("days", "hours"):
        return value_words(row.value, formula.unit)
    if formula.name == "paid_on_time":
        return "on time" if row.value == 0 else "late"
    if formula.unit == "share" or formula.sql.startswith("SUM"):
        return "counts" if row.value else "does not"
    return "1"
