"""The gear menu and the primary action of an assignment, read from the table of moves.

Higher apps add items of their own, such as "Escalate", with ``register``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from django.urls import reverse

from accounts.actors import Actor
from assignments.changes import NEVER_WHERE_FIXED, OnlyExpenses
from assignments.models import Assignment
from assignments.moves import open_holds, refusal
from assignments.states import MOVES, Move, Status
from core.errors import DomainError


@dataclass(frozen=True)
class Action:
    """One entry: where it leads, and, when it is not possible now, why."""

    name: str
    label: str
    url: str
    enabled: bool = True
    reason: str = ""
    danger: bool = False
    primary: bool = False


Source = Callable[[Assignment, Actor, datetime], list[Action]]
_sources: list[Source] = []

SIDES = {
    "client": ("is_client",),
    "worker": ("is_worker",),
    "staff": ("is_staff",),
    "either": ("is_client", "is_worker"),
}
ASKED_BY_WORKER = {
    "reschedule": "Ask for another time",
    "raise_budget": "Ask for a higher budget",
    "add_expense": "Ask for expenses",
    "add_bonus": "Ask for a bonus",
}
"""What a client does, a worker asks for."""

DANGEROUS = frozenset({"delete", "void", "cancel", "decline", "withdraw", "unassign", "back_out"})


def register(source: Source) -> Source:
    """Add a source of entries, asked after the moves, in the order of registration."""
    if source not in _sources:
        _sources.append(source)
    return source


@register
def where_it_went(assignment: Assignment, actor: Actor, at: datetime) -> list[Action]:
    """What sending came to stays readable for the company when sending itself is over."""
    if assignment.sent_at is None or not actor.can("assignments.see_applications", assignment):
        return []
    url = reverse("assignments:send_reports", args=[assignment.reference])
    return [Action("send_reports", "Where it went", url)]


@register
def what_is_sent_along(assignment: Assignment, actor: Actor, at: datetime) -> list[Action]:
    """The parts and their way, for both sides; ``offered.relevant`` leaves it out where there are
    none and nobody may add one."""
    if assignment.sent_at is None or not actor.can("assignments.see_contact", assignment):
        return []
    adds = actor.can(MOVES["change_parts"].permission, assignment)
    url = reverse("assignments:parts", args=[assignment.reference])
    return [Action("parts" if adds else "parts_there", "Parts", url)]


def menu(
    assignment: Assignment, actor: Actor, *, at: datetime, holds: set[str] | None = None
) -> list[Action]:
    """Every entry for this actor: the possible first asked in the table's order, then the rest.

    A move that the actor's role never allows is left out; one that is not possible now,
    though it was or will be, is shown disabled with its reason. A page that has read the
    open ``holds`` already passes their kinds.
    """
    holds = open_holds(assignment) if holds is None else holds
    entries = [
        _entry(move, assignment, actor, holds)
        for move in MOVES.values()
        if move.url and _concerns(move, assignment, actor)
    ]
    for source in _sources:
        entries.extend(source(assignment, actor, at))
    return entries


def primary(actions: list[Action]) -> Action | None:
    """The one thing that is due now, if anything is."""
    return next((action for action in actions if action.primary and action.enabled), None)


def _entry(move: Move, assignment: Assignment, actor: Actor, holds: set[str]) -> Action:
    assert move.url is not None
    refused = refusal(move.name, assignment, holds) or _fixed(move, assignment, actor)
    action = Action(
        move.name,
        _label(move, assignment, actor),
        reverse(move.url, args=[assignment.reference]),
        primary=move.primary,
        danger=move.name in DANGEROUS,
    )
    if refused:
        return replace(action, enabled=False, reason=str(refused), primary=False)
    return action


def _fixed(move: Move, assignment: Assignment, actor: Actor) -> DomainError | None:
    """A worker may ask for expenses only where the price is fixed."""
    if assignment.price_is_fixed and actor.is_worker and move.name in NEVER_WHERE_FIXED:
        return OnlyExpenses()
    return None


def _label(move: Move, assignment: Assignment, actor: Actor) -> str:
    if actor.is_worker and move.name in ASKED_BY_WORKER:
        return ASKED_BY_WORKER[move.name]
    if move.name == "approve" and assignment.terms_days == 0:
        return "Approve and pay"
    return move.label


def _concerns(move: Move, assignment: Assignment, actor: Actor) -> bool:
    """Whether the entry is worth showing at all to this actor, in this stage of the work."""
    if not any(getattr(actor, side) for side in SIDES[move.side]):
        return False
    if not actor.can(move.permission, assignment):
        return False
    return assignment.status in move.sources or _is_near(move, assignment)


def _is_near(move: Move, assignment: Assignment) -> bool:
    """Cancel and edit are looked for in later stages too, so they are shown with the reason."""
    return move.name in {"cancel", "edit"} and assignment.status not in {
        Status.DRAFT, Status.VOIDED, Status.CANCELLED,
    }  # fmt: skip
