"""A notice as an e-mail: HTML and text from one template each, under one stable Message-ID."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse

from notifications.models import Delivery


def message_id(delivery: Delivery) -> str:
    """The same on every try of this delivery."""
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    return f"<delivery-{delivery.pk}@{host}>"


def letter_for(delivery: Delivery) -> EmailMultiAlternatives:
    """The mail of one delivery; its link opens the page in the capacity that was told."""
    notice = delivery.notice
    context = {
        "notice": notice,
        "url": settings.SITE_URL + reverse("notifications:open", args=[notice.pk]),
        "settings_url": settings.SITE_URL + reverse("accounts:person"),
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
    }
    letter = EmailMultiAlternatives(
        subject=" ".join(notice.title.split()),
        body=render_to_string("email/notice.txt", context).strip() + "\n",
        to=[notice.recipient.email],
        headers={"Message-ID": message_id(delivery), "Auto-Submitted": "auto-generated"},
    )
    letter.attach_alternative(render_to_string("email/notice.html", context), "text/html")
    return letter
