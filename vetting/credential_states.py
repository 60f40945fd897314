"""How a credential's review stands, and the one table of allowed moves.

Pages and the tests' matrix are read from ``MOVES``; ``vetting.credentials`` holds the worker's
verbs, ``vetting.reviewing`` those of who looks at it.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models


class Stage(models.TextChoices):
    PENDING = "pending", "Waiting for review"
    RETURNED = "returned", "Something is missing"
    VERIFIED = "verified", "Verified"
    REFUSED = "refused", "Not accepted"
    WITHDRAWN = "withdrawn", "Withdrawn"


@dataclass(frozen=True)
class CredentialMove:
    """One thing that can be done to a credential; ``side`` says who does it."""

    name: str
    label: str
    sources: frozenset[Stage]
    target: Stage
    side: str
    event: str


S = Stage
MOVES: dict[str, CredentialMove] = {
    move.name: move
    for move in (
        CredentialMove("change", "Change", frozenset({S.PENDING, S.RETURNED}), S.PENDING,
                       "worker", "credential.changed"),
        CredentialMove("withdraw", "Withdraw",
                       frozenset({S.PENDING, S.RETURNED, S.VERIFIED, S.REFUSED}), S.WITHDRAWN,
                       "worker", "credential.withdrawn"),
        CredentialMove("verify", "Verify", frozenset({S.PENDING}), S.VERIFIED,
                       "reviewer", "credential.verified"),
        CredentialMove("refuse", "Do not accept", frozenset({S.PENDING, S.VERIFIED}), S.REFUSED,
                       "reviewer", "credential.refused"),
        CredentialMove("ask_again", "Ask for something more", frozenset({S.PENDING}), S.RETURNED,
                       "reviewer", "credential.returned"),
    )
}  # fmt: skip


def allowed(name: str, status: str) -> bool:
    """Whether the table lets this move start from this status."""
    return status in MOVES[name].sources
