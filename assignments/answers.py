"""The answers to a company's own fields, in words, as pages show them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.urls import reverse

from accounts.actors import Actor
from assignments.field_kinds import words_of
from assignments.models import Assignment, AssignmentField


@dataclass(frozen=True)
class Line:
    """One question with its answer; ``file_url`` where the answer is a file."""

    label: str
    words: str
    file_url: str = ""
    missing: bool = False


@dataclass(frozen=True)
class Group:
    """The answers to one set."""

    name: str
    is_survey: bool
    lines: list[Line] = field(default_factory=list)


def readable(rows: Iterable[AssignmentField], actor: Actor) -> list[AssignmentField]:
    """What this actor may read: a worker nothing that the company keeps to itself."""
    if not actor.is_worker:
        return list(rows)
    return [row for row in rows if row.for_worker or not row.by_client]


def groups_of(assignment: Assignment, rows: Iterable[AssignmentField]) -> list[Group]:
    """Set by set, in the order of the rows; the company's own fields that are empty left out."""
    found: dict[int, Group] = {}
    for row in rows:
        if row.by_client and row.value is None:
            continue
        group = found.setdefault(row.field_set_id, Group(row.set_name, row.is_survey))
        group.lines.append(line_of(assignment, row))
    return list(found.values())


def line_of(assignment: Assignment, row: AssignmentField) -> Line:
    url = ""
    if row.is_file and row.value is not None:
        url = reverse("assignments:field_file", args=[assignment.reference, row.pk])
    return Line(row.label, words_of(row.kind, row.value), url, missing=row.is_missing)
