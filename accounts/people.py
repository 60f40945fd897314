"""People and worker profiles: what a person changes about themselves."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.actors import Actor
from accounts.models import Industry, User, WorkerProfile
from activity.record import record
from core.errors import DomainError
from core.places import place_of
from core.references import unused

WORKER_FIELDS = (
    "headline", "about", "skills", "languages", "tools", "hourly_rate",
    "postal_code", "travel_miles", "phone", "available",
)  # fmt: skip
"""What a worker writes about themselves; town, state and coordinates follow the ZIP code."""


class UnknownPostalCode(DomainError):
    message = "We cannot find this ZIP code on the map. Check the five digits."
    field = "postal_code"


@transaction.atomic
def change_person(user: User, *, full_name: str, time_zone: str, by: Actor, at: datetime) -> User:
    """Change the name others see and the zone times are shown in."""
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    changed = _assign(user, {"full_name": full_name, "time_zone": time_zone})
    if changed:
        user.save(update_fields=changed)
        record("person.changed", user, by=by, at=at, fields=changed)
    return user


@transaction.atomic
def become_worker(
    user: User,
    fields: Mapping[str, Any],
    *,
    industries: list[Industry] | None = None,
    by: Actor,
    at: datetime,
) -> WorkerProfile:
    """Give a person a worker profile; one who has it already gets that one, unchanged.

    Raises ``UnknownPostalCode`` when the place cannot be found.
    """
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    existing = WorkerProfile.objects.filter(user_id=user.pk).first()
    if existing:
        return existing
    worker = WorkerProfile(user=user, reference=unused(WorkerProfile, "W"), created_at=at)
    _assign(worker, {name: fields[name] for name in WORKER_FIELDS if name in fields})
    _find_place(worker)
    worker.save(force_insert=True)
    worker.industries.set(industries or [])
    record("worker.created", worker, by=by, at=at)
    return worker


@transaction.atomic
def change_worker(
    worker: WorkerProfile,
    fields: Mapping[str, Any],
    *,
    industries: list[Industry] | None = None,
    by: Actor,
    at: datetime,
) -> WorkerProfile:
    """Change what clients see of a worker; fields not given stay.

    Raises ``UnknownPostalCode`` when the place cannot be found.
    """
    locked = WorkerProfile.objects.select_for_update(of=("self",)).select_related("user")
    worker = locked.get(pk=worker.pk)
    changed = _assign(worker, {name: fields[name] for name in WORKER_FIELDS if name in fields})
    if "postal_code" in changed:
        changed += _find_place(worker)
    if changed:
        worker.save(update_fields=changed)
    if industries is not None and set(industries) != set(worker.industries.all()):
        worker.industries.set(industries)
        changed.append("industries")
    if changed:
        record("worker.changed", worker, by=by, at=at, fields=changed)
    return worker


@transaction.atomic
def publish_profile(
    worker: WorkerProfile, *, public: bool, by: Actor, at: datetime
) -> WorkerProfile:
    """Let everybody read the worker's profile and ratings without login, or nobody any more."""
    locked = WorkerProfile.objects.select_for_update(of=("self",)).select_related("user")
    worker = locked.get(pk=worker.pk)
    if changed := _assign(worker, {"is_public": public}):
        worker.save(update_fields=changed)
        record("worker.changed", worker, by=by, at=at, fields=changed, public=public)
    return worker


def _assign(row: Any, values: Mapping[str, Any]) -> list[str]:
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, values[name])
    return changed


def _find_place(worker: WorkerProfile) -> list[str]:
    place = place_of(worker.postal_code)
    if place is None:
        raise UnknownPostalCode
    worker.city, worker.region = place.city, place.region
    worker.latitude, worker.longitude = place.latitude, place.longitude
    return ["city", "region", "latitude", "longitude"]
