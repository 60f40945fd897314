"""The review of credentials, by staff or by the company a credential was handed in to.

Every verb locks the credential and says which ``revision`` was looked at: what the worker has
changed meanwhile is not decided unseen, and of two reviewers the second reads what the first did.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from accounts.actors import Actor
from activity.record import record
from core.errors import DomainError
from vetting.credential_states import MOVES, Stage, allowed
from vetting.credentials import AlreadyExpired, today_of
from vetting.models import Credential

DONE = {
    Stage.VERIFIED: "verified it",
    Stage.REFUSED: "did not accept it",
    Stage.RETURNED: "asked for something more",
}


class ChangedMeanwhile(DomainError):
    message = "{worker} has changed this since you opened it. Look at it again, then decide."


class DecidedMeanwhile(DomainError):
    message = "{who} {did} already. Nothing was changed by you."


class EndsBeforeItBegins(DomainError):
    message = "It cannot expire before it begins, on {day}. Look at the date again."
    field = "expires_on"


class TakenBack(DomainError):
    message = "{worker} has withdrawn this. There is nothing left to decide."


@transaction.atomic
def verify(
    credential: Credential, *, revision: int, by: Actor, at: datetime,
    expires_on: date | None = None, amount: Decimal | None = None,
) -> Credential:  # fmt: skip
    """Confirm it; ``expires_on`` and ``amount`` put right what the worker typed, as the document
    says. What it renews goes on to count until its own last day."""
    credential = _reviewable(credential, "verify", revision)
    put_right = []
    for name, value in (("expires_on", expires_on), ("amount", amount)):
        if value is not None and value != getattr(credential, name):
            setattr(credential, name, value)
            put_right.append(name)
    over = credential.expires_on
    if over and credential.issued_on and over < credential.issued_on:
        raise EndsBeforeItBegins(day=f"{credential.issued_on:%B} {credential.issued_on.day}")
    if over and credential.is_over_on(today_of(credential.worker, at)):
        raise AlreadyExpired(f"It expired on {over:%B} {over.day}, {over.year}. Ask for a new one.")
    return _decide(credential, "verify", "", put_right, by=by, at=at)


@transaction.atomic
def refuse(
    credential: Credential, *, revision: int, reason: str, by: Actor, at: datetime
) -> Credential:
    """Do not accept it, or no longer; the worker reads the reason, no client ever does but the
    one it was handed in to."""
    credential = _reviewable(credential, "refuse", revision)
    return _decide(credential, "refuse", reason, [], by=by, at=at)


@transaction.atomic
def ask_again(
    credential: Credential, *, revision: int, reason: str, by: Actor, at: datetime
) -> Credential:
    """Give it back for something that is missing; the worker changes it and hands it in again."""
    credential = _reviewable(credential, "ask_again", revision)
    return _decide(credential, "ask_again", reason, [], by=by, at=at)


def _reviewable(credential: Credential, move: str, revision: int) -> Credential:
    rows = Credential.objects.select_for_update(of=("self",), no_key=True)
    credential = rows.select_related("kind", "worker__user", "decided_by").get(pk=credential.pk)
    if credential.status == Stage.WITHDRAWN:
        raise TakenBack(worker=str(credential.worker))
    if not allowed(move, credential.status):
        did = DONE[Stage(credential.status)]
        raise DecidedMeanwhile(who=str(credential.decided_by), did=did)
    if credential.revision != revision:
        raise ChangedMeanwhile(worker=str(credential.worker))
    return credential


def _decide(
    credential: Credential, move: str, reason: str, put_right: list[str], *,
    by: Actor, at: datetime,
) -> Credential:  # fmt: skip
    credential.status, credential.reason = MOVES[move].target, reason
    credential.decided_by, credential.decided_at = by.user, at
    credential.revision += 1
    fields = ["status", "reason", "decided_by", "decided_at", "revision", *put_right]
    credential.save(update_fields=fields)
    record(
        MOVES[move].event, credential, by=by, at=at, company_key=credential.company_id,
        credential=str(credential.kind), **({"reason": reason} if reason else {}),
    )  # fmt: skip
    return credential
