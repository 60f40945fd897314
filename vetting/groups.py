"""A company's groups: making them, and letting workers in and out.

Every verb locks the group, so that a worker's answer and the company's meet in one order.
Those that take several workers do what the table of moves allows and say of the others why
not; nobody is moved twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from accounts import models as accounts
from accounts.actors import Actor
from accounts.models import WorkerProfile
from activity.record import record
from core.errors import DomainError
from core.references import unused
from vetting.models import CompanyMark, Group, GroupKind, GroupMembership, Standing
from vetting.states import MOVES, Membership, allowed

MOST_AT_ONCE = 200
FIELDS = ("name", "kind", "description")

BY_ACT = {"approve": ("approve",), "decline": ("decline",), "remove": ("remove", "take_back")}
"""The moves behind each act on several workers."""

IN_WORDS: dict[str | None, str] = {
    None: "has nothing to do with this group",
    Membership.INVITED: "is invited and has not answered yet",
    Membership.APPLIED: "has applied",
    Membership.MEMBER: "is a member already",
    Membership.DECLINED: "is declined",
    Membership.REMOVED: "is not in the group any more",
    Membership.LAPSED: "has lapsed",
}


class NameTaken(DomainError):
    message = "You have a group of this name already. Choose another name."
    field = "name"


class Archived(DomainError):
    message = "“{group}” is archived. Bring it back first to change who is in it."


class NotPublic(DomainError):
    message = "The client invites workers to this group; nobody can apply for it."


class NotForYou(DomainError):
    message = "This group is not open to you."


class TakenOut(DomainError):
    message = "{company} took you out of this group. Only an invitation from them brings you back."


class NotPossibleNow(DomainError):
    message = "You cannot do this now: {standing}. Reload the page to see what has happened."


@dataclass(frozen=True)
class Outcome:
    """What came of an act on several workers."""

    changed: list[GroupMembership] = field(default_factory=list)
    refused: list[tuple[WorkerProfile, str]] = field(default_factory=list)

    @property
    def workers(self) -> list[str]:
        return [membership.worker.reference for membership in self.changed]


@transaction.atomic
def create(*, name: str, kind: str, description: str = "", by: Actor, at: datetime) -> Group:
    """A new group of the actor's company; ``NameTaken`` where one of that name is in use."""
    assert by.company is not None and by.user is not None
    group = _saved(
        Group(
            company=by.company, reference=unused(Group, "G"), name=name, kind=GroupKind(kind),
            description=description, created_by=by.user, created_at=at,
        )
    )  # fmt: skip
    _record("group.created", group, by=by, at=at, name=name)
    return group


@transaction.atomic
def edit(group: Group, facts: dict[str, Any], *, by: Actor, at: datetime) -> Group:
    """Change name, description or who may join.

    A group made private vanishes from its workers' pages; open applications and invitations
    stay and can be decided.
    """
    group = _locked(group)
    changed = [name for name in FIELDS if name in facts and getattr(group, name) != facts[name]]
    for name in changed:
        setattr(group, name, facts[name])
    if changed:
        _saved(group, changed)
        _record("group.edited", group, by=by, at=at, changed=changed)
    return group


@transaction.atomic
def archive(group: Group, *, by: Actor, at: datetime) -> Group:
    """Put a group away: nothing new is sent to it and nobody joins; who is in it is kept."""
    group = _locked(group)
    if group.archived_at is None:
        group.archived_at = at
        group.save(update_fields=["archived_at"])
        _record("group.archived", group, by=by, at=at)
    return group


@transaction.atomic
def restore(group: Group, *, by: Actor, at: datetime) -> Group:
    """Bring an archived group back as it was; ``NameTaken`` where its name is in use again."""
    group = _locked(group)
    if group.archived_at is not None:
        group.archived_at = None
        _saved(group, ["archived_at"])
        _record("group.restored", group, by=by, at=at)
    return group


@transaction.atomic
def invite(group: Group, workers: Sequence[WorkerProfile], *, by: Actor, at: datetime) -> Outcome:
    """Ask workers to join; into a private group they are put at once and are not told.

    Whoever has applied already is approved: both sides want it. Workers the company has
    blocked, and its own members, are left out.
    """
    group = _open(_locked(group))
    shut_out = _shut_out(group, workers)
    wanted = [worker for worker in workers if worker.pk not in shut_out]
    move = "add" if group.is_private else "invite"
    outcome = _move_all(group, wanted, (move, "approve"), by=by, at=at)
    outcome.refused.extend((w, shut_out[w.pk]) for w in workers if w.pk in shut_out)
    return outcome


@transaction.atomic
def approve(group: Group, workers: Sequence[WorkerProfile], *, by: Actor, at: datetime) -> Outcome:
    """Let applicants in, and tell them."""
    return _move_all(_open(_locked(group)), workers, BY_ACT["approve"], by=by, at=at)


@transaction.atomic
def decline(
    group: Group, workers: Sequence[WorkerProfile], *, reason: str, by: Actor, at: datetime
) -> Outcome:
    """Tell applicants no, with the reason they will read. They may apply again."""
    return _move_all(_locked(group), workers, BY_ACT["decline"], reason=reason, by=by, at=at)


