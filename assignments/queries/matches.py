"""The workers who fit an assignment best, and why: one ranking over the whole population.

A worker is in question when the company may invite them, they have not heard of the
assignment yet, they have one of its skills or work in its industry, and, for work on site,
live within the radius and travel that far. Among those the points below decide; each is
worth its share between 0 and 1 of its weight. Higher apps add what they know of workers
with ``register``, as ``scorecards`` does.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    FloatField,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.expressions import Combinable, Expression
from django.db.models.functions import Cast, Coalesce, Greatest, Least

from accounts.models import WorkerProfile
from accounts.queries import miles_from, within
from assignments import screening
from assignments.models import Application, Assignment, Decline, Invitation
from assignments.states import Status
from core.places import away_words
from vetting.models import CompanyMark, Standing, WorkerMark
from vetting.queries.marks import open_to_invite

MOST = 50
ENOUGH_HISTORY = 5
"""Assignments for the company from which on more of them add nothing."""

NEAR_ENOUGH = 100
"""Miles from which on an applicant's place adds nothing."""

SKILLS, HISTORY, INDUSTRY, FAVORITE, NEARNESS = 40, 20, 10, 10, 10


@dataclass(frozen=True)
class Match:
    """A worker who fits, with their points and the reasons in words."""

    worker: WorkerProfile
    points: float
    miles: float | None
    is_favorite: bool
    matching: list[str]
    reasons: list[str]

    @property
    def sub(self) -> str:
        """Why, in one line."""
        return " · ".join(self.reasons)


@dataclass(frozen=True)
class Trait:
    """Something a higher app knows of workers: ``share`` (0 to 1) of ``weight``, and words.

    ``columns`` are annotated first; ``words`` reads them from the row, empty for nothing.
    """

    name: str
    weight: int
    columns: dict[str, Any]
    share: Expression | Combinable
    words: Callable[[Any], str]


Source = Callable[[Assignment], Trait]
_sources: list[Source] = []


def register(source: Source) -> Source:
    """Add a trait to the ranking; called from ``AppConfig.ready``."""
    if source not in _sources:
        _sources.append(source)
    return source


class SharedSkills(Func):
    """How many of the wanted skills a worker has, whatever their capitals."""

    output_field = IntegerField()

    def __init__(self, wanted: list[str]) -> None:
        self.wanted = [skill.casefold() for skill in wanted]
        super().__init__(F("skills"))

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        column, params = compiler.compile(self.source_expressions[0])
        counted = f"SELECT count(DISTINCT lower(skill)) FROM unnest({column}) AS skill"  # noqa: S608
        return f"({counted} WHERE lower(skill) = ANY(%s))", [*params, self.wanted]


def best(assignment: Assignment, *, miles: int, most: int, at: datetime) -> list[Match]:
    """The best matches, at most ``most`` and never more than ``MOST`` (one query, and those that
    read what the assignment asks): all of them meet its requirements."""
    traits = [source(assignment) for source in _sources]
    people = _in_question(assignment, miles).filter(screening.condition(assignment, at))
    rows = _ranked(people, assignment, miles, traits)
    return [_match(row, assignment, traits) for row in rows[: min(most, MOST)]]


def weighed(assignment: Assignment, workers: Collection[int]) -> dict[int, Match]:
    """The same points and reasons for workers who applied, by their keys (one query)."""
    traits = [source(assignment) for source in _sources]
    people: QuerySet[Any, Any] = WorkerProfile.objects.filter(pk__in=workers)
    if assignment.on_site and assignment.latitude is not None and assignment.longitude is not None:
        away = miles_from(assignment.latitude, assignment.longitude)
        people = people.annotate(miles=away)
    else:
        people = people.annotate(miles=Value(None, FloatField()))
    rows = _ranked(people, assignment, NEAR_ENOUGH, traits)
    return {row.pk: _match(row, assignment, traits) for row in rows}


def among(
    people: QuerySet[Any, Any], assignment: Assignment, *, miles: int, found: bool = False
) -> QuerySet[Any, Any]:
    """These workers with their ``points`` for the assignment; ``match_of`` reads the reasons.

    Where nothing else bounds them, only those who have one of the skills or work in the
    industry; of those ``found`` already that is not asked again. ``people`` near a place have
    their ``miles`` already.
    """
    if "miles" not in people.query.annotations:
        fits = Q() if found else _fits(assignment)
        people = people.filter(fits).annotate(miles=Value(None, FloatField()))
    return _ranked(people, assignment, miles, [source(assignment) for source in _sources])


