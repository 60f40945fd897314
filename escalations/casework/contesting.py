"""Contesting a rating, and deciding whether it stands."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from accounts.actors import Actor
from assignments.models import Assignment
from core.errors import DomainError
from core.files import CleanUpload
from escalations.casework import contested
from escalations.casework.deciding import decide
from escalations.casework.opening import open_case
from escalations.casework.steps import lock, lock_assignment, require_open
from escalations.models import Case, Decision
from escalations.states import CONTEST, Effect, Outcome

HOPED_FOR = "The rating taken out of sight and out of the figures."


class NotAContest(DomainError):
    message = "This case is not about a rating. Decide it by its effect on the money."


@transaction.atomic
def contest(
    *,
    assignment: Assignment,
    ground: str,
    what_happened: str,
    by: Actor,
    at: datetime,
    files: Iterable[CleanUpload] = (),
) -> Case:
    """Open the case of the kind "rating" about the other side's published rating, which is
    hidden from now on; the standing case is returned as it is.

    Raises ``contested.NothingToContest``, ``moderating.ContestedBefore`` and the refusals of
    ``open_case``.
    """
    return open_case(
        assignment=assignment, kind=CONTEST, what_happened=f"{ground}.\n\n{what_happened}",
        outcome=Outcome.OTHER, outcome_words=HOPED_FOR,
        files=files, by=by, at=at,
    )  # fmt: skip


@transaction.atomic
def settle(case: Case, *, removed: bool, words: str, by: Actor, at: datetime) -> Decision:
    """Decide a contest: the rating is hidden for good, or shown again; no money moves."""
    lock_assignment(case)
    case = lock(case)
    if case.kind != CONTEST:
        raise NotAContest
    require_open(case)
    if removed:
        contested.end(case, removed=True, by=by, at=at)
    return decide(case, effect=Effect.AS_IT_IS, words=words, by=by, at=at)
