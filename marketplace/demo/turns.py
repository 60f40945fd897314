"""Turns that some stories take: a worker backs out, work waits, work is sent back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from assignments import lifecycle
from assignments.models import Application, Assignment
from marketplace.demo.plans import Plan, file_of

Story = Iterator[datetime]
HOUR = timedelta(hours=1)


def chance(plan: Plan, name: str) -> float:
    """A number of its own for each turn, so that one more turn leaves the others alone."""
    return Random(f"{name} {plan.job.title} {plan.starts_at.isoformat()}").random()


def somebody_else_first(plan: Plan, at: datetime) -> Story:
    """Another applicant is chosen and backs out; whoever was passed over applies anew."""
    other = Application.objects.filter(
        assignment=plan.assignment, worker=plan.others[0].worker, status="open"
    ).first()
    if other is None or other.is_counteroffer:
        return
    lifecycle.assign(other, by=plan.client.actor, at=at)
    yield (at := at + HOUR)
    plan.assignment = lifecycle.back_out(
        other.assignment, reason="conflict", note="My other job runs into that day. Sorry.",
        by=plan.others[0], at=at,
    )  # fmt: skip
    yield (at := at + HOUR)
    lifecycle.apply(
        plan.assignment, note="Still free on that day.", red_scorecard_seen=True,
        by=plan.worker, at=at,
    )  # fmt: skip
    yield at + HOUR


def on_hold(plan: Plan, assignment: Assignment, at: datetime) -> Story:
    """The client lets work that is to come wait."""
    yield at + HOUR
    lifecycle.put_on_hold(
        assignment, reason="The parts are late. We will propose new times by Friday.",
        by=plan.client.actor, at=at + HOUR,
    )  # fmt: skip


def on_the_way(plan: Plan, assignment: Assignment, arrival: datetime) -> Story:
    said = arrival - timedelta(minutes=25)
    yield said
    lifecycle.on_my_way(assignment, arriving_at=arrival, by=plan.worker, at=said)


def sent_back(plan: Plan, assignment: Assignment, at: datetime) -> Story:
    """One file is refused, the work goes back with a list, and comes back put right."""
    file = assignment.deliverables.standing().select_related("request").first()
    if file is None:
        return
    yield (at := at + HOUR)
    lifecycle.refuse_deliverable(
        file, reason="It is too dark to read.", by=plan.client.actor, at=at
    )
    lifecycle.send_back(
        assignment, note="Nearly there. Two things before we approve.",
        missing=[file.request.title, "The label on the door side"], by=plan.client.actor, at=at,
    )  # fmt: skip
    yield (at := at + HOUR)
    lifecycle.hand_in(file.request, file_of(f"{file.request.title} again"), by=plan.worker, at=at)
    for item in assignment.send_backs.latest("pk").items.all():
        lifecycle.tick_off(item, done=True, by=plan.worker, at=at)
    yield at + timedelta(minutes=20)
