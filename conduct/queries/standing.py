"""The violations of a party, what holds now, and what the next one would bring."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import Company, WorkerProfile
from conduct.models import Appeal, LadderStep, Measure, Severity, Violation
from core.errors import DomainError


class NoStep(DomainError):
    message = "The ladder has no step for this. Add one under Ladder steps, then record it."


def violations_of(
    *, company: Company | None = None, worker: WorkerProfile | None = None
) -> QuerySet[Violation, Violation]:
    """All that was recorded about one party, newest first, with what followed (one query)."""
    return (
        Violation.objects.about(company=company, worker=worker)
        .select_related("kind", "measure__appeal", "recorded_by", "company", "worker__user")
        .order_by("-recorded_at", "-pk")
    )


def measures_of(
    *, company: Company | None = None, worker: WorkerProfile | None = None
) -> QuerySet[Measure, Measure]:
    """What followed, newest first, those outside of the ladder too (one query)."""
    return (
        Measure.objects.about(company=company, worker=worker)
        .select_related(
            "violation__kind", "placed_by", "ended_by", "appeal__decided_by", "company",
            "worker__user",
        )
        .order_by("-begins_at", "-pk")
    )  # fmt: skip


def open_appeals() -> QuerySet[Appeal, Appeal]:
    """Appeals that nobody has decided, with what they are about."""
    return Appeal.objects.filter(decided_at=None).select_related(
        "measure__violation__kind", "measure__company", "measure__worker__user", "made_by",
        "first_decided_by",
    )  # fmt: skip


def counted(
    *, company: Company | None = None, worker: WorkerProfile | None = None, at: datetime
) -> tuple[int, int]:
    """How many violations count at that moment: all, and the severe ones (one query)."""
    rows = Violation.objects.about(company=company, worker=worker)
    severities = rows.filter(withdrawn_at=None, counts_until__gt=at).values_list("severity")
    found = [severity for (severity,) in severities]
    return len(found), sum(severity == Severity.SEVERE for severity in found)


def ladder() -> list[LadderStep]:
    return list(LadderStep.objects.order_by("severity", "count"))


def step_for(severity: str, number: int, severe: int, steps: Sequence[LadderStep]) -> LadderStep:
    """The step of the ``number``-th violation that counts, ``severe`` of them severe, this one
    included.

    A severe one takes the step of the severe ladder, or the one that its number has on the
    other where that lies higher.
    """
    found = _last(steps, Severity.ORDINARY, number)
    if severity == Severity.SEVERE:
        own = _last(steps, Severity.SEVERE, severe)
        order = [step.effect for step in steps if step.severity == Severity.ORDINARY]
        higher = [one for one in (found, own) if one is not None]
        found = max(higher, key=lambda one: _height(one, order), default=None)
    if found is None:
        raise NoStep
    return found


def _last(steps: Sequence[LadderStep], severity: str, count: int) -> LadderStep | None:
    fitting = [one for one in steps if one.severity == severity and one.count <= count]
    return max(fitting, key=lambda one: one.count, default=None)


def _height(step: LadderStep, order: Sequence[str]) -> int:
    return order.index(step.effect) if step.effect in order else len(order)


@dataclass(frozen=True)
class Standing:
    """How a party stands: what holds now, how many violations count, what comes next."""

    holding: list[Measure]
    count: int
    severe: int
    next_step: LadderStep | None

    @property
    def stopped(self) -> list[Measure]:
        return [measure for measure in self.holding if measure.stops_new_work]

    @property
    def word(self) -> str:
        """A word that ``core.badges`` knows."""
        for effects, word in WORDS:
            if any(measure.effect in effects for measure in self.holding):
                return word
        return "good_standing"


WORDS: tuple[tuple[set[Any], str], ...] = (
    ({"closed"}, "deactivated"),
    ({"suspension", "review", "stop"}, "suspended"),
    ({"restriction"}, "restricted"),
    ({"warning"}, "warned"),
)


def standing_of(
    *, company: Company | None = None, worker: WorkerProfile | None = None, at: datetime
) -> Standing:
    """Three queries, whatever was recorded."""
    steps = ladder()
    count, severe = counted(company=company, worker=worker, at=at)
    holding = Measure.objects.in_force(at).filter(company=company, worker=worker)
    following = _last(steps, Severity.ORDINARY, count + 1)
    return Standing(
        list(holding.select_related("violation__kind").order_by("-begins_at")),
        count, severe, following,
    )  # fmt: skip


def holding_for(company: int | None, worker: int | None, *, at: datetime) -> list[Measure]:
    """What holds for one's own side now, for a banner (one query)."""
    own = Q(company=company) if company is not None else Q(worker=worker)
    rows = Measure.objects.in_force(at).filter(own).exclude(effect="reminder")
    return list(rows.select_related("violation").order_by("-stops_new_work", "-pk"))
