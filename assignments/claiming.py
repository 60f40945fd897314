"""How many hours or units a worker may claim where the price counts them."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_CEILING, Decimal

from assignments.models import Assignment, Visit
from assignments.pricing import hours_words
from core.errors import DomainError
from core.money import ZERO

QUARTER = Decimal("0.25")


class HoursAboveBudget(DomainError):
    message = (
        "At most {most} are agreed. Enter that or fewer, or first ask for a higher budget: "
        "it is among the changes in the gear menu, and at the link above."
    )
    field = "hours"


class UnitsAboveBudget(HoursAboveBudget):
    field = "units"


class HoursAboveVisits(DomainError):
    message = (
        "Your visits come to {most} at most. Enter that or fewer; tell the client in "
        "the messages about time that was not checked in."
    )
    field = "hours"


class NothingClaimed(DomainError):
    message = "Enter the hours you worked, or the number of units you did."


def most_hours(assignment: Assignment, visited: Decimal) -> Decimal:
    """The most a worker may claim: the agreed hours, and where check-in is wanted no more than
    the visits, rounded up to the quarter of an hour as is the custom of the trade."""
    agreed = assignment.terms.most_quantity or ZERO
    if not assignment.wants_check_in:
        return agreed
    quarters = max((visited / QUARTER).to_integral_value(ROUND_CEILING), Decimal(1))
    return min(agreed, quarters * QUARTER)


def visited_hours(visits: Iterable[Visit]) -> Decimal:
    """Hours on site over all visits that ended."""
    return sum((visit.hours for visit in visits), Decimal("0.00"))


def require_within(assignment: Assignment, quantity: Decimal | None) -> None:
    """Refuse hours or units above those agreed, and hours above the visits where check-in is
    wanted; none at all where the price counts them."""
    terms = assignment.terms
    if not terms.is_counted:
        return
    if quantity is None or quantity <= ZERO:
        raise NothingClaimed
    if refused := above_budget(assignment, quantity):
        raise refused
    if terms.is_timed and assignment.wants_check_in:
        most = most_hours(assignment, visited_hours(assignment.visits.current()))
        if quantity > most:
            raise HoursAboveVisits(most=hours_words(most))


def above_budget(assignment: Assignment, quantity: Decimal) -> DomainError | None:
    """The refusal of a claim above the agreed hours or units, or None."""
    terms = assignment.terms
    if quantity <= (terms.most_quantity or ZERO):
        return None
    refusal = HoursAboveBudget if terms.is_timed else UnitsAboveBudget
    return refusal(most=terms.quantity_words(terms.most_quantity))
