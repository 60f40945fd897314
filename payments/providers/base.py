"""What a provider is asked, and what it answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
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
class Answer:
    """One thing a provider says about an order: ``funding.settled`` or ``funding.failed``.

    ``event_id`` is the provider's own and the same whenever it says the same thing again.
    """

    event_id: str
    kind: str
    key: str
    amount: Decimal
    currency: str
    reason: str = ""
    raw: dict[str, Any] = field(default_factory=dict)

    def payload(self) -> dict[str, Any]:
        """The answer as it is stored, before anything is believed."""
        return {
            "key": self.key,
            "amount": str(self.amount),
            "currency": self.currency,
            "reason": self.reason,
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
