"""The provider of the demo and of the tests: no network, and faults at will.

It answers at once, and every time the same. The cents of an amount tell it to misbehave, as
the test cards of real providers do:

====== ==========================================================
cents  what happens
====== ==========================================================
``13`` the bank declines
``37`` nothing is known until 20 seconds after the order
``73`` the settlement is told twice, as two events
``91`` no answer at all until 20 seconds after the order
====== ==========================================================

A bank transfer takes 20 seconds too. ``SANDBOX_SECONDS`` changes how long.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from django.conf import settings

from payments.providers.base import Answer, Order, ProviderUnavailable

DECLINED = 13
SLOW = 37
TWICE = 73
UNREACHABLE = 91


class Sandbox:
    name = "sandbox"

    def charge(self, order: Order, *, at: datetime) -> Sequence[Answer]:
        cents = int(order.amount * 100 % Decimal(100))
        early = at - order.ordered_at < timedelta(seconds=settings.SANDBOX_SECONDS)
        if cents == UNREACHABLE and early:
            raise ProviderUnavailable("the sandbox does not answer")
        if cents == DECLINED:
            reason = "The bank declined the payment. Use another card or account."
            return [self._answer(order, "failed", reason=reason)]
        if early and (cents == SLOW or order.method == "bank"):
            return []
        settled = self._answer(order, "settled")
        if cents == TWICE:
            return [settled, settled, self._answer(order, "settled", serial=2)]
        return [settled]

    def _answer(self, order: Order, word: str, *, reason: str = "", serial: int = 1) -> Answer:
        return Answer(
            event_id=f"{order.key}:{word}:{serial}",
            kind=f"funding.{word}",
            key=order.key,
            amount=order.amount,
            currency=order.currency,
            reason=reason,
        )
