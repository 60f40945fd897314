"""Two texts laid over each other, to see what has changed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher


@dataclass(frozen=True)
class Piece:
    """A part of two texts laid over each other: kept, taken out or put in."""

    kind: str
    text: str

    @property
    def is_gone(self) -> bool:
        return self.kind == "gone"

    @property
    def is_new(self) -> bool:
        return self.kind == "new"


def difference(before: str, after: str) -> list[Piece]:
    """The two texts laid over each other, paragraph by paragraph, and word by word inside of
    those that changed."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    pieces: list[Piece] = []
    for act, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if act == "equal":
            pieces.append(Piece("kept", "".join(old[a:b])))
        else:
            pieces.extend(_words("".join(old[a:b]), "".join(new[c:d])))
    return pieces


def _words(before: str, after: str) -> Iterator[Piece]:
    old, new = (re.findall(r"\s+|[^\s]+", text) for text in (before, after))
    for act, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if act == "equal":
            yield Piece("kept", "".join(old[a:b]))
            continue
        if a < b:
            yield Piece("gone", "".join(old[a:b]))
        if c < d:
            yield Piece("new", "".join(new[c:d]))
