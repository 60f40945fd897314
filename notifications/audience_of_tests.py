"""Who is told what about tests of workers; part of the one table in ``notifications.audience``."""

from __future__ import annotations

from notifications import people
from notifications.facts import Fact
from notifications.lines import Telling, own_page


def _waits(fact: Fact) -> bool:
    return fact.event.data.get("result") == "marking"


def _passed(fact: Fact) -> bool:
    return fact.event.data.get("result") == "passed"


def _failed(fact: Fact) -> bool:
    return fact.event.data.get("result") == "failed"


SEE = "See the result"

PASSED = Telling(
    people.tested_worker, "You passed “{test}” with {percent}",
    "Work of {company} that asks for it is open to you now.{until}", SEE, own_page, when=_passed,
)  # fmt: skip
FAILED = Telling(
    people.tested_worker, "You did not pass “{test}” this time: {percent}",
    "The page says whether and when you can try again.", SEE, own_page, when=_failed,
)  # fmt: skip

TESTS: dict[str, tuple[Telling, ...]] = {
    "attempt.handed_in": (
        Telling(people.test_keepers, "{worker} waits for your mark on “{test}”",
                "Some answers are texts or files that only you can judge.", "Mark the answers",
                own_page, when=_waits),
        Telling(people.tested_worker, "Time ran out on “{test}”",
                "What you had saved is handed in, and {company} marks it.", "Open the attempt",
                own_page, email=False, when=_waits),
        PASSED,
        FAILED,
    ),
    "attempt.marked": (PASSED, FAILED),
    "test.attempt_granted": (
        Telling(people.granted_worker, "{company} lets you take “{test}” once more", "{note}",
                "Take the test", own_page),
    ),
}  # fmt: skip
