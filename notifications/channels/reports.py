"""What mail providers tell afterwards, each in its own words, read into ours.

``signed`` is our own small format, for a mail server's script or a provider's relay: JSON with
``id``, ``event`` (``bounced``, ``delayed``, ``complained``, ``delivered``), ``address`` and
``reason``, alone or as a list, and the header ``X-Signature: <unix time>.<hex>`` with the
HMAC-SHA256 of ``<unix time>.<body>`` under ``MAIL_REPORTS_SECRET``. Another provider is one more
reader in ``READERS``.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings

from core.webhooks import NotGenuine, Unreadable
from notifications.bouncing import Report
from notifications.models import MailReport

MOST = 500
TOLERANCE = 300
"""Seconds that a signature is good for."""


Reader = Callable[[bytes, Mapping[str, str], datetime], list[Report]]


def signature(body: bytes, *, at: datetime) -> str:
    """What a sender puts into ``X-Signature``."""
    moment = str(int(at.timestamp()))
    return f"{moment}.{_mac(moment, body)}"


def signed(body: bytes, headers: Mapping[str, str], at: datetime) -> list[Report]:
    """Raises ``NotGenuine`` and ``Unreadable``."""
    moment, _, mac = headers.get("X-Signature", "").partition(".")
    if not (settings.MAIL_REPORTS_SECRET and moment.isascii() and moment.isdigit()):
        raise NotGenuine
    if not hmac.compare_digest(mac.encode(), _mac(moment, body).encode()):
        raise NotGenuine
    if len(moment) > 12 or abs(at.timestamp() - int(moment)) > TOLERANCE:
        raise NotGenuine
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        raise Unreadable from None
    rows = told if isinstance(told, list) else [told]
    if len(rows) > MOST:
        raise Unreadable
    return [_read(row) for row in rows]


READERS: dict[str, Reader] = {"signed": signed}


def _mac(moment: str, body: bytes) -> str:
    key = settings.MAIL_REPORTS_SECRET.encode()
    return hmac.new(key, moment.encode() + b"." + body, hashlib.sha256).hexdigest()


def _read(row: Any) -> Report:
    if not isinstance(row, dict):
        raise Unreadable
    key, event, address = (_line(row, name) for name in ("id", "event", "address"))
    if event not in MailReport.Kind.values or "@" not in address:
        raise Unreadable
    reason = row.get("reason")
    return Report(key, MailReport.Kind(event), address, _line(row, "reason") if reason else "")


def _line(row: dict[str, Any], name: str) -> str:
    value = row.get(name)
    if not isinstance(value, str) or not value or "\0" in value:
        raise Unreadable
    return value
