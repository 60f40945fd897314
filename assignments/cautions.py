"""What a worker must knowingly accept before applying; higher apps add to it.

``scorecards`` registers the red figures of the company here.
"""

from collections.abc import Callable

from assignments.models import Assignment
from core.errors import DomainError

Caution = Callable[[Assignment], list[str]]
_cautions: list[Caution] = []


class CautionNotConfirmed(DomainError):
    message = "Confirm that you have seen this client's figures: {reasons}."
    field = "red_scorecard_seen"


def register(caution: Caution) -> Caution:
    """Add a source of cautions; it returns sentences, or nothing when all is well."""
    if caution not in _cautions:
        _cautions.append(caution)
    return caution


def about(assignment: Assignment) -> list[str]:
    """Every caution about an assignment, as sentences."""
    return [sentence for caution in _cautions for sentence in caution(assignment)]


def demand_seen(assignment: Assignment, *, seen: bool) -> None:
    """Raise ``CautionNotConfirmed`` where there is a caution that was not confirmed."""
    if not seen and (sentences := about(assignment)):
        raise CautionNotConfirmed(reasons="; ".join(sentences))
