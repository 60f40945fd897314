"""The rows behind a figure in words, as far as the reader may know them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.actors import Actor
from assignments.models import Assignment, Unassignment
from scorecards.formulas import Formula, value_words
from scorecards.queries import assignments_behind
from scorecards.sharing import MARKS, Summary


@dataclass(frozen=True, slots=True)
class Behind:
    """One row behind a figure: what it is about, when it counted, with what value.

    ``who`` is the other side, for those who know them anyway; ``said`` a rating's comment.
    """

    title: str
    at: datetime
    value: str
    url: str = ""
    who: str = ""
    said: str = ""
    share: str = ""
    portion: float | None = None


def rows_in_words(rows: Sequence[Any], summary: Summary, actor: Actor) -> list[Behind]:
    """The rows of a page, in order, each with its share in the figure (one query more where
    they are events)."""
    about = assignments_behind(rows)
    return [_behind(row, about[row.pk], summary, actor) for row in rows if row.pk in about]


def _behind(row: Any, about: Assignment, summary: Summary, actor: Actor) -> Behind:
    """A stranger reads the kind of work and its place, not the number, the title or the names."""
    knows = (
        actor.is_staff
        or (actor.is_client and about.company == actor.company)
        or (actor.is_worker and _whose(row, about) == actor.worker)
    )
    formula = summary.formula
    still_there = not (actor.is_worker and about.worker != actor.worker)
    return Behind(
        title=f"{about.reference} {about.title}" if knows else f"{about.industry} · {about.place}",
        at=row.dated_at,
        value=VALUES[formula.source](row, formula),
        url=about.get_absolute_url() if knows and still_there else "",
        who=str(about.company if actor.is_worker else _whose(row, about)) if knows else "",
        said=_said(row),
        share=summary.portion_words(row),
        portion=summary.portion(row),
    )


def _whose(row: Any, about: Assignment) -> Any:
    """The worker a row is about; one who has left is not the assignment's any more."""
    return row.worker if isinstance(row, Unassignment) else about.worker


def _said(row: Any) -> str:
    """A rating's comment, unless staff have hidden it."""
    return "" if getattr(row, "comment_hidden_at", None) else getattr(row, "comment", "")


def _rating(row: Any, formula: Formula) -> str:
    if formula.unit == "marks":
        return f"{getattr(row, MARKS[formula.name])} of 5"
    return str(row.get_overall_display())


def _days(row: Any, formula: Formula) -> str:
    return value_words(row.value, "days")


def _past_due(row: Any, formula: Formula) -> str:
    if row.value == 0:
        return "on time"
    still = "" if row.invoice.paid_at else ", not paid yet"
    return f"{value_words(row.value, 'days')} past due{still}"


def _owed(row: Any, formula: Formula) -> str:
    return f"{value_words(row.days, 'days')} past due" if row.value else "not past due"


def _arrival(row: Any, formula: Formula) -> str:
    if row.value:
        return "on time"
    return f"late by {value_words(row.late_days, 'days')}"


VALUES: dict[str, Callable[[Any, Formula], str]] = {
    "ratings": _rating,
    "approvals": _days,
    "pending": lambda row, formula: f"waiting {value_words(row.days, 'days')}",
    "payments": _past_due,
    "owed": _owed,
    "answers": lambda row, formula: value_words(row.value, "hours"),
    "late_cancellations": lambda row, formula: "paid for" if row.value else "not paid for",
    "arrivals": _arrival,
    "deliverables": lambda row, formula: "in time" if row.value else "late",
    "completed": lambda row, formula: "completed",
    "cancellations": lambda row, formula: (
        f"{row.reason}, {'late' if row.value else 'in good time'}"
    ),
    "abandoned": lambda row, formula: str(row.reason),
}
"""How the value of one row is written, by the source it comes from."""
