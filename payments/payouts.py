"""A worker's earnings on their way to the bank: asked for, ordered, paid, or brought back.

The money leaves the earnings in the transaction that asks for it and stands in transit while
the provider works, so that it cannot be asked for twice.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet

from accounts.actors import SYSTEM, Actor
from accounts.models import WorkerProfile
from activity.record import record
from core.errors import DomainError
from core.money import format_money, is_exact
from core.references import unused
from payments import ledger, provider_events, providers
from payments.models import (
    AccountKind,
    BankAccount,
    LedgerAccount,
    Payout,
    PayoutAttempt,
    PayoutPlan,
    ProviderEvent,
    TaxDetails,
    TransferKind,
)
from payments.orders import (
    FIRST_LEASE,
    LONGEST_WATCH,
    WATCHED_AFTER,
    Orders,
    move,
    note_reference,
    outside,
)
from payments.payout_settings import lock_worker
from payments.providers.base import Answer, PayoutOrder
from payments.refusals import (
    BadAmount,
    InsufficientEarnings,
    KeyUsed,
    NoBankAccount,
    NoTaxDetails,
    NothingToPayOut,
)

log = logging.getLogger(__name__)

CURRENCY = "USD"
"""Workers are paid in it; a worker's accounts have no other yet."""


@transaction.atomic
def request(
    worker: WorkerProfile,
    amount: Decimal | None,
    *,
    key: str,
    by: Actor,
    at: datetime,
    is_automatic: bool = False,
) -> Payout:
    """Take ``amount`` (all that is there, when none is given) out of the earnings to be sent.

    The same key again returns the first payout. Raises ``NoBankAccount``, ``NoTaxDetails``,
    ``NothingToPayOut``, ``BadAmount``, ``InsufficientEarnings``, ``KeyUsed``. Records
    ``payout.requested``; ``drive`` or the sweep orders it at the provider.
    """
    lock_worker(worker)
    earlier = Payout.objects.filter(key=key).select_related("worker__user").first()
    if earlier:
        if earlier.worker_id != worker.pk or amount not in (None, earlier.amount):
            raise KeyUsed
        return earlier
    bank = BankAccount.objects.filter(worker=worker, removed_at=None).first()
    if bank is None:
        raise NoBankAccount
    if not TaxDetails.objects.filter(worker=worker).exists():
        raise NoTaxDetails
    earnings = ledger.account(AccountKind.WORKER_EARNINGS, worker=worker, currency=CURRENCY)
    amount = _amount(amount, ledger.lock(earnings)[earnings.pk].balance)
    made = Payout(
        reference=unused(Payout, "P"),
        worker=worker,
        bank_account=bank,
        provider=bank.provider,
        amount=amount,
        currency=CURRENCY,
        key=key,
        is_automatic=is_automatic,
        requested_at=at,
        lease_until=at,
    )
    made.transfer = move(
        made, TransferKind.PAYOUT, earnings, _in_transit(worker), step="started", memo=str(bank),
        by=by, at=at,
    )  # fmt: skip
    made.save()
    _tell("requested", made, by=by, at=at)
    return made


def _amount(wanted: Decimal | None, available: Decimal) -> Decimal:
    if available <= 0:
        raise NothingToPayOut
    if wanted is None:
        return available
    if wanted > available:
        raise InsufficientEarnings(available, CURRENCY)
    if not is_exact(wanted) or wanted < settings.PAYOUT_SMALLEST:
        least = format_money(settings.PAYOUT_SMALLEST, CURRENCY)
        raise BadAmount(f"Enter {least} or more.")
    return wanted


def drive(payout: Payout, *, at: datetime) -> Payout:
    """Ask the provider about one payout that nobody else is asking about right now."""
    _orders.drive(payout, at=at)
    return Payout.objects.select_related("worker__user", "bank_account").get(pk=payout.pk)


def sweep(*, at: datetime, limit: int = 100) -> int:
    """Ask about payouts that are under way, or paid a few days ago.

    What was told and not applied, of any kind, the sweep of fundings applies. Any number may run
    at once. Returns how many payouts were asked about.
    """
    return _orders.sweep(at=at, limit=limit)


def sweep_automatic(*, at: datetime, limit: int = 500) -> int:
    """Start the payouts that workers' plans ask for; once a day for each at most.

    Left alone: workers without bank account or tax details, whose bank sent the last payout
    back, or with a payout still under way. Returns how many were started.
    """
    started = 0
    for plan in _plans_due()[:limit]:
        key = f"auto:{plan.worker_id}:{at.astimezone(UTC):%Y-%m-%d}"
        try:
            with transaction.atomic():
                made = request(plan.worker, None, key=key, by=SYSTEM, at=at, is_automatic=True)
        except DomainError as refusal:  # it changed since the query looked
            log.info("no automatic payout for worker %s: %s", plan.worker_id, refusal)
            continue
        started += made.requested_at == at
    return started


def _plans_due() -> QuerySet[PayoutPlan, PayoutPlan]:
    with_bank = BankAccount.objects.filter(removed_at=None, refused_at=None)
    rich = LedgerAccount.objects.filter(kind=AccountKind.WORKER_EARNINGS, currency=CURRENCY)
    return (
        PayoutPlan.objects.filter(
            Q(worker__in=with_bank.values("worker")),
            Q(worker__in=TaxDetails.objects.values("worker")),
            is_on=True,
            worker__ledger_accounts__in=rich,
            worker__ledger_accounts__balance__gte=F("minimum"),
        )
        .exclude(worker__in=Payout.objects.under_way().values("worker"))
        .select_related("worker__user")
        .order_by("pk")
    )


