"""The parts of agreed work, and the way of each: shipped by the client, received by the worker,
sent back, received back."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import astuple
from datetime import datetime

from django.db import transaction

from accounts.actors import Actor
from assignments import contents
from assignments.contents import GivenPart
from assignments.models import Assignment, Part
from assignments.moves import check, finish, lock
from core.errors import DomainError


class ReturnNotWanted(DomainError):
    message = "The client does not want “{part}” back."


class NotReturnedYet(DomainError):
    message = "“{part}” was not asked for back, so there is nothing to receive."


class PartsChanged(DomainError):
    message = (
        "Somebody else changed the parts while you were writing. "
        "Reload the page, compare, and save again."
    )


def version_of(parts: Iterable[GivenPart]) -> str:
    """What tells these parts, as they are written, from any others."""
    return hashlib.sha256(repr([astuple(part) for part in parts]).encode()).hexdigest()[:20]


@transaction.atomic
def change(
    assignment: Assignment, parts: Sequence[GivenPart], *, seen: str, by: Actor, at: datetime
) -> Assignment:
    """Make the parts of work that is agreed or under way exactly these.

    ``seen`` is the version the writer saw: ``PartsChanged`` where it is no longer current, but
    for a form that was sent twice. One that is on its way stays (``PartUnderWay``).
    """
    assignment = lock(assignment)
    check("change_parts", assignment)
    before = contents.parts_of(assignment)
    if tuple(parts) == before:
        return assignment
    if seen != version_of(before):
        raise PartsChanged
    contents.change_parts(assignment, parts)
    old, new = ({part.key: part for part in rows if part.key} for rows in (before, parts))
    return finish(
        "change_parts", assignment, by=by, at=at,
        added=[part.name for part in parts if part.key not in old],
        changed=[part.name for key, part in new.items() if key in old and part != old[key]],
        removed=[part.name for key, part in old.items() if key not in new],
    )  # fmt: skip


@transaction.atomic
def ship(part: Part, *, carrier: str, tracking: str, by: Actor, at: datetime) -> Part:
    """Say that a part is on its way, or correct how; the first moment stays."""
    assignment, part = _locked(part)
    check("ship_part", assignment)
    if part.shipped_at and (part.carrier, part.tracking) == (carrier, tracking):
        return part
    part.carrier, part.tracking = carrier, tracking
    part.shipped_at = part.shipped_at or at
    part.save(update_fields=["carrier", "tracking", "shipped_at"])
    finish("ship_part", assignment, by=by, at=at, part=part.name)
    return part


@transaction.atomic
def receive(part: Part, *, by: Actor, at: datetime) -> Part:
    """The worker has it; one that nobody called shipped counts as shipped."""
    assignment, part = _locked(part)
    check("receive_part", assignment)
    if part.received_at:
        return part
    part.received_at = at
    part.save(update_fields=["received_at"])
    finish("receive_part", assignment, by=by, at=at, part=part.name)
    return part


@transaction.atomic
def send_back(part: Part, *, carrier: str, tracking: str, by: Actor, at: datetime) -> Part:
    """The worker has sent a part back, or corrects how; the first moment stays."""
    assignment, part = _locked(part)
    check("return_part", assignment)
    if not part.return_wanted:
        raise ReturnNotWanted(part=part.name)
    if part.returned_at and (part.return_carrier, part.return_tracking) == (carrier, tracking):
        return part
    part.return_carrier, part.return_tracking = carrier, tracking
    part.returned_at = part.returned_at or at
    part.save(update_fields=["return_carrier", "return_tracking", "returned_at"])
    finish("return_part", assignment, by=by, at=at, part=part.name)
    return part


@transaction.atomic
def take_back(part: Part, *, by: Actor, at: datetime) -> Part:
    """The client has it back, whether or not the worker said that it was sent."""
    assignment, part = _locked(part)
    check("take_back_part", assignment)
    if not part.return_wanted:
        raise NotReturnedYet(part=part.name)
    if part.back_at:
        return part
    part.back_at = at
    part.save(update_fields=["back_at"])
    finish("take_back_part", assignment, by=by, at=at, part=part.name)
    return part


def _locked(part: Part) -> tuple[Assignment, Part]:
    """The assignment under lock, and the part as it is now."""
    assignment = lock(part.assignment)
    return assignment, Part.objects.get(pk=part.pk)
