"""Letters written out: the library's own bytes, without its price where nothing has to be folded.

The generator of ``email`` parses and folds each header of each part anew, and compiles a pattern
for the boundary of each mail; for a mail of plain headers and two texts that is a third of what
sending costs. Such a mail is put together from the same headers and bodies. Any other (a header in
another script, a line too long, an attachment) is left to the library.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from email.message import Message
from typing import Any

from django.core.mail import EmailMultiAlternatives

LONGEST_LINE = 900
"""RFC 5321 allows 998 with the line's end."""


class Letter(EmailMultiAlternatives):
    def message(self, *args: Any, **kwargs: Any) -> Any:
        return Written(super().message(*args, **kwargs))


class Written:
    """A message, as whoever sends it asks for it."""

    def __init__(self, message: Message) -> None:
        self._message = message

    def __getattr__(self, name: str) -> Any:
        return getattr(self._message, name)

    def __getitem__(self, name: str) -> Any:
        return self._message[name]

    def as_bytes(self, unixfrom: bool = False, linesep: str = "\n") -> bytes:
        if unixfrom or not _is_plain(self._message):
            return self._message.as_bytes(unixfrom=unixfrom, linesep=linesep)  # type: ignore[call-arg]
        boundary = f"==={secrets.token_hex(16)}==="
        whole = "\n".join(_lines(self._message, boundary)).encode()
        return whole.replace(b"\n", linesep.encode()) if linesep != "\n" else whole


def _is_plain(message: Message) -> bool:
    if message.get_content_type() != "multipart/alternative" or message.get_boundary():
        return False
    parts = message.get_payload()
    assert isinstance(parts, list)
    return all(map(_is_short, (message, *parts))) and all(map(_is_as_it_is, parts))


def _is_short(message: Message) -> bool:
    return all(
        isinstance(value, str)
        and value.isascii()
        and value.isprintable()
        and len(name) + len(value) < LONGEST_LINE
        for name, value in message.items()
    )


def _is_as_it_is(part: Any) -> bool:
    return part["Content-Transfer-Encoding"] in ("7bit", "8bit")


def _lines(message: Message, boundary: str) -> Iterator[str]:
    parts: Any = message.get_payload()
    yield from _head(message, f'; boundary="{boundary}"')
    yield ""
    for part in parts:
        yield f"--{boundary}"
        yield from _head(part)
        yield ""
        yield part.get_payload(decode=True).decode().replace("\r\n", "\n")
    yield f"--{boundary}--"
    yield ""


def _head(message: Message, more: str = "") -> Iterator[str]:
    for name, value in message.items():
        yield f"{name}: {value}{more if name == 'Content-Type' else ''}"
