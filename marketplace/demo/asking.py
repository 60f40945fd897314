"""What the demonstration's people ask and say before somebody is assigned: questions, stars on
applicants, a word to all of them, and the quick replies of the companies."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from accounts.actors import Actor
from assignments import lifecycle
from assignments.models import Application
from marketplace.demo.stories import Plan, Story
from messaging import asking, broadcasting, posting, quick_replies
from messaging.models import QuickReply

QUESTIONS = (
    ("Is there a freight elevator, or do I carry it up the stairs?",
     "There is one beside the loading dock; ask at the counter for the key."),
    ("Do you provide the ladder?", "Yes, an eight-foot one is on site."),
    ("Can the work start an hour earlier?", ""),
    ("Is parking paid for?", "Park behind the building, it is free for contractors."),
)  # fmt: skip
QUICK = (
    ("Key at the desk", "Hello {first name}, the key for “{title}” is at the front desk. {me}"),
    ("Running late", "Thank you for telling us. Write again when you are 15 minutes away."),
    ("Photos, please", "Hello {first name}, please add a photo of each label to {assignment}."),
)
TO_ALL = "The site opens at eight, not at seven. We choose on the evening of the day before."
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
        yield (at := at + timedelta(minutes=5))
        _speak(plan, best, at)


def _speak(plan: Plan, best: Application, at: datetime) -> None:
    """A word to all applicants, and a note on the best one that names a colleague."""
    assignment, manager = best.assignment, plan.client.manager
    key = f"demo-all-{assignment.reference}"
    broadcasting.send(assignment, body=TO_ALL, key=key, by=manager, at=at)
    posting.post(
        assignment=assignment, worker=best.worker, visibility="company", by=manager, at=at,
        body=f"@{plan.client.actor.user} the best one so far: has done two of these for us.",
        key=f"demo-note-{assignment.reference}",
    )  # fmt: skip
    if not QuickReply.objects.visible_to(manager).exists():
        for title, body in QUICK:
            quick_replies.add(title=title, body=body, by=manager, at=at)
