"""As whom a signed-in person acts: a company, themselves as a worker, or staff."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from accounts.actors import ANONYMOUS, Actor
from accounts.models import Membership, WorkerProfile
from core.compiled import Compiled

SESSION_KEY = "acting_as"
STAFF = "staff"


@dataclass(frozen=True)
class Choice:
    """One capacity the person can switch to."""

    value: str
    label: str
    actor: Actor
    current: bool = False


def capacities_of(request: HttpRequest) -> list[Choice]:
    """Every capacity of the signed-in person, read once a request (one query beside the user's)."""
    if hasattr(request, "_capacities"):
        return request._capacities
    user: Any = request.user
    found: list[Choice] = []
    for membership in MEMBERSHIPS.all(user=user.pk):
        membership.user = user
        found.append(
            Choice(
                f"company:{membership.company.slug}",
                membership.company.name,
                Actor.as_client(membership),
            )
        )
    worker: WorkerProfile | None = getattr(user, "worker", None)
    if worker:
        found.append(Choice("worker", "Worker", Actor.as_worker(worker)))
    if user.is_staff:
        found.append(Choice(STAFF, "Staff", Actor.as_staff(user)))
    request._capacities = found  # type: ignore[attr-defined]
    return found


MEMBERSHIPS = Compiled(
    lambda user: (
        Membership.objects.current()
        .filter(user=user).select_related("company").order_by("joined_at", "pk")
    ),
    user=int,
)  # fmt: skip


def actor_of(request: HttpRequest) -> Actor:
    """The chosen capacity while the person still has it, else their first one."""
    if not request.user.is_authenticated:
        return ANONYMOUS
    capacities = capacities_of(request)
    chosen = request.session.get(SESSION_KEY)
    for choice in capacities:
        if choice.value == chosen:
            return choice.actor
    if capacities:
        return capacities[0].actor
    return Actor(
        "person", user=request.user._wrapped if hasattr(request.user, "_wrapped") else request.user
    )


def act_as_staff(request: HttpRequest) -> Actor:
    """At a desk a person acts as staff, and from there on, so that its links open for them.

    The admin's own guard has asked before whether they are staff.
    """
    if request.session.get(SESSION_KEY) != STAFF:
        request.session[SESSION_KEY] = STAFF
    actor = Actor.as_staff(request.user)  # type: ignore[arg-type]
    request.actor = actor  # type: ignore[attr-defined]
    return actor


def choices_of(request: HttpRequest) -> list[Choice]:
    """The capacities for the switch in the page header, the current one marked."""
    if not request.user.is_authenticated:
        return []
    current = actor_of(request)
    return [
        Choice(c.value, c.label, c.actor, current=c.actor == current)
        for c in capacities_of(request)
    ]
