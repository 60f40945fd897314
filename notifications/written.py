"""Letters written out: the library's own bytes, without its price where nothing has to be folded.

The library makes a message of each part, parses and folds each header anew, compiles a pattern for
the boundary, and weighs every letter of a subject with a “quote” in it twice; for a mail of plain
headers and two texts that is half of what sending costs. Such a mail is put together from the same
headers and texts. Any other (a header or a line too long, an attachment) is left to the library.
"""

from __future__ import annotations

import secrets
from base64 import b64encode
from collections.abc import Iterator, Sequence
from email.utils import formatdate
from functools import cached_property
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.message import forbid_multi_line_headers

LONGEST_LINE = 998
"""In octets, without the line's end (RFC 5322)."""
ENCODING = "utf-8"
FOLD = "\n "
MOST_ENCODED, MOST_BESIDE_NAME = 45, 39
"""Octets in an encoded word: of 75 characters, in lines of 76 (RFC 2047, 2)."""
Headers = Sequence[tuple[str, str]]


class Letter(EmailMultiAlternatives):
    def message(self, *args: Any, **kwargs: Any) -> Any:
        """Raises ``BadHeaderError`` where a header holds a line break."""
        if self._is_simple():
            headers = [_in_ascii(name, value) for name, value in self._headers()]
            if all(map(_is_short, headers)):
                return Written(self, headers)
        return super().message(*args, **kwargs)

    def library_message(self) -> Any:
        """The same as an object of ``email``."""
        return super().message()

    def _is_simple(self) -> bool:
        """A text and its HTML to somebody, and nothing else."""
        return (
            not (self.attachments or self.cc or self.reply_to or self.encoding)
            and [kind for _, kind in self.alternatives] == ["text/html"]
            and self.extra_headers.keys() >= {"Message-ID"}
            and not self.extra_headers.keys() & {"From", "To", "Cc", "Reply-To", "Subject"}
            and all(map(_has_short_lines, self.texts()))
        )

    def texts(self) -> tuple[str, str]:
        """The plain one, and the HTML."""
        [(html, _)] = self.alternatives
        return str(self.body), str(html)

    def _headers(self) -> Iterator[tuple[str, str]]:
        yield "Subject", str(self.subject)
        yield "From", self.from_email
        yield "To", ", ".join(self.to)
        if "Date" not in self.extra_headers:
            yield "Date", formatdate(localtime=settings.EMAIL_USE_LOCALTIME)
        yield from self.extra_headers.items()


class Written:
    """A simple letter as whoever sends it asks for it; all but its bytes is the library's."""

    def __init__(self, letter: Letter, headers: Headers) -> None:
        self._letter, self._headers = letter, headers

    @cached_property
    def _message(self) -> Any:
        return self._letter.library_message()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._message, name)

    def __getitem__(self, name: str) -> Any:
        return self._message[name]

    def as_bytes(self, unixfrom: bool = False, linesep: str = "\n") -> bytes:
        if unixfrom:
            return bytes(self._message.as_bytes(unixfrom=unixfrom, linesep=linesep))
        whole = "\n".join(self._lines(f"==={secrets.token_hex(16)}==="))
        return whole.replace("\n", linesep).encode()

    def _lines(self, boundary: str) -> Iterator[str]:
        yield f'Content-Type: multipart/alternative; boundary="{boundary}"'
        yield "MIME-Version: 1.0"
        yield from (f"{name}: {value}" for name, value in self._headers)
        yield ""
        for kind, text in zip(("plain", "html"), self._letter.texts(), strict=True):
            yield f"--{boundary}"
            yield f'Content-Type: text/{kind}; charset="{ENCODING}"'
            yield "MIME-Version: 1.0"
            yield f"Content-Transfer-Encoding: {'7bit' if text.isascii() else '8bit'}\n"
            yield text.replace("\r\n", "\n").replace("\r", "\n")
        yield f"--{boundary}--\n"


def _in_ascii(name: str, value: str) -> tuple[str, str]:
    """The header as it is written, on several lines where need be; raises ``BadHeaderError``."""
    if name == "Subject" and not (value.isascii() or "\n" in value or "\r" in value):
        return name, FOLD.join(_encoded_words(value))
    return forbid_multi_line_headers(name, value, ENCODING)


def _encoded_words(text: str) -> Iterator[str]:
    """In base 64, each of whole characters; the first leaves room for the header's name."""
    octets, most = b"", MOST_BESIDE_NAME
    for character in text:
        added = character.encode()
        if len(octets) + len(added) > most:
            yield _encoded_word(octets)
            octets, most = b"", MOST_ENCODED
        octets += added
    yield _encoded_word(octets)


def _encoded_word(octets: bytes) -> str:
    return f"=?{ENCODING}?b?{b64encode(octets).decode()}?="


def _is_short(header: tuple[str, str]) -> bool:
    name, value = header
    lines = value.split(FOLD)
    return value.isascii() and all(
        line.isprintable() and len(name) + len(line) < LONGEST_LINE for line in lines
    )


def _has_short_lines(text: str) -> bool:
    return all(len(line) <= LONGEST_LINE for line in text.encode().splitlines())
