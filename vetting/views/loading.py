"""Loading a group: 404 where it cannot be seen, 403 where the rule says no."""

from __future__ import annotations

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from core.permissions import demand
from vetting.groups import Outcome
from vetting.models import Group

MOST_NAMED = 5


def load(request: HttpRequest, reference: str, permission: str) -> Group:
    rows = Group.objects.visible_to(request.actor).select_related("company", "created_by")
    group = get_object_or_404(rows, reference=reference)
    demand(request, permission, group)
    return group


def left_out(outcome: Outcome) -> str:
    """Who was not moved, and why, in one sentence; empty where everybody was."""
    if not outcome.refused:
        return ""
    named = [f"{worker} {why}" for worker, why in outcome.refused[:MOST_NAMED]]
    more = len(outcome.refused) - len(named)
    if more:
        named.append(f"and {more} more")
    return "Left as they are: " + "; ".join(named) + "."