def match_of(row: Any, assignment: Assignment) -> Match:
    """The reasons for a row of ``among``, in words (no query)."""
    return _match(row, assignment, [source(assignment) for source in _sources])


def _in_question(assignment: Assignment, miles: int) -> QuerySet[Any, Any]:
    mine = {"assignment": assignment, "worker": OuterRef("pk")}
    shut_out = WorkerMark.objects.filter(
        company=assignment.company_id, worker=OuterRef("pk"), standing=Standing.BLOCKED
    )
    rows: QuerySet[Any, Any] = open_to_invite(assignment.company).filter(
        _fits(assignment),
        ~Exists(shut_out),
        ~Exists(Invitation.objects.filter(**mine)),
        ~Exists(Decline.objects.filter(**mine)),
        ~Exists(Application.objects.filter(**mine)),
    )
    if assignment.on_site and assignment.latitude is not None and assignment.longitude is not None:
        near: QuerySet[Any, Any] = within(rows, assignment.latitude, assignment.longitude, miles)
        return near.filter(miles__lte=F("travel_miles"))
    return rows.annotate(miles=Value(None, FloatField()))


def _fits(assignment: Assignment) -> Q:
    """One of the skills, or the industry: gathered by an index each, as an OR of the two is not."""
    through: Any = WorkerProfile.industries.through
    fit = through.objects.filter(industry=assignment.industry_id).values("workerprofile")
    if assignment.skills:
        wanted = (
            SearchQuery(skill, config="english", search_type="phrase")
            for skill in assignment.skills
        )
        skilled = WorkerProfile.objects.filter(search=reduce(lambda a, b: a | b, wanted))
        fit = skilled.values("pk").union(fit)
    return Q(pk__in=fit)


def _in_industry(assignment: Assignment) -> QuerySet[Any, Any]:
    through: Any = WorkerProfile.industries.through
    return through.objects.filter(workerprofile=OuterRef("pk"), industry=assignment.industry_id)


def _ranked(
    rows: QuerySet[Any, Any], assignment: Assignment, miles: int, traits: list[Trait]
) -> QuerySet[Any, Any]:
    done = Assignment.objects.filter(
        company=assignment.company_id, status__in=(Status.INVOICED, Status.PAID)
    ).order_by()
    times = done.filter(worker=OuterRef("pk")).values("worker").annotate(n=Count("pk")).values("n")
    known = done.filter(worker__isnull=False).values("worker")
    favorite = CompanyMark.objects.filter(
        company=assignment.company_id, worker=OuterRef("pk"), standing=Standing.FAVORITE
    )
    columns: dict[str, Any] = {
        "shared": SharedSkills(assignment.skills),
        "done_with_us": Case(  # counted for those alone who have worked for the company
            When(pk__in=known, then=Coalesce(Subquery(times), 0)), default=Value(0)
        ),
        "in_industry": Exists(_in_industry(assignment)),
        "is_favorite": Exists(favorite),
    }
    for trait in traits:
        columns |= trait.columns
    points = (
        _share(F("shared"), max(1, len(assignment.skills))) * SKILLS
        + _share(F("done_with_us"), ENOUGH_HISTORY) * HISTORY
        + Cast(Cast("in_industry", IntegerField()), FloatField()) * INDUSTRY
        + Cast(Cast("is_favorite", IntegerField()), FloatField()) * FAVORITE
        + Greatest(Coalesce(1 - F("miles") / float(miles), 0.0), 0.0) * NEARNESS
    )
    for trait in traits:
        points += Coalesce(trait.share, 0.0, output_field=FloatField()) * trait.weight
    return (
        rows.annotate(**columns).annotate(points=points).order_by("-points", "pk").defer("search")
    )


def _share(column: Any, whole: int) -> Any:
    """A count as a part of the whole, at most 1."""
    return Least(Cast(column, FloatField()) / float(whole), 1.0)


def _match(row: Any, assignment: Assignment, traits: list[Trait]) -> Match:
    wanted = {skill.casefold() for skill in assignment.skills}
    matching = [skill for skill in row.skills if skill.casefold() in wanted]
    reasons = [
        f"{row.shared} of {len(assignment.skills)} skills" if row.shared else "",
        "" if row.shared or not row.in_industry else f"works in {assignment.industry}",
        away_words(row.miles) if row.miles is not None else "",
        _done_words(row.done_with_us),
        *(trait.words(row) for trait in traits),
    ]
    return Match(
        row, row.points, row.miles, row.is_favorite, matching, [why for why in reasons if why]
    )


def _done_words(done: int) -> str:
    return f"did {done} assignment{'s' * (done != 1)} for you" if done else ""
