"""The provider of the demo and of the tests: no network, and faults at will.

It answers at once, and every time the same. The cents of an amount tell it to misbehave, as
the test cards of real providers do:

====== ==========================================================
cents  what happens
====== ==========================================================
``13`` the bank declines
``53`` a payout is paid, a refund sent, and comes back 20 seconds later
``37`` nothing is known until 20 seconds after the order
``73`` the settlement is told twice, as two events
``91`` no answer at all until 20 seconds after the order
====== ==========================================================

A bank transfer, a refund of one and a payout take 20 seconds too. ``SANDBOX_SECONDS`` changes
how long. Bank accounts are known by the first digits of the routing number, and ``000000000`` is
refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any

from django.conf import settings

from payments.providers.base import (
    Answer,
    BankDetails,
    BankRefused,
    BankToken,
    Order,
    PayoutOrder,
    ProviderUnavailable,
    RefundOrder,
)

DECLINED = 13
COMES_BACK = 53
SLOW = 37
TWICE = 73
UNREACHABLE = 91

NO_SUCH_BANK = "000000000"
BANKS = {"01": "Harbor Savings", "02": "First Lakes Bank", "12": "Pacific Credit Union"}


AnyOrder = Order | RefundOrder | PayoutOrder


class Sandbox:
    name = "sandbox"

    def charge(self, order: Order, *, at: datetime) -> Sequence[Answer]:
        cents, early = _cents(order), _early(order, at)
        if cents == UNREACHABLE and early:
            raise ProviderUnavailable("the sandbox does not answer")
        if cents == DECLINED:
            reason = "The bank declined the payment. Use another card or account."
            return [_answer(order, "funding.failed", reason=reason)]
        if early and (cents == SLOW or order.method == "bank"):
            return []
        settled = _answer(order, "funding.settled")
        if cents == TWICE:
            return [settled, settled, _answer(order, "funding.settled", serial=2)]
        return [settled]

    def refund(self, order: RefundOrder, *, at: datetime) -> Sequence[Answer]:
        cents, early = _cents(order), _early(order, at)
        if cents == UNREACHABLE and early:
            raise ProviderUnavailable("the sandbox does not answer")
        if cents == DECLINED:
            reason = "The card or account is closed."
            return [_answer(order, "refund.failed", reason=reason)]
        if early and (cents == SLOW or order.method == "bank"):
            return []
        sent = _answer(order, "refund.sent")
        if cents == TWICE:
            return [sent, sent, _answer(order, "refund.sent", serial=2)]
        if cents == COMES_BACK and at - order.ordered_at >= 2 * _pause():
            reason = "The bank sent it back: the account is closed."
            return [sent, _answer(order, "refund.returned", reason=reason)]
        return [sent]

    def tokenize(self, details: BankDetails, *, key: str) -> BankToken:
        if details.routing_number == NO_SUCH_BANK:
            raise BankRefused("No bank has this routing number. Look it up on one of your checks.")
        number = f"{details.routing_number}:{details.account_number}"
        return BankToken(
            token=f"sandbox-{sha256(number.encode()).hexdigest()[:24]}",
            bank_name=BANKS.get(details.routing_number[:2], "Sandbox Bank"),
            last_digits=details.account_number[-4:],
        )

    def pay_out(self, order: PayoutOrder, *, at: datetime) -> Sequence[Answer]:
        cents, early = _cents(order), _early(order, at)
        if cents == UNREACHABLE and early:
            raise ProviderUnavailable("the sandbox does not answer")
        if cents == SLOW and early:
            return []
        accepted = _answer(order, "payout.accepted", arrives_on=at.astimezone(UTC).date())
        if cents == DECLINED:
            reason = "The bank does not know this account. Check the numbers and add it again."
            return [accepted, _answer(order, "payout.failed", reason=reason)]
        if early:
            return [accepted]
        paid = _answer(order, "payout.paid")
        if cents == TWICE:
            return [paid, accepted, paid, _answer(order, "payout.paid", serial=2)]
        if cents == COMES_BACK and at - order.ordered_at >= 2 * _pause():
            reason = "The account is closed. Add another one."
            return [accepted, paid, _answer(order, "payout.returned", reason=reason)]
        return [accepted, paid]


def _pause() -> timedelta:
    return timedelta(seconds=settings.SANDBOX_SECONDS)


def _cents(order: AnyOrder) -> int:
    return int(order.amount * 100 % Decimal(100))


def _early(order: AnyOrder, at: datetime) -> bool:
    return at - order.ordered_at < _pause()


def _answer(order: AnyOrder, kind: str, *, serial: int = 1, **more: Any) -> Answer:
    return Answer(
        event_id=f"{order.key}:{kind.partition('.')[2]}:{serial}",
        kind=kind,
        key=order.key,
        amount=order.amount,
        currency=order.currency,
        reference=f"sandbox-{order.key}",
        **more,
    )
