"""What the payments tests share: invoices of a made-up trade, since payments knows no work."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from accounts.actors import SYSTEM
from accounts.models import WorkerProfile
from payments import invoicing, reservations
from payments.models import AccountKind, Invoice, LedgerAccount, Reservation
from tests.factories.payments import make_payable


@pytest.fixture
def balance() -> Callable[..., Decimal]:
    """The kept balance of a customer account; zero where none is open."""

    def read(kind: str, **owner: object) -> Decimal:
        found = LedgerAccount.objects.filter(kind=kind, **owner).first()
        return found.balance if found else Decimal(0)

    return read


@pytest.fixture
def cash(acme, balance) -> Callable[[], Decimal]:
    return lambda: balance(AccountKind.COMPANY_CASH, company=acme)


@pytest.fixture
def held(acme, balance) -> Callable[[], Decimal]:
    return lambda: balance(AccountKind.COMPANY_RESERVED, company=acme)


@pytest.fixture
def earned(wanda, balance) -> Callable[[], Decimal]:
    return lambda: balance(AccountKind.WORKER_EARNINGS, worker=wanda.worker)


@pytest.fixture
def transit(wanda, balance) -> Callable[[], Decimal]:
    return lambda: balance(AccountKind.PAYOUT_IN_TRANSIT, worker=wanda.worker)


@pytest.fixture
def payable(wanda, at) -> WorkerProfile:
    """Wanda has said how she is paid."""
    return make_payable(wanda, at=at)


@pytest.fixture
def earn(acme, funds, issue, at) -> Callable[[Decimal | str | int], None]:
    """Acme pays Wanda an invoice over that much worker pay."""

    def make(amount: Decimal | str | int) -> None:
        funds(acme, Decimal(amount) * 2)
        invoicing.pay(issue(amount), by=SYSTEM, at=at)

    return make


@pytest.fixture
def issue(acme, wanda, at) -> Callable[..., Invoice]:
    """Issues an invoice of worker pay, by default $100.00 and its fee, due at once."""

    def make(amount: Decimal | str | int = 100, **values: object) -> Invoice:
        item = invoicing.LineItem("price", "Replace a switch", Decimal(1), Decimal(amount))
        facts = {
            "company": acme,
            "worker": wanda.worker,
            "reference": "T-1",
            "title": "Replace a switch",
            "lines": [item],
            "terms_days": 0,
            "fee_rate": Decimal("0.10"),
            "by": SYSTEM,
            "at": at,
        }
        return invoicing.issue(**(facts | values))

    return make


@pytest.fixture
def reserve(acme, at) -> Callable[..., Reservation]:
    def make(amount: Decimal | str | int, key: str = "T-1", **values: object) -> Reservation:
        facts = {"company": acme, "terms_days": 0, "reference": key, "by": SYSTEM, "at": at}
        return reservations.reserve(amount=Decimal(amount), key=key, **(facts | values))

    return make
