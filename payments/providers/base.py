"""What a provider is asked, and what it answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol


class ProviderUnavailable(Exception):
    """No answer: whether the provider took the order is unknown, so it is asked again."""


@dataclass(frozen=True)
class Order:
    """Money to be brought in. ``key`` is the same on every try of the same order."""

    key: str
    amount: Decimal
    currency: str
    method: str
    payer: str
    ordered_at: datetime


@dataclass(frozen=True)
class PayoutOrder:
    """Money to be sent to a bank account. ``key`` is the same on every try of the same order."""

    key: str
    amount: Decimal
    currency: str
    token: str
    payee: str
    ordered_at: datetime


@dataclass(frozen=True)
class BankDetails:
    """What a worker types to be paid; handed to the provider and kept nowhere."""

    holder: str
    routing_number: str
    account_number: str


@dataclass(frozen=True)
class BankToken:
    """The provider's name for a bank account, and what may be shown of it."""

    token: str
    bank_name: str
    last_digits: str


class BankRefused(Exception):
    """The provider does not take these bank details; its words say why."""


@dataclass(frozen=True)
class Answer:
    """One thing a provider says about an order.

    ``funding.settled`` and ``funding.failed``; ``payout.accepted``, ``payout.paid``,
    ``payout.failed`` and ``payout.returned`` (by the bank, also days after it was paid).
    ``event_id`` is the provider's own and the same whenever it says the same thing again.
    """

    event_id: str
    kind: str
    key: str
    amount: Decimal
    currency: str
    reason: str = ""
    arrives_on: date | None = None
    raw: dict[str, Any] = field(default_factory=dict)

    def payload(self) -> dict[str, Any]:
        """The answer as it is stored, before anything is believed."""
        return {
            "key": self.key,
            "amount": str(self.amount),
            "currency": self.currency,
            "reason": self.reason,
            "arrives_on": self.arrives_on.isoformat() if self.arrives_on else "",
            "raw": self.raw,
        }


class Provider(Protocol):
    name: str

    def charge(self, order: Order, *, at: datetime) -> Sequence[Answer]:
        """Ask for the money, or ask again what became of it; nothing known yet: no answers.

        Safe to call any number of times with one key. Called outside transactions, answers
        within ten seconds or raises ``ProviderUnavailable``.
        """
        ...

    def tokenize(self, details: BankDetails, *, key: str) -> BankToken:
        """Exchange bank details for a token; raises ``BankRefused``, ``ProviderUnavailable``."""
        ...

    def pay_out(self, order: PayoutOrder, *, at: datetime) -> Sequence[Answer]:
        """Send the money, or ask again what became of it; as ``charge`` in all else."""
        ...
