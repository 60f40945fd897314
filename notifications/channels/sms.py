"""Text messages: the title and where it leads, short enough for one or two messages."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse

from notifications import confirming
from notifications.channels.base import Carrier, Refused
from notifications.channels.providers import text_provider
from notifications.models import Channel, Delivery

LONGEST = 300


class Sms(Carrier):
    def __init__(self) -> None:
        self._provider = text_provider()

    def carry(self, delivery: Delivery) -> str:
        notice = delivery.notice
        if confirming.is_code(notice):
            number, words = confirming.words_for(notice, Channel.SMS)
        else:
            number, words = notice.recipient.reach.phone, text_of(delivery)
        if not number:
            raise Refused("There is no telephone number.")
        key = f"delivery-{delivery.pk}"
        self._provider.text(number, words, key=key, timeout=settings.PROVIDER_TIMEOUT)
        return number


def text_of(delivery: Delivery) -> str:
    """``Squarely: Harbor assigned you … https://…``; control characters are left out."""
    notice = delivery.notice
    link = settings.SITE_URL + reverse("notifications:open", args=[notice.pk])
    words = " ".join("".join(c if c.isprintable() else " " for c in notice.title).split())
    room = LONGEST - len(link) - len(settings.SITE_NAME) - 3
    if len(words) > room:
        words = words[: room - 1].rstrip() + "…"
    return f"{settings.SITE_NAME}: {words} {link}"
