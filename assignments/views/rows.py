"""One row of a worker's list, in words: find work and My work print the same."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from accounts.models import Company
from assignments.amounts import terms_words
from assignments.models import Assignment
from assignments.schedule import when_words
from core.dates import relative_words
from core.places import away_words
from core.printing import Printed


@dataclass(frozen=True, slots=True)
class Row(Printed):
    """Made here, so that the template of 25 rows only prints; without ``url`` it leads nowhere."""

    url: str
    title: str
    company: Company
    icon: str
    where: str
    when: str
    soon: str
    pay: str
    terms: str
    mark: str = ""
    mark_tone: str = "neutral"
    fits: str = ""
    """Whether the worker meets what is asked, in words; empty where nothing is."""

    lacks: bool = False


def row_of(
    assignment: Assignment,
    *,
    at: datetime,
    mark: str = "",
    tone: str = "neutral",
    pay: str = "",
    terms: str = "",
    linked: bool = True,
    lacking: int | None = None,
) -> Row:
    """The row of an assignment; ``pay`` and ``terms`` say something else than the posted price,
    ``lacking`` how many requirements the worker does not meet."""
    miles = getattr(assignment, "miles", None)
    away = f", {away_words(miles)}" if assignment.on_site and miles is not None else ""
    return Row(
        url=assignment.get_absolute_url() if linked else "",
        title=assignment.title,
        company=assignment.company,
        icon="map-pin" if assignment.on_site else "monitor",
        where=(assignment.place or "On site") + away,
        when=when_words(assignment),
        soon=relative_words(assignment.starts_at, at),
        pay=pay or assignment.terms.sentence(assignment.company.currency),
        terms=terms or terms_words(assignment.terms_days),
        mark=mark,
        mark_tone=tone,
        fits=fits_words(lacking),
        lacks=bool(lacking),
    )


def fits_words(lacking: int | None) -> str:
    if lacking is None:
        return ""
    return f"{lacking} requirement{'s' * (lacking != 1)} missing" if lacking else "You qualify"


def sharing_companies(assignments: Iterable[Assignment]) -> list[Assignment]:
    """The same rows, each company once, so that what is read about it is read once."""
    found: dict[int, Company] = {}
    rows = list(assignments)
    for assignment in rows:
        assignment.company = found.setdefault(assignment.company_id, assignment.company)
    return rows
