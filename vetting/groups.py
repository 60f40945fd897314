"""A company's groups: making them, and letting workers in and out.

Every verb locks the group, so that a worker's answer and the company's meet in one order.
Those that take several workers do what the table of moves allows and say of the others why
not; nobody is moved twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from accounts.actors import Actor
from accounts.models import WorkerProfile
from core.errors import DomainError
from core.references import unused
from vetting import requirement_sets
from vetting.models import Group, GroupKind, GroupMembership, RequirementSet
from vetting.moving import (
    Archived,
    NotPossibleNow,
    Outcome,
    RequirementsMissing,
    lacking,
    locked,
    move_all,
    record_of,
    require,
    shut_out,
    standing_of,
    step,
    still_open,
    worker_of,
)
from vetting.requirements.membership import told_of
from vetting.states import Membership

__all__ = ["Archived", "NotPossibleNow", "Outcome", "RequirementsMissing"]

MOST_AT_ONCE = 200
FIELDS = ("name", "kind", "description", "requirement_set")

BY_ACT = {
    "approve": ("approve",),
    "admit": ("approve", "come_back"),
    "decline": ("decline",),
    "remove": ("remove", "take_back"),
}
"""The moves behind each act on several workers."""


class NameTaken(DomainError):
    message = "You have a group of this name already. Choose another name."
    field = "name"


class NotPublic(DomainError):
    message = "The client invites workers to this group; nobody can apply for it."


class NotForYou(DomainError):
    message = "This group is not open to you."


class TakenOut(DomainError):
    message = "{company} took you out of this group. Only an invitation from them brings you back."


class NothingToExcept(DomainError):
    message = "You meet everything this group asks. Apply without an exception."


class SayWhy(DomainError):
    message = "Say in a few words why the client should make an exception."
    field = "words"


@transaction.atomic
def create(
    *,
    name: str,
    kind: str,
    description: str = "",
    requirement_set: RequirementSet | None = None,
    by: Actor,
    at: datetime,
) -> Group:
    """A new group of the actor's company; ``NameTaken`` where one of that name is in use."""
    assert by.company is not None and by.user is not None
    group = _saved(
        Group(
            company=by.company, reference=unused(Group, "G"), name=name, kind=GroupKind(kind),
            description=description, requirement_set=requirement_set, created_by=by.user,
            created_at=at,
        )
    )  # fmt: skip
    record_of("group.created", group, by=by, at=at, name=name)
    return group


@transaction.atomic
def edit(group: Group, facts: dict[str, Any], *, by: Actor, at: datetime) -> Group:
    """Change name, description, who may join, or what is asked of whoever is in it.

    A group made private vanishes from its workers' pages; open applications and invitations
    stay and can be decided. Members are asked anew by ``vetting.reactions``: who lacks what is
    asked now lapses, who had lapsed and lacks nothing is back.
    """
    group = locked(group)
    changed = [name for name in FIELDS if name in facts and getattr(group, name) != facts[name]]
    for name in changed:
        setattr(group, name, facts[name])
    if changed:
        _saved(group, changed)
        requirement_sets.call_by_present_name("group", group.reference, told_of(group))
        record_of("group.edited", group, by=by, at=at, changed=changed)
    return group


@transaction.atomic
def archive(group: Group, *, by: Actor, at: datetime) -> Group:
    """Put a group away: nothing new is sent to it and nobody joins; who is in it is kept."""
    group = locked(group)
    if group.archived_at is None:
        group.archived_at = at
        group.save(update_fields=["archived_at"])
        record_of("group.archived", group, by=by, at=at)
    return group


@transaction.atomic
def restore(group: Group, *, by: Actor, at: datetime) -> Group:
    """Bring an archived group back as it was; ``NameTaken`` where its name is in use again."""
    group = locked(group)
    if group.archived_at is not None:
        group.archived_at = None
        _saved(group, ["archived_at"])
        record_of("group.restored", group, by=by, at=at)
    return group


@transaction.atomic
def invite(group: Group, workers: Sequence[WorkerProfile], *, by: Actor, at: datetime) -> Outcome:
    """Ask workers to join; into a private group they are put at once and are not told.

    Whoever has applied already is approved: both sides want it. Workers the company has
    blocked, and its own members, are left out; so is, from a private group, who lacks what
    it asks.
    """
    group = still_open(locked(group))
    out = shut_out(group, workers)
    wanted = [worker for worker in workers if worker.pk not in out]
    move = "add" if group.is_private else "invite"
    outcome = move_all(group, wanted, (move, "approve"), by=by, at=at)
    outcome.refused.extend((w, out[w.pk]) for w in workers if w.pk in out)
    return outcome


