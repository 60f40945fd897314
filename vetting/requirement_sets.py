"""A company's requirement sets: writing them, and letting single workers pass.

Every verb locks the set, so that its requirements change one after the other. Whoever is
asked meanwhile is asked what was stored last: an application made before a change stands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Func, JSONField, Value

from accounts.actors import Actor
from accounts.models import WorkerProfile
from activity.record import record, recorded_together
from core.errors import DomainError
from core.references import unused
from vetting.models import Requirement, RequirementOverride, RequirementSet
from vetting.requirements import registry

MOST_REQUIREMENTS = 20
MOST_SETS = 200
LONGEST_NAME = 80


class NameTaken(DomainError):
    message = "You have a set of this name already. Choose another name."
    field = "name"


class Archived(DomainError):
    message = "“{name}” is archived. Bring it back first to change it."


class TooMany(DomainError):
    message = "A set holds at most {most} requirements. Make a second set, and ask for both."


class TooManySets(DomainError):
    message = "You have {most} sets. Archive one that is no longer used first."


class NotOfThisSet(DomainError):
    message = "This requirement is no longer in the set. Reload the page to see what is."


class AskedAlready(DomainError):
    message = "The set asks exactly this already."


@transaction.atomic
def create(*, name: str, note: str = "", by: Actor, at: datetime) -> RequirementSet:
    """A new set of the actor's company, still empty: every worker meets it."""
    assert by.company is not None and by.user is not None
    _require_room(by)
    made = _saved(
        RequirementSet(
            company=by.company, reference=unused(RequirementSet, "R"), name=name, note=note,
            created_by=by.user, created_at=at,
        )
    )  # fmt: skip
    _record("requirements.created", made, by=by, at=at)
    return made


@transaction.atomic
def edit(
    wanted: RequirementSet, *, name: str, note: str, on_all: bool, by: Actor, at: datetime
) -> RequirementSet:
    """Change what it is called, and whether every assignment of the company asks it.

    What is asked of all is asked of open assignments too, from now on.
    """
    found = _open(wanted)
    facts = {"name": name, "note": note, "on_all": on_all}
    changed = [field for field, value in facts.items() if getattr(found, field) != value]
    for field in changed:
        setattr(found, field, facts[field])
    if changed:
        _saved(found, changed)
        _record("requirements.edited", found, by=by, at=at, changed=changed, on_all=on_all)
    return found


@transaction.atomic
def add(
    wanted: RequirementSet, kind: str, values: Mapping[str, Any], *, by: Actor, at: datetime
) -> Requirement:
    """Ask one thing more, at the end of the list."""
    found = _open(wanted)
    rows = list(found.requirements.all())
    if len(rows) >= MOST_REQUIREMENTS:
        raise TooMany(most=MOST_REQUIREMENTS)
    if any(row.kind == kind and row.values == values for row in rows):
        raise AskedAlready
    position = rows[-1].position + 1 if rows else 0
    row = Requirement.objects.create(
        requirement_set=found, kind=kind, values=dict(values), position=position
    )
    _changed(found, by=by, at=at, added=_words(row))
    return row


@transaction.atomic
def change(
    requirement: Requirement, values: Mapping[str, Any], *, by: Actor, at: datetime
) -> Requirement:
    """Ask it with other values."""
    found = _open(requirement.requirement_set)
    row = _row(found, requirement)
    if row.values == values:
        return row
    others = found.requirements.filter(kind=row.kind).exclude(pk=row.pk)
    if any(other.values == values for other in others):
        raise AskedAlready
    before = _words(row)
    row.values = dict(values)
    row.save(update_fields=["values"])
    _changed(found, by=by, at=at, changed=_words(row), before=before)
    return row


@transaction.atomic
def remove(requirement: Requirement, *, by: Actor, at: datetime) -> RequirementSet:
    """No longer ask it; what was asked for it before stays as it was."""
    found = _open(requirement.requirement_set)
    row = _row(found, requirement)
    words = _words(row)
    row.delete()
    _changed(found, by=by, at=at, removed=words)
    return found


