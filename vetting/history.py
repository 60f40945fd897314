"""What happened to a test, in sentences, from its events."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from activity.models import Event
from vetting.models import Test

MOST = 30


@dataclass(frozen=True)
class Line:
    """One entry of the timeline."""

    at: datetime
    who: str
    sentence: str


def _published(data: dict[str, Any]) -> str:
    anew = "" if data.get("keeps_passes", True) else "; everybody has to pass it anew"
    return f"published version {data.get('version')}{anew}"


SENTENCES: dict[str, Callable[[dict[str, Any]], str]] = {
    "test.created": lambda data: (
        f"copied it from {data['copy_of']}" if data.get("copy_of") else "made it"
    ),
    "test.edited": lambda data: "changed the settings",
    "test.revised": lambda data: f"began version {data.get('version')}",
    "test.draft_discarded": lambda data: "threw the draft away",
    "test.question_added": lambda data: "added a question",
    "test.question_changed": lambda data: "worded a question anew",
    "test.question_removed": lambda data: "removed a question",
    "test.reordered": lambda data: "put the questions into another order",
    "test.pool_changed": lambda data: f"draws {data.get('draw')} of “{data.get('pool')}”",
    "test.published": _published,
    "test.archived": lambda data: "archived it",
    "test.restored": lambda data: "brought it back",
    "test.attempt_granted": lambda data: f"let {data.get('worker')} try once more",
}


def of(test: Test) -> list[Line]:
    """The newest entries; the same thing several times in a row is said once (one query)."""
    events = Event.objects.about(test).filter(kind__in=SENTENCES).select_related("user")
    lines: list[Line] = []
    for event in events.order_by("-at", "-pk")[: MOST * 3]:
        line = Line(event.at, str(event.user or "The system"), SENTENCES[event.kind](event.data))
        if not lines or (lines[-1].who, lines[-1].sentence) != (line.who, line.sentence):
            lines.append(line)
    return lines[:MOST]
