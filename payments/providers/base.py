"""What a provider is asked, and what it answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol, runtime_checkable


class ProviderUnavailable(Exception):
    """No answer: whether the provider took the order is unknown, so it is asked again."""


@dataclass(frozen=True)
class Order:
    """Money to be brought in. ``key`` is the same on every try of the same order.

    ``reference`` is what the provider calls it, once that is known; ``page`` the address on
    this site where the payer comes back to.
    """

    key: str
    amount: Decimal
    currency: str
    method: str
    payer: str
    ordered_at: datetime
    reference: str = ""
    page: str = ""


@dataclass(frozen=True)
class RefundOrder:
    """Money to be sent back; ``source`` is what the provider calls the payment it came by."""

    key: str
    amount: Decimal
    currency: str
    method: str
    source: str
    ordered_at: datetime
    reference: str = ""


@dataclass(frozen=True)
class PayoutOrder:
    """Money to be sent to a bank account. ``key`` is the same on every try of the same order."""

    key: str
    amount: Decimal
    currency: str
    token: str
    payee: str
    ordered_at: datetime
    reference: str = ""


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


@dataclass(frozen=True)
class Enrolment:
    """A worker's account at the provider, and its page that asks them what is missing."""

    account: str
    page: str


class BankRefused(Exception):
    """The provider does not take these bank details; its words say why."""


@dataclass(frozen=True)
class Answer:
    """One thing a provider says about an order.

    ``funding.opened`` (it is to be paid on a page of the provider's), ``funding.settled`` and
    ``funding.failed``; ``refund.ordered``, ``refund.sent``, ``refund.failed`` and
    ``refund.returned``; ``payout.accepted``, ``payout.paid``, ``payout.failed`` and
    ``payout.returned`` (by the bank, also days after it was paid). ``event_id`` is the
    provider's own and the same whenever it says the same thing again; ``reference`` is what it
    calls the order, and ``page`` where somebody goes on.
    """

    event_id: str
    kind: str
    key: str
    amount: Decimal
    currency: str
    reason: str = ""
    arrives_on: date | None = None
    reference: str = ""
    page: str = ""
    raw: dict[str, Any] = field(default_factory=dict)

    def payload(self) -> dict[str, Any]:
        """The answer as it is stored, before anything is believed."""
        return {
            "key": self.key,
            "amount": str(self.amount),
            "currency": self.currency,
            "reason": self.reason,
            "arrives_on": self.arrives_on.isoformat() if self.arrives_on else "",
            "reference": self.reference,
            "page": self.page,
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

    def refund(self, order: RefundOrder, *, at: datetime) -> Sequence[Answer]:
        """Send money back to where it came from, or ask again; as ``charge`` in all else."""
        ...

    def pay_out(self, order: PayoutOrder, *, at: datetime) -> Sequence[Answer]:
        """Send the money, or ask again what became of it; as ``charge`` in all else."""
        ...


@runtime_checkable
class TakesNumbers(Protocol):
    """A provider that is given bank details as the worker typed them here."""

    def tokenize(self, details: BankDetails, *, key: str) -> BankToken:
        """Exchange bank details for a token; raises ``BankRefused``, ``ProviderUnavailable``."""
        ...


@runtime_checkable
class AsksItself(Protocol):
    """A provider that asks workers for identity and bank account on its own pages."""

    def enrol(self, key: str, *, account: str, back_to: str) -> Enrolment:
        """The worker's account, made where there is none, and the page to send them to."""
        ...

    def bank_of(self, account: str) -> BankToken | None:
        """Where this account can be paid; nothing as long as something is missing."""
        ...


@runtime_checkable
class Tells(Protocol):
    """A provider that also tells by itself, to an address of ours, what has happened."""

    def genuine(self, body: bytes, headers: Mapping[str, str]) -> None:
        """Raise ``NotGenuine`` for a message that is not the provider's own."""
        ...

    def read(self, told: Mapping[str, Any]) -> Sequence[Answer]:
        """The answers in a message; none where it does not concern us."""
        ...

    def told_since(self, since: datetime) -> Iterable[dict[str, Any]]:
        """What it has told since, to be heard again."""
        ...
