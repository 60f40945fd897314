"""Which provider sends text messages and web push: chosen by name in the settings."""

from __future__ import annotations

from typing import Any, Protocol

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from notifications.models import PushSubscription


class TextProvider(Protocol):
    def text(self, number: str, words: str, *, key: str, timeout: float) -> None:
        """Send a text message; the same key again must not arrive twice."""


class PushProvider(Protocol):
    public_key: str
    """What browsers are asked to encrypt for (VAPID)."""

    def push(self, browser: PushSubscription, payload: bytes, *, key: str, timeout: float) -> None:
        """Hand an encrypted message to the browser's push service; ``Gone`` where it ended."""


PROVIDERS = {
    "sandbox": "notifications.channels.sandbox.Sandbox",
}


def text_provider() -> TextProvider:
    return _provider(settings.SMS_PROVIDER)


def push_provider() -> PushProvider:
    return _provider(settings.PUSH_PROVIDER)


def _provider(name: str) -> Any:
    try:
        made = import_string(PROVIDERS.get(name, name))
    except ImportError as error:
        raise ImproperlyConfigured(f"There is no provider {name!r}: {error}") from error
    return made()
