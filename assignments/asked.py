"""What one assignment asks beyond the fields that every posting has: copies of a company's sets.

Part of the whole content of a posting (``assignments.contents``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from django.db.models import Prefetch, Q

from accounts.actors import Actor
from accounts.models import Company
from assignments.models import (
    Assignment,
    AssignmentField,
    CustomField,
    FieldSet,
    Unassignment,
)
from core.errors import DomainError


class AnswersWanted(DomainError):
    message = "Your company wants this filled in before sending: {missing}. Edit the posting."


@dataclass(frozen=True)
class Asked:
    """One question as an assignment asks it; ``value`` is what the client filled in."""

    field_id: int
    field_set_id: int
    set_name: str
    label: str
    kind: str
    filled_by: str = "worker"
    required: bool = False
    for_worker: bool = True
    help: str = ""
    choices: tuple[str, ...] = ()
    position: int = 0
    is_survey: bool = False
    value: Any = None

    @property
    def by_client(self) -> bool:
        return self.filled_by == AssignmentField.Side.CLIENT

    @classmethod
    def read(cls, content: dict[str, Any]) -> Asked:
        """From JSON; a key that it does not know is passed over."""
        known = {one.name for one in fields(cls)}
        given = {name: value for name, value in content.items() if name in known}
        return cls(**{**given, "choices": tuple(given.get("choices", ()))})


DEFINED = ("label", "kind", "filled_by", "required", "for_worker", "help", "position")


def of(assignment: Assignment) -> tuple[Asked, ...]:
    """What the assignment asks, with the client's answers and without the worker's (one query)."""
    return tuple(
        Asked(
            row.field_id, row.field_set_id, row.set_name, choices=tuple(row.choices),
            is_survey=row.is_survey, value=row.value if row.by_client else None,
            **{name: getattr(row, name) for name in DEFINED},
        )
        for row in assignment.asked.current().in_order()
    )  # fmt: skip


def questions_of(found: FieldSet) -> list[Asked]:
    """The questions of a set that ``sets_of`` has read, unanswered."""
    return [
        Asked(
            field.pk, found.pk, found.name, choices=tuple(field.choices),
            is_survey=found.is_survey, **{name: getattr(field, name) for name in DEFINED},
        )
        for field in found.fields.all()
    ]  # fmt: skip


def sets_of(company: Company | None, *, also: Iterable[int] = ()) -> list[FieldSet]:
    """The company's current sets with their current questions, and some older sets (two queries).

    In the order of their names, surveys last.
    """
    current = CustomField.objects.filter(archived_at=None).order_by("position", "pk")
    rows = FieldSet.objects.of(company).filter(Q(archived_at=None) | Q(pk__in=list(also)))
    found = rows.prefetch_related(Prefetch("fields", current)).order_by("name", "pk")
    return sorted(found, key=lambda one: one.is_survey)


def asking(
    sets: Sequence[FieldSet],
    stored: Sequence[Asked],
    *,
    customer: int | None,
    project: int | None,
    chosen: set[int],
    fixed: bool = False,
) -> list[Asked]:
    """What a posting asks now, each question with what the client answered before.

    ``stored`` is what it asked so far; ``fixed`` keeps those questions as they stand.
    """
    values = {one.field_id: one.value for one in stored}
    there = {one.field_set_id for one in stored}
    found: list[Asked] = []
    for one in sets:
        if not one.applies(customer=customer, project=project, chosen=chosen):
            continue
        if fixed and one.pk in there:
            found += [question for question in stored if question.field_set_id == one.pk]
        elif one.archived_at is None or one.is_chosen:
            found += [
                replace(question, value=values.get(question.field_id))
                for question in questions_of(one)
            ]
    return found


def by_default(
    sets: Sequence[FieldSet], *, customer: int | None, project: int | None
) -> tuple[Asked, ...]:
    """What customer and project want, for a posting that says nothing of fields."""
    return tuple(
        asked
        for found in sets
        if found.applies(customer=customer, project=project, chosen=set())
        for asked in questions_of(found)
    )


def require_answers(assignment: Assignment) -> None:
    """``AnswersWanted`` unless the client has filled in what their own company requires."""
    wanted = assignment.asked.current().filter(
        filled_by="client", required=True, value__isnull=True
    )
    if missing := list(wanted.in_order().values_list("label", flat=True)):
        raise AnswersWanted(missing="; ".join(missing))


def rows_for(
    assignment: Assignment, asked: Iterable[Asked], *, by: Actor | None, at: datetime | None
) -> list[AssignmentField]:
    """The rows of these questions, not stored yet."""
    answered = {"answered_by": by and by.user, "answered_at": at}
    return [
        AssignmentField(
            assignment=assignment, field_id=one.field_id, field_set_id=one.field_set_id,
            set_name=one.set_name, is_survey=one.is_survey, choices=list(one.choices),
            value=one.value, **{name: getattr(one, name) for name in DEFINED},
            **(answered if one.value is not None else {}),
        )
        for one in asked
    ]  # fmt: skip


def set_aside(left: Unassignment) -> None:
    """What the worker who left had answered stays with their leaving; the next one starts anew."""
    own = list(left.assignment.asked.of_worker())
    if not any(row.value is not None for row in own):
        return
    left.assignment.asked.filter(pk__in=[row.pk for row in own]).update(unassignment=left)
    for row in own:
        row.pk = row.value = row.answered_by = row.answered_at = None
        row._state.adding = True
    AssignmentField.objects.bulk_create(own)
