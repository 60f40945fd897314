"""What of the menu stands on the page of an assignment: without what makes no sense now, and for
a worker who lacks something that is asked the way to what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.urls import reverse

from assignments import posted_terms
from assignments.gear import Action
from assignments.models import Assignment
from assignments.queries.detail import Attached
from assignments.states import allowed

TAKING = ("apply", "accept")
"""The moves for which a worker must meet what is asked."""


def relevant(actions: Sequence[Action], assignment: Assignment, attached: Attached) -> list[Action]:
    """The menu without what makes no sense now: withdrawing what was never applied for."""
    pointless = {
        "apply": attached.has_applied or assignment.first_to_accept,
        "accept": not assignment.first_to_accept,
        "decline": attached.has_applied or attached.declined,
        "withdraw": not attached.has_applied,
        "confirm": bool(assignment.confirmed_at) or not assignment.wants_confirmation,
        "start": assignment.wants_check_in,
        "check_in": attached.open_visit is not None,
        "check_out": attached.open_visit is None,
        "fill_in": not any(row.is_for_page for row in attached.asked),
        "hand_in": not attached.requests,
        "unconfirm": not assignment.confirmed_at,
        "on_my_way": attached.open_visit is not None or not assignment.on_site,
        "parts": not attached.parts and not allowed("change_parts", assignment.status),
        "parts_there": not attached.parts,
        "put_on_hold": "schedule" in attached.kinds_of_hold,
        "take_off_hold": "schedule" not in attached.kinds_of_hold,
        "restore_budget": posted_terms.of(assignment) == assignment.terms,
    }
    return [action for action in actions if not pointless.get(action.name)]


def barred(actions: Sequence[Action], assignment: Assignment, lacks: int) -> list[Action]:
    """For a worker who lacks something: first what is missing, and why the rest is not possible.

    An application made before stands, and can be withdrawn.
    """
    if not lacks or not any(one.name in TAKING for one in actions):
        return list(actions)
    where = reverse("assignments:needs", args=[assignment.reference])
    why = f"You do not meet {lacks} of the requirements yet."
    shut = [
        replace(one, enabled=False, reason=why) if one.name in TAKING else one for one in actions
    ]
    return [Action("needs", "See what is missing", where), *shut]
