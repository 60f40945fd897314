"""What Stripe tells by itself: webhooks, verified, and its list of events to read again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings

from core.webhooks import NotGenuine
from payments.providers.base import Answer
from payments.providers.stripe.client import (
    asking,
    dollars,
    is_ours,
    key_of,
    stripe_client,
)
from payments.providers.stripe.paying import FUNDING, REFUND, of_intent, of_refund, of_session

TOLERANCE_SECONDS = 300
"""An older signature is refused: somebody may play back what they overheard."""
PAYOUT = "payout"


class Telling:
    def genuine(self, body: bytes, headers: Mapping[str, str]) -> None:
        """Raise ``NotGenuine`` unless one of ``STRIPE_WEBHOOK_SECRETS`` signed it just now."""
        import stripe

        signature = headers.get("Stripe-Signature", "")
        for secret in settings.STRIPE_WEBHOOK_SECRETS:
            try:
                stripe.WebhookSignature.verify_header(
                    body, signature, secret, tolerance=TOLERANCE_SECONDS
                )
            except (stripe.SignatureVerificationError, ValueError, TypeError):
                continue  # the others come from the client for bytes that are no text
            return
        raise NotGenuine

    def read(self, told: Mapping[str, Any]) -> Sequence[Answer]:
        """The answers in one event; none in those of kinds that do not concern us."""
        read = READERS.get(str(told.get("type")))
        return read(told, told["data"]["object"]) if read else ()

    def told_since(self, since: datetime) -> Iterator[dict[str, Any]]:
        """The events about companies' payments that Stripe has made since, the oldest first."""
        with asking():
            params = {"created": {"gte": int(since.timestamp())}, "limit": 100}
            rows = stripe_client().v1.events.list(params=params).auto_paging_iter()
            found = [row.to_dict() for row in rows]
        for told in sorted(found, key=lambda one: one["created"]):
            if told["type"] in READERS:
                yield told


def _session(told: Mapping[str, Any], session: dict[str, Any]) -> Sequence[Answer]:
    if not is_ours(session, FUNDING):
        return ()
    if told["type"] == "checkout.session.async_payment_failed":
        session = session | {
            "payment_intent": {"id": session.get("payment_intent"), "status": "canceled"}
        }
    return of_session(session)


def _intent(told: Mapping[str, Any], intent: dict[str, Any]) -> Sequence[Answer]:
    return of_intent(intent) if is_ours(intent, FUNDING) else ()


def _refund(told: Mapping[str, Any], refund: dict[str, Any]) -> Sequence[Answer]:
    return of_refund(refund) if is_ours(refund, REFUND) else ()


def _dispute(told: Mapping[str, Any], dispute: dict[str, Any]) -> Sequence[Answer]:
    """The payer's bank took a payment back: for staff, who correct the cash by hand."""
    return [
        Answer(
            event_id=f"{dispute['id']}:opened",
            kind="dispute.opened",
            key=str(dispute.get("payment_intent") or dispute.get("charge")),
            amount=dollars(dispute["amount"]),
            currency=dispute["currency"].upper(),
            reason=str(dispute.get("reason") or ""),
        )
    ]


def _payout(told: Mapping[str, Any], payout: dict[str, Any]) -> Sequence[Answer]:
    """A hint: what became of the payout is asked, because a failed one is to be undone first."""
    if not is_ours(payout, PAYOUT):
        return ()
    return [_changed(told, "payout", key_of(payout))]


def _account(told: Mapping[str, Any], about: dict[str, Any]) -> Sequence[Answer]:
    """A hint: the account is asked where it may be paid."""
    account = str(told.get("account") or about.get("account") or about["id"])
    return [_changed(told, "payee", account)]


def _changed(told: Mapping[str, Any], what: str, key: str) -> Answer:
    return Answer(f"{told['id']}:changed", f"{what}.changed", key, Decimal(0), "")


Reader = Callable[[Mapping[str, Any], dict[str, Any]], Sequence[Answer]]
READERS: dict[str, Reader] = {
    "checkout.session.completed": _session,
    "checkout.session.async_payment_succeeded": _session,
    "checkout.session.async_payment_failed": _session,
    "checkout.session.expired": _session,
    "payment_intent.succeeded": _intent,
    "refund.created": _refund,
    "refund.updated": _refund,
    "refund.failed": _refund,
    "charge.refund.updated": _refund,
    "charge.dispute.created": _dispute,
    "payout.updated": _payout,
    "payout.paid": _payout,
    "payout.failed": _payout,
    "payout.canceled": _payout,
    "account.updated": _account,
    "account.external_account.created": _account,
    "account.external_account.updated": _account,
    "account.external_account.deleted": _account,
}
"""The kinds of event that the endpoints at Stripe have to be subscribed to."""
