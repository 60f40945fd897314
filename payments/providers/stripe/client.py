"""The official client, how its errors are taken, and amounts as Stripe counts them."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.conf import settings

from payments.providers.base import ProviderUnavailable

log = logging.getLogger(__name__)

CONNECT_SECONDS, ANSWER_SECONDS = 3, 7
KEYS_FORGOTTEN_AFTER = timedelta(hours=1)
"""Stripe may forget an idempotency key after a day. From this age on an order is looked up
before it is made once more."""

RETRIED = {"balance_insufficient", "lock_timeout", "rate_limit", "idempotency_key_in_use"}
"""Refusals that pass: the balance fills up, the lock is let go."""


class Refused(Exception):
    """Stripe does not take the order, and would not if it were asked again; its own words."""


def stripe_client() -> Any:
    """A client for the key in the settings; connections are kept for each thread."""
    return _client(settings.STRIPE_SECRET_KEY, settings.STRIPE_API_BASE)


@lru_cache(maxsize=4)
def _client(key: str, base: str) -> Any:
    import stripe  # an extra: only those who use it have it

    return stripe.StripeClient(
        key,
        base_addresses={"api": base} if base else None,
        http_client=stripe.RequestsClient(timeout=(CONNECT_SECONDS, ANSWER_SECONDS)),
        max_network_retries=0,
    )


@contextmanager
def asking() -> Iterator[None]:
    """Turn the client's errors into ``Refused``, and into ``ProviderUnavailable`` where the same
    order may still be taken: no answer, a fault of theirs, or a key of ours that is wrong.
    """
    import stripe

    try:
        yield
    except (stripe.CardError, stripe.InvalidRequestError) as error:
        if error.code in RETRIED or error.http_status == 409:
            raise ProviderUnavailable(str(error)) from error
        raise Refused(_words(error)) from error
    except (stripe.AuthenticationError, stripe.PermissionError) as error:
        log.error("Stripe does not accept STRIPE_SECRET_KEY: %s", error)
        raise ProviderUnavailable(str(error)) from error
    except stripe.StripeError as error:
        raise ProviderUnavailable(str(error)) from error


def _words(error: Any) -> str:
    return str(error.user_message or error.code or "The payment partner refused it.")


def cents(amount: Decimal) -> int:
    """Stripe counts dollars in cents."""
    return int(amount * 100)


def dollars(amount: int) -> Decimal:
    return (Decimal(amount) / 100).quantize(Decimal("0.01"))


def marked(what: str, key: str) -> dict[str, str]:
    """Metadata by which an object is known as ours, and as what."""
    return {"squarely": what, "key": key}


def is_ours(found: dict[str, Any], what: str) -> bool:
    return (found.get("metadata") or {}).get("squarely") == what


def key_of(found: dict[str, Any]) -> str:
    return str(found["metadata"]["key"])


def is_old(ordered_at: datetime, at: datetime) -> bool:
    return at - ordered_at > KEYS_FORGOTTEN_AFTER


def first_of_ours(rows: Any, what: str, key: str) -> dict[str, Any] | None:
    """The object among these that was made for this order, if it ever was."""
    for row in rows.auto_paging_iter():
        found: dict[str, Any] = row.to_dict()
        if is_ours(found, what) and key_of(found) == key:
            return found
    return None
