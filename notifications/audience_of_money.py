"""Who is told what about money; part of the one table in ``notifications.audience``."""

from __future__ import annotations

from notifications import people
from notifications.lines import Telling, own_page, place


def _details(title: str, body: str) -> tuple[Telling, ...]:
    """A change that a thief would make first: the worker hears of it, whoever made it."""
    return (
        Telling(people.paid_worker, title, body, "Look at the details",
                place("payments:payment_details"), doer=True),
    )  # fmt: skip


_OF_WORKERS: dict[str, tuple[Telling, ...]] = {
    "payout.requested": (
        Telling(people.paid_worker, "{amount} is on its way to your bank",
                "Your earnings reached the amount you set, so payout {payout} to {bank} was "
                "started.", "Open the payout", own_page, email=False,
                when=lambda fact: fact.subject.is_automatic),
    ),
    "payout.paid": (
        Telling(people.paid_worker, "{amount} was paid to {bank}",
                "Your bank may take a day to show it.", "Open the payout", own_page),
    ),
    "payout.failed": (
        Telling(people.paid_worker, "Payout {payout} failed: {amount} is back in your earnings",
                "{reason}", "Check the bank account", place("payments:bank_account")),
    ),
    "payout.returned": (
        Telling(people.paid_worker, "Your bank sent {amount} back",
                "{reason} The money is in your earnings again.", "Check the bank account",
                place("payments:bank_account")),
    ),
    "credit_note.issued": (
        Telling(people.payers, "{amount} of {invoice} came back to your cash",
                "A decision of the Escalations Team; {credit_note} says why.",
                "Open the credit note", own_page),
        Telling(people.paid_worker, "A part of your pay for {reference} was given back",
                "A decision of the Escalations Team; {credit_note} says why, and how much of it "
                "was taken from your earnings.", "Open the credit note", own_page),
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

_OF_COMPANIES: dict[str, tuple[Telling, ...]] = {
    "funding.settled": (
        Telling(people.requester, "Your funds have arrived",
                "They are in the cash of {company} and can be used now.", "See the balance",
                place("payments:overview"), email=False),
    ),
    "funding.failed": (
        Telling(people.requester, "Your funds could not be added",
                "The provider refused the payment. No money was taken.", "Try again",
                place("payments:add_funds")),
    ),
    "refund.requested": (
        Telling(people.payers, "{amount} of the cash of {company} goes back to its {way}",
                "Refund {refund}. If this was none of you, write to us at once.",
                "See the refunds", place("payments:refunds"), email=False),
    ),
    "refund.sent": (
        Telling(people.requester, "{amount} was sent back to your {way}",
                "Refund {refund} of {company}. Your bank may take some days to show it.",
                "See the refunds", place("payments:refunds"), email=False),
    ),
    "refund.failed": (
        Telling(people.payers, "Refund {refund} failed: {amount} is in your cash again",
                "{reason}", "See the refunds", place("payments:refunds")),
    ),
    "refund.returned": (
        Telling(people.payers, "Your bank sent {amount} back",
                "{reason} Refund {refund} is in your cash again.", "See the refunds",
                place("payments:refunds")),
    ),
    "invoice.issued": (
        Telling(people.payers, "{company} has a new invoice",
                "Its amount and its due date are on the page.", "Open the invoice", own_page,
                email=False, when=lambda fact: bool(fact.subject.terms_days)),
    ),
    "invoice.auto_pay_failed": (
        Telling(people.payers, "{invoice} of {company} could not be paid by itself",
                "{reason} We try again tomorrow.", "Open the invoice", own_page),
    ),
    "statement.issued": (
        Telling(people.payers, "Statement {statement} of {company}: {amount}",
                "All invoices of the period on one paper, to be paid in one go.",
                "Open the statement", own_page),
    ),
    "member.joined": (
        Telling(people.administrators, "Somebody joined {company}", "", "See the team",
                place("accounts:team"), email=False),
    ),
}  # fmt: skip

MONEY = _OF_COMPANIES | _OF_WORKERS
