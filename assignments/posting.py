"""Writing an assignment down: create, edit, duplicate, delete."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction

from accounts.actors import Actor
from activity.record import record
from assignments import asked, catalog, labelling, quoting
from assignments.contents import (
    FIELDS,
    Contents,
    Wanted,
    again,
    drop_rows,
    settle_times,
    write_rows,
)
from assignments.contents import of as contents_of
from assignments.models import Assignment, Location
from assignments.moves import check, finish, lock
from assignments.pricing import Terms
from assignments.states import Status
from conduct import acceptance
from core.errors import DomainError
from core.references import unused
from payments import reservations

__all__ = [
    "FIELDS", "ChangedMeanwhile", "Contents", "SiteNameTaken", "StartsInThePast", "Wanted",
    "create", "delete", "duplicate", "edit",
]  # fmt: skip


DERIVED = ("budget", "posted_terms", "day_count", "revision")


class ChangedMeanwhile(DomainError):
    message = (
        "Somebody else changed this assignment while you were writing. "
        "Reload the page, compare, and save again."
    )


class StartsInThePast(DomainError):
    message = "The start is in the past. Choose a later start before sending."
    field = "starts_at"


class SiteNameTaken(catalog.NameTaken):
    message = (
        "There is already a location with this name. Choose it above, or name this site otherwise."
    )
    field = "site_name"


class PriceNotExact(DomainError):
    message = "Enter every price in dollars and cents, with at most two digits after the point."
    field = "pricing"


class PriceTooHigh(DomainError):
    message = "This comes to more than one assignment may pay. Lower the price, or split the work."
    field = "pricing"


class PriceMissing(DomainError):
    message = "The price is not complete. Enter every part of it, each above zero."
    field = "pricing"


@transaction.atomic
def create(
    contents: Contents,
    *,
    by: Actor,
    at: datetime,
    reference: str | None = None,
    save_location: bool = False,
    **origin: str,
) -> Assignment:
    """Write a new draft for the actor's company; ``origin`` is noted in its history.

    ``reference`` may be chosen beforehand (by a form that might be sent twice): where it
    is taken by the same company, that assignment is returned and nothing is written.
    Contents that say nothing of the company's own fields ask those of customer and project.
    ``save_location`` keeps the site among the company's locations (``SiteNameTaken``).
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
        **{"owner": by.user, **contents.fields},
    )
    tidy(assignment)
    settle_times(assignment, contents)
    if save_location:
        _save_location(assignment, by=by, at=at)
    try:
        with transaction.atomic():
            assignment.save(force_insert=True)
    except IntegrityError:
        if reference and (twin := _twin(reference, by)):
            return twin
        raise
    if contents.asked is None:
        contents = replace(contents, asked=_wanted_of(assignment))
    write_rows(assignment, contents, by=by, at=at)
    labelling.put_on_new([(assignment, contents.labels or ())], by=by, at=at)
    record(
        "assignment.created", assignment, by=by, at=at, company_key=assignment.company_id, **origin
    )
    return assignment


@transaction.atomic
def edit(
    assignment: Assignment,
    contents: Contents,
    *,
    revision: int,
    by: Actor,
    at: datetime,
    save_location: bool = False,
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
    before = assignment.terms
    for name, value in contents.fields.items():
        setattr(assignment, name, value)
    tidy(assignment)
    settle_times(assignment, contents)
    if save_location:
        _save_location(assignment, by=by, at=at)
    assignment.revision += 1
    if assignment.terms != before:
        assignment.posted_terms = None
    if assignment.status == Status.SENT:
        if assignment.starts_at < at:
            raise StartsInThePast
        assert assignment.reservation is not None
        total = quoting.of_budget(assignment).total
        reservations.resize(assignment.reservation, total, by=by, at=at)
    write_rows(assignment, contents, by=by, at=at)
    if contents.labels is not None:
        labelling.put_exactly(assignment, contents.labels, by=by, at=at)
    return finish("edit", assignment, by=by, at=at, fields=[*FIELDS, *DERIVED])


@transaction.atomic
def duplicate(
    original: Assignment,
    contents: Contents | None = None,
    *,
    by: Actor,
    at: datetime,
    reference: str | None = None,
    save_location: bool = False,
) -> Assignment:
    """Write a new draft like this one; ``contents`` where something is to differ.

    Without them the copy starts on the same weekday at the same time, in the first week that
    is still to come. ``reference`` as for ``create``.
    """
    original = lock(original)
    check("duplicate", original)
    wanted = contents or again(contents_of(original), at=at)
    if reference and (twin := _twin(reference, by)):
        return twin
    made = create(wanted, by=by, at=at, reference=reference, save_location=save_location)
    finish("duplicate", original, by=by, at=at, copy=made.reference)
    return made


@transaction.atomic
def delete(assignment: Assignment, *, by: Actor, at: datetime) -> None:
    """Delete a draft and what hangs on it; only its events remain."""
    assignment = lock(assignment)
    check("delete", assignment)
    drop_rows(assignment)
    finish("delete", assignment, by=by, at=at, title=assignment.title)
    assignment.delete()


def _wanted_of(assignment: Assignment) -> tuple[asked.Asked, ...]:
    """What the company asks of such an assignment, where whoever writes it says nothing of it."""
    return asked.by_default(
        asked.sets_of(assignment.company),
        customer=assignment.customer_id,
        project=assignment.project_id,
    )


def _twin(reference: str, by: Actor) -> Assignment | None:
    return Assignment.objects.filter(reference=reference, company=by.company).first()


def tidy(assignment: Assignment) -> None:
    """Keep only the fields of the chosen pricing, and work the budget out anew; requirement sets
    stand in the order of their keys, each once."""
    assignment.requirement_sets = sorted(set(assignment.requirement_sets))
    assignment.terms = terms = assignment.terms
    require_possible_price(terms)
    assignment.budget = terms.most


def require_possible_price(terms: Terms) -> None:
    """Refuse half a price, rates with fractions of a cent, and more than one assignment may pay."""
    if terms.missing:
        raise PriceMissing
    if terms.is_beyond:
        raise PriceTooHigh
    if not terms.is_exact:
        raise PriceNotExact
    if not terms.most:
        raise PriceMissing


def _save_location(assignment: Assignment, *, by: Actor, at: datetime) -> None:
    """Keep the site as a location of the company, with its contact, and point to it."""
    names = (
        "street", "city", "region", "postal_code", "latitude", "longitude",
        "time_zone", "dress_code", "access_instructions", "customer",
    )  # fmt: skip
    facts = {name: getattr(assignment, name) for name in names}
    contacts = []
    if assignment.contact_name:
        contacts = [catalog.Contact(assignment.contact_name, assignment.contact_phone)]
    try:
        assignment.location = catalog.add(
            Location, {"name": assignment.site_name, **facts}, contacts=contacts, by=by, at=at
        )
    except catalog.NameTaken:
        raise SiteNameTaken
