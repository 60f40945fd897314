"""Who wants an assignment: open applications with what a client weighs, and the others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Max, Q

from accounts.models import WorkerProfile
from assignments import quoting, screening
from assignments.models import Application, Assignment
from assignments.queries import matches
from assignments.queries.matches import Match
from assignments.quoting import Quote
from assignments.states import Status
from conduct import standing
from core.places import away_words, miles_between

MOST_SHOWN = 100


@dataclass(frozen=True)
class Applicant:
    """One open application beside what was posted."""

    application: Application
    worker: WorkerProfile
    posted: Assignment
    quote: Quote
    reserved: Decimal
    miles: float | None
    done_with_us: int
    last_with_us: datetime | None
    is_expired: bool
    is_stopped: bool
    """They may take on no new work, so that they cannot be assigned."""

    match: Match | None = None
    asked: int = 0
    lacks: tuple[str, ...] = ()
    """The requirements of the assignment: how many, and those that this worker does not meet."""

    @property
    def price_differs(self) -> bool:
        return self.application.terms != self.posted.terms or bool(self.application.expenses)

    @property
    def times_differ(self) -> bool:
        asked = (self.application.starts_at, self.application.ends_at)
        return asked != (self.posted.starts_at, self.posted.ends_at)

    @property
    def posting_changed(self) -> bool:
        """The assignment was edited after this worker applied."""
        return self.application.revision_seen != self.posted.revision

    @property
    def more_reserved(self) -> Decimal:
        """What assigning sets aside on top; negative where some comes back."""
        return self.quote.total - self.reserved

    @property
    def reserved_change(self) -> Decimal:
        """How much moves either way, without its sign."""
        return abs(self.more_reserved)

    @property
    def price_words(self) -> str:
        return self.application.terms.sentence(self.posted.company.currency)

    @property
    def sub(self) -> str:
        """Where they are, and how far that is."""
        away = away_words(self.miles) if self.miles is not None else ""
        return " · ".join(part for part in (self.worker.place, away) if part)

    @property
    def history_words(self) -> str:
        if not self.done_with_us:
            return "Has not worked for you yet."
        times = "assignment" if self.done_with_us == 1 else "assignments"
        last = f", the last in {self.last_with_us:%B %Y}" if self.last_with_us else ""
        return f"Completed {self.done_with_us} {times} for you{last}."

    @property
    def is_starred(self) -> bool:
        return self.application.shortlisted_at is not None

    @property
    def skills_words(self) -> str:
        """How many of the skills asked for they have; empty where none are asked for."""
        wanted = len(self.posted.skills)
        if not wanted or self.match is None:
            return ""
        found = self.match.matching
        return f"{len(found)} of {wanted} skills" + (f": {', '.join(found)}" if found else "")

    @property
    def requirements_words(self) -> str:
        """Empty where nothing is asked."""
        if not self.asked:
            return ""
        if not self.lacks:
            return "Meets all requirements" if self.asked > 1 else "Meets the requirement"
        return f"Lacks {len(self.lacks)} of {self.asked}: {'; '.join(self.lacks)}"

    @property
    def price_difference(self) -> Decimal:
        return self.quote.pay - self.posted.budget


ORDERS: dict[str, Callable[[Applicant], Any]] = {
    "first": lambda one: (one.application.applied_at, one.application.pk),
    "price": lambda one: (one.quote.total, one.application.applied_at),
    "nearest": lambda one: (one.miles is None, one.miles or 0.0, one.application.applied_at),
    "soonest": lambda one: (one.application.starts_at, one.application.applied_at),
    "match": lambda one: (-(one.match.points if one.match else 0.0), one.application.applied_at),
}
"""How applicants can be ordered; those with a star come before all others."""


def open_for(
    assignment: Assignment, *, at: datetime, order: str = "first", starred: bool = False
) -> list[Applicant]:
    """Open applications, those with a star first, then in the order asked for (six queries)."""
    applications = list(
        assignment.applications.filter(status=Application.Status.OPEN)
        .annotate(is_stopped=standing.worker_stopped("worker_id", at=at))
        .select_related("worker__user")
        .order_by("applied_at", "pk")[:MOST_SHOWN]
    )
    history = _history(assignment, [application.worker_id for application in applications])
    asked, lacks = screening.lacking_of(
        [application.worker_id for application in applications], assignment, at
    )
    weighed = matches.weighed(assignment, [application.worker_id for application in applications])
    found = [
        _applicant(
            application, assignment, history.get(application.worker_id),
            weighed.get(application.worker_id), at=at, asked=asked,
            lacks=tuple(lacks.get(application.worker_id, ())),
        )
        for application in applications
        if application.shortlisted_at or not starred
    ]  # fmt: skip
    return sorted(found, key=lambda one: (not one.is_starred, ORDERS[order](one)))


def closed_for(assignment: Assignment) -> list[Application]:
    """Applications that are decided or withdrawn, the newest first (one query)."""
    return list(
        assignment.applications.exclude(status=Application.Status.OPEN)
        .select_related("worker__user", "decided_by")
        .order_by("-applied_at", "-pk")[:MOST_SHOWN]
    )


def _applicant(
    application: Any,
    assignment: Assignment,
    history: tuple[int, datetime | None] | None,
    match: Match | None,
    *,
    at: datetime,
    asked: int,
    lacks: tuple[str, ...],
) -> Applicant:
    done, last = history or (0, None)
    reservation = assignment.reservation
    return Applicant(
        application=application,
        worker=application.worker,
        posted=assignment,
        quote=quoting.quote(application.most_pay, assignment.fee_rate),
        reserved=reservation.amount if reservation else Decimal("0.00"),
        miles=_miles(assignment, application.worker),
        done_with_us=done,
        last_with_us=last,
        is_expired=bool(application.expires_at and application.expires_at <= at),
        is_stopped=application.is_stopped,
        match=match,
        asked=asked,
        lacks=lacks,
    )


def _miles(assignment: Assignment, worker: WorkerProfile) -> float | None:
    ends = (assignment.latitude, assignment.longitude, worker.latitude, worker.longitude)
    if not assignment.on_site or None in ends:
        return None
    return miles_between(*ends)  # type: ignore[arg-type]


def _history(assignment: Assignment, workers: list[int]) -> dict[int, tuple[int, datetime | None]]:
    """For each worker: how many assignments of this company they completed, and when last."""
    done = Assignment.objects.filter(
        Q(status=Status.INVOICED) | Q(status=Status.PAID),
        company=assignment.company_id,
        worker__in=workers,
    )
    rows = done.values_list("worker").annotate(n=Count("pk"), last=Max("approved_at"))
    return {worker: (n, last) for worker, n, last in rows.order_by()}
