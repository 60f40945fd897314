"""Corrections by hand: one of the staff proposes, another one posts."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from accounts.actors import Actor
from activity.record import record
from core.errors import DomainError
from core.money import is_exact
from payments import ledger
from payments.models import AccountKind, Adjustment, LedgerAccount, Transfer, TransferKind
from payments.refusals import BadAmount


class SecondPerson(DomainError):
    message = "You proposed this yourself. Somebody else of the staff has to decide it."


class AlreadyDecided(DomainError):
    message = "This was decided before: {status}. Reload the page."


class NotCorrectable(DomainError):
    message = "Only a company’s cash and a worker’s earnings can be corrected."


class NotPosted(DomainError):
    message = "Only a posted correction can be reversed. This one: {status}."


class NotByPoster(DomainError):
    message = "You posted this yourself. Somebody else of the staff has to reverse it."


CORRECTABLE = (AccountKind.COMPANY_CASH, AccountKind.WORKER_EARNINGS)


@transaction.atomic
def propose(
    account: LedgerAccount,
    *,
    direction: str,
    amount: Decimal,
    reason: str,
    by: Actor,
    at: datetime,
) -> Adjustment:
    """Note a correction; nothing moves. Records ``adjustment.proposed``."""
    if account.kind not in CORRECTABLE:
        raise NotCorrectable
    if not is_exact(amount):
        raise BadAmount
    assert by.user_id is not None
    made = Adjustment.objects.create(
        account=account,
        direction=Adjustment.Direction(direction),
        amount=amount,
        reason=reason[:200],
        proposed_by_id=by.user_id,
        proposed_at=at,
    )
    _tell("proposed", made, by=by, at=at)
    return made


@transaction.atomic
def approve(adjustment: Adjustment, *, by: Actor, at: datetime) -> Adjustment:
    """Post a correction that somebody else proposed; the platform's fees are the other side.

    Raises ``SecondPerson``, ``AlreadyDecided`` and, for money that is not there,
    ``InsufficientBalance``.
    """
    found = _to_decide(adjustment, by)
    account = found.account
    fees = ledger.account(AccountKind.PLATFORM_FEES, currency=account.currency)
    source, target = fees, account
    if found.direction == Adjustment.Direction.TAKE:
        source, target = account, fees
    found.transfer = ledger.post(
        kind=TransferKind.ADJUSTMENT,
        key=f"adjustment:{found.pk}",
        lines=[ledger.debit(source, found.amount), ledger.credit(target, found.amount)],
        currency=account.currency,
        by=by,
        at=at,
        company=account.company,
        memo=found.reason,
    )
    return _decide(found, Adjustment.Status.POSTED, by=by, at=at)


@transaction.atomic
def refuse(adjustment: Adjustment, *, by: Actor, at: datetime) -> Adjustment:
    """Turn a proposal down; nothing moves."""
    return _decide(_to_decide(adjustment, by), Adjustment.Status.REFUSED, by=by, at=at)


@transaction.atomic
def reverse(adjustment: Adjustment, *, by: Actor, at: datetime) -> Transfer:
    """Post the opposite of a posted correction that was a mistake; twice reverses once.

    Again two people: not the one who posted it. Records ``adjustment.reversed``. Raises
    ``NotPosted``, ``NotByPoster`` and, where the money is gone, ``InsufficientBalance``.
    """
    found = _locked(adjustment)
    if found.transfer is None:
        raise NotPosted(status=found.get_status_display())
    if found.decided_by_id == by.user_id:
        raise NotByPoster
    earlier = Transfer.objects.filter(reverses=found.transfer).first()
    if earlier:
        return earlier
    made = ledger.reverse(found.transfer, memo=f"Reversed: {found.reason}", by=by, at=at)
    _tell("reversed", found, by=by, at=at)
    return made


def _locked(adjustment: Adjustment) -> Adjustment:
    rows = Adjustment.objects.select_for_update(of=("self",))
    return rows.select_related("account__company", "transfer__company").get(pk=adjustment.pk)


def _to_decide(adjustment: Adjustment, by: Actor) -> Adjustment:
    found = _locked(adjustment)
    if found.status != Adjustment.Status.PROPOSED:
        raise AlreadyDecided(status=found.get_status_display().lower())
    if found.proposed_by_id == by.user_id:
        raise SecondPerson
    return found


def _decide(found: Adjustment, status: Adjustment.Status, *, by: Actor, at: datetime) -> Adjustment:
    found.status, found.decided_at, found.decided_by_id = status, at, by.user_id
    found.save(update_fields=["status", "decided_at", "decided_by", "transfer"])
    _tell(str(status), found, by=by, at=at)
    return found


def _tell(word: str, adjustment: Adjustment, *, by: Actor, at: datetime) -> None:
    account = adjustment.account
    record(
        f"adjustment.{word}", adjustment, by=by, at=at, company_key=account.company_id,
        account=str(account), direction=adjustment.direction, amount=str(adjustment.amount),
        reason=adjustment.reason,
    )  # fmt: skip
