"""How workers are moved in and out of a group: by the table, and by what the group asks.

The verbs of ``vetting.groups``, ``vetting.inviting`` and ``vetting.rechecking`` lock the group
and then come here. Nobody is moved twice, and nobody becomes a member who lacks something.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from accounts import models as accounts
from accounts.actors import Actor
from accounts.models import WorkerProfile
from activity.record import record
from core.errors import DomainError
from vetting.models import CompanyMark, Group, GroupMembership, Standing
from vetting.requirements import screening
from vetting.requirements.registry import On
from vetting.states import MOVES, Membership, allowed

MOST_NAMED = 500
"""Workers an event names; more of them make another event."""

IN_WORDS: dict[str | None, str] = {
    None: "has nothing to do with this group",
    Membership.INVITED: "is invited and has not answered yet",
    Membership.APPLIED: "has applied",
    Membership.MEMBER: "is a member already",
    Membership.DECLINED: "is declined",
    Membership.REMOVED: "is not in the group any more",
    Membership.LAPSED: "has lapsed",
}
LACKS = "does not meet what the group asks; admit them with an exception, or tell them no"


class Archived(DomainError):
    message = "“{group}” is archived. Bring it back first to change who is in it."


class NotPossibleNow(DomainError):
    message = "You cannot do this now: {standing}. Reload the page to see what has happened."


class RequirementsMissing(DomainError):
    message = (
        "The group asks more than you show yet: {missing}. Mend it where the page says, "
        "or ask the client for an exception."
    )


@dataclass(frozen=True)
class Outcome:
    """What came of an act on several workers."""

    changed: list[GroupMembership] = field(default_factory=list)
    refused: list[tuple[WorkerProfile, str]] = field(default_factory=list)

    @property
    def workers(self) -> list[str]:
        return [membership.worker.reference for membership in self.changed]


def locked(group: Group) -> Group:
    rows = Group.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("company", "requirement_set").get(pk=group.pk)


def still_open(group: Group) -> Group:
    if group.archived_at is not None:
        raise Archived(group=group.name)
    return group


def worker_of(by: Actor) -> WorkerProfile:
    if by.worker is None:
        raise ValueError("only a worker answers for themselves")
    return by.worker


def standing_of(group: Group, worker: WorkerProfile) -> GroupMembership | None:
    rows = GroupMembership.objects.filter(group=group, worker=worker)
    return rows.select_related("worker").first()


def on_of(group: Group, at: datetime) -> On:
    """For whom a group asks its requirements: no work, no site, today."""
    return On.today(group.company, at)


def screened(group: Group, worker: WorkerProfile, at: datetime) -> screening.Screening:
    """What the group asks of one worker, each with its finding."""
    sets = [group.requirement_set] if group.requirement_set else []
    return screening.screen(worker, sets, on_of(group, at))


def require(group: Group, worker: WorkerProfile, at: datetime) -> None:
    """Raise ``RequirementsMissing`` unless the worker meets what the group asks."""
    if group.requirement_set_id is None:
        return
    asked = screened(group, worker, at)
    if not asked.met:
        raise RequirementsMissing(missing="; ".join(one.sentence for one in asked.missing))


def lacking(group: Group, workers: Iterable[WorkerProfile], at: datetime) -> set[int]:
    """The keys of those of these workers who lack something (one or two queries)."""
    if group.requirement_set is None:
        return set()
    keys = {worker.pk for worker in workers}
    people = WorkerProfile.objects.filter(pk__in=keys)
    meet = screening.qualified(people, [group.requirement_set], on_of(group, at))
    return keys - set(meet.values_list("pk", flat=True))


def step(group: Group, by: Actor, move: str, reason: str, at: datetime) -> GroupMembership:
    """One worker's own move; where they stand there already it is returned as it is."""
    worker = worker_of(by)
    standing = standing_of(group, worker)
    if standing and standing.status == MOVES[move].target:
        return standing
    if MOVES[move].target == Membership.MEMBER:
        require(group, worker, at)
    outcome = move_all(group, [worker], (move,), reason=reason, by=by, at=at)
    if outcome.refused:
        raise NotPossibleNow(standing=f"{worker} {outcome.refused[0][1]}")
    return outcome.changed[0]


def move_all(
    group: Group,
    workers: Sequence[WorkerProfile],
    moves: Sequence[str],
    *,
    by: Actor,
    at: datetime,
    reason: str = "",
) -> Outcome:
    """Move each worker by the first of the moves that the table allows; one event per move.

    Whoever would become a member and lacks something is left where they are.
    """
    known = {
        row.worker_id: row
        for row in GroupMembership.objects.filter(group=group, worker__in=workers)
    }
    asked = any(MOVES[name].target == Membership.MEMBER for name in moves)
    short = lacking(group, workers, at) if asked else set()
    outcome = Outcome()
    done: dict[str, list[GroupMembership]] = {}
    for worker in dict.fromkeys(workers):
        row = known.get(worker.pk)
        status = row.status if row else None
        move = next((name for name in moves if allowed(name, status)), None)
        if move is None:
            outcome.refused.append((worker, IN_WORDS[status]))
            continue
        if MOVES[move].target == Membership.MEMBER and worker.pk in short:
            outcome.refused.append((worker, LACKS))
            continue
        row = row or GroupMembership(group=group)
        row.worker = worker
        _place(row, move, reason=reason, by=by, at=at)
        done.setdefault(move, []).append(row)
    for move, rows in done.items():
        _store(rows)
        outcome.changed.extend(rows)
        tell(group, move, [row.worker.reference for row in rows], by=by, at=at, reason=reason)
    return outcome


def _place(row: GroupMembership, move: str, *, reason: str, by: Actor, at: datetime) -> None:
    row.status = MOVES[move].target
    row.reason, row.changed_by, row.changed_at = reason, by.user, at
    row.asks_exception, row.lapses_on = move == "request", None
    if row.status == Membership.MEMBER:
        row.joined_at = at


def _store(rows: Sequence[GroupMembership]) -> None:
    GroupMembership.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["group", "worker"],
        update_fields=[
            "status", "reason", "changed_by", "changed_at", "joined_at", "asks_exception",
            "lapses_on",
        ],
    )  # fmt: skip


def tell(
    group: Group,
    move: str,
    references: Sequence[str],
    *,
    by: Actor,
    at: datetime,
    reason: str = "",
) -> None:
    """The event of a move, naming the worker who made it, or those it was made with."""
    said = {"reason": reason} if reason else {}
    if MOVES[move].side == "worker":
        record_of(MOVES[move].event, group, by=by, at=at, worker=references[0], **said)
        return
    for first in range(0, len(references), MOST_NAMED):
        named = list(references[first : first + MOST_NAMED])
        record_of(MOVES[move].event, group, by=by, at=at, workers=named, **said)


def shut_out(group: Group, workers: Sequence[WorkerProfile]) -> dict[int, str]:
    """Who of these cannot be in the group, and why; in words for the company."""
    blocked = CompanyMark.objects.filter(
        company=group.company, worker__in=workers, standing=Standing.BLOCKED
    )
    members = accounts.Membership.objects.current().filter(
        company=group.company, user__in=[worker.user_id for worker in workers]
    )
    own = set(members.values_list("user_id", flat=True))
    found = {w.pk: "is a member of your company" for w in workers if w.user_id in own}
    return found | dict.fromkeys(blocked.values_list("worker_id", flat=True), "is blocked")


def record_of(kind: str, group: Group, /, *, by: Actor, at: datetime, **data: Any) -> None:
    record(kind, group, by=by, at=at, company_key=group.company_id, **data)
