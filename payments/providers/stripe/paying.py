"""Companies' money: paid in on Stripe's Checkout page, sent back by refunds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from payments.providers.base import Answer, Order, RefundOrder
from payments.providers.stripe.client import (
    Refused,
    asking,
    cents,
    dollars,
    first_of_ours,
    is_old,
    key_of,
    marked,
    stripe_client,
)

METHODS = {"card": "card", "bank": "us_bank_account"}
OPEN_FOR = timedelta(hours=23)
"""How long a Checkout page stays open; Stripe allows up to a day."""
FUNDING, REFUND = "funding", "refund"


class Paying:
    def charge(self, order: Order, *, at: datetime) -> Sequence[Answer]:
        try:
            with asking():
                return of_session(_session(order, at=at))
        except Refused as refusal:
            return [_refused("funding", order, refusal)]

    def refund(self, order: RefundOrder, *, at: datetime) -> Sequence[Answer]:
        try:
            with asking():
                return of_refund(_refund(order, at=at))
        except Refused as refusal:
            return [_refused("refund", order, refusal)]


def _refused(what: str, order: Order | RefundOrder, refusal: Refused) -> Answer:
    return Answer(
        event_id=f"{order.key}:refused",
        kind=f"{what}.failed",
        key=order.key,
        amount=order.amount,
        currency=order.currency,
        reason=str(refusal),
    )


def _session(order: Order, *, at: datetime) -> dict[str, Any]:
    """The Checkout session of this order: known, found again, or made."""
    sessions = stripe_client().v1.checkout.sessions
    if order.reference:
        expanded = {"expand": ["payment_intent"]}
        known: dict[str, Any] = sessions.retrieve(order.reference, params=expanded).to_dict()
        return known
    if is_old(order.ordered_at, at):
        since = {"created": {"gte": int(order.ordered_at.timestamp())}, "limit": 100}
        if found := first_of_ours(sessions.list(params=since), FUNDING, order.key):
            return found
    mark = marked(FUNDING, order.key)
    product = {"name": f"Cash of {order.payer}"}
    price = {
        "currency": order.currency.lower(),
        "unit_amount": cents(order.amount),
        "product_data": product,
    }
    params = {
        "mode": "payment",
        "payment_method_types": [METHODS[order.method]],
        "line_items": [{"quantity": 1, "price_data": price}],
        "client_reference_id": order.key,
        "metadata": mark,
        "payment_intent_data": {"metadata": mark},
        "success_url": order.page,
        "cancel_url": order.page,
        "expires_at": int((order.ordered_at + OPEN_FOR).timestamp()),
    }
    options = {"idempotency_key": order.key}
    made: dict[str, Any] = sessions.create(params=params, options=options).to_dict()
    return made


def of_session(session: dict[str, Any]) -> list[Answer]:
    """What a Checkout session says of its funding; without a page once it was left for the bank."""
    intent = session.get("payment_intent")
    facts: dict[str, Any] = {
        "key": key_of(session),
        "amount": dollars(session["amount_total"]),
        "currency": session["currency"].upper(),
        "reference": session["id"],
        "raw": {"payment_intent": intent["id"] if isinstance(intent, dict) else intent},
    }

    def answer(word: str, *, name: str = "", **more: Any) -> Answer:
        event_id = f"{session['id']}:{name or word}"
        return Answer(event_id=event_id, kind=f"funding.{word}", **facts, **more)

    if session["status"] == "expired":
        return [answer("failed", reason="The payment page was closed before anything was paid.")]
    if session["payment_status"] == "paid":
        return [answer("settled")]
    if session["status"] == "open":
        return [answer("opened", page=session.get("url") or "")]
    if isinstance(intent, dict) and intent["status"] in ("requires_payment_method", "canceled"):
        said = (intent.get("last_payment_error") or {}).get("message")
        return [answer("failed", reason=said or "The bank declined the payment.")]
    return [answer("opened", name="left")]


def of_intent(intent: dict[str, Any]) -> list[Answer]:
    """A payment that went well, told before or beside its session."""
    return [
        Answer(
            event_id=f"{intent['id']}:settled",
            kind="funding.settled",
            key=key_of(intent),
            amount=dollars(intent["amount"]),
            currency=intent["currency"].upper(),
            reference=intent["id"],
        )
    ]


def _refund(order: RefundOrder, *, at: datetime) -> dict[str, Any]:
    client = stripe_client().v1
    if order.reference:
        known: dict[str, Any] = client.refunds.retrieve(order.reference).to_dict()
        return known
    intent = order.source
    if intent.startswith("cs_"):
        intent = client.checkout.sessions.retrieve(intent).to_dict()["payment_intent"]
    if is_old(order.ordered_at, at):
        rows = client.refunds.list(params={"payment_intent": intent, "limit": 100})
        if found := first_of_ours(rows, REFUND, order.key):
            return found
    params = {
        "payment_intent": intent,
        "amount": cents(order.amount),
        "metadata": marked(REFUND, order.key),
    }
    options = {"idempotency_key": order.key}
    made: dict[str, Any] = client.refunds.create(params=params, options=options).to_dict()
    return made


REFUND_WORDS = {"succeeded": "sent", "failed": "failed", "canceled": "failed"}
REFUND_FAILURES = {
    "lost_or_stolen_card": "The card was reported lost or stolen.",
    "expired_or_canceled_card": "The card is expired or canceled.",
    "insufficient_funds": "Our payment partner could not pay it right now.",
    "declined": "The bank declined it.",
}


def of_refund(refund: dict[str, Any]) -> list[Answer]:
    """What a refund says of itself; one that waits for the bank is ``ordered``."""
    word = REFUND_WORDS.get(refund["status"], "ordered")
    reason = ""
    if word == "failed":
        code = refund.get("failure_reason") or ""
        reason = REFUND_FAILURES.get(code, "The card or bank did not take it.")
    return [
        Answer(
            event_id=f"{refund['id']}:{word}",
            kind=f"refund.{word}",
            key=key_of(refund),
            amount=dollars(refund["amount"]),
            currency=refund["currency"].upper(),
            reason=reason,
            reference=refund["id"],
        )
    ]
