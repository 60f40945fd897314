"""The demonstration's workers are paid: bank accounts, tax details, payouts good and bad."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from accounts.actors import Actor
from payments import payout_settings, payouts
from payments.models import AccountKind, LedgerAccount
from payments.providers.base import BankDetails

Story = Iterator[datetime]
READY = 12
"""How many workers have said how they are paid."""


def stories(workers: list[Actor], *, now: datetime) -> list[Story]:
    """The first worker has the fullest history: paid by hand, sent back once, then by plan."""
    return [_paid(worker, number, now=now) for number, worker in enumerate(workers[:READY])]


def _paid(worker: Actor, number: int, *, now: datetime) -> Story:
    assert worker.worker is not None
    profile = worker.worker
    at = now - timedelta(days=100 - number)
    yield at
    details = BankDetails(str(worker.user), "021000021", f"00012345{4417 + number}")
    payout_settings.replace_bank_account(
        profile, details, key=f"demo-bank-{number}", by=worker, at=at
    )
    payout_settings.save_tax_details(
        profile, name=str(worker.user), kind="ssn", number=f"90012{6621 + number}", by=worker, at=at
    )
    for weeks in (8, 5, 2):
        yield (at := now - timedelta(weeks=weeks, hours=number))
        if number == 0 and weeks == 5:
            yield from _sent_back(worker, at=at)
            yield (at := at + timedelta(days=1))
        yield from _pay_out(worker, f"demo-payout-{number}-{weeks}", at=at)
    if number == 0:
        payout_settings.plan_payouts(
            profile, is_on=True, minimum=Decimal("750.00"), by=worker, at=at
        )


def _sent_back(worker: Actor, *, at: datetime) -> Story:
    """The account is closed by then; the money comes back, and another account is added."""
    assert worker.worker is not None
    yield from _pay_out(worker, "demo-payout-back", cents=Decimal("0.53"), at=at)
    yield (at := at + timedelta(hours=3))
    payout_settings.replace_bank_account(
        worker.worker, BankDetails(str(worker.user), "011401533", "000987654321"),
        key="demo-bank-new", by=worker, at=at,
    )  # fmt: skip


def _pay_out(worker: Actor, key: str, *, cents: Decimal | None = None, at: datetime) -> Story:
    """Ask for nearly all there is, and let the provider finish; nothing where nothing is there."""
    earnings = LedgerAccount.objects.filter(
        worker=worker.worker, kind=AccountKind.WORKER_EARNINGS, balance__gte=20
    ).first()
    if earnings is None or worker.worker is None:
        return
    amount = earnings.balance if cents is None else earnings.balance // 2 + cents
    made = payouts.request(worker.worker, amount, key=key, by=worker, at=at)
    for seconds in (1, 60, 120):
        yield at + timedelta(seconds=seconds)
        payouts.drive(made, at=at + timedelta(seconds=seconds))
