"""What the scorecard card draws; the scorecards app fills these, pages and admin show them."""

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a card, already in words.

    ``position`` and ``threshold`` are 0 to 100 on the little scale under the value, ``trend``
    is a run of numbers, oldest first, and ``url`` opens the rows behind the figure.
    """

    label: str
    value: str
    note: str = ""
    tone: str = "neutral"
    word: str = ""
    trend: Sequence[float] = ()
    position: float | None = None
    threshold: float | None = None
    threshold_word: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Scorecard:
    """A card of figures about a company or a worker, with its overall tone and word."""

    title: str
    figures: Sequence[Figure] = field(default_factory=tuple)
    tone: str = "neutral"
    word: str = ""
    basis: str = ""
    href: str = ""
