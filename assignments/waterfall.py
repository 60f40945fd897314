"""The plan behind a sent assignment: to whom it goes next while nobody is assigned.

A plan's steps are rows with the time at which each is due. The sweep takes the plans that
are due, claims each by the lock of its assignment (one that somebody is working on is left to
the next sweep) and sends the steps in order, each once. What an outage made late is sent as
soon as the sweep runs again, in order. Whoever assigns or takes back the assignment holds the
same lock and ends the plan with it, so that a step and an acceptance never both win.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from accounts.actors import SYSTEM, Actor
from assignments.models import Assignment, RoutingPlan, RoutingStep
from assignments.moves import check, finish, lock
from assignments.reaching import Audience, GroupNotInUse, MatchesWanted, reach
from assignments.states import Status
from conduct import acceptance, standing
from core.errors import DomainError
from vetting.models import Group

MOST_STEPS = 6
LONGEST_DELAY = timedelta(days=14)
MOST_AT_ONCE = 200
Ending = RoutingPlan.Ending
Target = RoutingStep.Target
log = logging.getLogger(__name__)


class PlanRunning(DomainError):
    message = "A plan is running already. Stop it first, then make another one."


class NoSteps(DomainError):
    message = "Say at least for one step after how long it is sent, and to whom."


class TooManySteps(DomainError):
    message = "A plan has at most {most} steps."


class NothingPlanned(DomainError):
    message = "No plan is running any more. Reload the page to see what has happened."


@dataclass(frozen=True)
class StepWanted:
    """One step to be: so many minutes after the one before, to a group, the best matches or,
    with neither, the marketplace."""

    delay_minutes: int
    group: Group | None = None
    matches: MatchesWanted | None = None

    @property
    def target(self) -> Target:
        if self.group is not None:
            return Target.GROUP
        return Target.MATCHES if self.matches else Target.MARKETPLACE


@transaction.atomic
def plan(
    assignment: Assignment, steps: Sequence[StepWanted], *, by: Actor, at: datetime
) -> RoutingPlan:
    """Plan the next steps of a sent assignment; ``PlanRunning`` where one is under way."""
    assignment = lock(assignment)
    check("plan_routing", assignment)
    acceptance.require(by, at=at)
    standing.require(company=assignment.company, by=by, at=at)
    return begin(assignment, steps, by=by, at=at)


def begin(
    assignment: Assignment, steps: Sequence[StepWanted], *, by: Actor, at: datetime
) -> RoutingPlan:
    """Make the plan of a locked, sent assignment; the first step is due after its own delay."""
    assert by.user is not None
    if not steps:
        raise NoSteps
    if len(steps) > MOST_STEPS:
        raise TooManySteps(most=MOST_STEPS)
    if _running(assignment) is not None:
        raise PlanRunning
    for step in steps:
        if step.group is not None and step.group.archived_at is not None:
            raise GroupNotInUse(group=step.group.name)
    due, rows = at, []
    for number, step in enumerate(steps):
        due += timedelta(minutes=step.delay_minutes)
        rows.append(
            RoutingStep(
                position=number, target=step.target, group=step.group, due_at=due,
                delay_minutes=step.delay_minutes,
                most=step.matches.most if step.matches else None,
                miles=step.matches.miles if step.matches else None,
            )
        )  # fmt: skip
    made = RoutingPlan.objects.create(
        assignment=assignment, made_by=by.user, made_at=at, next_at=rows[0].due_at
    )
    for row in rows:
        row.plan = made
    RoutingStep.objects.bulk_create(rows)
    finish("plan_routing", assignment, by=by, at=at, steps=len(rows))
    return made


@transaction.atomic
def stop(assignment: Assignment, *, by: Actor, at: datetime) -> RoutingPlan:
    """Send nothing more by itself; who has it keeps it."""
    assignment = lock(assignment)
    check("stop_routing", assignment)
    running = _running(assignment)
    if running is None:
        raise NothingPlanned
    _end(running, Ending.STOPPED, by=by, at=at)
    finish("stop_routing", assignment, by=by, at=at)
    return running


@transaction.atomic
def skip_ahead(assignment: Assignment, *, by: Actor, at: datetime) -> RoutingStep:
    """Send the next step now; the later ones come as much earlier."""
    assignment = lock(assignment)
    check("route", assignment)
    acceptance.require(by, at=at)
    standing.require(company=assignment.company, by=by, at=at)
    running = _running(assignment)
    if running is None:
        raise NothingPlanned
    first, *later = _waiting(running)
    gained = first.due_at - at
    if gained > timedelta():
        for step in later:
            step.due_at -= gained
        RoutingStep.objects.bulk_update(later, ["due_at"])
    return _take(running, first, later, assignment, by=by, at=at)


def end(assignment: Assignment, ending: Ending, *, by: Actor, at: datetime) -> None:
    """Let the plan of a locked assignment rest, if one is running."""
    running = _running(assignment)
    if running is not None:
        _end(running, ending, by=by, at=at)


def sweep(*, at: datetime) -> int:
    """Send every step that is due; returns how many were.

    A plan that fails is noted in the log and tried again by the next sweep; it does not
    stop the others. Those of a client who may take on no new work wait until that is over.
    """
    due = RoutingPlan.objects.filter(
        ~standing.stopped("assignment__company", at=at), ended_at=None, next_at__lte=at
    ).order_by("next_at", "pk")
    sent = 0
    for key in list(due.values_list("assignment", flat=True)[:MOST_AT_ONCE]):
        try:
            while _take_due(key, at=at):
                sent += 1
        except Exception:
            log.exception("the routing plan of assignment %s failed", key)
    return sent


@transaction.atomic
def _take_due(key: int, *, at: datetime) -> bool:
    """Claim one assignment and send its next step if it is due; whether one was sent."""
    rows = Assignment.objects.select_for_update(of=("self",), skip_locked=True)
    assignment = rows.select_related("company").filter(pk=key).first()
    running = _running(assignment) if assignment else None
    if assignment is None or running is None or running.next_at is None or running.next_at > at:
        return False
    if assignment.status != Status.SENT:
        _end(running, Ending.ASSIGNED, by=SYSTEM, at=at)
        return False
    if assignment.ends_at <= at:
        _end(running, Ending.TOO_LATE, by=SYSTEM, at=at)
        return False
    first, *later = _waiting(running)
    _take(running, first, later, assignment, by=SYSTEM, at=at)
    return True


def _take(
    running: RoutingPlan,
    step: RoutingStep,
    later: Sequence[RoutingStep],
    assignment: Assignment,
    *,
    by: Actor,
    at: datetime,
) -> RoutingStep:
    """Send one step; one whose group is archived meanwhile says so and sends nothing."""
    try:
        step.report = reach(
            assignment, _audience(step), by=by, at=at, on_behalf=running.made_by,
            planned_at=running.made_at,
        )  # fmt: skip
    except GroupNotInUse as refused:
        step.note = str(refused)
    step.done_at = at
    step.save(update_fields=["report", "done_at", "note"])
    if later:
        running.next_at = later[0].due_at
        running.save(update_fields=["next_at"])
    else:
        _end(running, Ending.FINISHED, by=SYSTEM, at=at)
    return step


def _audience(step: RoutingStep) -> Audience:
    if step.group is not None:
        return Audience(groups=[step.group])
    if step.target == Target.MATCHES:
        assert step.most is not None and step.miles is not None
        return Audience(matches=MatchesWanted(step.most, step.miles))
    return Audience(on_marketplace=True)


def _running(assignment: Assignment) -> RoutingPlan | None:
    rows = RoutingPlan.objects.filter(assignment=assignment, ended_at=None)
    return rows.select_related("made_by").first()


def _waiting(running: RoutingPlan) -> list[RoutingStep]:
    rows = running.steps.filter(done_at=None).select_related("group")
    return list(rows.order_by("position"))


def _end(running: RoutingPlan, ending: Ending, *, by: Actor, at: datetime) -> None:
    running.next_at, running.ending = None, ending
    running.ended_at, running.ended_by = at, by.user
    running.save(update_fields=["next_at", "ending", "ended_at", "ended_by"])
