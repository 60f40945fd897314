"""Web push to every browser that the person allowed it."""

from __future__ import annotations

import json

from django.conf import settings
from django.urls import reverse

from notifications.channels.base import Carrier, Gone, Refused
from notifications.channels.providers import push_provider
from notifications.models import Delivery, PushSubscription

LONGEST_TITLE, LONGEST_BODY = 120, 300
"""Push services take about 4,000 bytes; a letter may take four."""


class Push(Carrier):
    def __init__(self) -> None:
        self._provider = push_provider()

    def carry(self, delivery: Delivery) -> str:
        """Browsers that ended their subscription are forgotten.

        One that fails fails the try as a whole; a browser that has it already shows it in the
        place of the first, since both have the same tag.
        """
        browsers = list(PushSubscription.objects.filter(person=delivery.notice.recipient_id))
        payload = payload_of(delivery)
        reached = 0
        failed: Exception | None = None
        for browser in browsers:
            key = f"delivery-{delivery.pk}-{browser.pk}"
            try:
                self._provider.push(browser, payload, key=key, timeout=settings.PROVIDER_TIMEOUT)
                reached += 1
            except Gone:
                PushSubscription.objects.filter(pk=browser.pk).delete()
            except Exception as error:
                failed = error
        if failed:
            raise failed
        if not reached:
            raise Refused("No browser of the recipient takes notifications any more.")
        return f"{reached} browser{'s' * (reached != 1)}"


def payload_of(delivery: Delivery) -> bytes:
    notice = delivery.notice
    shown = {
        "title": notice.title[:LONGEST_TITLE],
        "body": notice.body[:LONGEST_BODY],
        "url": reverse("notifications:open", args=[notice.pk]),
        "tag": f"notice-{notice.pk}",
    }
    return json.dumps(shown).encode()
