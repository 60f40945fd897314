"""Moves that change what was agreed; part of the one table of moves."""

from __future__ import annotations

from assignments.statuses import DISPUTE, move_of
from assignments.statuses import Status as S

OF_CHANGES = (
    move_of(
        "reschedule",
        "Reschedule",
        {S.ASSIGNED, S.IN_PROGRESS},
        None,
        "either",
        event="change.asked",
        url="assignments:reschedule",
    ),
    move_of(
        "raise_budget",
        "Raise the budget",
        {S.ASSIGNED, S.IN_PROGRESS},
        None,
        "either",
        event="change.asked",
        url="assignments:raise_budget",
    ),
    move_of(
        "add_expense",
        "Add an expense",
        {S.ASSIGNED, S.IN_PROGRESS, S.PENDING_APPROVAL},
        None,
        "either",
        event="change.asked",
        url="assignments:add_expense",
    ),
    move_of(
        "add_bonus",
        "Add a bonus",
        {S.ASSIGNED, S.IN_PROGRESS, S.PENDING_APPROVAL},
        None,
        "either",
        event="change.asked",
        url="assignments:add_bonus",
    ),
    move_of(
        "accept_change",
        "Accept the change",
        {S.ASSIGNED, S.IN_PROGRESS, S.PENDING_APPROVAL},
        None,
        "either",
        permission="assignments.see_changes",
        event="change.accepted",
    ),
    move_of(
        "accept_money",
        "Accept the change of money",
        {S.ASSIGNED, S.IN_PROGRESS, S.PENDING_APPROVAL},
        None,
        "client",
        permission="assignments.see_changes",
        event="change.accepted",
        held_by=DISPUTE,
    ),
    move_of(
        "decline_change",
        "Decline the change",
        {S.ASSIGNED, S.IN_PROGRESS, S.PENDING_APPROVAL},
        None,
        "either",
        permission="assignments.see_changes",
        event="change.declined",
    ),
    move_of(
        "withdraw_change",
        "Withdraw the request",
        {S.ASSIGNED, S.IN_PROGRESS, S.PENDING_APPROVAL},
        None,
        "either",
        permission="assignments.see_changes",
        event="change.withdrawn",
    ),
)
