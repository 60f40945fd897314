"""How complete a posting is: what a worker would otherwise have to ask.

The guidelines for clients ask for a clear and comprehensive description; the meter names what
is missing before sending, and bars nobody.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.urls import reverse

from assignments.contents import GivenPart
from assignments.models import Assignment

ENOUGH_WORDS = 60
"""Below this a description rarely says what is there, what is wanted and when it is done."""

TOOLS = re.compile(
    r"\b(tools?|equipment|ladder|laptop|drill|meter|cable|parts?|bring|provided|supplied|kit)\b",
    re.IGNORECASE,
)
DAY_BY_DAY = re.compile(
    r"\b((first|second|third|last|each|every|per|next|following) (day|morning|evening)|"
    r"days? (one|two|three|\d)|daily|(mon|tues|wednes|thurs|fri|satur|sun)day|nightly|overnight)\b",
    re.IGNORECASE,
)
NAMED = re.compile(
    r"\b(attach(ed|ment)s?|enclosed|see the|floor ?plans?|drawings?|diagrams?|manuals?|"
    r"(wiring|site|cable) plans?)\b",
    re.IGNORECASE,
)
"""Words that send a worker to look for a document."""
DONE = re.compile(
    r"\b(done when|finished|complete[ds]?|completion|test(ed)?|verif\w+|confirm\w*|sign[- ]?off|"
    r"working|photos?|before leaving|make sure|ensure)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Point:
    """One thing a worker looks for, and where on the form it is written."""

    label: str
    done: bool
    field: str
    note: str = ""
    page: str = ""

    @property
    def url(self) -> str:
        return f"{self.page}#id_{self.field}"


@dataclass(frozen=True)
class Beside:
    """What hangs on a posting beside its fields: each of a kind that the meter knows."""

    deliverables: Collection[object] = ()
    parts: Collection[GivenPart] = ()
    documents: Collection[object] = ()
    days: int = 1


def of_posting(values: Mapping[str, Any], beside: Beside) -> list[Point]:
    """The points of a posting whose fields are ``values`` (missing ones count as empty)."""
    description = str(values.get("description") or "")
    words = len(description.split())
    points = [
        Point(
            "A title that says what is done to what",
            len(str(values.get("title") or "").split()) >= 3,
            "title",
            "Three words or more: “Replace two access points”.",
        ),
        Point(
            "A description that needs no questions",
            words >= ENOUGH_WORDS,
            "description",
            f"{words} of {ENOUGH_WORDS} words or more: what is there, what is wanted, how.",
        ),
        Point(
            "Tools and parts: what to bring, what is there",
            bool(TOOLS.search(description) or beside.parts),
            "description",
        ),
        *_of_parts(beside.parts),
        *_of_documents(description, beside.documents),
        *_of_days(description, beside.days),
        Point("When the work counts as done", bool(DONE.search(description)), "description"),
        Point("Skills", bool(values.get("skills")), "skills"),
        Point(
            "Deliverables",
            bool(beside.deliverables),
            "wanted-0-title",
            "For example photos, or a signed work sheet.",
        ),
    ]
    if values.get("on_site"):
        named = bool(values.get("contact_name") and values.get("contact_phone"))
        points.append(Point("Whom to ask for on site, with phone", named, "contact_name"))
        points.append(Point("Dress code", bool(values.get("dress_code")), "dress_code"))
        points.append(
            Point("How to get in", bool(values.get("access_instructions")), "access_instructions")
        )
    helped = values.get("support_phone") or values.get("support_email")
    points.append(Point("Whom to call for help during the work", bool(helped), "support_phone"))
    return [replace(point, note="") if point.done else point for point in points]


def _of_parts(parts: Collection[GivenPart]) -> list[Point]:
    """Whoever signs for a part wants to know which one it is, and what they answer for."""
    if not parts:
        return []
    points = [
        Point(
            "Each part with its number",
            all(part.number for part in parts),
            "parts-0-number",
            "So that the worker knows which box is meant.",
        )
    ]
    if back := [part for part in parts if part.return_wanted]:
        points.append(
            Point(
                "What the parts you want back are worth",
                all(part.value for part in back),
                "parts-0-value",
            )
        )
    return points


def _of_documents(description: str, documents: Collection[object]) -> list[Point]:
    """Only where the text sends the worker to one, or one is there."""
    named = NAMED.search(description)
    if not named and not documents:
        return []
    note = f"The description says “{named[0]}”." if named else ""
    return [Point("The documents to look at", bool(documents), "document-files", note)]


def _of_days(description: str, days: int) -> list[Point]:
    if days < 2:
        return []
    said = bool(DAY_BY_DAY.search(description))
    note = f"The work takes {days} days: say what is done on which."
    return [Point("What is done on which day", said, "description", note)]


def of_assignment(assignment: Assignment, beside: Beside) -> list[Point]:
    """The points of an assignment as it is stored."""
    names = (
        "title", "description", "skills", "on_site", "contact_name", "contact_phone",
        "dress_code", "access_instructions", "support_phone", "support_email",
    )  # fmt: skip
    values = {name: getattr(assignment, name) for name in names}
    edit = reverse("assignments:edit", args=[assignment.reference])
    return [replace(point, page=edit) for point in of_posting(values, beside)]


def missing(points: Collection[Point]) -> list[Point]:
    """The points that are not there yet."""
    return [point for point in points if not point.done]
