"""How a worker stands to a group, and the one table of allowed moves.

Pages, buttons and the tests' matrix are read from ``MOVES``; ``vetting.groups`` holds the verbs.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models


class Membership(models.TextChoices):
    INVITED = "invited", "Invited"
    APPLIED = "applied", "Applied"
    MEMBER = "member", "Member"
    DECLINED = "declined", "Declined"
    REMOVED = "removed", "Removed"
    LAPSED = "lapsed", "Lapsed"


M = Membership
STRANGER = None
"""No row at all: the worker never had to do with the group."""


@dataclass(frozen=True)
class Move:
    """One thing that can be done to a membership; ``side`` says who does it."""

    name: str
    label: str
    sources: frozenset[Membership | None]
    target: Membership
    side: str
    event: str


def _move(
    name: str,
    label: str,
    sources: set[Membership | None],
    target: Membership,
    side: str,
    event: str,
) -> Move:
    return Move(name, label, frozenset(sources), target, side, f"group.{event}")


MOVES: dict[str, Move] = {
    move.name: move
    for move in (
        _move("invite", "Invite", {STRANGER, M.DECLINED, M.REMOVED, M.LAPSED}, M.INVITED,
              "client", "invited"),
        _move("add", "Add", {STRANGER, M.INVITED, M.DECLINED, M.REMOVED, M.LAPSED}, M.MEMBER,
              "client", "added"),
        _move("apply", "Apply", {STRANGER, M.DECLINED, M.REMOVED, M.LAPSED}, M.APPLIED,
              "worker", "applied"),
        _move("accept", "Accept", {M.INVITED}, M.MEMBER, "worker", "joined"),
        _move("refuse", "Decline", {M.INVITED}, M.DECLINED, "worker", "invitation_declined"),
        _move("approve", "Approve", {M.APPLIED}, M.MEMBER, "client", "approved"),
        _move("decline", "Decline", {M.APPLIED}, M.DECLINED, "client", "application_declined"),
        _move("leave", "Leave", {M.MEMBER, M.APPLIED, M.LAPSED}, M.REMOVED, "worker", "left"),
        _move("remove", "Remove", {M.MEMBER, M.LAPSED}, M.REMOVED, "client", "removed"),
        _move("take_back", "Take back the invitation", {M.INVITED}, M.REMOVED,
              "client", "invitation_withdrawn"),
        _move("join", "Join by the link", {STRANGER, M.INVITED, M.APPLIED, M.DECLINED, M.REMOVED,
              M.LAPSED}, M.MEMBER, "worker", "joined"),
        _move("request", "Ask for an exception", {STRANGER, M.INVITED, M.DECLINED, M.REMOVED,
              M.LAPSED}, M.APPLIED, "worker", "exception_requested"),
        _move("lapse", "Let lapse", {M.MEMBER}, M.LAPSED, "system", "lapsed"),
        _move("come_back", "Bring back", {M.LAPSED}, M.MEMBER, "system", "returned"),
    )
}  # fmt: skip


def allowed(name: str, status: str | None) -> bool:
    """Whether the table lets this move start from this status."""
    return status in MOVES[name].sources


class Sitting(models.TextChoices):
    """Where an attempt on a test stands."""

    OPEN = "open", "Under way"
    MARKING = "marking", "Waiting to be marked"
    PASSED = "passed", "Passed"
    FAILED = "failed", "Not passed"
    DONE = "done", "Answered"


SITTING_MOVES: dict[str, tuple[frozenset[Sitting], frozenset[Sitting]]] = {
    "hand_in": (
        frozenset({Sitting.OPEN}),
        frozenset({Sitting.MARKING, Sitting.PASSED, Sitting.FAILED, Sitting.DONE}),
    ),
    "mark": (frozenset({Sitting.MARKING}), frozenset({Sitting.PASSED, Sitting.FAILED})),
}
"""What can be done to an attempt: from where, and to where it may lead."""

GOOD = (Sitting.PASSED, Sitting.DONE)
"""What meets the requirement of having passed a test, or answered a survey."""
