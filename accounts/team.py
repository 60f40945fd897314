"""The team of a company: inviting, joining, changing, leaving.

Every verb that could take a company its last administrator locks the company's row first,
so that two administrators cannot remove each other at the same moment.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from hashlib import sha256

from django.db import transaction

from accounts.actors import Actor
from accounts.invitation_mail import send_invitation
from accounts.models import Company, Invitee, Membership, Role, User
from activity.record import record
from core.errors import DomainError

INVITATION_DAYS = 7


class AlreadyMember(DomainError):
    message = "{email} is already a member. Change their roles on the team page instead."
    field = "email"


class LastAdministrator(DomainError):
    message = "{company} needs an administrator. Give another member the administrator role first."
    field = "roles"


class InvitationNotOpen(DomainError):
    message = "This invitation is no longer open. Ask for a new one."


def digest(token: str) -> str:
    """What is stored of a token: enough to recognize it, not enough to use it."""
    return sha256(token.encode()).hexdigest()


@transaction.atomic
def invite(
    company: Company,
    *,
    email: str,
    roles: Sequence[str],
    send_limit: Decimal | None = None,
    approve_limit: Decimal | None = None,
    by: Actor,
    at: datetime,
) -> Invitee:
    """Ask somebody by e-mail to join; the mail goes out after commit.

    Inviting the same address again renews the invitation with a new link, and the old link
    no longer works. Raises ``AlreadyMember``.
    """
    Company.objects.select_for_update(no_key=True).get(pk=company.pk)
    email = email.strip().lower()
    if Membership.objects.current().filter(company=company, user__email=email).exists():
        raise AlreadyMember(email=email)
    token = secrets.token_urlsafe(32)
    values = {
        "roles": _in_order(roles),
        "send_limit": send_limit,
        "approve_limit": approve_limit,
        "token_hash": digest(token),
        "invited_by": by.user,
        "invited_at": at,
        "expires_at": at + timedelta(days=INVITATION_DAYS),
    }
    open_one = {"company": company, "accepted_at": None, "withdrawn_at": None}
    invitee, _ = Invitee.objects.update_or_create(
        **open_one, email=email, defaults=values, create_defaults={**values}
    )
    record(
        "member.invited", company, by=by, at=at, company_key=company.pk,
        email=email, roles=invitee.roles,
    )  # fmt: skip
    transaction.on_commit(partial(send_invitation, invitee, token), robust=True)
    return invitee


def renew_invitation(invitee: Invitee, *, by: Actor, at: datetime) -> Invitee:
    """Send an open invitation again as it was, with a new link."""
    return invite(
        invitee.company,
        email=invitee.email,
        roles=invitee.roles,
        send_limit=invitee.send_limit,
        approve_limit=invitee.approve_limit,
        by=by,
        at=at,
    )


@transaction.atomic
def withdraw_invitation(invitee: Invitee, *, by: Actor, at: datetime) -> Invitee:
    """Make the link of an open invitation useless. Raises ``InvitationNotOpen`` if accepted."""
    invitee = _locked_invitee(invitee)
    if invitee.withdrawn_at:
        return invitee
    if invitee.accepted_at:
        raise InvitationNotOpen
    invitee.withdrawn_at = at
    invitee.save(update_fields=["withdrawn_at"])
    return invitee


@transaction.atomic
def accept_invitation(invitee: Invitee, user: User, *, by: Actor, at: datetime) -> Membership:
    """Make the person a member with the roles and limits of the invitation.

    Somebody who was a member before becomes one again, on the same row. Raises
    ``InvitationNotOpen`` when it was accepted by somebody else, withdrawn, or has expired.
    """
    company = Company.objects.select_for_update(no_key=True).get(pk=invitee.company_id)
    invitee = _locked_invitee(invitee)
    membership = Membership.objects.filter(user=user, company=company).first()
    if invitee.accepted_at and membership and membership.removed_at is None:
        return membership
    if invitee.accepted_at or invitee.withdrawn_at or invitee.expires_at <= at:
        raise InvitationNotOpen
    invitee.accepted_at = at
    invitee.save(update_fields=["accepted_at"])
    if membership and membership.removed_at is None:
        return membership
    if membership is None:
        membership = Membership(user=user, company=company)
    membership.roles = invitee.roles
    membership.send_limit, membership.approve_limit = invitee.send_limit, invitee.approve_limit
    membership.joined_at, membership.removed_at = at, None
    membership.save()
    record(
        "member.joined", membership, by=by, at=at, company_key=company.pk, roles=membership.roles
    )
    return membership


@transaction.atomic
def change_member(
    membership: Membership,
    *,
    roles: Sequence[str],
    send_limit: Decimal | None,
    approve_limit: Decimal | None,
    by: Actor,
    at: datetime,
) -> Membership:
    """Set a member's roles and limits. Raises ``LastAdministrator``."""
    membership = _locked_member(membership)
    new = {
        "roles": _in_order(roles), "send_limit": send_limit, "approve_limit": approve_limit,
    }  # fmt: skip
    changed = [name for name, value in new.items() if getattr(membership, name) != value]
    if not changed:
        return membership
    if Role.ADMINISTRATOR not in roles:
        _keep_an_administrator(membership)
    for name in changed:
        setattr(membership, name, new[name])
    membership.save(update_fields=changed)
    record(
        "member.changed", membership, by=by, at=at, company_key=membership.company_id,
        roles=membership.roles, fields=changed,
    )  # fmt: skip
    return membership


@transaction.atomic
def remove(membership: Membership, *, by: Actor, at: datetime) -> Membership:
    """End a membership, by an administrator or by the member leaving; the row stays as history.

    Raises ``LastAdministrator``.
    """
    membership = _locked_member(membership)
    if membership.removed_at:
        return membership
    _keep_an_administrator(membership)
    membership.removed_at = at
    membership.save(update_fields=["removed_at"])
    record("member.removed", membership, by=by, at=at, company_key=membership.company_id)
    return membership


def _locked_member(membership: Membership) -> Membership:
    Company.objects.select_for_update(no_key=True).get(pk=membership.company_id)
    return Membership.objects.select_related("company", "user").get(pk=membership.pk)


def _locked_invitee(invitee: Invitee) -> Invitee:
    return Invitee.objects.select_for_update(of=("self",)).get(pk=invitee.pk)


def _keep_an_administrator(membership: Membership) -> None:
    """Refuse when nobody else of the company is an administrator; the company is locked."""
    if Role.ADMINISTRATOR not in membership.roles:
        return
    others = Membership.objects.current().filter(
        company_id=membership.company_id,
        roles__contains=[Role.ADMINISTRATOR],
        user__is_active=True,
    )
    if not others.exclude(pk=membership.pk).exists():
        raise LastAdministrator(company=membership.company.name)


def _in_order(roles: Sequence[str]) -> list[str]:
    return [role for role in Role.values if role in roles]
