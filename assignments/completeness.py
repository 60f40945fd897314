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

from assignments.models import Assignment

ENOUGH_WORDS = 60
"""Below this a description rarely says what is there, what is wanted and when it is done."""

TOOLS = re.compile(
    r"\b(tools?|equipment|ladder|laptop|drill|meter|cable|parts?|bring|provided|supplied|kit)\b",
    re.IGNORECASE,
)
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


def of_posting(values: Mapping[str, Any], deliverables: Collection[object]) -> list[Point]:
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
            bool(TOOLS.search(description)),
            "description",
        ),
        Point("When the work counts as done", bool(DONE.search(description)), "description"),
        Point("Skills", bool(values.get("skills")), "skills"),
        Point(
            "Deliverables",
            bool(deliverables),
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


def of_assignment(assignment: Assignment, deliverables: Collection[object]) -> list[Point]:
    """The points of an assignment as it is stored."""
    names = (
        "title", "description", "skills", "on_site", "contact_name", "contact_phone",
        "dress_code", "access_instructions", "support_phone", "support_email",
    )  # fmt: skip
    values = {name: getattr(assignment, name) for name in names}
    edit = reverse("assignments:edit", args=[assignment.reference])
    return [replace(point, page=edit) for point in of_posting(values, deliverables)]


def missing(points: Collection[Point]) -> list[Point]:
    """The points that are not there yet."""
    return [point for point in points if not point.done]