def _due(at: datetime) -> QuerySet[Payout, Payout]:
    open_or_watched = (*Payout.UNDER_WAY, Payout.Status.PAID)
    rows = Payout.objects.filter(status__in=open_or_watched, lease_until__lte=at)
    return rows.select_related("bank_account", "worker__user")


def _ask(payout: Payout, /, *, at: datetime) -> Sequence[Answer]:
    order = PayoutOrder(
        key=payout.key,
        amount=payout.amount,
        currency=payout.currency,
        token=payout.bank_account.token,
        payee=str(payout.worker),
        ordered_at=payout.requested_at,
        reference=payout.provider_reference or "",
    )
    return providers.provider(payout.provider).pay_out(order, at=at)


def _note_silence(payout: Payout, /, *, at: datetime) -> None:
    PayoutAttempt.objects.create(payout=payout, at=at, answer="No answer; asked again later.")


_orders = Orders(_due, _ask, longest=LONGEST_WATCH, unanswered=_note_silence)


@provider_events.applies("payout")
def _apply(event: ProviderEvent, *, at: datetime) -> str:
    """Carry out what the provider says of a payout; returns why that is not possible.

    What is known already changes nothing, in whatever order it comes: an ``accepted`` after
    the end, a ``paid`` after the bank has sent it back. ``changed`` says only that the provider
    is to be asked.
    """
    rows = Payout.objects.select_for_update(of=("self",)).select_related(
        "worker__user", "bank_account"
    )
    payout = rows.filter(provider=event.provider, key=event.payload.get("key")).first()
    if payout is None:
        return "no payout has this key"
    if event.kind == "payout.changed":
        _ask_soon(payout, at=at)
        return ""
    if provider_events.told_amount(event) != (payout.amount, payout.currency):
        return f"the amount differs from what was sent ({payout.amount})"
    word = event.kind.partition(".")[2]
    act = {"accepted": _accept, "paid": _pay, "failed": _bring_back, "returned": _bring_back}
    if word not in act:
        return f"unknown kind {event.kind}"
    if word == "paid" and payout.status == Payout.Status.FAILED:
        return "said to be paid after it had failed"
    PayoutAttempt.objects.create(payout=payout, at=at, answer=_in_words(word, event))
    note_reference(payout, event)
    act[word](payout, event, at=at)
    return ""


def _ask_soon(payout: Payout, *, at: datetime) -> None:
    if not payout.came_back:
        payout.lease_until = at
        payout.save(update_fields=["lease_until"])


def _in_words(word: str, event: ProviderEvent) -> str:
    said = {
        "accepted": "Accepted and on its way.",
        "paid": "Paid to the bank.",
        "failed": "Failed.",
        "returned": "Sent back by the bank.",
    }[word]
    return f"{said} {event.payload.get('reason', '')}".strip()[:200]


def _accept(payout: Payout, event: ProviderEvent, *, at: datetime) -> None:
    if payout.status != Payout.Status.ORDERED:
        return
    payout.status = Payout.Status.IN_TRANSIT
    payout.arrives_on = _day(event.payload.get("arrives_on"))
    payout.save(update_fields=["status", "arrives_on"])


def _day(text: object) -> date | None:
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        return None


def _pay(payout: Payout, event: ProviderEvent, *, at: datetime) -> None:
    if not payout.is_under_way:
        return
    payout.sent = move(
        payout, TransferKind.PAYOUT_SENT, _in_transit(payout.worker), outside(payout),
        step="sent", memo=str(payout.bank_account), by=SYSTEM, at=at,
    )  # fmt: skip
    payout.status = Payout.Status.PAID
    payout.paid_at = at
    payout.tries, payout.lease_until = 0, at + FIRST_LEASE
    payout.save(update_fields=["sent", "status", "paid_at", "tries", "lease_until"])
    _tell("paid", payout, by=SYSTEM, at=at)


def _bring_back(payout: Payout, event: ProviderEvent, *, at: datetime) -> None:
    """The money returns to the earnings, from wherever it had got to."""
    if payout.came_back:
        return
    was_paid = payout.is_paid
    source = outside(payout) if was_paid else _in_transit(payout.worker)
    earnings = ledger.account(
        AccountKind.WORKER_EARNINGS, worker=payout.worker, currency=payout.currency
    )
    payout.restored = move(
        payout, TransferKind.PAYOUT_RETURNED, source, earnings, step="restored",
        memo=str(payout.bank_account), by=SYSTEM, at=at,
    )  # fmt: skip
    returned = was_paid or event.kind == "payout.returned"
    payout.status = Payout.Status.RETURNED if returned else Payout.Status.FAILED
    payout.failure = str(event.payload.get("reason", ""))[:200]
    payout.came_back_at, payout.lease_until = at, None
    payout.save(update_fields=["restored", "status", "failure", "came_back_at", "lease_until"])
    bank = payout.bank_account
    bank.refused_at = at
    bank.save(update_fields=["refused_at"])
    _tell("returned" if returned else "failed", payout, by=SYSTEM, at=at, reason=payout.failure)


def stop_watching(*, at: datetime) -> int:
    """No longer ask about payouts whose time to come back is over."""
    old = Payout.objects.filter(status=Payout.Status.PAID, lease_until__isnull=False)
    return old.filter(paid_at__lte=at - WATCHED_AFTER).update(lease_until=None)


def _in_transit(worker: WorkerProfile) -> LedgerAccount:
    return ledger.account(AccountKind.PAYOUT_IN_TRANSIT, worker=worker, currency=CURRENCY)


def _tell(word: str, payout: Payout, *, by: Actor, at: datetime, **more: str) -> None:
    record(
        f"payout.{word}",
        payout,
        by=by,
        at=at,
        company_key=None,
        worker=payout.worker.reference,
        payout=payout.reference,
        amount=str(payout.amount),
        bank=str(payout.bank_account),
        **more,
    )
