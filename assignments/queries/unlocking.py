"""Which qualifications would open the most work to a worker."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q

from accounts.models import WorkerProfile
from accounts.queries import near
from assignments import screening
from assignments.models import Assignment
from assignments.queries.find_work import open_work
from vetting.models import Requirement
from vetting.requirements import registry
from vetting.requirements.screening import that_are_gone

LOOKED_AT = 500
MOST_SHOWN = 20
EXAMPLES = 3


@dataclass
class Gap:
    """One thing the worker lacks: how much open work asks it, and how much it alone bars."""

    requirement: Requirement
    asked: int = 0
    unlocks: int = 0
    examples: list[Assignment] = field(default_factory=list)
    is_gone: bool = False

    @property
    def sentence(self) -> str:
        return registry.kind(self.requirement.kind).sentence(self.requirement.values)

    @property
    def kind(self) -> registry.Kind:
        return registry.kind(self.requirement.kind)

    @property
    def remedy(self) -> tuple[str, str]:
        return ("", "") if self.is_gone else self.kind.remedy(self.requirement.values)

    @property
    def client(self) -> str:
        """The one company that it is to be met for, where that matters."""
        if not self.kind.is_per_company(self.requirement.values):
            return ""
        return self.examples[0].company.name

    @property
    def words(self) -> str:
        one = self.asked == 1
        asking = f"{self.asked} open assignment{'s' * (not one)} ask{'s' * one} it"
        if self.is_gone:
            return f"{asking}, but nobody can meet it any more: the client has to change it"
        if not self.unlocks:
            return f"{asking}, together with something else you lack"
        return (
            f"It would open {self.unlocks} assignment{'s' * (self.unlocks != 1)} to you; {asking}"
        )


@dataclass(frozen=True)
class Unlocking:
    """The newest open work in the worker's reach: how much they qualify for, and what bars them."""

    looked_at: int
    open: int
    gaps: list[Gap]


def to_get_next(worker: WorkerProfile, *, at: datetime) -> Unlocking:
    """What the worker lacks for the newest ``LOOKED_AT`` open assignments within their reach, those
    first that would open the most; last what nobody can meet any more (five queries)."""
    work = _within_reach(worker, at=at)
    lacking = screening.lacking(worker, work, at)
    gaps: dict[tuple[str, str, int], Gap] = {}
    barred = 0
    for assignment in work:
        missing = {_same(row, assignment): row for row in lacking.get(assignment.pk, ())}
        barred += bool(missing)
        for identity, row in missing.items():
            gap = gaps.setdefault(identity, Gap(row))
            gap.asked += 1
            gap.unlocks += len(missing) == 1
            gap.examples = [*gap.examples, assignment][:EXAMPLES]
    gone = that_are_gone(gap.requirement for gap in gaps.values())
    for gap in gaps.values():
        gap.is_gone = gap.requirement in gone
    ordered = sorted(gaps.values(), key=_place)
    return Unlocking(len(work), len(work) - barred, ordered[:MOST_SHOWN])


def _within_reach(worker: WorkerProfile, *, at: datetime) -> list[Assignment]:
    rows = open_work(worker, at=at).select_related("company")
    if worker.latitude is not None and worker.longitude is not None:
        around = near(worker.latitude, worker.longitude, worker.travel_miles)
        rows = rows.filter(around | Q(on_site=False))
    only = (
        "reference", "title", "on_site", "region", "latitude", "longitude", "ends_at", "time_zone",
        "requirement_sets", "company__name", "company__slug",
    )  # fmt: skip
    return list(rows.only(*only).order_by("-sent_at", "-pk")[:LOOKED_AT])


def _place(gap: Gap) -> tuple[bool, int, int, str]:
    return gap.is_gone, -gap.unlocks, -gap.asked, gap.sentence


def _same(row: Requirement, assignment: Assignment) -> tuple[str, str, int]:
    """Requirements of one kind and the same values are one thing to get, whoever asks it; but
    for those that are met for each company anew."""
    whose = assignment.company_id if registry.kind(row.kind).is_per_company(row.values) else 0
    return row.kind, repr(sorted(row.values.items())), whose