@transaction.atomic
def move(requirement: Requirement, *, up: bool, by: Actor, at: datetime) -> RequirementSet:
    """Change places with the one before it, or after it; at the end nothing happens."""
    found = _open(requirement.requirement_set)
    rows = list(found.requirements.all())
    here = rows.index(_row(found, requirement))
    there = here + (-1 if up else 1)
    if 0 <= there < len(rows):
        rows[here], rows[there] = rows[there], rows[here]
        _in_order(rows)
        _changed(found, by=by, at=at, reordered=True)
    return found


@transaction.atomic
def duplicate(wanted: RequirementSet, *, by: Actor, at: datetime) -> RequirementSet:
    """A new set of the same requirements, named as a copy; not asked of all assignments."""
    assert by.user is not None
    original = _locked(wanted)
    _require_room(by)
    made = _saved(
        RequirementSet(
            company=original.company, reference=unused(RequirementSet, "R"),
            name=_copy_name(original), note=original.note, created_by=by.user, created_at=at,
        )
    )  # fmt: skip
    Requirement.objects.bulk_create(
        Requirement(requirement_set=made, kind=row.kind, values=row.values, position=row.position)
        for row in original.requirements.all()
    )
    _record("requirements.created", made, by=by, at=at, copy_of=original.reference)
    return made


@transaction.atomic
def archive(wanted: RequirementSet, *, by: Actor, at: datetime) -> RequirementSet:
    """Put a set away: nothing new asks it. Assignments that ask it already go on doing so."""
    found = _locked(wanted)
    if found.archived_at is None:
        found.archived_at, found.on_all = at, False
        found.save(update_fields=["archived_at", "on_all"])
        _record("requirements.archived", found, by=by, at=at)
    return found


@transaction.atomic
def restore(wanted: RequirementSet, *, by: Actor, at: datetime) -> RequirementSet:
    """Bring an archived set back; ``NameTaken`` where its name is in use again."""
    found = _locked(wanted)
    if found.archived_at is not None:
        _require_room(by)
        found.archived_at = None
        _saved(found, ["archived_at"])
        _record("requirements.restored", found, by=by, at=at)
    return found


def override(
    wanted: RequirementSet,
    worker: WorkerProfile,
    *,
    note: str,
    by: Actor,
    at: datetime,
    assignment_key: int | None = None,
) -> RequirementOverride:
    """``override_all`` for one worker."""
    [made] = override_all(
        wanted, [worker], note=note, by=by, at=at, assignment_key=assignment_key
    )  # fmt: skip
    return made


@transaction.atomic
def override_all(
    wanted: RequirementSet,
    workers: Sequence[WorkerProfile],
    *,
    note: str,
    by: Actor,
    at: datetime,
    assignment_key: int | None = None,
) -> list[RequirementOverride]:
    """Let workers pass whatever they lack: wherever the set is asked, or on one assignment.

    A worker who may pass already stays so, with the first note. The worker is not told the note.
    As many statements for many workers as for one.
    """
    assert by.user is not None
    found = _locked(wanted)
    standing = {
        row.worker_id: row
        for row in RequirementOverride.objects.filter(
            requirement_set=found, worker__in=workers, assignment_key=assignment_key, ended_at=None
        )
    }
    new = [worker for worker in dict.fromkeys(workers) if worker.pk not in standing]
    made = RequirementOverride.objects.bulk_create(
        RequirementOverride(
            requirement_set=found, worker=worker, assignment_key=assignment_key, note=note,
            made_by=by.user, made_at=at,
        )
        for worker in new
    )  # fmt: skip
    with recorded_together():
        for worker in new:
            _record(
                "requirements.overridden", found, by=by, at=at, worker=worker.reference, note=note,
                assignment=assignment_key,
            )  # fmt: skip
    standing |= {row.worker_id: row for row in made}
    return [standing[worker.pk] for worker in workers]


