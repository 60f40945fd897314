"""Kinds of case, their statuses, and the moves between these."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import models


class CaseStatus(models.TextChoices):
    OPEN = "open", "Open"
    IN_REVIEW = "in_review", "In review"
    WAITING_CLIENT = "waiting_client", "Waiting for client"
    WAITING_WORKER = "waiting_worker", "Waiting for worker"
    PROPOSED = "proposed", "Decision proposed"
    RESOLVED = "resolved", "Resolved"
    WITHDRAWN = "withdrawn", "Withdrawn"


CLOSED = frozenset({CaseStatus.RESOLVED, CaseStatus.WITHDRAWN})

ALLOWED: dict[str, frozenset[str]] = {
    CaseStatus.OPEN: frozenset(CaseStatus) - {CaseStatus.OPEN},
    CaseStatus.IN_REVIEW: frozenset(CaseStatus) - {CaseStatus.OPEN, CaseStatus.IN_REVIEW},
    CaseStatus.WAITING_CLIENT: frozenset(CaseStatus) - {CaseStatus.OPEN, CaseStatus.WAITING_CLIENT},
    CaseStatus.WAITING_WORKER: frozenset(CaseStatus) - {CaseStatus.OPEN, CaseStatus.WAITING_WORKER},
    CaseStatus.PROPOSED: frozenset(CaseStatus) - {CaseStatus.OPEN, CaseStatus.PROPOSED},
    CaseStatus.RESOLVED: frozenset({CaseStatus.IN_REVIEW}),
    CaseStatus.WITHDRAWN: frozenset({CaseStatus.IN_REVIEW}),
}
"""The only drawing of the graph; resolved and withdrawn cases reopen within 14 days."""

REOPEN_WITHIN = timedelta(days=14)
FIRST_NUMBER = 1001


class Priority(models.IntegerChoices):
    URGENT = 1, "Urgent"
    HIGH = 2, "High"
    NORMAL = 3, "Normal"


@dataclass(frozen=True)
class CaseKind:
    """What a case may be about: who may open it, whether it holds the money, how urgent.

    ``sides_talk``: the two sides read each other's messages in it, until staff say otherwise.
    """

    code: str
    label: str
    sides: frozenset[str]
    holds_money: bool
    priority: Priority
    sides_talk: bool = True


BOTH = frozenset({"company", "worker"})
COMPANY = frozenset({"company"})
WORKER = frozenset({"worker"})

KINDS: dict[str, CaseKind] = {
    kind.code: kind
    for kind in (
        CaseKind("abandoned_site", "Abandoned site", COMPANY, True, Priority.URGENT),
        CaseKind("no_show", "No call, no show", COMPANY, True, Priority.HIGH),
        CaseKind("equipment", "Equipment not returned", COMPANY, True, Priority.HIGH),
        CaseKind("payment_dispute", "Payment dispute", BOTH, True, Priority.HIGH),
        CaseKind(
            "circumvention", "Circumvention of the platform", BOTH, False, Priority.HIGH, False
        ),
        CaseKind("deliverables", "Deliverables not uploaded", COMPANY, True, Priority.NORMAL),
        CaseKind("conduct", "Unprofessional conduct", BOTH, False, Priority.NORMAL, False),
        CaseKind("approval_late", "Approval late", WORKER, False, Priority.NORMAL),
        CaseKind("payment_late", "Payment past due", WORKER, False, Priority.HIGH),
        CaseKind("cancelled", "Cancelled without explanation", WORKER, False, Priority.NORMAL),
        CaseKind("rating", "Rating contested", BOTH, False, Priority.NORMAL),
        CaseKind("other", "Something else", BOTH, False, Priority.NORMAL),
    )
}
CONTEST = "rating"
"""The kind that is about a rating, which it hides while it is open."""

KIND_CHOICES = [(kind.code, kind.label) for kind in KINDS.values()]


class Outcome(models.TextChoices):
    """What the party who opened the case hopes for."""

    PAY_IN_FULL = "pay_in_full", "Full payment"
    PAY_AMOUNT = "pay_amount", "Payment of an amount"
    NO_PAYMENT = "no_payment", "No payment"
    FINISH_WORK = "finish_work", "The work finished or corrected"
    RETURN_EQUIPMENT = "return_equipment", "Equipment returned"
    EXPLANATION = "explanation", "An explanation or apology"
    OTHER = "other", "Something else"


class Effect(models.TextChoices):
    """What a decision does with the money of the assignment."""

    PAY_IN_FULL = "pay_in_full", "Pay in full"
    PAY_AMOUNT = "pay_amount", "Pay an amount"
    CANCEL_WITH_FEE = "cancel_fee", "Cancel with a fee"
    NO_MONEY = "no_money", "No money"
    REFUND = "refund", "Refund an amount"
    AS_IT_IS = "as_it_is", "Leave the money as it is"

    @property
    def needs_amount(self) -> bool:
        """Staff say how much: paid to the worker, or given back to the client."""
        return self in (Effect.PAY_AMOUNT, Effect.CANCEL_WITH_FEE, Effect.REFUND)
