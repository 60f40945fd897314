"""Messages that outside services send us: read within bounds, kept only where they are genuine."""

from __future__ import annotations

from collections.abc import Callable

from allauth.core import ratelimit
from django.http import HttpRequest, HttpResponse

LARGEST = 256 * 1024
"""Bytes of a message; those of payment and mail providers are rarely above 20,000."""


class NotGenuine(Exception):
    """Nobody with our secret signed it, or it is too old."""


class Unreadable(Exception):
    """Of the right sender, and nothing that can be read."""


def answer(
    request: HttpRequest, hear: Callable[[bytes], object], *, unreadable: str
) -> HttpResponse:
    """Let ``hear`` take the message, and answer 200 whatever it says.

    Anything but a signed message of bearable size is refused; a genuine one is never held back,
    however many forged ones come from the same address. ``hear`` raises ``NotGenuine`` and
    ``Unreadable``, with nothing kept.
    """
    body = request.read(LARGEST + 1)
    if len(body) > LARGEST:
        return _said("Too large.", 413)
    try:
        hear(body)
    except Unreadable:
        return _said(unreadable, 400)
    except NotGenuine:
        may = ratelimit.consume(request, action="forged_webhook")
        return _said("Not signed.", 400 if may else 429)
    return _said("Kept.", 200)


def _said(words: str, status: int) -> HttpResponse:
    return HttpResponse(words, status=status, content_type="text/plain")
