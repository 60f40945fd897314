"""Why a client's figures are red, in words a worker can weigh."""

from __future__ import annotations

from accounts.models import Company
from assignments.models import Assignment
from scorecards.formulas import value_words
from scorecards.models import CompanyScorecard
from scorecards.queries import scorecard_of
from scorecards.scoring import crossed

REASONS = {
    "satisfaction": "satisfaction is {value} in {ratings} ratings",
    "approval_days": "approval takes {value} on average",
    "days_past_due": "payment comes {value} past due on average",
}


def red_reasons(company: Company) -> list[str]:
    """Each figure that makes the scorecard red, in words; empty when none does."""
    card = scorecard_of(company)
    return reasons_of(card) if card and card.is_red else []


def reasons_of(card: CompanyScorecard) -> list[str]:
    units = {"satisfaction": "share", "approval_days": "days", "days_past_due": "days"}
    return [
        REASONS[name].format(
            value=value_words(getattr(card, name), units[name]), ratings=card.ratings
        )
        for name in crossed(card)
    ]


def cautions_about(assignment: Assignment) -> list[str]:
    """What a worker confirms before applying to a red client; registered with assignments."""
    return [
        f"in the last 90 days, {reason} at {assignment.company}"
        for reason in red_reasons(assignment.company)
    ]
