"""Keeping the company's own lists: customers, projects, locations with their contacts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.db import IntegrityError, transaction

from accounts.actors import Actor
from activity.record import record
from assignments.models import Customer, Location, LocationContact, Project
from core.errors import DomainError
from core.references import unused

Thing = TypeVar("Thing", Customer, Project, Location)

PREFIXES: dict[type, str] = {Customer: "CU", Project: "PR", Location: "LO"}
NOUNS: dict[type, str] = {Customer: "customer", Project: "project", Location: "location"}


class NameTaken(DomainError):
    message = "There is already a {noun} with this name. Choose another, or use the one there is."
    field = "name"


@dataclass(frozen=True)
class Contact:
    """Somebody to ask for at a location, as it is written down."""

    name: str
    phone: str = ""
    email: str = ""
    note: str = ""


@transaction.atomic
def add(
    model: type[Thing],
    fields: Mapping[str, Any],
    *,
    by: Actor,
    at: datetime,
    contacts: Sequence[Contact] = (),
) -> Thing:
    """Write a new entry into the company's list; ``NameTaken`` where it has one of that name."""
    assert by.company is not None
    thing = model(
        company=by.company, reference=unused(model, PREFIXES[model]), created_at=at, **fields
    )
    _saved(thing, insert=True)
    if isinstance(thing, Location):
        _note_contacts(thing, contacts)
    return _recorded("added", thing, by=by, at=at)


@transaction.atomic
def change(
    thing: Thing,
    fields: Mapping[str, Any],
    *,
    by: Actor,
    at: datetime,
    contacts: Sequence[Contact] | None = None,
) -> Thing:
    """Change an entry. Assignments keep the address and the contact they were posted with."""
    thing = _locked(thing)
    for name, value in fields.items():
        setattr(thing, name, value)
    _saved(thing, fields=fields)
    if isinstance(thing, Location) and contacts is not None:
        thing.contacts.all().delete()
        _note_contacts(thing, contacts)
    return _recorded("changed", thing, by=by, at=at)


@transaction.atomic
def archive(thing: Thing, *, by: Actor, at: datetime) -> Thing:
    """Take an entry out of the choices for new work; what it was chosen for keeps it."""
    thing = _locked(thing)
    if thing.archived_at:
        return thing
    thing.archived_at = at
    thing.save(update_fields=["archived_at"])
    return _recorded("archived", thing, by=by, at=at)


@transaction.atomic
def restore(thing: Thing, *, by: Actor, at: datetime) -> Thing:
    """Offer an archived entry again; ``NameTaken`` where a new one has taken its name."""
    thing = _locked(thing)
    if thing.archived_at is None:
        return thing
    thing.archived_at = None
    _saved(thing, fields=["archived_at"])
    return _recorded("restored", thing, by=by, at=at)


def _locked(thing: Thing) -> Thing:
    locked: Thing = type(thing).objects.select_for_update().get(pk=thing.pk)
    return locked


def _saved(thing: Any, *, fields: Any = (), insert: bool = False) -> None:
    try:
        with transaction.atomic():
            if insert:
                thing.save(force_insert=True)
            else:
                thing.save(update_fields=[*fields])
    except IntegrityError as error:
        if "name_once" not in str(error):
            raise
        raise NameTaken(noun=NOUNS[type(thing)])


def _note_contacts(location: Location, contacts: Sequence[Contact]) -> None:
    LocationContact.objects.bulk_create(
        LocationContact(
            location=location,
            name=contact.name,
            phone=contact.phone,
            email=contact.email,
            note=contact.note,
            position=position,
        )
        for position, contact in enumerate(contacts)
    )


def _recorded(what: str, thing: Thing, *, by: Actor, at: datetime) -> Thing:
    noun = NOUNS[type(thing)]
    record(f"{noun}.{what}", thing, by=by, at=at, company_key=thing.company_id, name=thing.name)
    return thing
