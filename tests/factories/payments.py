"""Money for the tests' companies."""

from __future__ import annotations

import itertools
from datetime import datetime
from decimal import Decimal

from accounts.actors import SYSTEM
from accounts.models import Company
from payments import ledger
from payments.models import AccountKind, Transfer, TransferKind

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
