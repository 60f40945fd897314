"""What a provider tells by itself: kept as it came, then read, each message once.

A message is stored before anything in it is believed. Reading it yields answers as those the
provider gives when it is asked; each is stored and applied in the same way, so that it makes no
difference by which way, how often or in which order something is heard.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from core.webhooks import Unreadable
from payments import provider_events, providers
from payments.models import ProviderEvent
from payments.providers.base import Tells

log = logging.getLogger(__name__)

KIND = "webhook"
DEEPEST = 60


def hear(tells: Tells, name: str, body: bytes, headers: Mapping[str, str], *, at: datetime) -> None:
    """Keep a genuine message and apply it; what cannot be applied now, the sweep applies.

    Raises ``NotGenuine`` and, for what is no JSON object with an id and a type, ``Unreadable``;
    nothing is kept then.
    """
    tells.genuine(body, headers)
    try:
        told = json.loads(body, parse_float=str, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise Unreadable from None
    event = keep(name, told, at=at)
    try:
        provider_events.settle(event, at=at)
    except Exception:  # it is kept: whatever went wrong, the sweep tries again
        log.exception("provider event %s is kept and applied later", event.pk)


def _refuse(text: str) -> None:
    raise ValueError(f"{text} is no JSON")


def keep(name: str, told: object, *, at: datetime) -> ProviderEvent:
    """Store a message once; the same again returns the first."""
    if not isinstance(told, dict):
        raise Unreadable
    event_id, kind = told.get("id"), told.get("type")
    if not (isinstance(event_id, str) and isinstance(kind, str) and 0 < len(event_id) <= 120):
        raise Unreadable
    row = ProviderEvent(
        provider=name,
        event_id=_text(event_id),
        kind=_text(f"{KIND}.{kind}")[:60],
        payload=_storable(told),
        received_at=at,
    )
    ProviderEvent.objects.bulk_create([row], ignore_conflicts=True)
    return ProviderEvent.objects.get(provider=name, event_id=row.event_id)


def _storable(value: Any, depth: int = 0) -> Any:
    """The value without what PostgreSQL cannot hold in JSON: NUL, halves of characters."""
    if depth > DEEPEST:
        raise Unreadable
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, list):
        return [_storable(one, depth + 1) for one in value]
    if isinstance(value, dict):
        return {_text(name): _storable(one, depth + 1) for name, one in value.items()}
    return value


def _text(value: str) -> str:
    return value.replace("\0", "").encode("utf-8", "replace").decode()


@provider_events.applies(KIND)
def _apply(event: ProviderEvent, *, at: datetime) -> str:
    """Read the message and apply each answer in it; what does not concern us is done with."""
    tells = providers.telling(event.provider)
    if tells is None:
        return "this provider tells nothing"
    try:
        answers = tells.read(event.payload)
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
        return f"cannot be read: {error!r}"[:300]
    for answer in provider_events.store(event.provider, answers, at=at):
        provider_events.settle(answer, at=at)
    return ""


@provider_events.applies("dispute")
def _dispute(event: ProviderEvent, *, at: datetime) -> str:
    """A payer's bank took a payment back, by law and without asking: for staff to put right."""
    amount, currency = provider_events.told_amount(event)
    return (
        f"the payer's bank takes back {amount} {currency} of {event.payload.get('key')}: answer "
        "the dispute at the provider; if it is lost, take the money from the cash by a correction"
    )


def replay(event: ProviderEvent, *, at: datetime) -> ProviderEvent:
    """Read a kept message once more: what it says and is known already changes nothing."""
    if event.applied_at is None:
        return provider_events.retry(event, at=at)
    with transaction.atomic():
        if event.kind.startswith(f"{KIND}."):
            _apply(event, at=at)
    return event


def catch_up(name: str, *, since: datetime, at: datetime) -> tuple[int, int]:
    """Hear again what a provider has told since, as after a time when we did not answer.

    Returns how many messages it had, and how many of them were new to us.
    """
    tells = providers.telling(name)
    if tells is None:
        return 0, 0
    heard = new = 0
    for told in tells.told_since(since):
        event = keep(name, told, at=at)
        heard, new = heard + 1, new + (event.received_at == at)
        provider_events.settle(event, at=at)
    return heard, new
