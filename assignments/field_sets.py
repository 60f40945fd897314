"""Keeping a company's own sets of fields: add, change, archive."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import IntegrityError, transaction

from accounts.actors import Actor
from activity.record import record
from assignments.models import Customer, CustomField, FieldSet, Project
from core.errors import DomainError
from core.references import unused


class SetNameTaken(DomainError):
    message = "There is already a set of fields with this name. Choose another."
    field = "name"


class NothingAsked(DomainError):
    message = "A set asks at least one thing. Fill in a field, or archive the set."


class KindStays(DomainError):
    message = (
        "“{label}” has been asked as {kind} before and stays that. "
        "Take it off and add a new field instead."
    )


class GoneMeanwhile(DomainError):
    message = "Somebody else changed this set while you were writing. Reload the page."


@dataclass(frozen=True)
class Given:
    """One field of a set as it is written down; ``key`` is that of the row it changes."""

    label: str
    kind: str
    filled_by: str = CustomField.Side.WORKER
    required: bool = False
    for_worker: bool = True
    help: str = ""
    choices: tuple[str, ...] = ()
    key: int | None = None


@dataclass(frozen=True)
class Use:
    """On which assignments a set is asked."""

    use: str = FieldSet.Use.ALWAYS
    customer: Customer | None = None
    project: Project | None = None

    @property
    def tidied(self) -> Use:
        """Only the party that the use names."""
        return replace(
            self,
            customer=self.customer if self.use == FieldSet.Use.CUSTOMER else None,
            project=self.project if self.use == FieldSet.Use.PROJECT else None,
        )


@transaction.atomic
def add(name: str, use: Use, fields: Sequence[Given], *, by: Actor, at: datetime) -> FieldSet:
    """Write a new set for the actor's company (``SetNameTaken``, ``NothingAsked``)."""
    assert by.company is not None
    made = FieldSet(company=by.company, reference=unused(FieldSet, "FS"), created_at=at)
    return _written("added", made, name, use, fields, by=by, at=at)


@transaction.atomic
def change(
    found: FieldSet, name: str, use: Use, fields: Sequence[Given], *, by: Actor, at: datetime
) -> FieldSet:
    """Change a set for postings written from now on; what was posted keeps its copy.

    A field that is left out is archived. ``KindStays`` where one is to become another kind.
    """
    found = FieldSet.objects.select_for_update().get(pk=found.pk)
    return _written("changed", found, name, use, fields, by=by, at=at)


@transaction.atomic
def archive(found: FieldSet, *, by: Actor, at: datetime) -> FieldSet:
    """Ask it of no new posting; where it is asked already, it stays."""
    found = FieldSet.objects.select_for_update().get(pk=found.pk)
    if found.archived_at is None:
        found.archived_at = at
        found.save(update_fields=["archived_at"])
        _recorded("archived", found, by=by, at=at)
    return found


@transaction.atomic
def restore(found: FieldSet, *, by: Actor, at: datetime) -> FieldSet:
    """Ask an archived set again; ``SetNameTaken`` where a new one has taken its name."""
    found = FieldSet.objects.select_for_update().get(pk=found.pk)
    if found.archived_at is not None:
        found.archived_at = None
        _saved(found)
        _recorded("restored", found, by=by, at=at)
    return found


def _written(
    what: str,
    found: FieldSet,
    name: str,
    use: Use,
    fields: Sequence[Given],
    *,
    by: Actor,
    at: datetime,
) -> FieldSet:
    if not fields:
        raise NothingAsked
    use = use.tidied
    found.name, found.use = name, use.use
    found.customer, found.project = use.customer, use.project
    _saved(found)
    _write_fields(found, fields, at=at)
    _recorded(what, found, by=by, at=at)
    return found


def _saved(found: FieldSet) -> None:
    try:
        with transaction.atomic():
            found.save()
    except IntegrityError as error:
        if "field_set_name_once" not in str(error):
            raise
        raise SetNameTaken


def _write_fields(found: FieldSet, fields: Sequence[Given], *, at: datetime) -> None:
    """Change the rows that stay, add the new ones, archive those left out."""
    standing = {row.pk: row for row in found.fields.filter(archived_at=None)}
    for position, given in enumerate(fields):
        if given.key is not None and given.key not in standing:
            raise GoneMeanwhile
        row = standing.pop(given.key, None) if given.key is not None else None
        if row is not None and row.kind != given.kind:
            raise KindStays(label=row.label, kind=row.get_kind_display().lower())
        row = row or CustomField(field_set=found)
        by_client = given.filled_by == CustomField.Side.CLIENT and not found.is_survey
        row.label, row.kind, row.help = given.label, given.kind, given.help
        row.filled_by = CustomField.Side.CLIENT if by_client else CustomField.Side.WORKER
        row.required, row.for_worker = given.required, given.for_worker
        row.choices, row.position = list(given.choices), position
        row.save()
    for row in standing.values():
        row.archived_at = at
        row.save(update_fields=["archived_at"])


def _recorded(what: str, found: FieldSet, *, by: Actor, at: datetime) -> None:
    record(f"field_set.{what}", found, by=by, at=at, company_key=found.company_id, name=found.name)
