"""The card of a worker who was found: the figures, why they stand there, and what they meet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, JSONObject

from accounts.models import Company, WorkerProfile
from assignments.models import Application, Assignment, Decline, Invitation
from assignments.queries import matches
from assignments.states import Status
from core.places import away_words
from scorecards.formulas import value_words
from scorecards.models import Window, WorkerScorecard
from vetting.models import GroupMembership, Requirement
from vetting.requirements import screening
from vetting.requirements.registry import On, kind
from vetting.states import Membership

FIGURES = (
    "satisfaction", "on_time", "deliverables_on_time", "completed", "cancelled_late", "abandoned",
)  # fmt: skip
STAGES = {"applied": "Has applied", "declined": "Has declined", "invited": "Invited"}


@dataclass(frozen=True)
class Tick:
    """One requirement, and whether the worker meets it or may pass its set."""

    sentence: str
    met: bool
    passes: bool = False


@dataclass(frozen=True)
class Found:
    """One worker of the list; ``worker`` is a row of ``pictured``."""

    worker: Any
    assignment: Assignment | None = None
    ticks: list[Tick] = field(default_factory=list)

    @property
    def card(self) -> dict[str, Any]:
        return self.worker.card or {}

    @property
    def done(self) -> int:
        return int(self.worker.done)

    @property
    def is_favorite(self) -> bool:
        return bool(getattr(self.worker, "rank", 0))

    @property
    def stage(self) -> str:
        """How the worker stands to the assignment already, in words."""
        return STAGES.get(getattr(self.worker, "stage", ""), "")

    @property
    def satisfied(self) -> str:
        return self._share("satisfaction")

    @property
    def on_time(self) -> str:
        return self._share("on_time")

    @property
    def deliverables(self) -> str:
        return self._share("deliverables_on_time")

    def _share(self, name: str) -> str:
        value = self.card.get(name)
        return "No figure yet" if value is None else value_words(value, "share")

    @property
    def lacks(self) -> int:
        return sum(not (tick.met or tick.passes) for tick in self.ticks)

    @property
    def lacks_words(self) -> str:
        return f"Lacks {self.lacks} of {len(self.ticks)}"

    @cached_property
    def reasons(self) -> list[str]:
        """What speaks for them; for an assignment what its ranking went by."""
        groups = self.worker.group_names
        words = ["your favorite" if self.is_favorite else "", *self._figures]
        words.append(f"in {', '.join(groups)}" if groups else "")
        return [word for word in words if word]

    @property
    def _figures(self) -> list[str]:
        if self.assignment is not None:
            return matches.match_of(self.worker, self.assignment).reasons
        miles, card = getattr(self.worker, "miles", None), self.card
        return [
            away_words(miles) if miles is not None else "",
            f"did {self.done} assignment{'s' * (self.done != 1)} for you" if self.done else "",
            f"{self.satisfied} satisfied" if card.get("satisfaction") is not None else "",
            f"{self.on_time} on time" if card.get("on_time") is not None else "",
        ]


def pictured(
    workers: QuerySet[WorkerProfile, Any],
    company: Company,
    *,
    assignment: Assignment | None = None,
    rows: Sequence[Requirement] = (),
    on: On | None = None,
) -> QuerySet[Any, Any]:
    """These workers with what their cards show, in the one query that reads them.

    The database works the columns out for the rows of a page only: each is read after the limit.
    """
    columns: dict[str, Any] = {
        "card": _card(), "done": _done(company), "group_names": _groups(company),
    }  # fmt: skip
    if assignment is not None:
        columns["stage"] = _stage(assignment)
    if rows and on is not None:
        columns |= {f"met_{n}": screening.is_met(row, on) for n, row in enumerate(rows)}
        sets = list({row.requirement_set for row in rows})
        passing = screening.overrides(sets, on).filter(worker=OuterRef("pk"))
        columns["passes"] = ArraySubquery(passing.values("requirement_set"))
    return workers.annotate(**columns)


def found_in(
    workers: Sequence[Any], rows: Sequence[Requirement] = (), assignment: Assignment | None = None
) -> list[Found]:
    """The cards of rows that ``pictured`` read (no query)."""
    sentences = [kind(row.kind).sentence(row.values) for row in rows]
    return [
        Found(
            worker,
            assignment,
            [
                Tick(words, getattr(worker, f"met_{n}"), row.requirement_set_id in worker.passes)
                for n, (row, words) in enumerate(zip(rows, sentences, strict=True))
            ],
        )
        for worker in workers
    ]


def _card() -> Subquery:
    cards = WorkerScorecard.objects.filter(worker=OuterRef("pk"), window=Window.RECENT)
    return Subquery(cards.values(whole=JSONObject(**{name: name for name in FIGURES}))[:1])


def _done(company: Company) -> Coalesce:
    paid = Assignment.objects.filter(
        company=company, worker=OuterRef("pk"), status__in=(Status.INVOICED, Status.PAID)
    )
    counted = paid.order_by().values("worker").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), 0)


def _groups(company: Company) -> ArraySubquery:
    rows = GroupMembership.objects.filter(
        worker=OuterRef("pk"), group__company=company, group__archived_at=None,
        status=Membership.MEMBER,
    )  # fmt: skip
    return ArraySubquery(rows.order_by("group__name", "pk").values("group__name"))


def _stage(assignment: Assignment) -> Case:
    mine = {"assignment": assignment, "worker": OuterRef("pk")}
    applied = Application.objects.filter(**mine, status=Application.Status.OPEN)
    return Case(
        When(Exists(applied), then=Value("applied")),
        When(Exists(Decline.objects.filter(**mine)), then=Value("declined")),
        When(Exists(Invitation.objects.filter(**mine)), then=Value("invited")),
        default=Value(""),
        output_field=CharField(),
    )
