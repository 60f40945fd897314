"""What else can begin with an assignment: entries of the gear menu beside the moves."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse

from accounts.actors import Actor
from assignments.gear import Action
from assignments.models import Assignment

NAMES = ("template", "series")


def entries(assignment: Assignment, actor: Actor, at: datetime) -> list[Action]:
    """For whoever may post for the company, at every stage of the assignment."""
    if not actor.is_client or not actor.can("assignments.save_template", assignment):
        return []
    reference = [assignment.reference]
    return [
        Action("template", "Save as template", reverse("assignments:keep", args=reference)),
        Action("series", "Make it recurring", reverse("assignments:repeat", args=reference)),
    ]
