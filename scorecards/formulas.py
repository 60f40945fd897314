"""The formulas of the scorecards: computed from here, and published from here.

``VERSION`` changes whenever a figure would come out differently from the same rows; it is
stored with every scorecard, and the help page shows it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Q

VERSION = 5


@dataclass(frozen=True, slots=True)
class Formula:
    """One figure: how it is drawn from the rows of its source, and how it is explained.

    ``sql`` aggregates the columns ``value`` (and the marks of ratings) of the rows of
    ``source``. ``dated_by`` says what puts a row into the window.
    """

    name: str
    label: str
    source: str
    sql: str
    unit: str
    words: str
    dated_by: str
    counts: str
    leaves_out: str
    trend: bool = False
    is_count: bool = False
    over: str = ""
    """The setting that says over how many days, where that is its only window."""

    @property
    def window_words(self) -> str:
        """Over which stretches of time it is drawn, and by which day a row falls into one."""
        if self.dated_by == "the present moment":
            return "The present moment"
        if self.over:
            return f"The last {getattr(settings, self.over)} days, by {self.dated_by}"
        days = settings.SCORECARD_WINDOW_DAYS
        return f"The last {days} days, all time and each month, by {self.dated_by}"

    @property
    def is_a_mean(self) -> bool:
        return self.sql.startswith("AVG(")

    @property
    def is_a_time(self) -> bool:
        """Whether its value is a length of time, in the unit of its name."""
        return self.unit in ("days", "hours")

    @property
    def unit_words(self) -> str:
        """What the number is, in words."""
        return UNITS[self.unit]


UNITS = {
    "share": "percent, cut to whole ones",
    "days": "days; under one day, hours",
    "hours": "hours; from two days on, days",
    "marks": "marks from 1 to 5",
    "count": "a number",
}
# Over whole numbers (grains), so that a sum does not depend on the order of its rows.
COUNT, MEAN, TOTAL = "COUNT(*)", "AVG(value)", "SUM(value)"
NONE_LATE = "AVG((value = 0)::int)"
MEDIAN = "PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY value)"

_HIDDEN = "Ratings not yet published, and ratings hidden by staff after a case."
_RATED = "the day the rating was published"
_DECIDED = (
    "Cancellations for a reason that carries no mark, those by a decision of the Escalations "
    "Team among them."
)

COMPANY = (
    Formula(
        "ratings", "Ratings", "ratings", COUNT, "count",
        "How many workers' ratings there are.",
        _RATED, "Every published rating of the company by a worker.", _HIDDEN, is_count=True,
    ),
    Formula(
        "satisfaction", "Satisfaction", "ratings", MEAN, "share",
        "Excellent and satisfied ratings, divided by all ratings.",
        _RATED, "Every published rating of the company by a worker.", _HIDDEN, trend=True,
    ),
    Formula(
        "approvals", "Approvals", "approvals", COUNT, "count",
        "How many submitted assignments were approved.",
        "the approval", "Every approved assignment.", "Nothing.", is_count=True,
    ),
    Formula(
        "approval_days", "Approval time", "approvals", MEAN, "days",
        "The time from the last submission to the approval, less the time under a dispute "
        "hold, as an average.",
        "the approval", "Every approved assignment, those approved by a decision of staff too.",
        "Work that is not approved yet: it counts in “pending too long”.", trend=True,
    ),
    Formula(
        "payments", "Payments", "payments", COUNT, "count",
        "How many invoices were paid, or should have been.",
        "the payment; while unpaid, today", "Every paid invoice, and every invoice past due.",
        "Withdrawn invoices, and invoices that are not due yet.", is_count=True,
    ),
    Formula(
        "days_past_due", "Payment timeliness", "payments", MEAN, "days",
        "The time from the end of the due date (UTC) to the payment, or until now while unpaid, "
        "less the time under a dispute hold, as an average. Paid on time or early counts as zero.",
        "the payment; while unpaid, today",
        "Every paid invoice, and every invoice past due, cancellation fees included.",
        "Withdrawn invoices, and invoices that are not due yet.", trend=True,
    ),
    Formula(
        "paid_on_time", "Paid on time", "payments", NONE_LATE, "share",
        "Invoices paid by the end of their due date, divided by all that were paid or past due.",
        "the payment; while unpaid, today",
        "Every paid invoice, and every invoice past due, cancellation fees included.",
        "Withdrawn invoices, and invoices that are not due yet.",
    ),
    Formula(
        "pending_too_long", "Pending approval too long", "pending", MEAN, "share",
        "Submitted work that has waited for approval longer than {pending_days}, divided by all "
        "submitted work that waits now.",
        "the present moment", "Everything pending approval.",
        "Work under a dispute hold, and the time spent under one.",
    ),
    Formula(
        "past_due", "Past due", "owed", MEAN, "share",
        "Unpaid invoices past their due date, divided by all unpaid invoices.",
        "the present moment", "Every unpaid invoice.",
        "Invoices under a dispute hold, and the time spent under one.",
    ),
    Formula(
        "answer_hours", "Response time", "answers", MEDIAN, "hours",
        "The time from a worker's first unanswered message to the company's next message to "
        "them; the middle value of all (median).",
        "the reply", "Every reply to a worker on an assignment.",
        "Messages that nobody has answered yet, those that the company marked as needing no "
        "answer, and those sent after the assignment ended; notes that workers do not see.",
    ),
    Formula(
        "late_cancellations", "Late cancellations", "late_cancellations", COUNT, "count",
        "Assignments that the client cancelled under {notice_hours} before the start, or after "
        "it.",
        "the cancellation", "Every cancellation of an assignment that had a worker.",
        _DECIDED, is_count=True,
    ),
    Formula(
        "late_cancellations_paid", "Late cancellations paid for", "late_cancellations", TOTAL,
        "count", "Late cancellations for which the worker was paid a fee.",
        "the cancellation", "Every late cancellation.", _DECIDED, is_count=True,
    ),
)  # fmt: skip

_LEFT = (
    "Every time a worker left an assignment that went on, by the mark that the reason carried "
    "when it was given."
)
_NO_MARK = (
    "Reasons that carry no mark; backing out while the client keeps the work on hold; new times "
    "after a hold that do not suit the worker; assignments that the client cancelled."
)
_MARK = "The average mark, from 1 to 5."
_BY_COMPANY = "Every published rating of the worker by a company."

WORKER = (
    Formula(
        "ratings", "Ratings", "ratings", COUNT, "count", "How many clients' ratings there are.",
        _RATED, _BY_COMPANY, _HIDDEN, is_count=True,
    ),
    Formula(
        "satisfaction", "Satisfaction", "ratings", MEAN, "share",
        "Excellent and satisfied ratings, divided by all ratings.", _RATED, _BY_COMPANY, _HIDDEN,
        trend=True,
    ),
    Formula(
        "on_time", "On time", "arrivals", MEAN, "share",
        "Assignments whose first check-in was at most {grace} after the start (or, where the "
        "work may start any time in a window, before the window's end), divided by all "
        "assignments with a check-in. The start is the one agreed when the worker checked in: "
        "what is moved or corrected later changes nothing. A later start that the client had "
        "asked for by then counts as agreed. Time under a hold, of the client or of a case, does "
        "not count.",
        "the first check-in", "Every assignment the worker checked in to. A first check-in that "
        "was in time stays so.",
        "Assignments without a check-in, visits that the client wrote down, and late check-ins "
        "to work that the client cancelled afterwards.", trend=True,
    ),
    Formula(
        "deliverables_on_time", "Deliverables on time", "deliverables", MEAN, "share",
        "Deliverables of which everything asked for was handed in by the due time, divided by "
        "all deliverables whose due time is over. What the client refused counts as missing; "
        "time under a hold, of the client or of a case, does not count. Due times move with the "
        "start when both sides agree to another.",
        "the due time", "Every deliverable asked for with a due time that is over.",
        "Deliverables of cancelled assignments, and those due before the worker was assigned; "
        "files that were taken back.", trend=True,
    ),
    Formula(
        "completed", "Completed", "completed", COUNT, "count",
        "Assignments that were approved.", "the approval", "Every approved assignment.",
        "Work whose invoice was withdrawn by a decision of staff.", is_count=True,
    ),
    Formula(
        "cancelled", "Cancelled", "cancellations", COUNT, "count",
        "Assignments that the worker was assigned to and gave back, or was taken off for a reason "
        "that they are to answer for.",
        "the day the worker left", _LEFT, _NO_MARK, is_count=True,
    ),
    Formula(
        "cancelled_late", "Cancelled late", "cancellations", TOTAL, "count",
        "Of those, the ones under {notice_hours} before the start, or after it.",
        "the day the worker left", _LEFT, _NO_MARK, is_count=True,
    ),
    Formula(
        "abandoned", "Abandoned", "abandoned", COUNT, "count",
        "Assignments that the worker did not come to, or left before they were done.",
        "the day the worker left", _LEFT, _NO_MARK, is_count=True,
    ),
    Formula(
        "quality", "Quality", "ratings", "AVG(mark_1)", "marks", _MARK, _RATED, _BY_COMPANY,
        _HIDDEN,
    ),
    Formula(
        "professionalism", "Professionalism", "ratings", "AVG(mark_2)", "marks", _MARK, _RATED,
        _BY_COMPANY, _HIDDEN,
    ),
    Formula(
        "communication", "Communication", "ratings", "AVG(mark_3)", "marks", _MARK, _RATED,
        _BY_COMPANY, _HIDDEN,
    ),
)  # fmt: skip

FEWEST_TO_SHARE = 3
"""Below so many there is no share of those who came back to speak of."""
_BACK: dict[str, Any] = {
    "source": "returns",
    "sql": MEAN,
    "unit": "share",
    "dated_by": "the approval",
    "leaves_out": "Work whose invoice was withdrawn by a decision of staff. No share is drawn of "
    f"fewer than {FEWEST_TO_SHARE}.",
    "over": "REPEAT_WINDOW_DAYS",
}
CAME_BACK = {
    "company": Formula(
        name="workers_back", label="Workers who came back",
        words="Workers who completed at least two assignments for the company, divided by all who "
        "completed any.",
        counts="Every worker of an assignment of the company that was approved.", **_BACK,
    ),
    "worker": Formula(
        name="clients_back", label="Clients who came back",
        words="Companies for whom the worker completed at least two assignments, divided by all "
        "for whom they completed any.",
        counts="Every company of an assignment of the worker that was approved.", **_BACK,
    ),
}  # fmt: skip
"""Shown on profiles beside the scorecards: drawn when it is read, and not rolled up."""
PUBLISHED = {
    "company": (*COMPANY, CAME_BACK["company"]),
    "worker": (*WORKER, CAME_BACK["worker"]),
}
"""Every formula by side, as the page of formulas explains them."""
COMPANY_FORMULAS = {formula.name: formula for formula in COMPANY}
WORKER_FORMULAS = {formula.name: formula for formula in WORKER}


@dataclass(frozen=True, slots=True)
class Limit:
    """A figure that turns a company's scorecard red, and from where."""

    formula: str
    limit: float
    below: bool
    words: str

    def is_crossed(self, value: float | None) -> bool:
        if value is None:
            return False
        return value < self.limit if self.below else value >= self.limit

    @property
    def crossed(self) -> Q:
        """The rolled-up rows that have crossed it."""
        return Q(**{f"{self.formula}__{'lt' if self.below else 'gte'}": self.limit})


