"""Asking requirement sets of workers: of one, with every finding, or of all at once.

Overrides count: a worker whom the company lets pass a set meets it, whatever they lack.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from operator import and_
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Exists,
    Q,
    QuerySet,
    Value,
    When,
    prefetch_related_objects,
)
from django.db.models.expressions import BaseExpression

from accounts.models import WorkerProfile
from vetting.models import Requirement, RequirementOverride, RequirementSet
from vetting.requirements.registry import EVERYBODY, Finding, Kind, On, Unknown, kind

Workers = QuerySet[WorkerProfile, WorkerProfile]
MOST_COLUMNS = 400


@dataclass(frozen=True)
class Answer:
    """One requirement, and whether the worker meets it."""

    requirement: Requirement
    finding: Finding

    @property
    def kind(self) -> Kind:
        return kind(self.requirement.kind)

    @property
    def sentence(self) -> str:
        return self.kind.sentence(self.requirement.values)

    @property
    def met(self) -> bool:
        return self.finding.met


@dataclass(frozen=True)
class Verdict:
    """One set, asked of one worker; ``override`` where the company lets them pass."""

    requirement_set: RequirementSet
    answers: tuple[Answer, ...]
    override: RequirementOverride | None = None

    @property
    def missing(self) -> list[Answer]:
        """What the worker lacks, whether or not they may pass."""
        return [answer for answer in self.answers if not answer.met]

    @property
    def met(self) -> bool:
        return self.override is not None or not self.missing


@dataclass(frozen=True)
class Screening:
    """Every set that is asked, and whether the worker meets them all."""

    worker: WorkerProfile
    verdicts: tuple[Verdict, ...]

    @property
    def met(self) -> bool:
        return all(verdict.met for verdict in self.verdicts)

    @cached_property
    def failed(self) -> list[Verdict]:
        return [verdict for verdict in self.verdicts if not verdict.met]

    @property
    def missing(self) -> list[Answer]:
        """What stands between the worker and the work."""
        return [answer for verdict in self.failed for answer in verdict.missing]

    @property
    def answers(self) -> list[Answer]:
        return [answer for verdict in self.verdicts for answer in verdict.answers]


def whole(sets: Iterable[RequirementSet]) -> list[RequirementSet]:
    """The sets with their requirements at hand (one query, or none where they are)."""
    found = list(sets)
    prefetch_related_objects(found, "requirements")
    return found


def screen(worker: WorkerProfile, sets: Iterable[RequirementSet], on: On) -> Screening:
    """Ask every requirement of one worker, each with its finding.

    The statements go with the kinds that are asked, not with the requirements.
    """
    asked = whole(sets)
    found = findings(worker, [row for one in asked for row in one.requirements.all()], on)
    passes = {
        row.requirement_set_id: row
        for row in overrides(asked, on).filter(worker=worker).select_related("made_by")
    }
    return Screening(
        worker,
        tuple(
            Verdict(
                one,
                tuple(Answer(row, found[row.pk]) for row in one.requirements.all()),
                passes.get(one.pk),
            )
            for one in asked
        ),
    )


def findings(worker: WorkerProfile, rows: Sequence[Requirement], on: On) -> dict[int, Finding]:
    """What each of these requirements finds, by its key; each kind is asked once."""
    found: dict[int, Finding] = {}
    for slug in dict.fromkeys(row.kind for row in rows):
        own = [row for row in rows if row.kind == slug]
        answers = kind(slug).check_all(worker, [row.values for row in own], on)
        found |= {row.pk: answer for row, answer in zip(own, answers, strict=True)}
    return found


def overrides(sets: Sequence[RequirementSet], on: On) -> QuerySet[RequirementOverride, Any]:
    """Who may pass these sets for this work, whatever they lack."""
    here = Q(assignment_key=None)
    if on.assignment is not None:
        here |= Q(assignment_key=on.assignment)
    return RequirementOverride.objects.filter(here, requirement_set__in=sets, ended_at=None)


def condition(sets: Iterable[RequirementSet], on: On, *, but: int | None = None) -> Q:
    """Who meets all of these sets, as one condition on workers (at most two queries to make it).

    ``but`` is the key of one requirement that is not asked.

    Overrides are few and read first. What looks at the worker's own row is a plain conjunction,
    for an index to serve; what reads other tables is asked of whoever is left (``_in_turn``).
    """
    asked = whole(sets)
    passes: dict[int, list[int]] = {}
    if asked:
        for key, worker in overrides(asked, on).values_list("requirement_set", "worker"):
            passes.setdefault(key, []).append(worker)
    parts = []
    for one in asked:
        rows = [row for row in one.requirements.all() if row.pk != but]
        wanted = _in_turn([kind(row.kind).condition(row.values, on) for row in rows])
        if wanted and one.pk in passes:
            wanted |= Q(pk__in=passes[one.pk])
        parts.append(wanted)
    return reduce(and_, parts, Q())


def _in_turn(conditions: Sequence[Q]) -> Q:
    """All of these; those that read other tables one after the other, until one is not met.

    PostgreSQL would join them, and guess how many rows each of them has from the average test or
    agreement: for a large company's it walked 250 million pairs. Inside a CASE it looks each
    worker up, or gathers the rows of one of them once, and joins nothing.
    """
    plain = [one for one in conditions if not _reads_rows(one)]
    asked = [one for one in conditions if _reads_rows(one)]
    wanted = reduce(and_, plain, Q())
    if not asked:
        return wanted
    met = When(reduce(and_, asked), then=Value(True))
    return wanted & Q(Case(met, default=Value(False), output_field=BooleanField()))


def _reads_rows(condition: Any) -> bool:
    """Whether more than columns of the worker is looked at."""
    if isinstance(condition, Q):
        return any(map(_reads_rows, condition.children))
    if isinstance(condition, tuple):
        return isinstance(condition[1], QuerySet)
    if isinstance(condition, Exists):
        return True
    parts = condition.get_source_expressions() if isinstance(condition, BaseExpression) else ()
    return any(map(_reads_rows, parts))


def qualified(workers: Workers, sets: Iterable[RequirementSet], on: On) -> Workers:
    """Of these workers, those who meet all of the sets."""
    return workers.filter(condition(sets, on))


def is_met(row: Requirement, on: On) -> Case:
    """Whether a worker meets one requirement, as a column of a query of workers."""
    wanted = kind(row.kind).condition(row.values, on) or EVERYBODY
    return Case(When(wanted, then=Value(True)), default=Value(False), output_field=BooleanField())


def met_by(worker: WorkerProfile, asked: Sequence[tuple[Requirement, On]]) -> list[bool]:
    """Whether one worker meets each of many requirements, in one query for all of them."""
    return met_by_each([worker.pk], asked)[worker.pk]


def met_by_each(
    workers: Collection[int], asked: Sequence[tuple[Requirement, On]]
) -> dict[int, list[bool]]:
    """The same for several workers by their keys, still in one query.

    Requirements of one kind and the same values are asked once, and again only for another
    site or day where the kind looks at it; ``MOST_COLUMNS`` different ones to a statement.
    """
    names: dict[Any, str] = {}
    columns: dict[str, Any] = {}
    for row, on in asked:
        identity = _identity(row, on)
        if identity not in names:
            names[identity] = name = f"met_{len(names)}"
            columns[name] = is_met(row, on)
    found: dict[int, dict[str, bool]] = {key: {} for key in workers}
    for start in range(0, len(columns), MOST_COLUMNS):
        part = dict(list(columns.items())[start : start + MOST_COLUMNS])
        rows = WorkerProfile.objects.filter(pk__in=workers).annotate(**part)
        for row in rows.values("pk", *part).order_by():
            found[row["pk"]] |= row
    return {
        key: [met[names[_identity(row, on)]] for row, on in asked] for key, met in found.items()
    }


def that_are_gone(rows: Iterable[Requirement]) -> set[Requirement]:
    """Of these, the requirements whose test, group, agreement or kind of credential is no longer
    there, so that nobody can meet them (one query, or none)."""
    named = [(row, kind(row.kind)) for row in rows]
    known = [(row, one, str(row.values.get(one.refers, ""))) for row, one in named if one.refers]
    keys: dict[str, set[str]] = {}
    for _, one, key in known:
        keys.setdefault(one.slug, set()).add(key)
    parts = [
        kind(slug).present(wanted).order_by().annotate(of=Value(slug, CharField()))
        for slug, wanted in keys.items()
    ]
    there = set(parts[0].union(*parts[1:], all=True)) if parts else set()
    gone = {row for row, one, key in known if (key, one.slug) not in there}
    return gone | {row for row, one in named if isinstance(one, Unknown)}


def _identity(row: Requirement, on: On) -> tuple[Any, ...]:
    looks_at = kind(row.kind).asks
    site = (on.latitude, on.longitude, on.country, on.region) if "site" in looks_at else ()
    day = (on.day,) if "day" in looks_at else ()
    return (row.kind, repr(sorted(row.values.items())), on.company.pk, *site, *day)
