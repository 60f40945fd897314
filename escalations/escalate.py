"""The entry "Escalate" in the gear menu of an assignment."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse

from accounts.actors import Actor
from assignments.gear import Action, register
from assignments.models import Assignment
from escalations.casework.opening import why_not


@register
def escalate(assignment: Assignment, actor: Actor, at: datetime) -> list[Action]:
    """For the client and the assigned worker; disabled, with the reason, once it is too late."""
    if assignment.worker_id is None or not actor.can("escalations.open", assignment):
        return []
    refused = why_not(assignment, at=at)
    return [
        Action(
            "escalate",
            "Escalate",
            reverse("escalations:open", args=[assignment.reference]),
            enabled=refused is None,
            reason=str(refused or ""),
        )
    ]
