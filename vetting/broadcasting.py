"""Telling all members of a group something, each of them once.

The broadcast is a row and an event; ``notifications`` brings it to the members, and counts
whom it reached.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.actors import Actor
from core.errors import DomainError
from vetting.models import Broadcast, Group, GroupMembership
from vetting.moving import locked, record_of, still_open
from vetting.states import Membership


class NobodyThere(DomainError):
    message = "Nobody is in this group yet. Invite workers first."


@transaction.atomic
def send(group: Group, *, subject: str, body: str, key: str, by: Actor, at: datetime) -> Broadcast:
    """Tell everybody who is a member now. The same ``key`` again returns the first one."""
    assert by.user is not None
    group = still_open(locked(group))
    known = Broadcast.objects.filter(group=group, key=key).first()
    if known:
        return known
    members = GroupMembership.objects.filter(
        group=group, status=Membership.MEMBER, worker__user__is_active=True
    ).count()
    if not members:
        raise NobodyThere
    made = Broadcast.objects.create(
        group=group, subject=subject, body=body, told=members, key=key, sent_by=by.user, sent_at=at
    )
    record_of("group.broadcast", group, by=by, at=at, subject=subject, said=body, broadcast=made.pk)
    return made