@transaction.atomic
def remove(
    group: Group, workers: Sequence[WorkerProfile], *, reason: str, by: Actor, at: datetime
) -> Outcome:
    """Take members out, or an invitation back, which nobody is told of.

    What they are assigned to goes on.
    """
    return _move_all(_locked(group), workers, BY_ACT["remove"], reason=reason, by=by, at=at)


@transaction.atomic
def apply(group: Group, *, by: Actor, at: datetime, note: str = "") -> GroupMembership:
    """Ask to join a public group; an invitation that waits is accepted by it."""
    worker = _worker(by)
    group = _open(_locked(group))
    standing = _standing(group, worker)
    status = standing.status if standing else None
    if status == Membership.INVITED:
        return _step(group, by, "accept", note, at)
    if status in (Membership.APPLIED, Membership.MEMBER):
        assert standing is not None
        return standing
    if group.kind != GroupKind.PUBLIC:
        raise NotPublic
    if _shut_out(group, [worker]):
        raise NotForYou
    if standing and standing.was_taken_out:
        raise TakenOut(company=str(group.company))
    return _step(group, by, "apply", note, at)


@transaction.atomic
def accept(group: Group, *, by: Actor, at: datetime) -> GroupMembership:
    """Join a group one is invited to."""
    return _step(_open(_locked(group)), by, "accept", "", at)


@transaction.atomic
def refuse(group: Group, *, by: Actor, at: datetime, reason: str = "") -> GroupMembership:
    """Say no to an invitation; the company reads the reason."""
    return _step(_locked(group), by, "refuse", reason, at)


@transaction.atomic
def leave(group: Group, *, by: Actor, at: datetime, reason: str = "") -> GroupMembership:
    """Go, or take an application back. What one is assigned to goes on."""
    return _step(_locked(group), by, "leave", reason, at)


def _worker(by: Actor) -> WorkerProfile:
    if by.worker is None:
        raise ValueError("only a worker answers for themselves")
    return by.worker


def _locked(group: Group) -> Group:
    rows = Group.objects.select_for_update(of=("self",), no_key=True).select_related("company")
    return rows.get(pk=group.pk)


def _open(group: Group) -> Group:
    if group.archived_at is not None:
        raise Archived(group=group.name)
    return group


def _saved(group: Group, fields: Iterable[str] = ()) -> Group:
    try:
        with transaction.atomic():
            group.save(update_fields=sorted(fields) or None)
    except IntegrityError as broken:
        if "group_name_once" in str(broken):
            raise NameTaken from None
        raise
    return group


def _standing(group: Group, worker: WorkerProfile) -> GroupMembership | None:
    return (
        GroupMembership.objects.filter(group=group, worker=worker).select_related("worker").first()
    )


def _step(group: Group, by: Actor, move: str, reason: str, at: datetime) -> GroupMembership:
    """One worker's own move; where they stand there already it is returned as it is."""
    worker = _worker(by)
    standing = _standing(group, worker)
    if standing and standing.status == MOVES[move].target:
        return standing
    outcome = _move_all(group, [worker], (move,), reason=reason, by=by, at=at)
    if outcome.refused:
        raise NotPossibleNow(standing=f"{worker} {outcome.refused[0][1]}")
    return outcome.changed[0]


def _move_all(
    group: Group,
    workers: Sequence[WorkerProfile],
    moves: Sequence[str],
    *,
    by: Actor,
    at: datetime,
    reason: str = "",
) -> Outcome:
    """Move each worker by the first of the moves that the table allows; one event per move."""
    known = {
        row.worker_id: row
        for row in GroupMembership.objects.filter(group=group, worker__in=workers)
    }
    outcome = Outcome()
    done: dict[str, list[GroupMembership]] = {}
    for worker in dict.fromkeys(workers):
        row = known.get(worker.pk)
        status = row.status if row else None
        move = next((name for name in moves if allowed(name, status)), None)
        if move is None:
            outcome.refused.append((worker, IN_WORDS[status]))
            continue
        row = row or GroupMembership(group=group, worker=worker)
        row.worker, row.status = worker, MOVES[move].target
        row.reason, row.changed_by, row.changed_at = reason, by.user, at
        row.joined_at = at if row.status == Membership.MEMBER else row.joined_at
        done.setdefault(move, []).append(row)
    for move, rows in done.items():
        _store(rows)
        outcome.changed.extend(rows)
        _tell(group, move, rows, by=by, at=at, reason=reason)
    return outcome


def _store(rows: Sequence[GroupMembership]) -> None:
    GroupMembership.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["group", "worker"],
        update_fields=["status", "reason", "changed_by", "changed_at", "joined_at"],
    )


def _tell(
    group: Group,
    move: str,
    rows: Sequence[GroupMembership],
    *,
    by: Actor,
    at: datetime,
    reason: str,
) -> None:
    references = [row.worker.reference for row in rows]
    who: dict[str, Any] = {"workers": references}
    if MOVES[move].side == "worker":
        who = {"worker": references[0]}
    said = {"reason": reason} if reason else {}
    _record(MOVES[move].event, group, by=by, at=at, **who, **said)


def _shut_out(group: Group, workers: Sequence[WorkerProfile]) -> dict[int, str]:
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


def _record(kind: str, group: Group, /, *, by: Actor, at: datetime, **data: Any) -> None:
    record(kind, group, by=by, at=at, company_key=group.company_id, **data)
