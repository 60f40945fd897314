"""A company's own labels: keep them, put them on and take them off; resolve what a rule set."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from django.db import IntegrityError, transaction

from accounts.actors import Actor
from activity.record import record
from assignments.label_rules import RULES
from assignments.models import Assignment, AssignmentLabel, Label
from assignments.moves import check, finish, lock
from core.errors import DomainError
from core.references import unused


class LabelNameTaken(DomainError):
    message = "There is already a label with this name. Choose another."
    field = "name"


class NotYours(DomainError):
    message = "This label is not on your company's list. Reload the page."
    field = "labels"


@transaction.atomic
def add_label(*, name: str, tone: str, icon: str, by: Actor, at: datetime) -> Label:
    """Write a new label for the actor's company (``LabelNameTaken``)."""
    assert by.company is not None
    made = Label(company=by.company, reference=unused(Label, "LB"), created_at=at)
    return _written("added", made, name, tone, icon, by=by, at=at)


@transaction.atomic
def change_label(
    label: Label, *, name: str, tone: str, icon: str, by: Actor, at: datetime
) -> Label:
    """Change a label, wherever it is on."""
    label = Label.objects.select_for_update().get(pk=label.pk)
    return _written("changed", label, name, tone, icon, by=by, at=at)


@transaction.atomic
def shelve_label(label: Label, *, by: Actor, at: datetime) -> Label:
    """Archive a label, or take an archived one back into use; where it is on, it stays."""
    label = Label.objects.select_for_update().get(pk=label.pk)
    label.archived_at = None if label.archived_at else at
    _saved(label)
    what = "archived" if label.archived_at else "restored"
    record(f"label.{what}", label, by=by, at=at, company_key=label.company_id, name=label.name)
    return label


@transaction.atomic
def relabel(
    assignment: Assignment, labels: Collection[Label], *, by: Actor, at: datetime
) -> Assignment:
    """Make the company's own labels on it exactly these; where none changes, nothing is said."""
    assignment = lock(assignment)
    check("relabel", assignment)
    if any(label.company_id != assignment.company_id for label in labels):
        raise NotYours
    on, off = _changed(assignment, labels, by=by, at=at)
    if not on and not off:
        return assignment
    return finish("relabel", assignment, by=by, at=at, put_on=on, taken_off=off)


def put_exactly(assignment: Assignment, keys: Collection[int], *, by: Actor, at: datetime) -> None:
    """The same, by the labels' keys, for whoever changes the posting under its lock."""
    labels = Label.objects.of(assignment.company).filter(pk__in=keys)
    on, off = _changed(assignment, labels, by=by, at=at)
    if on or off:
        record(
            "assignment.relabelled", assignment, by=by, at=at,
            company_key=assignment.company_id, put_on=on, taken_off=off,
        )  # fmt: skip


def _changed(
    assignment: Assignment, labels: Iterable[Label], *, by: Actor, at: datetime
) -> tuple[list[str], list[str]]:
    """Put on and take off until exactly these are on; the names of either."""
    standing = {row.label_id: row for row in assignment.labels.filter(
        resolved_at=None, label__isnull=False).select_related("label")}  # fmt: skip
    wanted = {label.pk: label for label in labels}
    off = [row for key, row in standing.items() if key not in wanted]
    on = [label for key, label in wanted.items() if key not in standing]
    if not off and not on:
        return [], []
    gone = assignment.labels.filter(pk__in=[row.pk for row in off])
    gone.update(resolved_at=at, resolved_by=by.user)
    AssignmentLabel.objects.bulk_create(
        AssignmentLabel(assignment=assignment, label=label, opened_at=at, opened_by=by.user)
        for label in on
    )
    return [label.name for label in on], [str(row.label) for row in off]


@transaction.atomic
def put_on_new(
    each: Sequence[tuple[Assignment, Collection[int]]], *, by: Actor, at: datetime
) -> None:
    """Put labels, by their keys, on drafts that were just written; their making is the event.

    A label that was archived since is left out.
    """
    keys = {key for _, labels in each for key in labels}
    if not keys:
        return
    current = Label.objects.of(each[0][0].company).filter(pk__in=keys, archived_at=None)
    known = set(current.values_list("pk", flat=True))
    AssignmentLabel.objects.bulk_create(
        AssignmentLabel(assignment=draft, label_id=key, opened_at=at, opened_by=by.user)
        for draft, labels in each
        for key in sorted(known & set(labels))
    )


@transaction.atomic
def put_on(assignment: Assignment, label: Label, *, by: Actor, at: datetime) -> Assignment:
    """Put one label on beside those that are there."""
    there = Label.objects.filter(uses__assignment=assignment, uses__resolved_at=None)
    return relabel(assignment, [*there, label], by=by, at=at)


def take_off(assignment: Assignment, label: Label, *, by: Actor, at: datetime) -> Assignment:
    """Take one label off and leave the others."""
    there = Label.objects.filter(uses__assignment=assignment, uses__resolved_at=None)
    return relabel(assignment, list(there.exclude(pk=label.pk)), by=by, at=at)


@transaction.atomic
def resolve_label(
    opened: AssignmentLabel, *, note: str, by: Actor, at: datetime
) -> AssignmentLabel:
    """Say that what a rule found is taken care of; it stays silent about this occasion."""
    assignment = lock(opened.assignment)
    opened.refresh_from_db()
    if opened.resolved_at:
        return opened
    check("resolve_label", assignment)
    opened.resolved_at, opened.resolved_by, opened.note = at, by.user, note
    opened.save(update_fields=["resolved_at", "resolved_by", "note"])
    name = RULES[opened.rule].label if opened.rule in RULES else opened.rule
    finish("resolve_label", assignment, by=by, at=at, label=name, note=note)
    return opened


def _written(
    what: str, label: Label, name: str, tone: str, icon: str, *, by: Actor, at: datetime
) -> Label:
    label.name, label.tone, label.icon = name, tone, icon
    _saved(label)
    record(f"label.{what}", label, by=by, at=at, company_key=label.company_id, name=name)
    return label


def _saved(label: Label) -> None:
    try:
        with transaction.atomic():
            label.save()
    except IntegrityError as error:
        if "label_name_once" not in str(error):
            raise
        raise LabelNameTaken
