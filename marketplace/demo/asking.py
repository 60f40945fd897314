"""Questions that the demonstration's workers ask before they apply, and stars on applicants."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from accounts.actors import Actor
from assignments import lifecycle
from assignments.models import Application
from marketplace.demo.stories import Plan, Story
from messaging import asking

QUESTIONS = (
    ("Is there a freight elevator, or do I carry it up the stairs?",
     "There is one beside the loading dock; ask at the counter for the key."),
    ("Do you provide the ladder?", "Yes, an eight-foot one is on site."),
    ("Can the work start an hour earlier?", ""),
    ("Is parking paid for?", "Park behind the building, it is free for contractors."),
)  # fmt: skip
MOST = 6


def stories(plans: list[Plan], workers: list[Actor], *, now: datetime) -> list[Story]:
    random = Random(2028)
    sent = [plan for plan in plans if plan.stage == "sent"]
    chosen = random.sample(sent, min(MOST, len(sent)))
    return [
        _life(plan, random.sample(workers, 2), now - timedelta(hours=5 + number))
        for number, plan in enumerate(chosen)
    ]


def _life(plan: Plan, curious: list[Actor], at: datetime) -> Story:
    yield at
    assignment = plan.assignment
    assert assignment is not None
    for number, actor in enumerate(curious):
        body, answer = QUESTIONS[(assignment.pk + number) % len(QUESTIONS)]
        key = f"demo-{assignment.reference}-{number}"
        question = asking.ask(assignment, body=body, by=actor, at=at, key=key)
        yield (at := at + timedelta(minutes=25))
        if answer:
            asking.answer(question, answer=answer, by=plan.client.actor, at=at)
    best = assignment.applications.filter(status=Application.Status.OPEN).order_by("pk").first()
    if best:
        lifecycle.shortlist(best, starred=True, by=plan.client.manager, at=at)
