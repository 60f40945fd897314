"""Workers' money: connected accounts, to which earnings are transferred and paid out from.

An order is two steps at Stripe: a transfer from the platform's balance to the worker's account,
and a payout from there to their bank. Where the second fails, the first is reversed before we
say so, since the money then stands in the earnings again and may be sent once more.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from payments.providers.base import (
    Answer,
    BankToken,
    Enrolment,
    PayoutOrder,
    ProviderUnavailable,
)
from payments.providers.stripe.client import (
    Refused,
    asking,
    cents,
    dollars,
    first_of_ours,
    is_old,
    marked,
    stripe_client,
)

PAYOUT, PAYEE = "payout", "payee"
BALANCE = "transfers"


class Connect:
    def enrol(self, key: str, *, account: str, back_to: str) -> Enrolment:
        """Where a worker says who they are and where they are paid; the account is made once."""
        with _no_refusal(), asking():
            if not account:
                account = _new_account(key)
            return Enrolment(account, _page_of(account, back_to))

    def bank_of(self, account: str) -> BankToken | None:
        """Where this account can be paid right now; nothing while Stripe still asks for more."""
        with _no_refusal(), asking():
            accounts = stripe_client().v1.accounts
            if not accounts.retrieve(account).to_dict().get("payouts_enabled"):
                return None
            params = {"object": "bank_account", "limit": 10}
            banks = accounts.external_accounts.list(account, params=params).to_dict()["data"]
        first = sorted(banks, key=lambda one: not one.get("default_for_currency"))[:1]
        for bank in first:
            return BankToken(
                token=f"{account}/{bank['id']}",
                bank_name=bank.get("bank_name") or "Bank account",
                last_digits=bank["last4"],
            )
        return None

    def pay_out(self, order: PayoutOrder, *, at: datetime) -> Sequence[Answer]:
        try:
            with asking():
                transfer, payout = _sent(order, at=at)
                if payout["status"] in ("failed", "canceled"):
                    _reverse(transfer, order)
        except Refused as refusal:
            return [
                Answer(
                    event_id=f"{order.key}:refused",
                    kind="payout.failed",
                    key=order.key,
                    amount=order.amount,
                    currency=order.currency,
                    reason=str(refusal),
                )
            ]
        return _of_payout(payout, order, f"{transfer}/{payout['id']}")


class _no_refusal:
    """What Stripe refuses here is a fault of ours or theirs, to be tried again later."""

    def __enter__(self) -> None: ...

    def __exit__(self, kind: type | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, Refused):
            raise ProviderUnavailable(str(error)) from error


def _new_account(key: str) -> str:
    params = {
        "country": "US",
        "business_type": "individual",
        "capabilities": {BALANCE: {"requested": True}},
        "controller": {
            "fees": {"payer": "application"},
            "losses": {"payments": "application"},
            "requirement_collection": "stripe",
            "stripe_dashboard": {"type": "express"},
        },
        "settings": {"payouts": {"schedule": {"interval": "manual"}}},
        "metadata": marked(PAYEE, key),
    }
    options = {"idempotency_key": f"payee-{key}"}
    made = stripe_client().v1.accounts.create(params=params, options=options)
    return str(made.id)


def _page_of(account: str, back_to: str) -> str:
    """Stripe's form for a new worker; its dashboard, where the bank is changed, for a known one."""
    client = stripe_client().v1
    if client.accounts.retrieve(account).to_dict().get("details_submitted"):
        return str(client.accounts.login_links.create(account).url)
    params = {
        "account": account,
        "type": "account_onboarding",
        "refresh_url": back_to,
        "return_url": back_to,
    }
    return str(client.account_links.create(params=params).url)


def _sent(order: PayoutOrder, *, at: datetime) -> tuple[str, dict[str, Any]]:
    """The transfer's name and the payout of this order: known, found again, or made."""
    client = stripe_client().v1
    account, _, bank = order.token.partition("/")
    inside = {"stripe_account": account}
    if order.reference:
        transfer, _, name = order.reference.partition("/")
        known: dict[str, Any] = client.payouts.retrieve(name, options=inside).to_dict()
        return transfer, known
    old = is_old(order.ordered_at, at)
    transfer = _transfer(order, account, old=old)
    if old:
        since = {"created": {"gte": int(order.ordered_at.timestamp())}, "limit": 100}
        rows = client.payouts.list(params=since, options=inside)
        if found := first_of_ours(rows, PAYOUT, order.key):
            return transfer, found
    params = {
        "amount": cents(order.amount),
        "currency": order.currency.lower(),
        "destination": bank,
        "metadata": marked(PAYOUT, order.key),
    }
    options = inside | {"idempotency_key": f"{order.key}-payout"}
    try:
        with asking():
            return transfer, client.payouts.create(params=params, options=options).to_dict()
    except Refused:
        _reverse(transfer, order)
        raise


def _transfer(order: PayoutOrder, account: str, *, old: bool) -> str:
    transfers = stripe_client().v1.transfers
    if old:
        rows = transfers.list(params={"transfer_group": order.key, "limit": 10})
        if found := first_of_ours(rows, PAYOUT, order.key):
            return str(found["id"])
    params = {
        "amount": cents(order.amount),
        "currency": order.currency.lower(),
        "destination": account,
        "transfer_group": order.key,
        "metadata": marked(PAYOUT, order.key),
    }
    made = transfers.create(params=params, options={"idempotency_key": order.key})
    return str(made.id)


def _reverse(transfer: str, order: PayoutOrder) -> None:
    """Take the transfer back, once; raises ``ProviderUnavailable`` while that is not possible."""
    transfers = stripe_client().v1.transfers
    options = {"idempotency_key": f"{order.key}-reversal"}
    try:
        with asking():
            transfers.reversals.create(transfer, options=options)
    except Refused as refusal:
        with _no_refusal(), asking():
            reversed_before = transfers.retrieve(transfer).to_dict().get("reversed")
        if not reversed_before:
            raise ProviderUnavailable(f"transfer {transfer} is not reversed: {refusal}") from None


def _of_payout(payout: dict[str, Any], order: PayoutOrder, reference: str) -> list[Answer]:
    status = payout["status"]
    facts: dict[str, Any] = {
        "key": order.key,
        "amount": dollars(payout["amount"]),
        "currency": payout["currency"].upper(),
        "reference": reference,
    }

    def answer(word: str, **more: Any) -> Answer:
        return Answer(f"{payout['id']}:{word}", f"payout.{word}", **facts, **more)

    if status in ("failed", "canceled"):
        said = payout.get("failure_message") or "The bank did not take it. Check the account."
        return [answer("failed", reason=said)]
    arrives_on = datetime.fromtimestamp(payout["arrival_date"], UTC).date()
    accepted = answer("accepted", arrives_on=arrives_on)
    return [accepted, answer("paid")] if status == "paid" else [accepted]
