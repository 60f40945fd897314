"""How many hours a worker may claim for work paid by the hour."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_CEILING, Decimal

from assignments.models import Assignment, Visit
from core.errors import DomainError
from core.money import ZERO

QUARTER = Decimal("0.25")


class HoursAboveBudget(DomainError):
    message = (
        "At most {most} hours are agreed. Enter {most} or fewer, "
        "or ask the client in the messages to agree to more first."
    )
    field = "hours"


class HoursAboveVisits(DomainError):
    message = (
        "Your visits come to {most} hours at most. Enter that or fewer; tell the client in "
        "the messages about time that was not checked in."
    )
    field = "hours"


def most_hours(assignment: Assignment, visited: Decimal) -> Decimal:
    """The most a worker may claim: the agreed hours, and where check-in is wanted no more than
    the visits, rounded up to the quarter of an hour as is the custom of the trade."""
    agreed = assignment.max_hours or ZERO
    if not assignment.wants_check_in:
        return agreed
    quarters = max((visited / QUARTER).to_integral_value(ROUND_CEILING), Decimal(1))
    return min(agreed, quarters * QUARTER)


def visited_hours(visits: Iterable[Visit]) -> Decimal:
    """Hours on site over all visits that ended."""
    return sum((visit.hours for visit in visits), Decimal("0.00"))


def require_within(assignment: Assignment, hours: Decimal) -> None:
    """Refuse hours above those agreed, or above the visits where check-in is wanted."""
    if assignment.max_hours is not None and hours > assignment.max_hours:
        raise HoursAboveBudget(most=hours_words(assignment.max_hours))
    if assignment.wants_check_in:
        most = most_hours(assignment, visited_hours(assignment.visits.all()))
        if hours > most:
            raise HoursAboveVisits(most=hours_words(most))


def hours_words(hours: Decimal) -> str:
    return f"{hours.normalize():f}"
