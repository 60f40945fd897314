"""What an assignment asks of workers, and who meets it.

Asked are the sets chosen on the posting and those that the company requires on all of its
assignments, as they stand when the question is put.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, DateField, F, Func, Q, TextField, Value, When

from accounts.models import WorkerProfile
from assignments.models import Assignment
from core.errors import DomainError
from vetting.models import Requirement, RequirementSet
from vetting.requirements import screening
from vetting.requirements.reach import Lacked, MeetsAll
from vetting.requirements.registry import On, kind
from vetting.requirements.screening import Screening

MOST_NAMED = 4


class NotQualified(DomainError):
    message = (
        "You do not meet what this client asks yet: {missing}. “What you need” on the page of the "
        "assignment says where to add it."
    )
    see_needs = True


class LacksRequirements(DomainError):
    message = (
        "{worker} does not meet what you ask: {missing}. Write why you assign them anyway, or "
        "choose somebody else."
    )
    field = "override_note"


def on(assignment: Assignment, at: datetime) -> On:
    """The work as requirements see it: its site, and the day on which it ends."""
    there = assignment.on_site
    return On(
        company=assignment.company,
        at=at,
        day=assignment.ends_at.astimezone(assignment.zone).date(),
        latitude=assignment.latitude if there else None,
        longitude=assignment.longitude if there else None,
        region=assignment.region if there else "",
        assignment=assignment.pk,
    )


def sets_of(assignment: Assignment) -> list[RequirementSet]:
    """What is asked, with its requirements (two queries, or one where nothing is)."""
    rows = RequirementSet.objects.filter(
        Q(pk__in=assignment.requirement_sets) | Q(on_all=True), company=assignment.company_id
    )
    return list(rows.whole().order_by("pk"))


def screened(assignment: Assignment, worker: WorkerProfile, at: datetime) -> Screening:
    """Every requirement with what this worker has."""
    return screening.screen(worker, sets_of(assignment), on(assignment, at))


def require(assignment: Assignment, worker: WorkerProfile, at: datetime) -> None:
    """``NotQualified`` unless the worker meets everything, or may pass."""
    found = screened(assignment, worker, at)
    if not found.met:
        raise NotQualified(missing=missing_words(found))


def missing_words(found: Screening) -> str:
    """``Speaks Spanish; Lives within 50 miles of the site; and 2 more``."""
    sentences = list(dict.fromkeys(answer.sentence for answer in found.missing))
    more = len(sentences) - MOST_NAMED
    named = sentences[:MOST_NAMED] + ([f"and {more} more"] if more > 0 else [])
    return "; ".join(named)


def condition(assignment: Assignment, at: datetime) -> Q:
    """Who meets everything, as a condition on workers; empty where nothing is asked."""
    return condition_of(sets_of(assignment), assignment, at)


def condition_of(asked: Sequence[RequirementSet], assignment: Assignment, at: datetime) -> Q:
    """The same for sets that were read already."""
    return screening.condition(asked, on(assignment, at))


def qualifies(worker: WorkerProfile, at: datetime) -> MeetsAll:
    """Whether the worker meets everything that an assignment asks, as a condition on
    assignments: what ``on`` and ``sets_of`` say of one, said of rows."""
    return MeetsAll(worker.pk, at, _columns())


def _columns() -> dict[str, Any]:
    """What ``on`` says of an assignment, as columns of its row."""

    def of_site(name: str, otherwise: Any) -> Case:
        return Case(When(on_site=True, then=F(name)), default=otherwise)

    day = Func(F("time_zone"), F("ends_at"), template="(timezone(%(expressions)s))::date",
               output_field=DateField())  # fmt: skip
    return {
        "key": F("pk"), "company": F("company_id"), "sets": F("requirement_sets"), "day": day,
        "latitude": of_site("latitude", None), "longitude": of_site("longitude", None),
        "country": Value(On.country, TextField()), "region": of_site("region", Value("")),
    }  # fmt: skip


def lacking(
    worker: WorkerProfile, assignments: Sequence[Assignment], at: datetime, *, met: bool = False
) -> dict[int, list[Requirement]]:
    """By assignment what the worker lacks for it, an empty list where they meet everything that
    is asked; assignments that ask nothing are left out (two queries, whatever their number).

    ``met`` says that the worker is known to meet everything already (one query).
    """
    asked = {key: rows for key, rows in asked_of(assignments).items() if rows}
    if met or not asked:
        return {key: [] for key in asked}
    found = Assignment.objects.filter(pk__in=asked).order_by()
    lacked = dict(found.values_list("pk", Lacked(worker.pk, at, _columns())))
    return {
        key: [row for row in rows if row.pk in lacked.get(key, ())] for key, rows in asked.items()
    }


def lacking_of(
    workers: Collection[int], assignment: Assignment, at: datetime
) -> tuple[int, dict[int, list[str]]]:
    """How many requirements there are, and by worker what they lack in words, overrides taken
    into account (three queries, or one where nothing is asked)."""
    rows = asked_of([assignment])[assignment.pk]
    if not rows or not workers:
        return len(rows), {key: [] for key in workers}
    passes: dict[int, set[int]] = {}
    for worker, key in (
        screening.overrides(list({row.requirement_set for row in rows}), on(assignment, at))
        .filter(worker__in=workers)
        .values_list("worker", "requirement_set")
    ):
        passes.setdefault(worker, set()).add(key)
    where = on(assignment, at)
    met = screening.met_by_each(workers, [(row, where) for row in rows])
    return len(rows), {
        worker: [
            kind(row.kind).sentence(row.values)
            for row, is_met in zip(rows, answers, strict=True)
            if not is_met and row.requirement_set_id not in passes.get(worker, ())
        ]
        for worker, answers in met.items()
    }


@dataclass(frozen=True)
class Line:
    """One requirement as the page of the assignment shows it."""

    sentence: str
    set_name: str
    met: bool


def lines_of(
    assignment: Assignment,
    rows: Sequence[Requirement],
    *,
    passes: Collection[int],
    worker: WorkerProfile | None,
    at: datetime,
) -> list[Line]:
    """Requirements that were read with their ``set_name``; ``met`` says whether this worker meets
    each or may pass its set (one query, or none where no worker is asked)."""
    met = [True] * len(rows)
    if rows and worker is not None:
        where = on(assignment, at)
        met = screening.met_by(worker, [(row, where) for row in rows])
    return [
        Line(
            kind(row.kind).sentence(row.values),
            row.set_name,  # type: ignore[attr-defined]
            is_met or row.requirement_set_id in passes,
        )
        for row, is_met in zip(rows, met, strict=True)
    ]


def asked_of(assignments: Iterable[Assignment]) -> dict[int, list[Requirement]]:
    """The requirements of each assignment (one query)."""
    rows = list(assignments)
    chosen = {key for row in rows for key in row.requirement_sets}
    companies = {row.company_id for row in rows}
    sets = RequirementSet.objects.filter(
        Q(pk__in=chosen) | Q(on_all=True, company__in=companies), company__in=companies
    )
    found = Requirement.objects.filter(requirement_set__in=sets.values("pk"))
    by_set: dict[int, list[Requirement]] = {}
    on_all: dict[int, set[int]] = {}
    owner: dict[int, int] = {}
    for row in found.select_related("requirement_set"):
        by_set.setdefault(row.requirement_set_id, []).append(row)
        owner[row.requirement_set_id] = row.requirement_set.company_id
        if row.requirement_set.on_all:
            on_all.setdefault(row.requirement_set.company_id, set()).add(row.requirement_set_id)
    return {
        row.pk: [
            requirement
            for key in sorted({*row.requirement_sets, *on_all.get(row.company_id, ())})
            if owner.get(key) == row.company_id
            for requirement in by_set[key]
        ]
        for row in rows
    }
