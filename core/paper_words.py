"""Words in place of what a font cannot draw, so that paper never shows an empty box.

An emoji is told by its Unicode name, ``[hammer and wrench]``; other signs by how many there are,
``[3 signs of another script]``. What only changes the look of the sign before it is left out.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Iterator

JOINER = "\u200d"
LOOKS = re.compile("[\ufe00-\ufe0f\u20e3\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]")
"""Variation selectors, the frame of a key, colors of skin, the tags of a flag."""
FLAG_A = 0x1F1E6


def in_glyphs(words: str, drawn: Container[int]) -> str:
    """The words as they can be drawn by a font that has these code points."""
    if words.isascii():
        return words
    return "".join(_told(words, drawn))


def _told(words: str, drawn: Container[int]) -> Iterator[str]:
    missing = ""
    for sign in words:
        if ord(sign) in drawn and sign != JOINER and not LOOKS.match(sign):
            yield from _named(missing)
            missing = ""
            yield sign
        elif sign == JOINER or LOOKS.match(sign):
            missing += sign if missing else ""
        elif sign.isprintable():
            missing += sign
        else:  # line breaks and control characters stay for whoever sets the text
            yield from _named(missing)
            missing = ""
            yield sign
    yield from _named(missing)


def _named(missing: str) -> Iterator[str]:
    """Signs that follow each other and cannot be drawn."""
    others = 0
    for sign in re.findall(r"[\U0001f1e6-\U0001f1ff]{2}|.", LOOKS.sub("", missing), re.DOTALL):
        name = _name(sign)
        if others and name:
            yield _count(others)
            others = 0
        if name:
            yield f"[{name}]"
        elif sign != JOINER:
            others += 1
    if others:
        yield _count(others)


def _name(sign: str) -> str:
    if len(sign) == 2:
        return "flag " + "".join(chr(ord(letter) - FLAG_A + ord("A")) for letter in sign)
    if unicodedata.category(sign) not in ("So", "Sk", "Sm", "Po"):
        return ""
    return unicodedata.name(sign, "").lower()


def _count(others: int) -> str:
    return f"[{others} sign{'s' * (others != 1)} of another script]"
