"""What a provider says: stored before it is believed, applied once, whoever tells it how often.

The first word of an event's kind (``funding.settled``, ``payout.paid``) names the module that
applies it; each registers its own with ``applies``.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation

from django.db import transaction
from django.db.models import F

from accounts.actors import Actor
from activity.record import record
from payments.models import ProviderEvent
from payments.providers.base import Answer

log = logging.getLogger(__name__)

TRIED_FOR = timedelta(days=1)
"""For how long a fault of ours may pass before staff are shown the event."""

Apply = Callable[..., str]
"""Takes a locked event and the time ``at``; returns why it cannot be applied, or nothing."""

_appliers: dict[str, Apply] = {}


def applies(about: str) -> Callable[[Apply], Apply]:
    """Register the function that applies the events about fundings, payouts and so on."""

    def remember(apply: Apply) -> Apply:
        _appliers[about] = apply
        return apply

    return remember


def store(provider: str, answers: Sequence[Answer], *, at: datetime) -> list[ProviderEvent]:
    """Keep what a provider said, each event once; returns those not applied yet."""
    if not answers:
        return []
    rows = [
        ProviderEvent(
            provider=provider,
            event_id=answer.event_id,
            kind=answer.kind,
            payload=answer.payload(),
            received_at=at,
        )
        for answer in answers
    ]
    ProviderEvent.objects.bulk_create(rows, ignore_conflicts=True)
    told = ProviderEvent.objects.filter(
        provider=provider, event_id__in=[answer.event_id for answer in answers]
    )
    return list(told.filter(applied_at=None, error="").order_by("pk"))


@transaction.atomic
def settle(event: ProviderEvent, *, at: datetime) -> ProviderEvent:
    """Apply one stored event, once; what cannot be believed is noted on it, for staff."""
    event = ProviderEvent.objects.select_for_update().get(pk=event.pk)
    if event.applied_at or event.error:
        return event
    apply = _appliers.get(event.kind.partition(".")[0])
    event.error = apply(event, at=at) if apply else f"unknown kind {event.kind}"
    event.applied_at = None if event.error else at
    event.save(update_fields=["applied_at", "error"])
    if event.error:
        log.error("provider event %s was not applied: %s", event.pk, event.error)
    return event


@transaction.atomic
def retry(event: ProviderEvent, *, at: datetime) -> ProviderEvent:
    """Try an event again that could not be applied, after what it speaks of was put right."""
    event = ProviderEvent.objects.select_for_update().get(pk=event.pk)
    if not event.applied_at and event.error:
        event.error = ""
        event.save(update_fields=["error"])
    return settle(event, at=at)


@transaction.atomic
def understand(event: ProviderEvent, note: str, *, by: Actor, at: datetime) -> ProviderEvent:
    """Close an event that cannot be applied, with what staff found out about it."""
    event = ProviderEvent.objects.select_for_update().get(pk=event.pk)
    if event.error and event.note != note:
        event.note = note
        event.save(update_fields=["note"])
        record(
            "provider_event.understood", event, by=by, at=at, company_key=None,
            error=event.error, note=note,
        )  # fmt: skip
    return event


def settle_waiting(*, at: datetime, limit: int) -> None:
    """Apply what was stored by a process that ended before it could.

    One that fails is tried again by the next sweeps, after those that failed less often, so that
    however many fail for ever, a new one is not held back. After a day it is one for staff.
    """
    waiting = ProviderEvent.objects.filter(applied_at=None, error="")
    for event in waiting.order_by("tries", "pk")[:limit]:
        try:
            settle(event, at=at)
        except Exception as fault:
            log.exception("provider event %s could not be applied", event.pk)
            _note_fault(event, fault, at=at)


def _note_fault(event: ProviderEvent, fault: Exception, *, at: datetime) -> None:
    waiting = ProviderEvent.objects.filter(pk=event.pk, applied_at=None, error="")
    waiting.update(tries=F("tries") + 1)
    if at - event.received_at >= TRIED_FOR:
        said = f"{type(fault).__name__}: {fault}".replace("\0", "")
        waiting.update(error=said[:300])


def told_amount(event: ProviderEvent) -> tuple[Decimal | None, str]:
    """The amount and currency that an event speaks of."""
    try:
        amount = Decimal(str(event.payload.get("amount")))
    except InvalidOperation:
        amount = None
    return amount, str(event.payload.get("currency"))
