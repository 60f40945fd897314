"""The statuses of an assignment and the one table of allowed moves.

Buttons, the gear menu, the pages, the tests' moves matrix and the diagram in the docs
are all read from ``MOVES``; ``assignments.lifecycle`` holds one verb per move.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models


class Status(models.TextChoices):
    DRAFT = "draft", "Draft"
    SENT = "sent", "Sent"
    ASSIGNED = "assigned", "Assigned"
    IN_PROGRESS = "in_progress", "In progress"
    PENDING_APPROVAL = "pending_approval", "Pending approval"
    INVOICED = "invoiced", "Invoiced"
    PAID = "paid", "Paid"
    CANCELLED = "cancelled", "Cancelled"
    VOIDED = "voided", "Voided"


BEFORE_WORKER = frozenset({Status.DRAFT, Status.SENT, Status.VOIDED})
"""Statuses in which no worker is assigned; in every other one somebody is."""

UNDER_WAY = frozenset({Status.ASSIGNED, Status.IN_PROGRESS, Status.PENDING_APPROVAL})
ENDED = frozenset({Status.PAID, Status.CANCELLED, Status.VOIDED})

WITH_WORKER = set(Status) - BEFORE_WORKER

TONES = {
    Status.DRAFT: "neutral",
    Status.SENT: "info",
    Status.ASSIGNED: "info",
    Status.IN_PROGRESS: "info",
    Status.PENDING_APPROVAL: "warning",
    Status.INVOICED: "good",
    Status.PAID: "good",
    Status.CANCELLED: "bad",
    Status.VOIDED: "neutral",
}


@dataclass(frozen=True)
class Move:
    """One thing that can be done to an assignment.

    ``target`` is None where the status stays: the table then only says from which statuses
    the act is allowed. ``side`` says who does it, ``permission`` names the rule in
    ``assignments.rules``, ``event`` what is recorded, ``url`` the page where it is done.
    ``held_by`` lists the kinds of open hold under which the move is refused.
    """

    name: str
    label: str
    sources: frozenset[Status]
    target: Status | None
    side: str
    permission: str
    event: str
    url: str | None = None
    held_by: frozenset[str] = frozenset()
    primary: bool = False


S = Status
_DISPUTE = frozenset({"dispute"})


def _move(
    name: str, label: str, sources: set[Status], target: Status | None, side: str, **kw: object
) -> Move:
    kw.setdefault("permission", f"assignments.{name}")
    kw.setdefault("event", f"assignment.{name}")
    return Move(name, label, frozenset(sources), target, side, **kw)  # type: ignore[arg-type]


_OF_PARTS = (
    _move("ship_part", "Ship a part", {S.SENT, S.ASSIGNED, S.IN_PROGRESS}, None, "client",
          event="assignment.part_shipped"),
    _move("receive_part", "Receive a part", set(UNDER_WAY), None, "worker",
          event="assignment.part_received"),
    _move("return_part", "Return a part", WITH_WORKER - {S.ASSIGNED}, None, "worker",
          event="assignment.part_returned"),
    _move("take_back_part", "Receive a returned part", WITH_WORKER - {S.ASSIGNED}, None, "client",
          event="assignment.part_back"),
)  # fmt: skip

_HOLDABLE = {S.ASSIGNED, S.IN_PROGRESS, S.PENDING_APPROVAL, S.INVOICED}
_OF_STAFF = (
    _move("hold", "Place a hold", _HOLDABLE, None, "staff", event="assignment.held"),
    _move("release", "Release the hold", _HOLDABLE, None, "staff",
          permission="assignments.hold", event="assignment.released"),
    _move("close_unpaid", "Close without pay", {S.PENDING_APPROVAL, S.INVOICED}, S.CANCELLED,
          "staff", permission="assignments.hold", event="assignment.cancelled",
          held_by=_DISPUTE),
)  # fmt: skip

MOVES: dict[str, Move] = {
    move.name: move
    for move in (
        _move(
            "edit",
            "Edit",
            {S.DRAFT, S.SENT},
            None,
            "client",
            event="assignment.edited",
            url="assignments:edit",
        ),
        _move(
            "duplicate",
            "Duplicate",
            set(Status),
            None,
            "client",
            event="assignment.duplicated",
            url="assignments:duplicate",
        ),
        _move(
            "delete",
            "Delete draft",
            {S.DRAFT},
            None,
            "client",
            event="assignment.deleted",
            url="assignments:delete",
        ),
        _move(
            "send",
            "Send",
            {S.DRAFT},
            S.SENT,
            "client",
            event="assignment.sent",
            url="assignments:routing",
            primary=True,
        ),
        _move(
            "invite",
            "Invite workers",
            {S.SENT},
            None,
            "client",
            event="assignment.invited",
            url="assignments:routing",
        ),
        _move(
            "route",
            "Send the next step now",
            {S.SENT},
            None,
            "client",
            permission="assignments.invite",
            event="assignment.routed",
        ),
        _move(
            "plan_routing",
            "Plan the next steps",
            {S.SENT},
            None,
            "client",
            permission="assignments.invite",
            event="assignment.routing_planned",
        ),
        _move(
            "stop_routing",
            "Stop the plan",
            {S.SENT},
            None,
            "client",
            permission="assignments.invite",
            event="assignment.routing_stopped",
        ),
        _move(
            "apply",
            "Apply",
            {S.SENT},
            None,
            "worker",
            event="application.made",
            url="assignments:apply",
            primary=True,
        ),
        _move(
            "withdraw",
            "Withdraw application",
            {S.SENT},
            None,
            "worker",
            event="application.withdrawn",
            url="assignments:withdraw",
        ),
        _move(
            "decline",
            "Decline",
            {S.SENT},
            None,
            "worker",
            event="assignment.declined",
            url="assignments:decline",
        ),
        _move(
            "accept",
            "Accept",
            {S.SENT},
            S.ASSIGNED,
            "worker",
            event="assignment.assigned",
            url="assignments:accept",
            primary=True,
        ),
        _move(
            "decline_application",
            "Decline applicant",
            {S.SENT},
            None,
            "client",
            permission="assignments.assign",
            event="application.declined",
        ),
        _move(
            "assign",
            "Assign",
            {S.SENT},
            S.ASSIGNED,
            "client",
            event="assignment.assigned",
            url="assignments:applications",
            primary=True,
        ),
        _move(
            "confirm",
            "Confirm you will be there",
            {S.ASSIGNED},
            None,
            "worker",
            event="assignment.confirmed",
            url="assignments:confirmation",
            held_by=frozenset({"schedule"}),
            primary=True,
        ),
        _move(
            "start",
            "Start work",
            {S.ASSIGNED},
            S.IN_PROGRESS,
            "worker",
            event="assignment.started",
            url="assignments:start",
            held_by=frozenset({"schedule"}),
            primary=True,
        ),
        _move(
            "check_in",
            "Check in",
            {S.ASSIGNED, S.IN_PROGRESS},
            S.IN_PROGRESS,
            "worker",
            event="assignment.checked_in",
            url="assignments:visits",
            held_by=frozenset({"schedule"}),
            primary=True,
        ),
        _move(
            "check_out",
            "Check out",
            {S.IN_PROGRESS},
            None,
            "worker",
            event="assignment.checked_out",
            url="assignments:visits",
            held_by=frozenset({"schedule"}),
            primary=True,
        ),
        _move(
            "hand_in",
            "Add a deliverable",
            {S.ASSIGNED, S.IN_PROGRESS},
            None,
            "worker",
            event="assignment.handed_in",
            url="assignments:deliverables",
        ),
        _move(
            "remove_deliverable",
            "Remove a deliverable",
            {S.ASSIGNED, S.IN_PROGRESS},
            None,
            "worker",
            permission="assignments.hand_in",
            event="assignment.deliverable_removed",
        ),
        *_OF_PARTS,
        _move(
            "submit",
            "Submit for approval",
            {S.IN_PROGRESS},
            S.PENDING_APPROVAL,
            "worker",
            event="assignment.submitted",
            url="assignments:submission",
            held_by=frozenset({"schedule"}),
            primary=True,
        ),
        _move(
            "send_back",
            "Send back",
            {S.PENDING_APPROVAL},
            S.IN_PROGRESS,
            "client",
            event="assignment.sent_back",
            url="assignments:approval",
            held_by=_DISPUTE,
        ),
        _move(
            "approve",
            "Approve",
            {S.PENDING_APPROVAL},
            S.INVOICED,
            "client",
            event="assignment.approved",
            url="assignments:approval",
            held_by=_DISPUTE,
            primary=True,
        ),
        _move(
            "pay",
            "Pay",
            {S.INVOICED},
            S.PAID,
            "client",
            event="assignment.paid",
            url="assignments:payment",
            held_by=_DISPUTE,
            primary=True,
        ),
        _move(
            "cancel",
            "Cancel",
            {S.ASSIGNED, S.IN_PROGRESS},
            S.CANCELLED,
            "client",
            event="assignment.cancelled",
            url="assignments:cancellation",
            held_by=_DISPUTE,
        ),
        _move(
            "unassign",
            "Take the worker off",
            {S.ASSIGNED, S.IN_PROGRESS},
            S.SENT,
            "client",
            event="assignment.unassigned",
            url="assignments:unassign",
            held_by=_DISPUTE,
        ),
        _move(
            "back_out",
            "Back out",
            {S.ASSIGNED, S.IN_PROGRESS},
            S.SENT,
            "worker",
            event="assignment.backed_out",
            url="assignments:back_out",
            held_by=_DISPUTE,
        ),
        _move(
            "restore_budget",
            "Use the posted price",
            {S.SENT},
            None,
            "client",
            permission="assignments.edit",
            event="assignment.budget_restored",
            url="assignments:budget",
        ),
        _move(
            "void",
            "Void",
            {S.SENT},
            S.VOIDED,
            "client",
            event="assignment.voided",
            url="assignments:void",
        ),
        *_OF_STAFF,
    )
}


def allowed(name: str, status: str) -> bool:
    """Whether the table lets this move start from this status."""
    return status in MOVES[name].sources
