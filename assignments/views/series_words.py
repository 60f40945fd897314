"""Series and their dates in words, so that the templates only print."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from assignments import standing_routing
from assignments.models import Series, SeriesDate, SeriesPart
from assignments.models.templates import SeriesState
from assignments.occurrences import Occurrence, Plan, pattern_of
from assignments.states import Status
from core.badges import Badge, badge_for
from core.dates import moment_words, relative_words, time_words

SHOWN = 25


@dataclass(frozen=True, slots=True)
class DateLine:
    """One date as the page of its series prints it."""

    when: str
    away: str
    notes: list[str]
    badge: Badge
    url: str = ""
    assignment_url: str = ""
    reference: str = ""


def plans_of(rows: Sequence[Series]) -> list[Plan]:
    """The plans of many series (two queries)."""
    parts: dict[int, list[SeriesPart]] = {}
    for part in SeriesPart.objects.filter(series__in=rows).order_by("series", "first_on"):
        parts.setdefault(part.series_id, []).append(part)
    dates: dict[int, dict[Any, SeriesDate]] = {}
    for row in SeriesDate.objects.filter(series__in=rows).select_related("assignment"):
        dates.setdefault(row.series_id, {})[row.on] = row
    return [Plan(series, parts[series.pk], dates.get(series.pk, {})) for series in rows]


def row_of(plan: Plan, *, at: datetime) -> dict[str, Any]:
    """A series as the list shows it."""
    ended = plan.series.state == SeriesState.ENDED
    waiting = [] if ended else plan.waiting(at=at)
    following = waiting[0].start.at if waiting else None
    return {
        "series": plan.series,
        "words": rule_words(plan),
        "next": moment_words(following, plan.parts[-1].zone) if following else "No date to come",
    }


def rule_words(plan: Plan) -> str:
    """``Every week on Monday at 9:00 AM, until …``."""
    part = plan.parts[-1]
    moment = datetime.combine(part.first_on, part.starts, plan.zone)
    return f"{pattern_of(part).words}, at {time_words(moment)} ({moment:%Z})"


def cautions(plan: Plan, coming: Iterable[Occurrence]) -> list[str]:
    """What the calendar and the clocks will do to it."""
    found = [pattern_of(plan.parts[-1]).caution, *(one.start.note for one in coming)]
    return list(dict.fromkeys(filter(None, found)))


def facts(plan: Plan) -> list[tuple[str, str]]:
    series = plan.series
    return [
        ("Each date", _each(series)),
        ("Written", f"{series.days_ahead} days before its start"),
        ("Acts for", str(series.member.user)),
    ]


def _each(series: Series) -> str:
    if not series.sends:
        return "Written as a draft"
    return standing_routing.words(series.routing, series.company)


def line_of(one: Occurrence, series: Series, *, at: datetime) -> DateLine:
    """A date with what became of it."""
    row, assignment = one.row, one.row and one.row.assignment
    notes = [note for note in (one.start.note, row.note if row else "") if note]
    if one.is_moved and not one.is_skipped:
        notes.insert(0, f"Moved from {one.on:%b} {one.on.day}")
    start = assignment.starts_at if assignment else one.start.at
    sent = bool(assignment and assignment.status != Status.DRAFT)
    return DateLine(
        when=moment_words(start, one.part.zone),
        away=relative_words(start, at),
        notes=notes,
        badge=_badge(one),
        url="" if sent else reverse("assignments:series_date", args=[series.reference, one.on]),
        assignment_url=assignment.get_absolute_url() if assignment else "",
        reference=assignment.reference if assignment else "",
    )


def written(plan: Plan, *, at: datetime) -> list[DateLine]:
    """The newest of the dates that have passed."""
    today = at.astimezone(plan.zone).date()
    past = sorted((on for on in plan.rows if on < today), reverse=True)[:SHOWN]
    return [line_of(plan.at(on), plan.series, at=at) for on in past]


def _badge(one: Occurrence) -> Badge:
    if one.is_skipped:
        return Badge("Left out", "neutral", "ban")
    if one.row and one.row.assignment:
        assignment = one.row.assignment
        return badge_for(assignment.status, assignment.get_status_display())
    if one.is_written:
        return Badge("Draft deleted", "neutral", "trash-2")
    return Badge("To come", "info", "calendar")
