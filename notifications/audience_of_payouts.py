"""Who is told what about a worker's payouts; part of the table in ``notifications.audience``."""

from __future__ import annotations

from collections.abc import Callable

from django.urls import reverse

from notifications import people
from notifications.facts import Fact
from notifications.lines import Telling


def _plain(name: str) -> Callable[[Fact], str]:
    return lambda fact: reverse(name)


def _payout(fact: Fact) -> str:
    return str(fact.subject.get_absolute_url())


def _details(title: str, body: str) -> tuple[Telling, ...]:
    """A change that a thief would make first: the worker hears of it, whoever made it."""
    return (
        Telling(people.paid_worker, title, body, "Look at the details",
                _plain("payments:payment_details"), doer=True),
    )  # fmt: skip


PAYOUTS: dict[str, tuple[Telling, ...]] = {
    "payout.requested": (
        Telling(people.paid_worker, "{amount} is on its way to your bank",
                "Your earnings reached the amount you set, so payout {payout} to {bank} was "
                "started.", "Open the payout", _payout, email=False,
                when=lambda fact: fact.subject.is_automatic),
    ),
    "payout.paid": (
        Telling(people.paid_worker, "{amount} was paid to {bank}",
                "Your bank may take a day to show it.", "Open the payout", _payout),
    ),
    "payout.failed": (
        Telling(people.paid_worker, "Payout {payout} failed: {amount} is back in your earnings",
                "{reason}", "Check the bank account", _plain("payments:bank_account")),
    ),
    "payout.returned": (
        Telling(people.paid_worker, "Your bank sent {amount} back",
                "{reason} The money is in your earnings again.", "Check the bank account",
                _plain("payments:bank_account")),
    ),
    "bank_account.added": _details(
        "You are now paid to {bank}",
        "If this was not you, change your password at once and write to us.",
    ),
    "bank_account.removed": _details(
        "The bank account {bank} was removed",
        "Payouts wait until you add one. If this was not you, change your password at once.",
    ),
    "tax_details.saved": _details(
        "Your tax details were changed",
        "If this was not you, change your password at once and write to us.",
    ),
}  # fmt: skip
