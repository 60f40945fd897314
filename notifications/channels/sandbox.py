"""The provider that needs nothing outside: keeps what it is given, and fails as it is told.

A number or endpoint that ends in ``0001`` hangs until the time is over, ``0002`` fails, ``0003``
takes the message and then breaks off, so that it is answered twice, ``0004`` is gone for good.
"""

from __future__ import annotations

import json
import time

from django.db.models import F
from django.utils import timezone

from notifications.channels.base import Down, Gone, Refused
from notifications.models import Channel, DemoMessage, PushSubscription


class Sandbox:
    public_key = (
        "BEl62iUYgUivxIkv69yViEuiBIa-Ib9-SkvMeAtA3LFgDzkrxZJjSgSnfckjBJuBkr3qBUYIHBQFLXYp5Nksh8U"
    )
    """Well formed; nobody signs with it."""

    def text(self, number: str, words: str, *, key: str, timeout: float) -> None:
        self._take(Channel.SMS, number, words, key, timeout)

    def push(self, browser: PushSubscription, payload: bytes, *, key: str, timeout: float) -> None:
        shown = json.loads(payload)
        words = "\n".join(line for line in (shown["title"], shown["body"], shown["url"]) if line)
        self._take(Channel.PUSH, browser.endpoint, words, key, timeout)

    def _take(self, channel: Channel, address: str, words: str, key: str, timeout: float) -> None:
        if address.endswith("0001"):
            time.sleep(timeout)
            raise Down(f"No answer within {timeout} seconds.")
        if address.endswith("0002"):
            raise RuntimeError("The provider refuses for now.")
        if address.endswith("0004"):
            raise (
                Gone("This address is no more.")
                if channel == Channel.PUSH
                else Refused("This number takes no messages.")
            )
        kept, is_new = DemoMessage.objects.get_or_create(
            key=key,
            defaults={
                "channel": channel, "address": address, "text": words, "sent_at": timezone.now(),
            },
        )  # fmt: skip
        if is_new and address.endswith("0003"):
            raise Down("The answer was lost.")
        if not is_new:
            DemoMessage.objects.filter(pk=kept.pk).update(arrivals=F("arrivals") + 1)
