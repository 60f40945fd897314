"""The demonstration's cases: every status, and whatever else a case can come to."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from accounts.actors import Actor
from assignments.models import Assignment
from core.files import CleanUpload
from escalations import casework, pointing
from escalations.models import Case
from escalations.particulars import PARTS
from marketplace.demo.case_scripts import SCRIPTS, Script
from marketplace.demo.endings import Under, desk
from marketplace.demo.evidence import paper, picture
from marketplace.demo.people import Cast
from marketplace.demo.stories import Plan, Story
from scorecards.models import Overall, Rating

POINTED_AT = {
    "messages": pointing.messages_of,
    "visits": pointing.visits_of,
    "files": pointing.files_of,
}


def stories(plans: list[Plan], cast: Cast, random: Random, *, now: datetime) -> list[Story]:
    """One story a script, each about an assignment of its own; the demo's names come first."""
    taken: set[int] = set()
    found = []
    for script in SCRIPTS:
        plan = _plan_for(script, plans, cast, taken, now=now)
        taken.add(id(plan))
        found.append(_case(script, plan, cast, now=now))
    return [*found, _contest(cast, now=now)]


def _plan_for(
    script: Script, plans: list[Plan], cast: Cast, taken: set[int], *, now: datetime
) -> Plan:
    """The most recent fitting assignment, of the red client where somebody waits for money."""
    wanted = cast.clients["pinnacle" if script.opener_is_red else "harbor"]

    def early_enough(plan: Plan) -> bool:
        """Whether the stage is reached by the time at which the case is opened."""
        days = 0
        if script.stage == "paid":
            late = max(plan.client.late_days[1], 0)
            days = plan.client.approval_hours[1] // 24 + 1 + plan.terms_days + late
        return plan.starts_at <= now - script.ago - timedelta(days=days) - plan.client.work_takes

    fitting = [p for p in plans if p.stage == script.stage and id(p) not in taken]
    fitting = [p for p in fitting if early_enough(p)] or fitting
    fitting.sort(key=lambda p: (p.client is not wanted, p.worker is not cast.workers[0],
                                now - p.starts_at))  # fmt: skip
    return fitting[0]


def _case(script: Script, plan: Plan, cast: Cast, *, now: datetime) -> Story:
    """Open the case some hours ago, then let the desk bring it to where the script ends."""
    opened_at = now - script.ago
    yield opened_at
    while not _has_reached(plan, script.stage):
        yield (opened_at := opened_at + timedelta(minutes=30))
    assignment = plan.assignment
    assert assignment is not None
    sides = [plan.worker, plan.client.actor]
    opener, other = sides if script.by == "worker" else reversed(sides)
    case = casework.open_case(
        assignment=assignment, kind=script.kind, what_happened=script.story,
        outcome=script.outcome, outcome_words=script.hope,
        outcome_amount=_hoped(script, assignment),
        particulars=_particulars(script, assignment), files=_files(script, assignment),
        things=_things(script, assignment), by=opener, at=opened_at,
    )  # fmt: skip
    yield from desk(Under(case, opener, other, script.answer, cast), script.ends, opened_at)


def _has_reached(plan: Plan, stage: str) -> bool:
    if plan.assignment is None:
        return False
    plan.assignment.refresh_from_db()
    return plan.assignment.status == stage


def _hoped(script: Script, assignment: Assignment) -> Decimal | None:
    if script.outcome != "pay_amount":
        return None
    most = assignment.amount_claimed or assignment.budget
    return (most * 3 / 4).quantize(Decimal("0.01"))


def _particulars(script: Script, assignment: Assignment) -> list[tuple[str, str]]:
    """What the kind asks for, in the words in which its form keeps it."""
    parts, given = PARTS[script.kind], script.own(assignment)
    fields = parts.fields(assignment, script.by)
    data = {name: fields[name].clean(value) if isinstance(value, str) else value
            for name, value in given.items() if name in fields}  # fmt: skip
    return parts.lines(assignment, data)


def _files(script: Script, assignment: Assignment) -> list[CleanUpload]:
    return [
        *(picture(name) for name in script.pictures),
        *(paper(name, assignment) for name in script.papers),
    ]


def _things(script: Script, assignment: Assignment) -> list[Any]:
    worker = assignment.worker
    assert worker is not None
    return [thing for name in script.shows for thing in POINTED_AT[name](assignment, worker)[:2]]


def _contest(cast: Cast, *, now: datetime) -> Story:
    """A worker contests the worst rating that the first client gave, the newest of these."""
    yield (at := now - timedelta(hours=26))
    ratings = Rating.objects.published().filter(by=Rating.By.COMPANY, published_at__lt=at)
    ratings = ratings.filter(company=cast.clients["harbor"].actor.company)
    free = ratings.exclude(assignment__in=Case.objects.values("assignment"))
    rows = free.select_related("assignment").order_by("-published_at", "-pk")
    found = sorted(rows[:30], key=lambda row: row.overall != Overall.UNSATISFIED)
    if not found:
        return
    workers = {actor.worker.pk: actor for actor in cast.workers if actor.worker}
    by: Actor = workers[found[0].worker_id]
    casework.open_case(
        assignment=found[0].assignment, kind="rating", outcome="other",
        what_happened="It says that I came late. The check-in is four minutes before the start.",
        outcome_words="The rating taken out of sight and out of the figures.",
        particulars=[("What is wrong", "It says something that is not true")], by=by, at=at,
    )  # fmt: skip
