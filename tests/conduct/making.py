"""Violations and what goes with them, made through the verbs."""

from __future__ import annotations

from typing import Any

from accounts.actors import Actor
from accounts.models import Company, WorkerProfile
from conduct import concerns, violations
from conduct.models import Concern, Measure, Violation, ViolationKind
from conduct.parties import sides


def kind(slug: str = "rudeness") -> ViolationKind:
    return ViolationKind.objects.get(slug=slug)


def recorded(
    party: Company | WorkerProfile, by: Actor, *, at: Any, slug: str = "rudeness", **given: Any
) -> Violation:
    company, worker = sides(party)
    count = Violation.objects.count()
    return violations.record(
        company=company, worker=worker, kind=kind(slug), by=by, at=at,
        **{"words": "Shouted at the other side.", "key": f"made:{count}", **given},
    )  # fmt: skip


def measure(
    party: Company | WorkerProfile, by: Actor, *, at: Any, slug: str = "rudeness"
) -> Measure:
    return recorded(party, by, at=at, slug=slug).measure


def concern(
    party: Company | WorkerProfile, by: Actor, *, at: Any, reporter: Actor | None = None,
    **given: Any,
) -> Concern:  # fmt: skip
    """A report about the party; ``reporter`` is who makes it where that is not ``by``."""
    company, worker = sides(party)
    count = Concern.objects.count()
    return concerns.report(
        company=company, worker=worker, by=reporter or by, at=at,
        **{"reason": "scam", "words": "We were asked to pay in cash.", "reference": "A-7KQ4M2",
           "key": f"made:{count}", **given},
    )  # fmt: skip
