"""What the demonstration's client asks besides the usual: its own fields and a closing survey."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from random import Random
from typing import Any

from accounts.actors import Actor
from assignments import asked, field_sets, lifecycle
from assignments.asked import Asked
from assignments.field_sets import Given, Use
from assignments.models import Assignment
from marketplace.demo.people import Client

SERVICE = (
    Given("Service ticket", "text", filled_by="client", help="As our help desk numbers it."),
    Given("Cost center", "choice", filled_by="client", for_worker=False,
          choices=("Stores", "Offices", "Warehouses")),
    Given("Serial number taken out", "text", help="On the label, usually at the back."),
    Given("Serial number put in", "text"),
    Given("Signal at the counter, in dBm", "number"),
    Given("Tested with the help desk", "yes_no", required=True),
)  # fmt: skip
SURVEY = (
    Given("How ready was the site?", "choice", required=True,
          choices=("Ready when I came", "Ready after a while", "Not ready")),
    Given("What slowed you down?", "choices",
          choices=("Nothing", "Missing parts", "No access", "Unclear description", "Parking")),
    Given("Minutes spent waiting", "number"),
    Given("Would you come back to this site?", "yes_no"),
    Given("Anything we should know?", "text"),
)  # fmt: skip
READY = (0, 0, 0, 0, 1, 1, 2)
WORDS = (
    "", "", "The rack key hangs at the wrong store again.", "Good site contact, quick decisions.",
    "The ceiling tiles near the counter are brittle.", "",
)  # fmt: skip


def define(client: Client, *, now: datetime) -> None:
    """The sets, before anything is posted; one that was used up is archived."""
    assert client.actor.company is not None
    at = max(client.actor.company.created_at, now - timedelta(days=120))
    by = client.actor
    field_sets.add("Service visit", Use(), SERVICE, by=by, at=at)
    field_sets.add("After the work", Use("survey"), SURVEY, by=by, at=at)
    lift = (Given("Lift on site", "yes_no", filled_by="client"), Given("Lift permit", "file"))
    field_sets.add("Work at height", Use("chosen"), lift, by=by, at=at)
    _questions.cache_clear()


@cache
def _questions(company: int, by: Actor) -> tuple[Asked, ...]:
    sets = [one for one in asked.sets_of(by.company) if one.use != "chosen"]
    return tuple(question for one in sets for question in asked.questions_of(one))


def asked_for(client: Client, number: int) -> tuple[Asked, ...]:
    """What an assignment of this company asks, the client's part filled in."""
    assert client.actor.company is not None
    rnd = Random(number)
    given = {"Service ticket": f"INC-{rnd.randint(20_000, 49_999)}",
             "Cost center": rnd.choice(("Stores", "Offices", "Warehouses"))}  # fmt: skip
    questions = _questions(client.actor.company.pk, client.actor)
    return tuple(
        Asked(**{**vars(one), "value": given.get(one.label) if one.by_client else None})
        for one in questions
    )


def fill_in(assignment: Assignment, worker: Actor, *, at: datetime) -> None:
    """The worker's part, once the work is done."""
    rnd = Random(assignment.pk)
    given: dict[str, Any] = {
        "Serial number taken out": f"SN{rnd.randint(100_000, 999_999)}",
        "Serial number put in": f"SN{rnd.randint(100_000, 999_999)}",
        "Signal at the counter, in dBm": str(-rnd.randint(48, 71)),
        "Tested with the help desk": rnd.random() < 0.9,
    }
    lifecycle.fill_in(assignment, _answers(assignment, given), by=worker, at=at)


def survey_of(assignment: Assignment) -> dict[int, Any]:
    """The answers to the closing survey."""
    rnd = Random(assignment.pk)
    ready = rnd.choice(READY)
    slow = ["Nothing"] if not ready else rnd.sample(SURVEY[1].choices[1:], rnd.randint(1, 2))
    given = {
        SURVEY[0].label: SURVEY[0].choices[ready],
        SURVEY[1].label: slow,
        SURVEY[2].label: str(ready * rnd.randint(5, 40)),
        SURVEY[3].label: rnd.random() < 0.85,
        SURVEY[4].label: rnd.choice(WORDS) or None,
    }
    return _answers(assignment, given)


def _answers(assignment: Assignment, given: dict[str, Any]) -> dict[int, Any]:
    rows = assignment.asked.of_worker().filter(label__in=given)
    return {row.pk: given[row.label] for row in rows}
