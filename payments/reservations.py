"""Setting money or credit aside for work that is sent, and giving it back.

Immediate terms set cash aside: it moves from the company's cash to its reserved account.
Net terms set credit aside: nothing moves, but the company's credit limit is used.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from accounts.actors import Actor
from accounts.models import Company
from core.compiled import Compiled
from core.money import ZERO, is_exact
from payments import credit, ledger
from payments.models import Reservation, TransferKind
from payments.refusals import (
    BadAmount,
    CreditExceeded,
    InsufficientCash,
    KeyUsed,
    PaymentOverdue,
    ReservationClosed,
)

__all__ = [
    "CreditExceeded",
    "InsufficientCash",
    "PaymentOverdue",
    "release",
    "reserve",
    "resize",
]


@transaction.atomic
def reserve(
    *,
    company: Company,
    amount: Decimal,
    terms_days: int,
    reference: str,
    key: str,
    by: Actor,
    at: datetime,
) -> Reservation:
    """Set ``amount`` (price and fee together) aside, as cash on terms 0, else as credit.

    The same key again returns the first reservation. Raises ``PaymentOverdue`` while an
    invoice is 7 days past due, ``InsufficientCash`` or ``CreditExceeded`` with the
    missing amount.
    """
    if not is_exact(amount):
        raise BadAmount()
    books = credit.lock_books(company)
    earlier = Reservation.objects.filter(key=key).first()
    if earlier:
        if earlier.company_id != company.pk:
            raise KeyUsed()
        return earlier
    credit.require_nothing_overdue(company, at=at)
    made = Reservation(
        company=company,
        basis=Reservation.Basis.CREDIT if terms_days else Reservation.Basis.CASH,
        amount=amount,
        reference=reference,
        key=key,
        made_at=at,
    )
    if made.basis == Reservation.Basis.CREDIT:
        _require_credit(company, amount, books.credit_limit)
    else:
        _set_aside(made, amount, by=by, at=at)
    made.save()
    return made


@transaction.atomic
def resize(reservation: Reservation, amount: Decimal, *, by: Actor, at: datetime) -> Reservation:
    """Change how much is set aside; more needs the cash or the credit, less always works.

    Raises as ``reserve`` does, but never for what is overdue: the work is already agreed.
    """
    if amount != ZERO and not is_exact(amount):
        raise BadAmount()
    books = credit.lock_books(reservation.company)
    reservation = locked(reservation.pk)
    more = amount - reservation.amount
    if not more:
        return reservation
    if reservation.closed_at:
        raise ReservationClosed()
    reservation.revision += 1
    if reservation.basis == Reservation.Basis.CREDIT:
        if more > 0:
            _require_credit(reservation.company, more, books.credit_limit)
    elif more > 0:
        _set_aside(reservation, more, by=by, at=at)
    else:
        _give_back(reservation, -more, by=by, at=at)
    reservation.amount = amount
    reservation.save(update_fields=["amount", "revision"])
    return reservation


@transaction.atomic
def release(reservation: Reservation, *, by: Actor, at: datetime) -> Reservation:
    """Close a reservation and give back what it holds; a closed one is returned as it is."""
    reservation = locked(reservation.pk)
    if reservation.closed_at:
        return reservation
    return settle(reservation, used=ZERO, by=by, at=at)


def settle(reservation: Reservation, *, used: Decimal, by: Actor, at: datetime) -> Reservation:
    """Close a locked, open reservation of which ``used`` was paid out; the rest goes back."""
    rest = reservation.amount - used
    if reservation.basis == Reservation.Basis.CASH and rest:
        _give_back(reservation, rest, by=by, at=at, closing=True)
    reservation.closed_at = at
    reservation.save(update_fields=["closed_at"])
    return reservation


def locked(key: int) -> Reservation:
    """The reservation under lock; the caller has read its key from a row that points to it."""
    found: Reservation | None = LOCKED.first(key=key)
    if found is None:
        raise Reservation.DoesNotExist
    return found


LOCKED = Compiled(
    lambda key: (
        Reservation.objects.filter(pk=key)
        .select_related("company").select_for_update(of=("self",), no_key=True)
    ),
    key=int,
)  # fmt: skip


def _require_credit(company: Company, more: Decimal, limit: Decimal) -> None:
    missing = credit.exposure(company) + more - limit
    if missing > 0:
        raise CreditExceeded(missing, company.currency)


def _set_aside(reservation: Reservation, amount: Decimal, *, by: Actor, at: datetime) -> None:
    """Move cash to the reserved account; raises ``InsufficientCash`` with what is missing."""
    company = reservation.company
    accounts = ledger.Accounts(company.currency, company=company)
    cash, held = accounts.cash, accounts.reserved
    missing = amount - ledger.lock(cash, held)[cash.pk].balance
    if missing > 0:
        raise InsufficientCash(missing, company.currency)
    ledger.post(
        kind=TransferKind.RESERVATION,
        key=f"reserve:{reservation.key}:{reservation.revision}",
        lines=[ledger.debit(cash, amount), ledger.credit(held, amount)],
        currency=company.currency,
        by=by,
        at=at,
        company=company,
        memo=reservation.reference,
    )


def _give_back(
    reservation: Reservation, amount: Decimal, *, by: Actor, at: datetime, closing: bool = False
) -> None:
    company = reservation.company
    accounts = ledger.Accounts(company.currency, company=company)
    revision = "rest" if closing else reservation.revision
    ledger.post(
        kind=TransferKind.RELEASE,
        key=f"release:{reservation.key}:{revision}",
        lines=[ledger.debit(accounts.reserved, amount), ledger.credit(accounts.cash, amount)],
        currency=company.currency,
        by=by,
        at=at,
        company=company,
        memo=reservation.reference,
    )
