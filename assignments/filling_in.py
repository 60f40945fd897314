"""The worker answers what the company asks: its fields and its closing survey."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.actors import Actor
from assignments.models import Assignment, AssignmentField
from assignments.moves import check, finish, lock
from core.errors import DomainError


class NoLongerAsked(DomainError):
    message = "The client no longer asks this. Reload the page."


@transaction.atomic
def fill_in(
    assignment: Assignment, answers: Mapping[int, Any], *, by: Actor, at: datetime
) -> Assignment:
    """Answer some of the questions, by the keys of their rows; None takes an answer back.

    Nothing is recorded where nothing changes.
    """
    assignment = lock(assignment)
    check("fill_in", assignment)
    changed = write(assignment, answers, by=by, at=at)
    if not changed:
        return assignment
    return finish("fill_in", assignment, by=by, at=at, names=[row.label for row in changed][:20])


def write(
    assignment: Assignment, answers: Mapping[int, Any], *, by: Actor, at: datetime
) -> list[AssignmentField]:
    """Write the answers of the locked assignment's worker; returns the rows that changed."""
    if not answers:
        return []
    rows = {row.pk: row for row in assignment.asked.of_worker()}
    if not answers.keys() <= rows.keys():
        raise NoLongerAsked
    changed = [rows[key] for key, value in answers.items() if rows[key].value != value]
    given = [row for row in changed if answers[row.pk] is not None]
    for row in given:
        row.value, row.answered_by, row.answered_at = answers[row.pk], by.user, at
    if given:
        AssignmentField.objects.bulk_update(given, ["value", "answered_by", "answered_at"])
    taken_back = [row.pk for row in changed if answers[row.pk] is None]
    if taken_back:
        nothing = {"value": None, "answered_by": None, "answered_at": None}
        AssignmentField.objects.filter(pk__in=taken_back).update(**nothing)
    return changed
