"""Assignments in the form that calendar programs read (RFC 5545)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from django.conf import settings
from icalendar import Calendar, Event

from assignments.models import Assignment
from assignments.queries.calendar import Turn, turns_of
from assignments.states import Status


def calendar(assignments: Iterable[Assignment], *, for_worker: bool, at: datetime) -> bytes:
    """An event for each assignment or each of its days, in UTC; programs show their own zone."""
    made = Calendar()
    made.add("prodid", f"-//{settings.SITE_NAME}//assignments//EN")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", settings.SITE_NAME)
    made.add("refresh-interval", timedelta(hours=1), parameters={"value": "DURATION"})
    for assignment in assignments:
        for number, turn in enumerate(turns_of(assignment)):
            made.add_component(_event(turn, number, for_worker=for_worker, at=at))
    return made.to_ical()


def _event(turn: Turn, number: int, *, for_worker: bool, at: datetime) -> Event:
    event, assignment = Event(), turn.assignment
    host = settings.SITE_URL.partition("://")[2]
    url = f"{settings.SITE_URL}{assignment.get_absolute_url()}"
    day = f"-{number}" if number else ""
    event.add("uid", f"{assignment.reference}{day}@{host}")
    event.add("dtstamp", at.astimezone(UTC))
    event.add("dtstart", turn.starts_at.astimezone(UTC))
    event.add("dtend", turn.ends_at.astimezone(UTC))
    event.add("sequence", assignment.revision)
    event.add("summary", _summary(assignment, for_worker=for_worker))
    event.add("description", _description(assignment, url))
    event.add("location", _place(assignment))
    event.add("url", url)
    certain = assignment.status != Status.SENT
    event.add("status", "CONFIRMED" if certain else "TENTATIVE")
    return event


def _summary(assignment: Assignment, *, for_worker: bool) -> str:
    if for_worker:
        return f"{assignment.title} ({assignment.company.name})"
    who = str(assignment.worker) if assignment.worker else "nobody assigned"
    return f"{assignment.title} ({who})"


def _description(assignment: Assignment, url: str) -> str:
    window = "Any time in this window. " if assignment.is_window else ""
    return f"{assignment.reference}, {assignment.get_status_display().lower()}. {window}{url}"


def _place(assignment: Assignment) -> str:
    if not assignment.on_site:
        return "Remote"
    town = " ".join(part for part in (assignment.region, assignment.postal_code) if part)
    parts = (assignment.site_name, assignment.street, assignment.city, town)
    return ", ".join(part for part in parts if part)