@transaction.atomic
def approve(group: Group, workers: Sequence[WorkerProfile], *, by: Actor, at: datetime) -> Outcome:
    """Let applicants in, and tell them; who lacks what the group asks stays an applicant."""
    return move_all(still_open(locked(group)), workers, BY_ACT["approve"], by=by, at=at)


@transaction.atomic
def admit(
    group: Group, workers: Sequence[WorkerProfile], *, note: str, by: Actor, at: datetime
) -> Outcome:
    """Let applicants in, or the lapsed back, whatever they lack: an exception with a note.

    The exception is an override of the group's set. Only who lacks something gets one.
    """
    group = still_open(locked(group))
    standing = GroupMembership.objects.filter(
        group=group, worker__in=workers, status__in=(Membership.APPLIED, Membership.LAPSED)
    )
    keys = set(standing.values_list("worker_id", flat=True))
    wanted = [worker for worker in workers if worker.pk in keys]
    short = lacking(group, wanted, at)
    if short and group.requirement_set:
        lacks = [worker for worker in wanted if worker.pk in short]
        requirement_sets.override_all(group.requirement_set, lacks, note=note, by=by, at=at)
    return move_all(group, workers, BY_ACT["admit"], by=by, at=at)


@transaction.atomic
def decline(
    group: Group, workers: Sequence[WorkerProfile], *, reason: str, by: Actor, at: datetime
) -> Outcome:
    """Tell applicants no, with the reason they will read. They may apply again."""
    return move_all(locked(group), workers, BY_ACT["decline"], reason=reason, by=by, at=at)


@transaction.atomic
def remove(
    group: Group, workers: Sequence[WorkerProfile], *, reason: str, by: Actor, at: datetime
) -> Outcome:
    """Take members out, or an invitation back, which nobody is told of.

    What they are assigned to goes on.
    """
    return move_all(locked(group), workers, BY_ACT["remove"], reason=reason, by=by, at=at)


@transaction.atomic
def apply(
    group: Group, *, by: Actor, at: datetime, note: str = "", asks_exception: bool = False
) -> GroupMembership:
    """Ask to join a public group; an invitation that waits is accepted by it.

    Who lacks what the group asks is refused with it (``RequirementsMissing``), or asks the
    client for an exception, in words; then an invitation becomes an application too.
    """
    worker = worker_of(by)
    group = still_open(locked(group))
    standing = standing_of(group, worker)
    status = standing.status if standing else None
    if status in (Membership.APPLIED, Membership.MEMBER):
        assert standing is not None
        return standing
    invited = status == Membership.INVITED
    if not invited:
        _require_welcome(group, worker, standing)
    if asks_exception:
        return _request(group, by, note, at)
    require(group, worker, at)
    return step(group, by, "accept" if invited else "apply", note, at)


@transaction.atomic
def accept(group: Group, *, by: Actor, at: datetime) -> GroupMembership:
    """Join a group one is invited to; ``RequirementsMissing`` where it asks more."""
    return step(still_open(locked(group)), by, "accept", "", at)


@transaction.atomic
def refuse(group: Group, *, by: Actor, at: datetime, reason: str = "") -> GroupMembership:
    """Say no to an invitation; the company reads the reason."""
    return step(locked(group), by, "refuse", reason, at)


@transaction.atomic
def leave(group: Group, *, by: Actor, at: datetime, reason: str = "") -> GroupMembership:
    """Go, or take an application back. What one is assigned to goes on."""
    return step(locked(group), by, "leave", reason, at)


def _require_welcome(group: Group, worker: WorkerProfile, standing: GroupMembership | None) -> None:
    lapsed = standing is not None and standing.has_lapsed
    if group.kind != GroupKind.PUBLIC and not lapsed:
        raise NotPublic
    if shut_out(group, [worker]):
        raise NotForYou
    if standing and standing.was_taken_out:
        raise TakenOut(company=str(group.company))


def _request(group: Group, by: Actor, note: str, at: datetime) -> GroupMembership:
    if not lacking(group, [worker_of(by)], at):
        raise NothingToExcept
    if not note:
        raise SayWhy
    return step(group, by, "request", note, at)


def _saved(group: Group, fields: Iterable[str] = ()) -> Group:
    try:
        with transaction.atomic():
            group.save(update_fields=sorted(fields) or None)
    except IntegrityError as broken:
        if "group_name_once" in str(broken):
            raise NameTaken from None
        raise
    return group