def limits() -> tuple[Limit, ...]:
    """The red rule, from the settings."""
    share, approval, due = (
        settings.RED_SATISFACTION, settings.RED_APPROVAL_DAYS, settings.RED_DAYS_PAST_DUE,
    )  # fmt: skip
    return (
        Limit("satisfaction", share, True, f"red under {share:.0%}"),
        Limit("approval_days", approval, False, f"red from {counted(approval, 'day')}"),
        Limit("days_past_due", due, False, f"red from {counted(due, 'day')}"),
    )


def explained(formula: Formula) -> str:
    """The words of a formula with the numbers of the settings in them."""
    return formula.words.format(
        pending_days=counted(settings.PENDING_TOO_LONG_DAYS, "day"),
        notice_hours=counted(settings.LATE_CANCELLATION_HOURS, "hour"),
        grace=counted(settings.ON_TIME_GRACE_MINUTES, "minute"),
    )


def counted(number: float, unit: str) -> str:
    """``1 day``, ``2.5 days``: at most one digit after the point."""
    digits = f"{number:.1f}".removesuffix(".0")
    return f"{digits} {unit}" if digits == "1" else f"{digits} {unit}s"


def value_words(value: float | None, unit: str) -> str:
    """A figure as screens write it, cut and not rounded, so that it never looks past a limit."""
    if value is None:
        return "–"
    if unit == "share":
        return f"{math.floor(value * 100 + 1e-9)}%"
    if unit == "marks":
        return f"{value:.1f} of 5"
    if unit == "count":
        return f"{value:.0f}"
    if unit == "days" and 0 < value < 1:
        value, unit = value * 24, "hours"
    if unit == "hours" and 0 < value < 1:
        value, unit = value * 60, "minutes"
    if unit == "minutes" and value < 1:
        return "under a minute"
    if unit == "hours" and value >= 48:
        value, unit = value / 24, "days"
    return counted(math.floor(value * 10 + 1e-9) / 10, unit.removesuffix("s"))
