"""A worker leaves an assignment that goes on: unassign, back out, and the budget afterwards."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.actors import Actor
from assignments import asked, posted_terms, quoting, reasons
from assignments.models import (
    Application,
    Assignment,
    Decline,
    Hold,
    Mark,
    Reason,
    Unassignment,
)
from assignments.moves import check, finish, lock
from assignments.states import Status
from core.errors import DomainError
from core.money import ZERO
from payments import reservations


class SomebodyElseMeanwhile(DomainError):
    message = "The worker you looked at is no longer assigned. Reload the page."


class AlreadyThatBudget(DomainError):
    message = "The price is the one you posted already."


@transaction.atomic
def unassign(
    assignment: Assignment,
    *,
    reason: str,
    note: str,
    by: Actor,
    at: datetime,
    original_budget: bool = False,
    worker: str | None = None,
) -> Assignment:
    """Take the worker off; the assignment is sent again, as it was routed before.

    ``original_budget`` puts the posted price back and changes what is reserved
    (``InsufficientCash`` where that is more), else the agreed price stays. ``worker`` is the
    reference of the one who was seen. The mark on the worker's scorecard is that of the
    reason; while a schedule hold is open nothing counts as late.
    """
    assignment = lock(assignment)
    if assignment.status == Status.SENT and assignment.unassignments.exists():
        return assignment
    check("unassign", assignment)
    if worker is not None and (assignment.worker is None or assignment.worker.reference != worker):
        raise SomebodyElseMeanwhile
    why = reasons.named(Reason.Act.UNASSIGN, reason)
    return take_off(
        "unassign", assignment, why, note=note, by=by, at=at, original_budget=original_budget
    )


@transaction.atomic
def back_out(
    assignment: Assignment, *, reason: str, note: str, by: Actor, at: datetime
) -> Assignment:
    """The worker gives the assignment back; it leaves their lists and is sent again.

    The agreed price stays until the client chooses otherwise (``restore_budget``). Backing
    out while the client keeps the work on hold leaves no mark.
    """
    assert by.worker is not None
    assignment = lock(assignment)
    if assignment.worker_id is None and _left_before(assignment, by):
        return assignment
    check("back_out", assignment)
    why = reasons.named(Reason.Act.BACK_OUT, reason)
    left = take_off("back_out", assignment, why, note=note, by=by, at=at)
    Decline.objects.get_or_create(
        assignment=assignment,
        worker=by.worker,
        defaults={"reason": why.label, "declined_at": at},
    )
    return left


@transaction.atomic
def restore_budget(assignment: Assignment, *, by: Actor, at: datetime) -> Assignment:
    """Offer a sent assignment at the price it was posted for, and reserve that."""
    assignment = lock(assignment)
    check("restore_budget", assignment)
    if posted_terms.of(assignment) == assignment.terms:
        raise AlreadyThatBudget
    changed = _put_back(assignment, by=by, at=at)
    assignment.revision += 1
    return finish("restore_budget", assignment, by=by, at=at, fields=[*changed, "revision"])


def mark_now(assignment: Assignment, why: Reason, *, at: datetime, held: bool) -> Mark:
    """The mark that leaving for this reason would put on the worker's scorecard at ``at``.

    Under a schedule hold nobody is late, and a worker may leave without any mark.
    """
    if held and why.act == Reason.Act.BACK_OUT:
        return Mark.NONE
    late = assignment.is_late_notice(at) and not held
    return reasons.mark_of(why, late=late, started=assignment.starts_at <= at)


def take_off(
    move: str,
    assignment: Assignment,
    why: Reason,
    *,
    note: str,
    by: Actor,
    at: datetime,
    original_budget: bool = False,
) -> Assignment:
    """What every leaving does, on the locked assignment:

    1. note it with its mark; visits, answers and files of this worker now belong to that note,
       an open visit ends, files are put out of sight;
    2. the accepted application becomes declined (by the client) or withdrawn;
    3. an open schedule hold is over;
    4. expenses and bonus agreed with this worker are off, and the price is put back where
       that was chosen; the reservation follows;
    5. nobody is assigned, and nothing of the work's dates is left.
    """
    assert assignment.worker is not None and assignment.assigned_at is not None
    held = assignment.holds.filter(kind=Hold.Kind.SCHEDULE, released_at=None)
    side = Unassignment.Side.WORKER if by.is_worker else Unassignment.Side.CLIENT
    left = Unassignment.objects.create(
        assignment=assignment,
        worker=assignment.worker,
        side=side,
        reason=why,
        note=note,
        late_notice=assignment.is_late_notice(at),
        mark=mark_now(assignment, why, at=at, held=held.exists()),
        assigned_at=assignment.assigned_at,
        unassigned_by=by.user,
        unassigned_at=at,
    )
    _set_aside(left, at=at)
    asked.set_aside(left)
    _close_application(left, by=by, at=at)
    held.update(released_at=at)
    changed = _drop_additions(assignment)
    if original_budget or changed:
        changed += _put_back(assignment, by=by, at=at, posted=original_budget)
    assignment.worker = None
    for name in OF_THE_WORKER:
        setattr(assignment, name, None)
    return finish(
        move,
        assignment,
        by=by,
        at=at,
        fields=["worker", *OF_THE_WORKER, *changed],
        worker=left.worker.reference,
        reason=why.code,
        why=why.label,
        mark=left.mark,
        note=note,
    )


OF_THE_WORKER = (
    "assigned_at", "confirmed_at", "arriving_at", "started_at", "hours_claimed", "units_claimed",
    "amount_claimed",
)  # fmt: skip
"""What is known about an assignment only through the worker who does it."""


def _set_aside(left: Unassignment, *, at: datetime) -> None:
    assignment = left.assignment
    own = assignment.visits.current()
    own.filter(checked_out_at=None).update(checked_out_at=at)
    own.update(unassignment=left)
    files = assignment.deliverables.filter(unassignment=None)
    files.filter(removed_at=None).update(removed_at=at)
    files.update(unassignment=left, request=None)


def _close_application(left: Unassignment, *, by: Actor, at: datetime) -> None:
    by_worker = left.by_worker
    left.assignment.applications.filter(status=Application.Status.ACCEPTED).update(
        status=Application.Status.WITHDRAWN if by_worker else Application.Status.DECLINED,
        decline_reason="" if by_worker else left.reason.label,
        decided_at=at,
        decided_by=by.user,
    )


def _drop_additions(assignment: Assignment) -> list[str]:
    if not assignment.expenses and not assignment.bonus:
        return []
    assignment.expenses = assignment.bonus = assignment.expenses_claimed = ZERO
    return ["expenses", "bonus", "expenses_claimed"]


def _put_back(assignment: Assignment, *, by: Actor, at: datetime, posted: bool = True) -> list[str]:
    changed = posted_terms.restore(assignment) if posted else []
    assert assignment.reservation is not None
    total = quoting.of_budget(assignment).total
    reservations.resize(assignment.reservation, total, by=by, at=at)
    return changed


def _left_before(assignment: Assignment, by: Actor) -> bool:
    return assignment.unassignments.filter(worker=by.worker, side="worker").exists()
