"""Reporting an assignment to staff: who may, about whom, and the entry of the gear menu."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse

from accounts.actors import Actor
from assignments.gear import Action
from assignments.models import Assignment
from conduct import concerns
from conduct.models import Concern
from core.errors import DomainError


class NobodyToReport(DomainError):
    message = "Nobody is assigned, so there is nobody to report here."


def entries(assignment: Assignment, actor: Actor, at: datetime) -> list[Action]:
    """For a worker who sees it, and for the company while a worker is assigned."""
    if not actor.can("assignments.report", assignment):
        return []
    if actor.is_client and assignment.worker_id is None:
        return []
    url = reverse("assignments:report", args=[assignment.reference])
    return [Action("report", "Report this assignment", url)]


def report(
    assignment: Assignment, *, reason: str, words: str, key: str, by: Actor, at: datetime
) -> Concern:
    """A worker reports the company, the company the assigned worker; the other is not told."""
    if by.is_client and assignment.worker is None:
        raise NobodyToReport
    return concerns.report(
        company=None if by.is_client else assignment.company,
        worker=assignment.worker if by.is_client else None,
        reference=assignment.reference, reason=reason, words=words, key=key, by=by, at=at,
    )  # fmt: skip
