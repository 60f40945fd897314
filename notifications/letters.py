"""Notices as e-mails: HTML and text from one template each, under one stable Message-ID."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from unicodedata import category
from urllib.parse import urlsplit

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.text import Truncator

from notifications import confirming, unsubscribing
from notifications.models import Channel, Delivery, Digest, Notice
from notifications.topics import is_necessary, topic_of
from notifications.written import Letter

LONGEST_SUBJECT = 200
LONGEST_EXCERPT = 240
"""Of a notice in a digest."""


def message_id(row: Delivery | Digest) -> str:
    """The same on every try of this delivery or digest."""
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    return f"<{row._meta.model_name}-{row.pk}@{host}>"


def letter_for(delivery: Delivery) -> Letter:
    """The mail of one delivery; its link opens the page in the capacity that was told."""
    notice = delivery.notice
    if confirming.is_code(notice):
        address, words = confirming.words_for(notice, Channel.EMAIL)
        context = {"notice": notice, "code_words": words, **_frame("")}
        return _letter(delivery, "email/code", notice.title, address, context)
    context = {
        "notice": notice,
        "url": _link(notice),
        "necessary": topic_of(notice.kind).necessary,
        **_frame("" if is_necessary(notice.kind) else _stop(notice)),
    }
    return _letter(delivery, "email/notice", notice.title, notice.recipient.email, context)


def digest_letter(digest: Digest, notices: Sequence[Notice]) -> Letter:
    """One mail of all of them; its one-click way out is out of everything but the necessary."""
    person = digest.recipient
    count = len(notices)
    subject = f"Your day on {settings.SITE_NAME}: {count} notification{'s' * (count != 1)}"
    context = {
        "subject": subject,
        "items": [
            {"notice": notice, "excerpt": _in_short(notice), "url": _link(notice)}
            for notice in notices
        ],
        **_frame(unsubscribing.address(person, "")),
    }
    return _letter(digest, "email/digest", subject, person.email, context)


def _in_short(notice: Notice) -> str:
    """The beginning of what it says, in one line."""
    return Truncator(" ".join(notice.body.split())).chars(LONGEST_EXCERPT)


def _stop(notice: Notice) -> str:
    return unsubscribing.address(notice.recipient, notice.kind)


def _link(notice: Notice) -> str:
    return settings.SITE_URL + reverse("notifications:open", args=[notice.pk])


def _frame(stop_url: str) -> dict[str, Any]:
    return {
        "stop_url": stop_url,
        "settings_url": settings.SITE_URL + reverse("notifications:preferences"),
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
    }


def _letter(
    row: Delivery | Digest, template: str, subject: str, address: str, context: dict[str, Any]
) -> Letter:
    headers = {"Message-ID": message_id(row), "Auto-Submitted": "auto-generated"}
    if stop := context["stop_url"]:
        headers |= {
            "List-Unsubscribe": f"<{stop}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }
    letter = Letter(
        subject=subject_line(subject),
        body=render_to_string(f"{template}.txt", context).strip() + "\n",
        to=[address],
        headers=headers,
    )
    letter.attach_alternative(render_to_string(f"{template}.html", context), "text/html")
    return letter


def subject_line(words: str) -> str:
    """One line without control characters; emoji and marks of writing direction stay."""
    line = " ".join("".join(" " if category(c) in BREAKING else c for c in words).split())
    return line if len(line) <= LONGEST_SUBJECT else line[: LONGEST_SUBJECT - 1].rstrip() + "…"


BREAKING = ("Cc", "Zl", "Zp", "Cs")
