"""The changes asked for on one assignment, as their page shows them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from accounts.actors import Actor
from assignments import effects
from assignments.effects import Effect
from assignments.models import Assignment, ChangeRequest
from assignments.pricing import plain
from core.money import format_money

MOST_SHOWN = 100
ASKS = {
    ChangeRequest.Kind.RESCHEDULE: "asks for another time",
    ChangeRequest.Kind.BUDGET: "asks for a higher budget",
    ChangeRequest.Kind.EXPENSE: "asks to be refunded an expense",
    ChangeRequest.Kind.BONUS: "asks for a bonus",
}


@dataclass(frozen=True)
class Shown:
    """One request to whoever looks: theirs to answer, theirs to take back, or only to read."""

    change: ChangeRequest
    is_mine: bool
    may_answer: bool
    may_withdraw: bool
    is_expired: bool
    effect: Effect | None

    @property
    def is_accepted(self) -> bool:
        return self.change.status == ChangeRequest.Status.ACCEPTED

    @property
    def title(self) -> str:
        who = "Your side" if self.is_mine else str(self.change.asked_by)
        return f"{who} {ASKS[ChangeRequest.Kind(self.change.kind)]}"

    @property
    def quantity_words(self) -> str:
        """``3 more hours``, ``10 more × device``."""
        change = self.change
        if change.quantity is None:
            return ""
        terms = change.assignment.terms
        return f"{plain(change.quantity)} more {'hours' if terms.is_timed else terms.unit_name}"


def of(assignment: Assignment, actor: Actor, *, at: datetime) -> list[Shown]:
    """Every request of an assignment, the open ones first, then the newest (one query).

    A worker reads only those since they were assigned.
    """
    rows = assignment.changes.select_related("asked_by", "answered_by").order_by("-pk")
    if actor.is_worker:
        rows = rows.filter(asked_at__gte=assignment.assigned_at)
    changes = list(rows[:MOST_SHOWN])
    for change in changes:
        change.assignment = assignment
    changes.sort(key=lambda change: change.status != ChangeRequest.Status.OPEN)
    return [shown(change, actor, at=at) for change in changes]


def shown(change: ChangeRequest, actor: Actor, *, at: datetime) -> Shown:
    assignment = change.assignment
    is_mine = change.side == ("worker" if actor.is_worker else "client")
    is_open = change.status == ChangeRequest.Status.OPEN
    may = is_open and actor.can(f"assignments.{change.kind}", assignment)
    expired = change.is_expired(at)
    label = change.get_kind_display()
    effect = None
    if is_open and change.is_money:
        effect = effects.of(assignment, change.amount, label=label, actor=actor)
    return Shown(
        change=change,
        is_mine=is_mine,
        may_answer=may and not is_mine and not expired,
        may_withdraw=may and is_mine,
        is_expired=expired,
        effect=effect,
    )


def banner_words(change: ChangeRequest, actor: Actor) -> str:
    """An open request in a sentence, on the page of the assignment."""
    currency = change.assignment.company.currency
    what = {
        ChangeRequest.Kind.RESCHEDULE: "another time",
        ChangeRequest.Kind.BUDGET: f"a budget higher by {format_money(change.amount, currency)}",
        ChangeRequest.Kind.EXPENSE: f"{format_money(change.amount, currency)} of expenses",
        ChangeRequest.Kind.BONUS: f"a bonus of {format_money(change.amount, currency)}",
    }[ChangeRequest.Kind(change.kind)]
    if change.side == ("worker" if actor.is_worker else "client"):
        return f"You asked for {what}. Waiting for an answer."
    who = "The worker" if change.side == "worker" else "The client"
    return f"{who} asks for {what}."
