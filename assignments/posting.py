"""Writing an assignment down: create, edit, delete."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction

from accounts.actors import Actor
from activity.record import record
from assignments import quoting
from assignments.models import Assignment, DeliverableRequest
from assignments.moves import check, finish, lock
from assignments.pricing import PricingType, Terms
from assignments.states import Status
from conduct import acceptance
from core.errors import DomainError
from core.references import unused
from payments import reservations

FIELDS = (
    "title",
    "industry",
    "description",
    "special_instructions",
    "skills",
    "owner",
    "on_site",
    "site_name",
    "street",
    "city",
    "region",
    "postal_code",
    "latitude",
    "longitude",
    "contact_name",
    "contact_phone",
    "time_zone",
    "starts_at",
    "ends_at",
    "is_window",
    "pricing",
    "flat_price",
    "hourly_rate",
    "max_hours",
    "price_is_fixed",
    "terms_days",
    "wants_confirmation",
    "confirm_hours_before",
    "wants_check_in",
)
"""What a client writes; everything else on an assignment is set by verbs."""


class ChangedMeanwhile(DomainError):
    message = (
        "Somebody else changed this assignment while you were writing. "
        "Reload the page, compare, and save again."
    )


class StartsInThePast(DomainError):
    message = "The start is in the past. Choose a later start before sending."
    field = "starts_at"


@dataclass(frozen=True)
class Wanted:
    """One deliverable asked for."""

    title: str
    count: int = 1
    instructions: str = ""
    due_at: datetime | None = None


@transaction.atomic
def create(
    fields: Mapping[str, Any],
    *,
    by: Actor,
    at: datetime,
    deliverables: Sequence[Wanted] = (),
    reference: str | None = None,
) -> Assignment:
    """Write a new draft for the actor's company.

    ``reference`` may be chosen beforehand (by a form that might be sent twice): where it
    is taken by the same company, that assignment is returned and nothing is written.
    """
    assert by.membership is not None and by.user is not None
    acceptance.require(by, at=at)
    if reference and (twin := _twin(reference, by)):
        return twin
    assignment = Assignment(
        company=by.membership.company,
        reference=reference or unused(Assignment, "A"),
        created_by=by.user,
        created_at=at,
        fee_rate=settings.PLATFORM_FEE_RATE,
        **{"owner": by.user, **fields},
    )
    _tidy(assignment)
    try:
        with transaction.atomic():
            assignment.save(force_insert=True)
    except IntegrityError:
        if reference and (twin := _twin(reference, by)):
            return twin
        raise
    _ask_for(assignment, deliverables)
    record("assignment.created", assignment, by=by, at=at, company_key=assignment.company_id)
    return assignment


@transaction.atomic
def edit(
    assignment: Assignment,
    fields: Mapping[str, Any],
    *,
    revision: int,
    by: Actor,
    at: datetime,
    deliverables: Sequence[Wanted] | None = None,
) -> Assignment:
    """Change a draft, or a sent assignment that nobody is assigned to yet.

    A new price of a sent assignment changes what is reserved for it (``InsufficientCash``
    where the company cannot afford it); workers who applied keep the terms they applied on.
    ``revision`` is the one the writer saw: ``ChangedMeanwhile`` where it is no longer current.
    """
    assignment = lock(assignment)
    check("edit", assignment)
    if assignment.revision != revision:
        raise ChangedMeanwhile
    for name, value in fields.items():
        setattr(assignment, name, value)
    _tidy(assignment)
    assignment.revision += 1
    if assignment.status == Status.SENT:
        if assignment.starts_at < at:
            raise StartsInThePast
        assert assignment.reservation is not None
        total = quoting.of_budget(assignment).total
        reservations.resize(assignment.reservation, total, by=by, at=at)
    if deliverables is not None:
        assignment.deliverable_requests.all().delete()
        _ask_for(assignment, deliverables)
    return finish("edit", assignment, by=by, at=at, fields=[*FIELDS, "budget", "revision"])


@transaction.atomic
def delete(assignment: Assignment, *, by: Actor, at: datetime) -> None:
    """Delete a draft and what hangs on it; only its events remain."""
    assignment = lock(assignment)
    check("delete", assignment)
    assignment.deliverable_requests.all().delete()
    finish("delete", assignment, by=by, at=at, title=assignment.title)
    assignment.delete()


def _twin(reference: str, by: Actor) -> Assignment | None:
    return Assignment.objects.filter(reference=reference, company=by.company).first()


def _tidy(assignment: Assignment) -> None:
    """Keep only the fields of the chosen pricing, and work the budget out anew."""
    if assignment.pricing == PricingType.FLAT:
        assignment.hourly_rate = assignment.max_hours = None
    else:
        assignment.flat_price = None
    terms: Terms = assignment.terms
    assignment.budget = terms.most


def _ask_for(assignment: Assignment, deliverables: Sequence[Wanted]) -> None:
    DeliverableRequest.objects.bulk_create(
        DeliverableRequest(
            assignment=assignment,
            title=wanted.title,
            count=wanted.count,
            instructions=wanted.instructions,
            due_at=wanted.due_at,
            position=position,
        )
        for position, wanted in enumerate(deliverables)
    )
