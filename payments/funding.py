"""Money coming in: asked for, ordered at the provider, and posted once it has arrived."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.actors import SYSTEM, Actor
from accounts.models import Company
from activity.record import record
from core.money import format_money, is_exact
from payments import ledger, provider_events, providers
from payments.models import Funding, ProviderEvent, Transfer, TransferKind
from payments.orders import Orders, outside
from payments.providers.base import Answer, Order
from payments.refusals import BadAmount, KeyUsed


@transaction.atomic
def request(
    *, company: Company, amount: Decimal, method: str, key: str, by: Actor, at: datetime
) -> Funding:
    """Note what a company wants to add; the same key again returns the first request.

    Nothing is in the ledger yet: ``drive`` orders the money, or the sweep does.
    """
    if not settings.FUNDING_SMALLEST <= amount <= settings.FUNDING_LARGEST:
        smallest = format_money(settings.FUNDING_SMALLEST, company.currency)
        largest = format_money(settings.FUNDING_LARGEST, company.currency)
        raise BadAmount(f"Enter an amount between {smallest} and {largest}.")
    if not is_exact(amount):
        raise BadAmount()
    assert by.user_id is not None
    wanted = Funding(
        company=company,
        provider=settings.PAYMENT_PROVIDER,
        method=method,
        amount=amount,
        currency=company.currency,
        key=key,
        requested_by_id=by.user_id,
        requested_at=at,
    )
    Funding.objects.bulk_create([wanted], ignore_conflicts=True)
    found = Funding.objects.get(key=key)
    if (found.company_id, found.amount, found.method) != (company.pk, amount, method):
        raise KeyUsed()
    return found


def add(
    *, company: Company, amount: Decimal, method: str, key: str, by: Actor, at: datetime
) -> Funding:
    """Request money and ask the provider for it at once; returns how far it got.

    Two transactions with the provider's call between them. What this leaves open, because
    the provider is slow or the process dies, the sweep finishes.
    """
    found = request(company=company, amount=amount, method=method, key=key, by=by, at=at)
    return drive(found, at=at)


def drive(funding: Funding, *, at: datetime) -> Funding:
    """Ask the provider about one funding that nobody else is asking about right now."""
    _orders.drive(funding, at=at)
    return Funding.objects.select_related("company").get(pk=funding.pk)


def ask_again(funding: Funding, *, at: datetime) -> Funding:
    """Ask now what became of it, without waiting for its next turn."""
    Funding.objects.on_its_way().filter(pk=funding.pk).update(lease_until=at)
    return drive(funding, at=at)


def sweep(*, at: datetime, limit: int = 100) -> int:
    """Finish what was begun: apply stored answers, then ask about fundings on their way.

    Any number may run at once. Returns how many fundings were asked about.
    """
    provider_events.settle_waiting(at=at, limit=limit)
    return _orders.sweep(at=at, limit=limit)


def _due(at: datetime) -> QuerySet[Funding, Funding]:
    free = Q(lease_until=None) | Q(lease_until__lte=at)
    return Funding.objects.on_its_way().filter(free).select_related("company")


def _ask(funding: Funding, /, *, at: datetime) -> Sequence[Answer]:
    order = Order(
        key=funding.key,
        amount=funding.amount,
        currency=funding.currency,
        method=funding.method,
        payer=funding.company.name,
        ordered_at=funding.requested_at,
        reference=funding.provider_reference or "",
        page=settings.SITE_URL + funding.get_absolute_url(),
    )
    return providers.provider(funding.provider).charge(order, at=at)


_orders = Orders(_due, _ask)


@provider_events.applies("funding")
def _apply(event: ProviderEvent, *, at: datetime) -> str:
    """Carry out what the event says; returns why that is not possible, or nothing.

    Opened: notes the provider's name for it and the page where it is paid. Settled: posts the
    money to the company's cash and records ``funding.settled``. Failed: records
    ``funding.failed``. An event that says what is known already changes nothing.
    """
    rows = Funding.objects.select_for_update(of=("self",)).select_related("company")
    funding = rows.filter(provider=event.provider, key=event.payload.get("key")).first()
    if funding is None:
        return "no funding has this key"
    if event.kind == "funding.opened":
        _open(funding, event)
        return ""
    if event.kind == "funding.settled":
        if provider_events.told_amount(event) != (funding.amount, funding.currency):
            return f"the amount differs from what was asked for ({funding.amount})"
        if funding.status != Funding.Status.SETTLED:
            _arrive(funding, event, at=at)
        return ""
    if event.kind == "funding.failed":
        if funding.status == Funding.Status.SETTLED:
            return "said to have failed after it was settled"
        if funding.status != Funding.Status.FAILED:
            _fail(funding, str(event.payload.get("reason", "")), at=at)
        return ""
    return f"unknown kind {event.kind}"


def _open(funding: Funding, event: ProviderEvent) -> None:
    """The page where it is paid is shown until the payer has been there."""
    page = str(event.payload.get("page") or "")
    if not page or not funding.provider_reference:
        funding.pay_url = page[:2000]
    _name(funding, event)
    funding.save(update_fields=["provider_reference", "pay_url"])


def _name(funding: Funding, event: ProviderEvent) -> None:
    """Note what the provider calls it: refunds are asked for by that name."""
    if not funding.provider_reference:
        funding.provider_reference = str(event.payload.get("reference") or "")[:120] or None


def _arrive(funding: Funding, event: ProviderEvent, *, at: datetime) -> None:
    _name(funding, event)
    funding.transfer = _post(funding, at=at)
    funding.status = Funding.Status.SETTLED
    funding.failure = ""
    funding.settled_at = at
    changed = ["transfer", "status", "failure", "settled_at", "provider_reference"]
    funding.save(update_fields=changed)
    _tell(funding, at=at)


def _post(funding: Funding, *, at: datetime) -> Transfer:
    currency = funding.currency
    cash = ledger.Accounts(currency, company=funding.company).cash
    return ledger.post(
        kind=TransferKind.FUNDING,
        key=f"funding:{funding.pk}",
        lines=[ledger.debit(outside(funding), funding.amount), ledger.credit(cash, funding.amount)],
        currency=currency,
        by=SYSTEM,
        at=at,
        company=funding.company,
        memo=f"By {funding.get_method_display().lower()}",
    )


def _fail(funding: Funding, reason: str, *, at: datetime) -> None:
    funding.status = Funding.Status.FAILED
    funding.failure = reason[:200]
    funding.save(update_fields=["status", "failure"])
    _tell(funding, at=at, reason=funding.failure)


def _tell(funding: Funding, *, at: datetime, **more: str) -> None:
    record(
        f"funding.{funding.status}",
        funding,
        by=SYSTEM,
        at=at,
        company_key=funding.company_id,
        amount=str(funding.amount),
        requested_by=funding.requested_by_id,
        **more,
    )
