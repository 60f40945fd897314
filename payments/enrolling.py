"""Workers' accounts at a provider that asks them itself who they are and where they are paid."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse

from accounts.actors import SYSTEM, Actor
from accounts.models import WorkerProfile
from payments import payout_settings, provider_events, providers
from payments.models import PayoutAccount, ProviderEvent
from payments.orders import LONGEST_WATCH, Orders
from payments.providers.base import Answer, AsksItself, ProviderUnavailable
from payments.refusals import ProviderSilent

ASKED_FOR = timedelta(days=30)
"""So long after it was begun an account that is not ready is asked about."""


def asks_itself() -> AsksItself | None:
    """The provider of new bank accounts, if it is one of those."""
    found = providers.provider(settings.PAYMENT_PROVIDER)
    return found if isinstance(found, AsksItself) else None


def begin(worker: WorkerProfile, *, by: Actor, at: datetime) -> str:
    """The provider's page for this worker: for a new one to be enrolled, for others to change.

    The account is made once, outside any transaction, with the worker's own key. Raises
    ``ProviderSilent``.
    """
    provider = asks_itself()
    assert provider is not None
    name = settings.PAYMENT_PROVIDER
    known = PayoutAccount.objects.filter(worker=worker, provider=name).first()
    back_to = settings.SITE_URL + reverse("payments:bank_account")
    try:
        enrolment = provider.enrol(
            worker.reference, account=known.account if known else "", back_to=back_to
        )
    except ProviderUnavailable:
        raise ProviderSilent from None
    row = PayoutAccount(
        worker=worker, provider=name, account=enrolment.account, begun_at=at, lease_until=at
    )
    PayoutAccount.objects.bulk_create([row], ignore_conflicts=True)
    own = PayoutAccount.objects.filter(worker=worker, provider=name)
    own.update(begun_at=at, lease_until=at, tries=0, left_at=None)
    return enrolment.page


def check(worker: WorkerProfile, *, by: Actor, at: datetime) -> bool:
    """Ask the provider now where the worker can be paid; whether it could say.

    The worker says by this that the account is right, also one that the bank refused before.
    """
    found = PayoutAccount.objects.filter(
        worker=worker, provider=settings.PAYMENT_PROVIDER, left_at=None
    ).first()
    if found is None:
        return False
    PayoutAccount.objects.filter(pk=found.pk).update(begun_at=at, lease_until=at)
    _orders.drive(found, at=at)
    bank = payout_settings.current_bank(worker)
    if bank is None or not bank.token.startswith(f"{found.account}/"):
        return False
    payout_settings.confirm(bank)
    return True


def sweep(*, at: datetime, limit: int = 100) -> int:
    """Ask about accounts that were begun or have changed. Returns how many."""
    return _orders.sweep(at=at, limit=limit)


def _due(at: datetime) -> QuerySet[PayoutAccount, PayoutAccount]:
    return PayoutAccount.objects.filter(
        lease_until__lte=at, begun_at__gt=at - ASKED_FOR, left_at=None
    ).select_related("worker__user")


def _ask(row: PayoutAccount, /, *, at: datetime) -> Sequence[Answer]:
    provider = providers.provider(row.provider)
    assert isinstance(provider, AsksItself)
    token = provider.bank_of(row.account)
    with transaction.atomic():
        if token is None:
            payout_settings.doubt(row.worker, row.account, at=at)
        else:
            payout_settings.pay_to(row.worker, row.provider, token, by=SYSTEM, at=at)
            PayoutAccount.objects.filter(pk=row.pk).update(lease_until=None, tries=0)
    return ()


_orders = Orders(_due, _ask, longest=LONGEST_WATCH)


@provider_events.applies("payee")
def _apply(event: ProviderEvent, *, at: datetime) -> str:
    """The account has changed: it is asked about soon. One that is not ours changes nothing."""
    own = PayoutAccount.objects.filter(
        provider=event.provider, account=str(event.payload.get("key"))
    )
    own.update(begun_at=at, lease_until=at, tries=0)
    return ""