@transaction.atomic
def end_override(standing: RequirementOverride, *, by: Actor, at: datetime) -> RequirementOverride:
    """Ask the set of this worker again; what they are assigned to goes on."""
    found = _locked(standing.requirement_set)
    standing = RequirementOverride.objects.select_related("worker").get(pk=standing.pk)
    if standing.ended_at is None:
        standing.ended_at, standing.ended_by = at, by.user
        standing.save(update_fields=["ended_at", "ended_by"])
        _record(
            "requirements.override_ended", found, by=by, at=at, worker=standing.worker.reference
        )  # fmt: skip
    return standing


def call_by_present_name(kind: str, key: str, told: Mapping[str, Any]) -> int:
    """Write what is ``told`` of a thing now into every requirement of this kind that refers to
    it by ``key``, so that its sentence, which asks no query, says the present name.

    Called by the verbs that rename, in their transaction; locks the sets as every verb here
    does, in order. Returns how many were written.
    """
    refers = registry.kind(kind).refers
    rows = Requirement.objects.filter(kind=kind, **{f"values__{refers}": key})
    stale = rows.exclude(values__contains=told)
    sets = RequirementSet.objects.filter(pk__in=stale.values("requirement_set"))
    list(sets.select_for_update(no_key=True).order_by("pk").values_list("pk"))
    return rows.update(values=Merged(told)) if stale.exists() else 0


class Merged(Func):
    """Stored values with these put in or over (``jsonb || jsonb``)."""

    template, arg_joiner = "(%(expressions)s)", " || "
    output_field = JSONField()

    def __init__(self, told: Mapping[str, Any]) -> None:
        super().__init__(F("values"), Value(dict(told), JSONField()))


def _locked(wanted: RequirementSet) -> RequirementSet:
    rows = RequirementSet.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("company").get(pk=wanted.pk)


def _open(wanted: RequirementSet) -> RequirementSet:
    found = _locked(wanted)
    if found.archived_at is not None:
        raise Archived(name=found.name)
    return found


def _row(found: RequirementSet, requirement: Requirement) -> Requirement:
    row = found.requirements.filter(pk=requirement.pk).first()
    if row is None:
        raise NotOfThisSet
    return row


def _require_room(by: Actor) -> None:
    if RequirementSet.objects.current().filter(company=by.company).count() >= MOST_SETS:
        raise TooManySets(most=MOST_SETS)


def _copy_name(original: RequirementSet) -> str:
    taken = {
        name.casefold()
        for name in RequirementSet.objects.current()
        .filter(company=original.company)
        .values_list("name", flat=True)
    }
    for number in range(1, MOST_SETS + 2):
        ending = " (copy)" if number == 1 else f" (copy {number})"
        name = original.name[: LONGEST_NAME - len(ending)] + ending
        if name.casefold() not in taken:
            return name
    raise NameTaken


def _in_order(rows: Sequence[Requirement]) -> None:
    for position, row in enumerate(rows):
        row.position = position
    Requirement.objects.bulk_update(rows, ["position"])


def _changed(found: RequirementSet, /, *, by: Actor, at: datetime, **data: Any) -> None:
    found.revision += 1
    found.save(update_fields=["revision"])
    _record("requirements.changed", found, by=by, at=at, **data)


def _words(row: Requirement) -> str:
    return registry.kind(row.kind).sentence(row.values)


def _saved(found: RequirementSet, fields: Sequence[str] = ()) -> RequirementSet:
    try:
        with transaction.atomic():
            found.save(update_fields=sorted(fields) or None)
    except IntegrityError as broken:
        if "requirement_set_name_once" in str(broken):
            raise NameTaken from None
        raise
    return found


def _record(kind: str, found: RequirementSet, /, *, by: Actor, at: datetime, **data: Any) -> None:
    record(kind, found, by=by, at=at, company_key=found.company_id, name=found.name, **data)
