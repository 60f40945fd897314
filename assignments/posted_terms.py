"""The price as it was posted, kept while a worker has agreed to another."""

from __future__ import annotations

from decimal import Decimal

from assignments.models import Assignment
from assignments.pricing import FIELDS_OF, Terms


def keep(assignment: Assignment) -> None:
    """Remember the price that stands, unless an earlier one is remembered already."""
    if assignment.posted_terms is None:
        terms = assignment.terms
        known = {name: str(getattr(terms, name)) for name in FIELDS_OF[terms.pricing]}
        assignment.posted_terms = {"pricing": str(terms.pricing), **known}


def of(assignment: Assignment) -> Terms:
    """The price as posted; the one that stands where no other was agreed."""
    if not assignment.posted_terms:
        return assignment.terms
    known = dict(assignment.posted_terms)
    name = known.pop("unit_name", "")
    amounts = {key: Decimal(value) for key, value in known.items() if key != "pricing"}
    return Terms.of({"pricing": known["pricing"], "unit_name": name, **amounts})


def restore(assignment: Assignment) -> list[str]:
    """Put the posted price back and forget it; returns the names of the fields to save."""
    posted = of(assignment)
    assignment.terms = posted
    assignment.budget, assignment.posted_terms = posted.most, None
    return [*posted.fields, "budget", "posted_terms"]
