"""Unused cash going back to the cards and banks it came from: asked for, ordered, sent.

The money leaves the cash in the transaction that asks for it and is set aside while the provider
works, so that no work can be sent on it meanwhile. The newest fundings give first.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import QuerySet

from accounts.actors import SYSTEM, Actor
from accounts.models import Company
from activity.record import record
from core.money import ZERO, is_exact
from core.references import many_unused
from payments import credit, ledger, provider_events, providers
from payments.models import (
    Funding,
    LedgerAccount,
    ProviderEvent,
    Refund,
    Transfer,
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
from payments.providers.base import Answer, RefundOrder
from payments.queries import refundable
from payments.refusals import (
    BadAmount,
    KeyUsed,
    NothingToTakeBack,
    OwesFirst,
    TooMuchToTakeBack,
)


@transaction.atomic
def request(
    company: Company, amount: Decimal, *, key: str, by: Actor, at: datetime
) -> list[Refund]:
    """Set unused cash aside to be sent back, a part from each funding, the newest first.

    The same key again returns the first refunds. Raises ``BadAmount``, ``NothingToTakeBack``,
    ``TooMuchToTakeBack``, ``OwesFirst``, ``KeyUsed``. Records ``refund.requested`` once for
    each part; ``drive`` or the sweep orders them at the provider.
    """
    credit.lock_books(company)
    earlier = list(Refund.objects.filter(request_key=key).order_by("pk"))
    if earlier:
        if {one.company_id for one in earlier} != {company.pk} or _sum(earlier) != amount:
            raise KeyUsed
        return earlier
    if owed := credit.blocking_invoice(company, at=at):
        raise OwesFirst(owed.label, owed.due_on)
    parts = _parts(company, amount, at=at)
    assert by.user_id is not None
    references = many_unused(Refund, "R", len(parts))
    made = [
        Refund(
            reference=reference,
            company=company,
            funding=source,
            provider=source.provider,
            amount=part,
            currency=source.currency,
            request_key=key,
            key=f"{key}:{number}",
            requested_by_id=by.user_id,
            requested_at=at,
            lease_until=at,
        )
        for number, (reference, (source, part)) in enumerate(
            zip(references, parts, strict=True), start=1
        )
    ]
    for refund in made:
        cash, held = _accounts(refund)
        refund.transfer = _move(refund, TransferKind.REFUND, cash, held, "started", by=by, at=at)
        refund.save()
        _tell("requested", refund, by=by, at=at)
    return made


def _sum(refunds: Sequence[Refund]) -> Decimal:
    return sum((one.amount for one in refunds), ZERO)


def _parts(company: Company, amount: Decimal, *, at: datetime) -> list[tuple[Funding, Decimal]]:
    """Which fundings give how much, once the cash is locked and the amount is right."""
    if not is_exact(amount):
        raise BadAmount
    cash = ledger.Accounts(company.currency, company=company).cash
    unused = refundable(company, cash=ledger.lock(cash)[cash.pk].balance, at=at)
    if not unused.most:
        raise NothingToTakeBack
    if amount > unused.most:
        raise TooMuchToTakeBack(unused.most, company.currency)
    return unused.parts(amount)


def drive(refund: Refund, *, at: datetime) -> Refund:
    """Ask the provider about one refund that nobody else is asking about right now."""
    _orders.drive(refund, at=at)
    return Refund.objects.select_related("company", "funding").get(pk=refund.pk)


def sweep(*, at: datetime, limit: int = 100) -> int:
    """Ask about refunds that are under way, or sent a few days ago. Returns how many."""
    return _orders.sweep(at=at, limit=limit)


def stop_watching(*, at: datetime) -> int:
    """No longer ask about refunds whose time to come back is over; the provider still tells."""
    old = Refund.objects.filter(status=Refund.Status.REFUNDED, lease_until__isnull=False)
    return old.filter(ended_at__lte=at - WATCHED_AFTER).update(lease_until=None)


def _due(at: datetime) -> QuerySet[Refund, Refund]:
    rows = Refund.objects.filter(status__in=Refund.TAKEN, lease_until__lte=at)
    return rows.select_related("funding")


def _ask(refund: Refund, /, *, at: datetime) -> Sequence[Answer]:
    order = RefundOrder(
        key=refund.key,
        amount=refund.amount,
        currency=refund.currency,
        method=refund.funding.method,
        source=refund.funding.provider_reference or refund.funding.key,
        reference=refund.provider_reference or "",
        ordered_at=refund.requested_at,
    )
    return providers.provider(refund.provider).refund(order, at=at)


_orders = Orders(_due, _ask, longest=LONGEST_WATCH)


@provider_events.applies("refund")
def _apply(event: ProviderEvent, *, at: datetime) -> str:
    """Carry out what the provider says of a refund; returns why that is not possible.

    What is known already changes nothing: a second ``sent``, or one after it came back.
    """
    rows = Refund.objects.select_for_update(of=("self",)).select_related("company", "funding")
    refund = rows.filter(provider=event.provider, key=event.payload.get("key")).first()
    if refund is None:
        return "no refund has this key"
    if provider_events.told_amount(event) != (refund.amount, refund.currency):
        return f"the amount differs from what was sent back ({refund.amount})"
    acts = {"sent": _send, "failed": _bring_back, "returned": _bring_back}
    word = event.kind.partition(".")[2]
    if word not in (*acts, "ordered"):
        return f"unknown kind {event.kind}"
    if word == "sent" and refund.status == Refund.Status.FAILED:
        return "said to be sent after it had failed"
    note_reference(refund, event)
    if word in acts:
        acts[word](refund, event, at=at)
    return ""


def _send(refund: Refund, event: ProviderEvent, *, at: datetime) -> None:
    if not refund.is_under_way:
        return
    _, held = _accounts(refund)
    refund.sent = _move(
        refund, TransferKind.REFUND_SENT, held, outside(refund), "sent", by=SYSTEM, at=at
    )
    refund.status, refund.ended_at = Refund.Status.REFUNDED, at
    refund.tries, refund.lease_until = 0, at + FIRST_LEASE
    refund.save(update_fields=["sent", "status", "ended_at", "tries", "lease_until"])
    _tell("sent", refund, by=SYSTEM, at=at)


def _bring_back(refund: Refund, event: ProviderEvent, *, at: datetime) -> None:
    """The money returns to the cash, from wherever it had got to."""
    if refund.came_back:
        return
    cash, held = _accounts(refund)
    was_sent = refund.is_sent
    source = outside(refund) if was_sent else held
    refund.restored = _move(
        refund, TransferKind.REFUND_RETURNED, source, cash, "restored", by=SYSTEM, at=at
    )
    returned = was_sent or event.kind == "refund.returned"
    refund.status = Refund.Status.RETURNED if returned else Refund.Status.FAILED
    refund.failure = str(event.payload.get("reason", ""))[:200]
    refund.ended_at, refund.lease_until = at, None
    refund.save(update_fields=["restored", "status", "failure", "ended_at", "lease_until"])
    word = "returned" if returned else "failed"
    _tell(word, refund, by=SYSTEM, at=at, reason=refund.failure)


def _accounts(refund: Refund) -> tuple[LedgerAccount, LedgerAccount]:
    """The company's cash, and what it has set aside."""
    accounts = ledger.Accounts(refund.currency, company=refund.company)
    return accounts.cash, accounts.reserved


def _move(
    refund: Refund,
    kind: TransferKind,
    source: LedgerAccount,
    target: LedgerAccount,
    step: str,
    *,
    by: Actor,
    at: datetime,
) -> Transfer:
    day = refund.funding.requested_at
    memo = f"the {_way(refund)} of {day:%B} {day.day}"
    return move(
        refund, kind, source, target, step=step, memo=memo, by=by, at=at, company=refund.company
    )


def _way(refund: Refund) -> str:
    return "card" if refund.funding.method == "card" else "bank account"


def _tell(word: str, refund: Refund, *, by: Actor, at: datetime, **more: str) -> None:
    record(
        f"refund.{word}",
        refund,
        by=by,
        at=at,
        company_key=refund.company_id,
        amount=str(refund.amount),
        refund=refund.reference,
        way=_way(refund),
        **more,
    )
