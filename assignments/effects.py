"""What a change of money does, to the cent: shown before it is asked for and before it is
accepted."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from accounts.actors import Actor
from assignments import quoting
from assignments.models import Assignment
from assignments.quoting import Quote
from assignments.states import Status
from core.money import ZERO, format_money


@dataclass(frozen=True)
class Effect:
    """The money before and after; their parts always add up to the totals."""

    label: str
    before: Quote
    after: Quote
    set_aside: Decimal
    currency: str
    terms_days: int
    for_worker: bool

    @property
    def amount(self) -> Decimal:
        return self.after.pay - self.before.pay

    @property
    def cost(self) -> Decimal:
        """What the client pays for it, the fee included."""
        return self.after.total - self.before.total

    @property
    def rows(self) -> list[dict[str, object]]:
        """The lines of the money box: what it was, what comes on top."""
        if self.for_worker:
            return [
                {"label": "Agreed so far", "amount": self.before.pay},
                {"label": self.label, "amount": self.amount},
            ]
        return [
            {"label": "So far, with our fee", "amount": self.before.total},
            {"label": f"{self.label}, to the worker", "amount": self.amount},
            {"label": self.after.fee_words, "amount": self.after.fee - self.before.fee},
        ]

    @property
    def total_label(self) -> str:
        return "You earn at most" if self.for_worker else "You pay at most"

    @property
    def sentence(self) -> str:
        """What moves when it is accepted."""
        if self.for_worker:
            return "Nothing is taken off. It is set aside for you as soon as the client accepts."
        more = format_money(self.set_aside, self.currency)
        if self.terms_days:
            return f"{more} more counts against your credit at once."
        return f"{more} more is set aside from your balance at once."


def of(assignment: Assignment, amount: Decimal, *, label: str, actor: Actor) -> Effect:
    """An amount of worker pay on top of what was agreed, or of what was asked for already."""
    most = assignment.most_pay
    claimed = assignment.amount_claimed if assignment.status == Status.PENDING_APPROVAL else None
    base = most if claimed is None else claimed
    rate = assignment.fee_rate
    reserved = quoting.quote(most, rate).total
    return Effect(
        label=label,
        before=quoting.quote(base, rate),
        after=quoting.quote(base + max(amount, ZERO), rate),
        set_aside=quoting.quote(most + amount, rate).total - reserved,
        currency=assignment.company.currency,
        terms_days=assignment.terms_days,
        for_worker=actor.is_worker,
    )
