"""Workers a client may invite: found by name or skill, without those the company has blocked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from accounts.actors import Actor
from accounts.models import WorkerProfile
from accounts.queries import workers_found
from assignments.models import Assignment, Decline, Invitation
from core.places import away_words, miles_between
from vetting.queries.marks import favorites_of, open_to_invite

MOST_FOUND = 20
MOST_FAVORITES = 8


@dataclass(frozen=True)
class Candidate:
    """A worker as a choice: how far away, and which of the desired skills they have."""

    worker: WorkerProfile
    miles: float | None
    matching: list[str]
    is_favorite: bool

    @property
    def sub(self) -> str:
        """Place, distance and rate in one line."""
        distance = away_words(self.miles) if self.miles is not None else ""
        return " · ".join(part for part in (self.worker.place, distance) if part)


def found(actor: Actor, text: str) -> QuerySet[WorkerProfile, WorkerProfile]:
    """Those who can be invited and match the words, favorites first; at most ``MOST_FOUND``."""
    assert actor.company is not None
    open_ones = open_to_invite(actor.company).values("pk")
    rows: Any = workers_found(actor, words=text).filter(pk__in=open_ones)
    return rows.order_by("-rank", "user__full_name", "pk")[:MOST_FOUND]


def favorites(actor: Actor, *, apart_from: set[int]) -> list[WorkerProfile]:
    """The company's favorites who can be invited, by name; at most ``MOST_FAVORITES``."""
    assert actor.company is not None
    rows = favorites_of(actor.company)
    found = list(rows.exclude(pk__in=apart_from).order_by("user__full_name", "pk")[:MOST_FAVORITES])
    for worker in found:
        worker.rank = 1  # type: ignore[attr-defined]
    return found


def as_candidates(
    workers: QuerySet[WorkerProfile, WorkerProfile] | list[WorkerProfile], assignment: Assignment
) -> list[Candidate]:
    """Each worker beside the assignment they may be invited to."""
    wanted = {skill.casefold() for skill in assignment.skills}
    return [
        Candidate(
            worker,
            _miles(worker, assignment),
            [skill for skill in worker.skills if skill.casefold() in wanted],
            getattr(worker, "rank", 0) > 0,
        )
        for worker in workers
    ]


def invited_to(assignment: Assignment) -> QuerySet[Invitation, Invitation]:
    """Whom it was sent to by name, with whether they said no (one query)."""
    said_no = Decline.objects.filter(assignment=assignment, worker=OuterRef("worker"))
    rows = assignment.invitations.select_related("worker__user").order_by("invited_at", "pk")
    return rows.annotate(has_declined=Exists(said_no))


def declines_of(assignment: Assignment) -> QuerySet[Decline, Decline]:
    """Who said no, and why, the latest first (one query)."""
    return assignment.declines.select_related("worker__user").order_by("-declined_at", "-pk")


def _miles(worker: WorkerProfile, assignment: Assignment) -> float | None:
    ends = (worker.latitude, worker.longitude, assignment.latitude, assignment.longitude)
    if not assignment.on_site or None in ends:
        return None
    return miles_between(*ends)  # type: ignore[arg-type]
