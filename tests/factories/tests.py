"""Tests and surveys, with questions of every kind, made by the verbs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from accounts.actors import Actor
from core.files import CleanUpload
from vetting import composing, publishing, taking
from vetting.models import Attempt, Question, Test


def choices(*words: str, right: tuple[int, ...] = (0,)) -> list[dict[str, Any]]:
    return [
        {"key": f"c{place}", "text": text, "right": place in right}
        for place, text in enumerate(words)
    ]


QUESTIONS: dict[str, dict[str, Any]] = {
    "single": {"text": "Which cable runs at 10 Gbit/s over 100 meters?",
               "choices": choices("Cat 6A", "Cat 5e", "Cat 3")},
    "several": {"text": "Which of these are fiber connectors?",
                "choices": choices("LC", "SC", "RJ45", right=(0, 1))},
    "true_false": {"text": "A ground wire may be cut to length anywhere.",
                   "choices": [{"key": "true", "text": "True", "right": False},
                               {"key": "false", "text": "False", "right": True}]},
    "number": {"text": "How many rack units has a full rack?", "number": 42, "tolerance": 0},
    "short": {"text": "What does PoE stand for?", "accepted": ["Power over Ethernet"]},
    "long": {"text": "How do you label a patch panel?"},
    "file": {"text": "Add a photo of a panel you have labeled."},
}  # fmt: skip

RIGHT: dict[str, Any] = {
    "single": "c0", "several": ["c0", "c1"], "true_false": "false", "number": "42",
    "short": "power over ethernet.", "long": "Left to right, by room.",
}  # fmt: skip
"""A right answer to each of them (long: any)."""

PICTURE = CleanUpload(b"A picture", "panel.png", "image/png", 9)

BY_MACHINE = ("single", "several", "true_false", "number", "short")


def draft(by: Actor, *, at: datetime, survey: bool = False, **facts: Any) -> Test:
    facts = {"name": "Cabling basics", "wait_hours": 0, **facts}
    return composing.create(is_survey=survey, facts=facts, by=by, at=at)


def ask(
    test: Test, kind: str, *, by: Actor, at: datetime, pool: str = "", **facts: Any
) -> Question:
    facts = {"kind": kind, **QUESTIONS[kind], **facts}
    return composing.add_question(test, facts, pool=pool, by=by, at=at)


def published(
    by: Actor, *, at: datetime, kinds: tuple[str, ...] = BY_MACHINE, **facts: Any
) -> Test:
    """A published test with one question of each kind."""
    test = draft(by, at=at, **facts)
    for kind in kinds:
        ask(test, kind, by=by, at=at)
    publishing.publish(test, by=by, at=at)
    test.refresh_from_db()
    return test


def answered(
    test: Test, by: Actor, *, at: datetime, right: int | None = None, hand_in: bool = True
) -> Attempt:
    """An attempt in which the first ``right`` questions are answered rightly, the rest not."""
    attempt = taking.start(test, by=by, at=at)
    for answer in attempt.answers.select_related("question"):
        if right is None or answer.position <= right:
            value = RIGHT[answer.question.kind]
            taking.save(attempt, answer.position, value, seen=0, by=by, at=at)
    return taking.hand_in(attempt, by=by, at=at) if hand_in else attempt


def for_access(client: Actor, worker: Actor, *, at: datetime) -> dict[str, dict[str, Any]]:
    """One of everything that has an address, with its arguments."""
    test = draft(client, at=at, name="Photos and labels")
    picture = composing.add_question(
        test, {"kind": "file", **QUESTIONS["file"]}, image=PICTURE, by=client, at=at
    )
    publishing.publish(test, by=client, at=at)
    handed_in = taking.start(test, by=worker, at=at)
    taking.save(handed_in, 1, seen=0, upload=PICTURE, by=worker, at=at)
    taking.hand_in(handed_in, by=worker, at=at)
    sitting = taking.start(published(client, at=at, name="Under way"), by=worker, at=at)
    unpublished = draft(client, at=at, name="Not ready")
    question = ask(unpublished, "single", pool="Copper", by=client, at=at)
    of_test = {"reference": test.reference}
    assert question.pool is not None and worker.worker is not None
    return {
        "test": of_test,
        "draft_test": {"reference": unpublished.reference},
        "draft_question": {"reference": unpublished.reference, "key": question.reference},
        "pool": {"reference": unpublished.reference, "key": question.pool.pk},
        "picture": {**of_test, "key": picture.reference},
        "preview": {**of_test, "position": 1},
        "handed_in": {"reference": handed_in.reference},
        "answered_file": {"reference": handed_in.reference, "position": 1},
        "sitting": {"reference": sitting.reference},
        "sitting_question": {"reference": sitting.reference, "position": 1},
        "grant": {**of_test, "worker": worker.worker.reference},
    }
