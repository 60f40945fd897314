"""Money for the tests' companies."""

from __future__ import annotations

import itertools
from datetime import datetime
from decimal import Decimal

from accounts.actors import SYSTEM, Actor
from accounts.models import Company, WorkerProfile
from payments import ledger, payout_settings
from payments.models import AccountKind, Transfer, TransferKind
from payments.providers.base import BankDetails

_numbers = itertools.count(1)


def add_cash(company: Company, amount: Decimal, *, at: datetime) -> Transfer:
    """Cash from outside, posted as a settled funding posts it."""
    outside = ledger.account(AccountKind.OUTSIDE, provider="sandbox", currency=company.currency)
    cash = ledger.account(AccountKind.COMPANY_CASH, company=company, currency=company.currency)
    return ledger.post(
        kind=TransferKind.FUNDING,
        key=f"test-cash-{company.pk}-{next(_numbers)}",
        lines=[ledger.debit(outside, amount), ledger.credit(cash, amount)],
        currency=company.currency,
        company=company,
        by=SYSTEM,
        at=at,
    )


def make_payable(who: Actor, *, at: datetime) -> WorkerProfile:
    """Give a worker a bank account and tax details."""
    assert who.worker is not None
    details = BankDetails(str(who.user), "021000021", "000123456789")
    payout_settings.replace_bank_account(who.worker, details, key="bank", by=who, at=at)
    payout_settings.save_tax_details(
        who.worker, name="Wanda T. Worker", kind="ssn", number="123456789", by=who, at=at
    )
    return who.worker
