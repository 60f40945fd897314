"""What a worker says once, to be paid: the bank account, the tax details, the automatic payout."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import models, transaction

from accounts.actors import Actor
from accounts.models import WorkerProfile
from activity.record import record
from core.money import format_money, is_exact
from core.sealing import reseal, reseal_rows, seal, unseal
from payments import providers
from payments.models import BankAccount, PayoutAccount, PayoutPlan, TaxDetails
from payments.providers.base import (
    BankDetails,
    BankRefused,
    BankToken,
    ProviderUnavailable,
    TakesNumbers,
)
from payments.refusals import BankNotTaken, NumbersNotTaken, ProviderSilent, TooSmallMinimum


def replace_bank_account(
    worker: WorkerProfile, details: BankDetails, *, key: str, by: Actor, at: datetime
) -> BankAccount:
    """Have the provider take these details, and pay there from now on.

    The numbers go to the provider outside any transaction and are kept nowhere here. Payouts
    under way go where they were sent. Raises ``BankNotTaken``, ``ProviderSilent``. Records
    ``bank_account.added``, of which the worker is told: it may not have been them.
    """
    name = settings.PAYMENT_PROVIDER
    taker = providers.provider(name)
    if not isinstance(taker, TakesNumbers):
        raise NumbersNotTaken
    try:
        token = taker.tokenize(details, key=key)
    except BankRefused as refusal:
        raise BankNotTaken(str(refusal)) from None
    except ProviderUnavailable:
        raise ProviderSilent from None
    with transaction.atomic():
        account = pay_to(worker, name, token, by=by, at=at)
        confirm(account)
    return account


@transaction.atomic
def pay_to(
    worker: WorkerProfile, name: str, token: BankToken, *, by: Actor, at: datetime
) -> BankAccount:
    """Pay to what the provider ``name`` calls by this token; nothing where it is so already."""
    lock_worker(worker)
    current = current_bank(worker)
    if current and (current.provider, current.token) == (name, token.token):
        return current
    if current:
        _remove(current, at=at)
    added = BankAccount.objects.create(
        worker=worker,
        provider=name,
        token=token.token,
        bank_name=token.bank_name[:80],
        last_digits=token.last_digits,
        added_at=at,
    )
    _record("bank_account.added", added, worker, by=by, at=at, bank=str(added))
    return added


def current_bank(worker: WorkerProfile) -> BankAccount | None:
    return BankAccount.objects.filter(worker=worker, removed_at=None).first()


def confirm(account: BankAccount) -> None:
    """The worker says that the account is right, after the bank sent money back."""
    if account.refused_at:
        account.refused_at = None
        account.save(update_fields=["refused_at"])


def doubt(worker: WorkerProfile, account: str, *, at: datetime) -> None:
    """The provider cannot pay to this worker's account right now: automatic payouts wait."""
    lock_worker(worker)
    bank = current_bank(worker)
    if bank and bank.token.startswith(f"{account}/") and not bank.refused_at:
        bank.refused_at = at
        bank.save(update_fields=["refused_at"])


def _remove(account: BankAccount, *, at: datetime) -> None:
    account.removed_at = at
    account.save(update_fields=["removed_at"])


@transaction.atomic
def remove_bank_account(worker: WorkerProfile, *, by: Actor, at: datetime) -> None:
    """Pay nowhere; nothing where there is none. Records ``bank_account.removed``."""
    lock_worker(worker)
    PayoutAccount.objects.filter(worker=worker, left_at=None).update(left_at=at)
    for account in BankAccount.objects.filter(worker=worker, removed_at=None):
        _remove(account, at=at)
        record(
            "bank_account.removed",
            account,
            by=by,
            at=at,
            worker=worker.reference,
            bank=str(account),
        )


@transaction.atomic
def plan_payouts(
    worker: WorkerProfile, *, is_on: bool, minimum: Decimal, by: Actor, at: datetime
) -> PayoutPlan:
    """Switch the automatic payout on or off, and say from which earnings on it starts."""
    if not is_exact(minimum) or minimum < settings.PAYOUT_SMALLEST:
        least = format_money(settings.PAYOUT_SMALLEST)
        raise TooSmallMinimum(f"Enter {least} or more.")
    lock_worker(worker)
    values = {"is_on": is_on, "minimum": minimum, "changed_at": at}
    plan, _ = PayoutPlan.objects.update_or_create(worker=worker, defaults=values)
    record(
        "payout_plan.changed",
        plan,
        by=by,
        at=at,
        worker=worker.reference,
        on=is_on,
        minimum=str(minimum),
    )
    return plan


@transaction.atomic
def save_tax_details(
    worker: WorkerProfile, *, name: str, kind: str, number: str, by: Actor, at: datetime
) -> TaxDetails:
    """Keep the legal name and the tax number (nine digits), sealed; only four stay readable."""
    if len(number) != 9 or not number.isdigit():
        raise ValueError("a tax number has nine digits")
    lock_worker(worker)
    values = {
        "kind": TaxDetails.Kind(kind),
        "sealed_name": seal(name),
        "sealed_number": seal(number),
        "last_digits": number[-4:],
        "saved_by_id": by.user_id,
        "saved_at": at,
    }
    kept, _ = TaxDetails.objects.update_or_create(worker=worker, defaults=values)
    _record("tax_details.saved", kept, worker, by=by, at=at)
    return kept


def legal_name(details: TaxDetails) -> str:
    """The name as the worker typed it, for papers of the tax office and their own page."""
    return unseal(details.sealed_name)


def reseal_tax_details() -> int:
    """Seal every row under the first key; returns how many. Stops at one that no key opens."""
    return reseal_rows(TaxDetails.objects.all(), _renew, ["sealed_name", "sealed_number"])


def _renew(row: TaxDetails) -> None:
    row.sealed_name, row.sealed_number = reseal(row.sealed_name), reseal(row.sealed_number)


def lock_worker(worker: WorkerProfile) -> None:
    """Let nobody else change how this worker is paid, or pay them out, until the end."""
    WorkerProfile.objects.select_for_update(no_key=True, of=("self",)).get(pk=worker.pk)


def _record(
    kind: str,
    about: models.Model,
    worker: WorkerProfile,
    /,
    *,
    by: Actor,
    at: datetime,
    **data: Any,
) -> None:
    record(kind, about, by=by, at=at, company_key=None, worker=worker.reference, **data)
