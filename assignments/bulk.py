"""One act on many assignments: each is a transaction of its own, and each says how it went.

An act here only chooses what the one verb is told. The rules, the table of moves and the
limits are asked for every single assignment, so one refusal leaves the others be.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from accounts.actors import Actor
from assignments import closing, labelling, posting, quoting, routing
from assignments.models import Assignment, Hold
from assignments.moves import refusal
from core.errors import DomainError
from core.money import ZERO, format_money, round_money

MOST = 50
"""How many assignments one act may be done to at once."""


class NotAllowed(DomainError):
    message = "Your role does not allow this. Ask an administrator of your company."


class ChangedSinceSeen(DomainError):
    message = "It changed after you opened the page. Look at it again."


@dataclass(frozen=True)
class Outcome:
    """How it went with one assignment, or how it would go; ``cost`` is what the company pays."""

    assignment: Assignment
    went: bool
    words: str
    cost: Decimal = ZERO


Choices = Mapping[str, Any]


@dataclass(frozen=True)
class Act:
    """Something that can be done to many assignments at once.

    ``label`` is its button, ``done`` the word for what was done, ``run`` calls the verb and
    ``effect`` says beforehand what it does to one assignment: words and cost.
    """

    name: str
    label: str
    done: str
    run: Callable[..., Any]
    effect: Callable[[Assignment, Choices, datetime], tuple[str, Decimal]]
    danger: bool = False


def stamp(assignment: Assignment) -> str:
    """What a person saw of an assignment, so that nothing else is acted upon."""
    submitted = assignment.submitted_at.isoformat() if assignment.submitted_at else ""
    return f"{assignment.status}:{assignment.revision}:{submitted}"


def preview(
    act: Act, assignments: Sequence[Assignment], choices: Choices, *, by: Actor, at: datetime
) -> list[Outcome]:
    """What the act would do to each, or why it cannot; the verb has the last word (one query)."""
    holds = holds_of(assignments)
    return [
        _foreseen(act, row, choices, holds.get(row.pk, set()), by=by, at=at) for row in assignments
    ]


def run(
    act: Act,
    assignments: Sequence[Assignment],
    choices: Choices,
    *,
    seen: Mapping[str, str],
    by: Actor,
    at: datetime,
) -> list[Outcome]:
    """Do it to one after the other; ``seen`` are the stamps that were shown, by reference."""
    return [
        _done(act, assignment, choices, seen.get(assignment.reference, ""), by=by, at=at)
        for assignment in assignments
    ]


def holds_of(assignments: Sequence[Assignment]) -> dict[int, set[str]]:
    """The kinds of open hold on each of these assignments."""
    found: dict[int, set[str]] = {}
    held = Hold.objects.filter(assignment__in=assignments, released_at=None)
    for key, kind in held.values_list("assignment", "kind"):
        found.setdefault(key, set()).add(kind)
    return found


def _foreseen(
    act: Act,
    assignment: Assignment,
    choices: Choices,
    holds: set[str],
    *,
    by: Actor,
    at: datetime,
) -> Outcome:
    try:
        _require(act, assignment, by)
        if refused := refusal(act.name, assignment, holds):
            raise refused
    except DomainError as refused:
        return Outcome(assignment, False, str(refused))
    words, cost = act.effect(assignment, choices, at)
    return Outcome(assignment, True, words, cost)


def _done(
    act: Act, assignment: Assignment, choices: Choices, seen: str, *, by: Actor, at: datetime
) -> Outcome:
    words, cost = act.effect(assignment, choices, at)
    try:
        if seen != stamp(assignment):
            raise ChangedSinceSeen
        _require(act, assignment, by)
        act.run(assignment, choices, by=by, at=at)
    except DomainError as refused:
        return Outcome(assignment, False, str(refused))
    return Outcome(assignment, True, words, cost)


def _require(act: Act, assignment: Assignment, by: Actor) -> None:
    if not by.can(f"assignments.{act.name}", assignment):
        raise NotAllowed


def _money(assignment: Assignment, amount: Decimal) -> str:
    return format_money(amount, assignment.company.currency)


def _approve(assignment: Assignment, choices: Choices, *, by: Actor, at: datetime) -> Any:
    return closing.approve(assignment, submitted_at=assignment.submitted_at, by=by, at=at)


def _approve_effect(assignment: Assignment, choices: Choices, at: datetime) -> tuple[str, Decimal]:
    cost = quoting.quote(assignment.amount_claimed or ZERO, assignment.fee_rate).total
    when = f"due in {assignment.terms_days} days" if assignment.terms_days else "paid now"
    return f"{assignment.worker} is approved; {_money(assignment, cost)} is {when}.", cost


def fee_of(assignment: Assignment, share: Decimal, at: datetime) -> Decimal:
    """The cancellation fee: a share of the price on late notice, nothing before."""
    if not assignment.is_late_notice(at):
        return ZERO
    return round_money(assignment.budget * share)


def _cancel(assignment: Assignment, choices: Choices, *, by: Actor, at: datetime) -> Any:
    return closing.cancel(
        assignment,
        reason=choices["reason"],
        note=choices["note"],
        fee=fee_of(assignment, choices["share"], at),
        by=by,
        at=at,
    )


def _cancel_effect(assignment: Assignment, choices: Choices, at: datetime) -> tuple[str, Decimal]:
    fee = quoting.quote(fee_of(assignment, choices.get("share") or ZERO, at), assignment.fee_rate)
    if fee.pay:
        cost = _money(assignment, fee.total)
        return f"{assignment.worker} gets {_money(assignment, fee.pay)}; {cost} with our fee.", (
            fee.total
        )
    late = " on late notice" if assignment.is_late_notice(at) else ""
    return f"{assignment.worker} is told{late}; nothing is paid.", ZERO


def _void(assignment: Assignment, choices: Choices, *, by: Actor, at: datetime) -> Any:
    return routing.void(assignment, note=choices["note"], by=by, at=at)


def _void_effect(assignment: Assignment, choices: Choices, at: datetime) -> tuple[str, Decimal]:
    total = _money(assignment, quoting.of_budget(assignment).total)
    return f"Taken back from workers; {total} is free again.", ZERO


def _delete(assignment: Assignment, choices: Choices, *, by: Actor, at: datetime) -> Any:
    return posting.delete(assignment, by=by, at=at)


def _delete_effect(assignment: Assignment, choices: Choices, at: datetime) -> tuple[str, Decimal]:
    return "The draft is gone for good.", ZERO


def _relabel(assignment: Assignment, choices: Choices, *, by: Actor, at: datetime) -> Any:
    return labelling.put_on(assignment, choices["label"], by=by, at=at)


def _relabel_effect(assignment: Assignment, choices: Choices, at: datetime) -> tuple[str, Decimal]:
    label = choices.get("label")
    return f"Gets the label “{label}”." if label else "Gets the label you choose.", ZERO


ACTS: dict[str, Act] = {
    act.name: act
    for act in (
        Act("approve", "Approve", "approved", _approve, _approve_effect),
        Act("cancel", "Cancel", "cancelled", _cancel, _cancel_effect, danger=True),
        Act("void", "Void", "taken back", _void, _void_effect, danger=True),
        Act("relabel", "Put a label on", "labelled", _relabel, _relabel_effect),
        Act("delete", "Delete", "deleted", _delete, _delete_effect, danger=True),
    )
}
