"""Reads of requirement sets: a company's own, whom they let through, who may pass."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from accounts.models import Company, WorkerProfile
from accounts.queries import near
from core.places import Place
from vetting.models import Requirement, RequirementOverride, RequirementSet
from vetting.queries.marks import open_to_invite
from vetting.requirements import registry, screening
from vetting.requirements.registry import Kind, On

MOST_OVERRIDES = 200
NEARBY = 50


@dataclass(frozen=True)
class Effect:
    """How many of the workers whom the company may invite meet some sets."""

    all: int
    qualify: int
    nearby: int | None = None
    miles: int = NEARBY
    where: str = ""

    @property
    def nobody(self) -> bool:
        return self.qualify == 0

    @property
    def words(self) -> str:
        """``1,204 workers qualify, 312 within 50 miles of Columbus, OH``."""
        counted = f"{self.qualify:,} worker{'s' * (self.qualify != 1)}"
        words = f"{counted} qualif{'y' if self.qualify != 1 else 'ies'}"
        if self.nearby is None:
            return words
        return f"{words}, {self.nearby:,} within {self.miles} miles of {self.where}"


@dataclass(frozen=True)
class Line:
    """One requirement as the builder shows it: in words, and what is wrong with it."""

    requirement: Requirement
    kind: Kind
    sentence: str
    gone: str


def of_company(company: Company, *, archived: bool = False) -> QuerySet[Any, Any]:
    """The company's sets in use, or those put away, by name, with how many may pass each;
    requirements at hand (two queries)."""
    passing = Count("overrides", filter=Q(overrides__ended_at=None, overrides__isnull=False))
    rows = RequirementSet.objects.filter(company=company, archived_at__isnull=not archived)
    return rows.annotate(passing=passing).whole().order_by("-on_all", "name", "pk")


def to_choose(
    company: Company, *, also: Iterable[int] = ()
) -> QuerySet[RequirementSet, RequirementSet]:
    """The company's sets in use, those asked on all assignments too, and some others."""
    rows = RequirementSet.objects.filter(Q(archived_at=None) | Q(pk__in=list(also)))
    return rows.filter(company=company).order_by("name", "pk")


def lines_of(found: RequirementSet) -> list[Line]:
    """The requirements in order; those that refer to something deleted say so.

    Which do is one query for all of them; only those are asked why.
    """
    rows = list(found.requirements.all())
    gone = screening.that_are_gone(rows)
    return [
        Line(
            row,
            kind,
            kind.sentence(row.values),
            kind.gone(row.values, found.company) if ask else "",
        )
        for row in rows
        for kind in [registry.kind(row.kind)]
        for ask in [row in gone or not kind.refers]
    ]


def sentences_of(found: RequirementSet) -> list[str]:
    return [registry.kind(row.kind).sentence(row.values) for row in found.requirements.all()]


def menu() -> list[tuple[str, list[Kind]]]:
    """The kinds that can be asked, by heading."""
    parts: dict[str, list[Kind]] = {}
    for kind in registry.kinds():
        parts.setdefault(kind.heading, []).append(kind)
    return list(parts.items())


def effect(
    sets: Iterable[RequirementSet],
    on: On,
    *,
    place: Place | None = None,
    miles: int = NEARBY,
    draft: Sequence[tuple[Kind, registry.Values]] = (),
    instead_of: int | None = None,
) -> Effect:
    """Whom these sets let through (at most five queries, whatever the number of workers).

    ``draft`` are requirements not stored yet, ``instead_of`` one that they would replace.
    """
    everybody = open_to_invite(on.company).select_related(None)
    wanted = Q()
    for kind, values in draft:
        wanted &= kind.condition(values, on)
    found = everybody.filter(wanted).filter(screening.condition(sets, on, but=instead_of))
    nearby = None
    if place is not None:
        around = near(place.latitude, place.longitude, miles)
        nearby = found.filter(around).count()
    where = f"{place.city}, {place.region}" if place else ""
    return Effect(everybody.count(), found.count(), nearby, miles, where)


def overrides_of(found: RequirementSet) -> QuerySet[RequirementOverride, RequirementOverride]:
    """Who may pass this set now, and why, the latest first."""
    rows = RequirementOverride.objects.filter(requirement_set=found, ended_at=None)
    return rows.select_related("worker__user", "made_by").order_by("-made_at", "-pk")[
        :MOST_OVERRIDES
    ]


def may_pass(
    workers: QuerySet[WorkerProfile, WorkerProfile], found: RequirementSet
) -> QuerySet[WorkerProfile, WorkerProfile]:
    """Of these workers, those who may not pass the set yet."""
    passing = RequirementOverride.objects.filter(
        requirement_set=found, ended_at=None, assignment_key=None
    )
    return workers.exclude(pk__in=passing.values("worker"))
