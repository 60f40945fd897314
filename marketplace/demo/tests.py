"""The demonstration's tests: what the companies ask, and how workers did."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from random import Random
from typing import Any

from PIL import Image, ImageDraw

from accounts.actors import Actor
from core.files import CleanUpload
from marketplace.demo.people import Cast, Client
from marketplace.demo.stories import Story
from vetting import composing, marking, publishing, taking
from vetting.models import Answer, Attempt, Question, Test


def single(text: str, *choices: str, pool: str = "") -> dict[str, Any]:
    """The first choice is the right one; these tests shuffle them."""
    rows = [{"key": f"c{n}", "text": c, "right": n == 0} for n, c in enumerate(choices)]
    return {"kind": "single", "text": text, "choices": rows, "pool": pool}


def several(text: str, right: tuple[str, ...], wrong: tuple[str, ...]) -> dict[str, Any]:
    rows = [
        {"key": f"c{n}", "text": c, "right": c in right}
        for n, c in enumerate(sorted(right + wrong))
    ]
    return {"kind": "several", "text": text, "choices": rows}


def true_false(text: str, truth: bool) -> dict[str, Any]:
    rows = [{"key": k, "text": k.capitalize(), "right": (k == "true") == truth}
            for k in ("true", "false")]  # fmt: skip
    return {"kind": "true_false", "text": text, "choices": rows}


@dataclass(frozen=True)
class Plan:
    """One test to be: its rules, its questions, and how many workers took it."""

    company: str
    name: str
    rules: dict[str, Any]
    questions: tuple[dict[str, Any], ...]
    takers: int
    days_ago: int
    survey: bool = False
    draws: dict[str, int] = field(default_factory=dict)


PLANS = (
    Plan("harbor", "Store network basics", {
        "is_listed": True, "minutes": 20, "valid_days": 90, "random_order": True,
        "instructions": "What you need in our stores: cabling, switches, and how to leave a rack. "
        "You may use your notes.\n\n- 20 minutes, the clock runs on\n- 80 percent to pass",
     }, (
        single("Which cable carries 10 Gbit/s over 100 meters?", "Cat 6A", "Cat 5e", "Cat 5",
               "Coaxial", pool="Copper"),
        single("In T568B, which pair is on pins 1 and 2?", "Orange", "Green", "Blue", "Brown",
               pool="Copper"),
        single("How far may you untwist a pair at the jack?", "13 mm", "50 mm", "100 mm",
               pool="Copper"),
        several("Which of these are fiber connectors?", ("LC", "SC"), ("RJ45", "F-type")),
        true_false("A store's switch may be restarted without asking during opening hours.", False),
        {"kind": "number", "text": "How many rack units has a full-height rack?", "number": 42,
         "tolerance": 0},
        {"kind": "short", "text": "What does PoE stand for?", "accepted": ["Power over Ethernet"]},
        single("The link light is off after patching. What first?",
               "Check both ends with a tester", "Replace the switch", "Call the help desk"),
        several("What belongs into every closing photo?", ("The whole rack", "All labels"),
                ("Your badge", "The store manager")),
     ), 14, 76, draws={"Copper": 2}),
    Plan("harbor", "Labeling, with a photo", {
        "most_attempts": 2, "pass_mark": 70,
        "instructions": "Show us how you leave a rack. We read it and answer within two days.",
     }, (
        true_false("Labels go on both ends of a cable.", True),
        {"kind": "long", "points": 3, "text": "A rack has 30 cables and no labels. In which order "
         "do you work, and what do you write down?"},
        {"kind": "file", "points": 2, "text": "Add a photo of a panel you have labeled."},
     ), 6, 9),
    Plan("lakeshore", "Working in schools", {
        "is_listed": True, "valid_days": 365, "minutes": 10, "random_order": True}, (
        true_false("You wear your badge where everybody sees it.", True),
        true_false("You may take photos with children in them, if they agree.", False),
        single("The bell rings for the break while your ladder stands in the hallway. You …",
               "stop and guard the ladder", "go on carefully", "leave it and have a break"),
        {"kind": "number", "text": "How many minutes before classes end must the hallway be clear?",
         "number": 15, "tolerance": 0},
     ), 9, 40),
    Plan("harbor", "How is it to work with us?", {"most_attempts": 1, "is_listed": True}, (
        single("How clear are our instructions?", "Very clear", "Clear enough", "Not clear"),
        several("What would help you?", ("Better photos of the site", "A contact who answers"),
                ("More time", "Parts sent earlier")),
        {"kind": "number", "text": "How many miles is the longest trip you would take for us?"},
        {"kind": "long", "text": "What should we do differently?"},
     ), 8, 20, survey=True),
)  # fmt: skip

WORDS = (
    "From left to right, and the list on the door: room, jack, port. Labels on both ends.",
    "I trace every cable with a toner first, then label, then take photos.",
    "Please send the store's floor plan before the visit; half of the time goes into looking.",
    "Nothing. The contact in the store was always there.",
)


def stories(cast: Cast, *, now: datetime) -> list[Story]:
    random = Random(2028)
    return [_life(plan, cast, Random(random.random()), now=now) for plan in PLANS]


def _life(plan: Plan, cast: Cast, rnd: Random, *, now: datetime) -> Story:
    client = cast.clients[plan.company]
    assert client.actor.company is not None
    made = max(client.actor.company.created_at + timedelta(days=1),
               now - timedelta(days=plan.days_ago + 2))  # fmt: skip
    yield made
    test = _written(plan, client, at=made)
    dana, marcus, *others = cast.workers
    takers = [dana, marcus, *rnd.sample(others, plan.takers - 2)]
    for number, actor in enumerate(takers):
        at = made + (now - made) * number / (plan.takers + 1) + timedelta(hours=rnd.randint(1, 9))
        yield at
        attempt = _taken(test, actor, rnd, able=0.97 if actor is dana else 0.84, at=at)
        # The last ones still wait to be marked.
        if attempt.is_marking and number < plan.takers - 3:
            yield at + timedelta(hours=6)
            _marked(attempt, client, rnd, at=at + timedelta(hours=6))


def _written(plan: Plan, client: Client, *, at: datetime) -> Test:
    facts = {"name": plan.name, **plan.rules}
    by = client.actor
    test = composing.create(is_survey=plan.survey, facts=facts, by=by, at=at)
    for question in plan.questions:
        asked = {name: value for name, value in question.items() if name != "pool"}
        composing.add_question(test, asked, pool=question.get("pool", ""), by=by, at=at)
    for pool in composing.shown(test).pools.all():
        composing.draw_from(pool, plan.draws[pool.name], by=by, at=at)
    publishing.publish(test, by=by, at=at)
    return test


def _taken(test: Test, actor: Actor, rnd: Random, *, able: float, at: datetime) -> Attempt:
    attempt = taking.start(test, by=actor, at=at, chance=rnd)
    for answer in attempt.answers.select_related("question"):
        at += timedelta(seconds=rnd.randint(20, 70))
        _answered(attempt, answer, actor, rnd, able, at)
    return taking.hand_in(attempt, by=actor, at=at)


def _answered(
    attempt: Attempt, answer: Answer, actor: Actor, rnd: Random, able: float, at: datetime
) -> None:
    acting = {"seen": 0, "by": actor, "at": at}
    if answer.question.takes_file:
        taking.save(attempt, answer.position, upload=photo(), **acting)
    else:
        value = _value(answer.question, rnd, rnd.random() < able)
        taking.save(attempt, answer.position, value, **acting)


@cache
def photo() -> CleanUpload:
    """A patch panel with its labels, drawn."""
    picture = Image.new("RGB", (640, 240), "#3b3f46")
    pen = ImageDraw.Draw(picture)
    for port in range(24):
        x, y = 24 + (port % 12) * 50, 40 + (port // 12) * 100
        pen.rectangle((x, y, x + 38, y + 12), fill="#f4f1ec")
        pen.text((x + 4, y), f"R{port // 6 + 1}-{port % 6 + 1}", fill="#1e1c19")
        pen.rectangle((x, y + 20, x + 38, y + 56), fill="#14161a", outline="#8c8478")
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=80)
    return CleanUpload(out.getvalue(), "panel.jpg", "image/jpeg", out.tell())


def _value(question: Question, rnd: Random, right: bool) -> Any:
    """A right answer, or one that somebody might give instead."""
    if question.is_long:
        return rnd.choice(WORDS)
    if question.kind == "number":
        return str(question.number if right and question.number else rnd.choice([10, 24, 45, 60]))
    if question.kind == "short":
        return question.accepted[0].lower() if right else "Ports over Ethernet"
    keys = [choice["key"] for choice in question.choices]
    given: Any = rnd.sample(keys, 2) if question.kind == "several" else rnd.choice(keys)
    if right and any(choice["right"] for choice in question.choices):
        good = [choice["key"] for choice in question.choices if choice["right"]]
        given = good if question.kind == "several" else good[0]
    return given


def _marked(attempt: Attempt, client: Client, rnd: Random, *, at: datetime) -> None:
    marks = {
        answer.position: marking.Mark(
            Decimal(rnd.choice([1, 1, 0.5])) * answer.question.points, "Clear and complete."
        )
        for answer in attempt.answers.select_related("question")
        if answer.question.by_hand
    }
    marking.mark(attempt, marks, by=client.manager, at=at)
