"""Asking people into a group by e-mail, whether or not they have a login yet.

The link in the mail is private and works once. An address tells the company nothing: the
answer is the same for a stranger and for a worker, who finds the invitation in the app as
well once the address is verified as theirs.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from functools import partial

from allauth.account.models import EmailAddress
from django.db import transaction

from accounts.actors import Actor
from accounts.models import WorkerProfile
from accounts.team import digest
from core.errors import DomainError
from vetting.invitation_mail import send_invitation
from vetting.models import Group, GroupInvitee, GroupMembership
from vetting.moving import (
    lacking,
    locked,
    record_of,
    shut_out,
    standing_of,
    step,
    still_open,
    worker_of,
)

INVITATION_DAYS = 14
MOST_ADDRESSES = 50
MOST_OPEN = 500
"""Invitations of a group that wait at one time."""


class PrivateGroup(DomainError):
    message = "Workers never see a private group, so nobody can be asked to join it."


class TooManyOpen(DomainError):
    message = "{open} invitations of this group wait already, and {most} may. Take some back first."
    field = "emails"


class NotOpen(DomainError):
    message = "This invitation is no longer open. Ask the client for a new one."


class NotForYou(DomainError):
    message = "This group is not open to you."


@transaction.atomic
def invite(group: Group, emails: Sequence[str], *, by: Actor, at: datetime) -> list[GroupInvitee]:
    """Ask these addresses; the mails go out after commit.

    Asking an address again renews its invitation with a new link; the old one no longer works.
    """
    assert by.user is not None
    group = still_open(locked(group))
    if group.is_private:
        raise PrivateGroup
    wanted = list(dict.fromkeys(email.strip().lower() for email in emails))
    standing = {
        row.email: row
        for row in GroupInvitee.objects.filter(
            group=group, accepted_at=None, withdrawn_at=None, email__in=wanted
        )
    }
    open_now = GroupInvitee.objects.open().filter(group=group).exclude(email__in=wanted).count()
    if open_now + len(wanted) > MOST_OPEN:
        raise TooManyOpen(open=open_now, most=MOST_OPEN)
    rows = []
    for email in wanted:
        token = secrets.token_urlsafe(32)
        row = standing.get(email) or GroupInvitee(group=group, email=email)
        row.group, row.token_hash, row.invited_by = group, digest(token), by.user
        row.invited_at, row.expires_at = at, at + timedelta(days=INVITATION_DAYS)
        rows.append(row)
        transaction.on_commit(partial(send_invitation, row, token), robust=True)
    _keep(rows)
    record_of("group.invited_by_email", group, by=by, at=at, count=len(rows), emails=wanted)
    return rows


def _keep(rows: Sequence[GroupInvitee]) -> None:
    GroupInvitee.objects.bulk_create([row for row in rows if row.pk is None])
    GroupInvitee.objects.bulk_update(
        [row for row in rows if row.pk], ["token_hash", "invited_by", "invited_at", "expires_at"]
    )


@transaction.atomic
def withdraw(invitee: GroupInvitee, *, by: Actor, at: datetime) -> GroupInvitee:
    """Make the link useless; ``NotOpen`` where it was used already."""
    group = locked(invitee.group)
    invitee = _locked(invitee)
    if invitee.accepted_at:
        raise NotOpen
    if invitee.withdrawn_at is None:
        invitee.withdrawn_at = at
        invitee.save(update_fields=["withdrawn_at"])
        record_of("group.email_withdrawn", group, by=by, at=at, email=invitee.email)
    return invitee


@transaction.atomic
def accept(
    invitee: GroupInvitee, *, by: Actor, at: datetime, words: str = "", asks_exception: bool = False
) -> GroupMembership:
    """Join by the link, or by a verified address; the invitation is used up by it.

    Raises ``NotOpen``, ``NotForYou`` where the company has blocked the worker, and
    ``RequirementsMissing`` where the group asks more: then ``asks_exception`` makes it an
    application in which the client is asked for one.
    """
    group = still_open(locked(invitee.group))
    invitee, worker = _locked(invitee), worker_of(by)
    standing = standing_of(group, worker)
    if standing and standing.is_member:
        return standing
    if invitee.accepted_at or invitee.withdrawn_at or invitee.expires_at <= at:
        raise NotOpen
    if shut_out(group, [worker]):
        raise NotForYou
    exception = asks_exception and bool(lacking(group, [worker], at))
    membership = step(group, by, "request" if exception else "join", words, at)
    invitee.accepted_at, invitee.worker = at, worker
    invitee.save(update_fields=["accepted_at", "worker"])
    return membership


@transaction.atomic
def find_workers_of(group: Group, emails: Collection[str], *, by: Actor, at: datetime) -> None:
    """Show invitations to workers whose verified addresses these are; the company is not told."""
    owners = _owners(emails)
    rows = GroupInvitee.objects.open().filter(group=group, email__in=owners)
    found = []
    for row in rows.select_for_update():
        row.worker = owners[row.email]
        found.append(row)
    _show(group, found, by=by, at=at)


@transaction.atomic
def find_invitations_of(worker: WorkerProfile, *, by: Actor, at: datetime) -> int:
    """Show a worker what waits for their verified addresses; returns how many were new."""
    own = EmailAddress.objects.filter(user=worker.user_id, verified=True)
    emails = [email.lower() for email in own.values_list("email", flat=True)]
    rows = GroupInvitee.objects.open().filter(email__in=emails, worker=None)
    found = list(rows.select_for_update(of=("self",)).select_related("group__company"))
    for row in found:
        row.worker = worker
        _show(row.group, [row], by=by, at=at)
    return len(found)


def _show(group: Group, rows: Sequence[GroupInvitee], *, by: Actor, at: datetime) -> None:
    if rows:
        GroupInvitee.objects.bulk_update(rows, ["worker"])
        named = [row.worker.reference for row in rows if row.worker]
        record_of("group.invitation_found", group, by=by, at=at, workers=named)


def _owners(emails: Collection[str]) -> dict[str, WorkerProfile]:
    rows = EmailAddress.objects.filter(
        email__in=emails, verified=True, user__worker__isnull=False, user__is_active=True
    )
    return {row.email.lower(): row.user.worker for row in rows.select_related("user__worker")}


def _locked(invitee: GroupInvitee) -> GroupInvitee:
    return GroupInvitee.objects.select_for_update(of=("self",)).get(pk=invitee.pk)
