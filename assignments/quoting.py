"""What an assignment costs its client: worker pay, and the service fee on top of it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from assignments.models import Assignment
from assignments.pricing import Terms
from core.money import ZERO
from payments.fees import fee_on


@dataclass(frozen=True)
class Quote:
    """An amount of worker pay with its fee; the parts always add up to the total."""

    pay: Decimal
    fee: Decimal
    fee_rate: Decimal

    @property
    def total(self) -> Decimal:
        return self.pay + self.fee

    @property
    def fee_words(self) -> str:
        """``Service fee (10%)``."""
        return f"Service fee ({(self.fee_rate * 100).normalize():f}%)"

    @property
    def rows(self) -> list[dict[str, object]]:
        """The lines of the money box."""
        return self.rows_of("Worker’s pay")

    def rows_of(self, label: str, note: str = "") -> list[dict[str, object]]:
        return [
            {"label": label, "amount": self.pay, "note": note},
            {"label": self.fee_words, "amount": self.fee},
        ]


def quote(pay: Decimal, fee_rate: Decimal) -> Quote:
    """The cost of an amount of worker pay at a rate of fee."""
    return Quote(pay, fee_on(pay, fee_rate) if pay > ZERO else ZERO, fee_rate)


def of_budget(assignment: Assignment) -> Quote:
    """The most the assignment may cost: what is set aside when it is sent."""
    return quote(assignment.most_pay, assignment.fee_rate)


def of_terms(terms: Terms, fee_rate: Decimal) -> Quote:
    """The most these terms may cost, a counteroffer's for example."""
    return quote(terms.most, fee_rate)
