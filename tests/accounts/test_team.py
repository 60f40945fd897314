"""Inviting, joining, changing, leaving."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core import mail

from accounts import team
from accounts.actors import Actor
from accounts.models import Invitee, Membership
from activity.models import Event
from tests.factories import accounts as people


@pytest.fixture
def invite(acme, alice, at, django_capture_on_commit_callbacks):
    """Invites, lets the mail out, and gives the invitation with the token from the mail."""

    def invited(email="ned@example.com", roles=("manager",), **fields):
        moment = fields.pop("at", at)
        with django_capture_on_commit_callbacks(execute=True):
            invitee = team.invite(acme, email=email, roles=roles, by=alice, at=moment, **fields)
        (token,) = re.findall(r"/invitations/([\w-]+)/", mail.outbox[-1].body)
        return invitee, token

    return invited


@pytest.fixture
def ned(published):
    return people.user("Ned Newman", email="ned@example.com")


def accept(invitee, user, at):
    return team.accept_invitation(invitee, user, by=Actor("person", user=user), at=at)


def test_an_invitation_is_a_mail_in_html_and_text_whose_link_is_stored_hashed(invite):
    invitee, token = invite(roles=["viewer", "manager"])
    (message,) = mail.outbox
    assert message.to == ["ned@example.com"]
    assert "Alice Adams invites you to join Acme" in message.subject
    html, kind = message.alternatives[0]
    assert kind == "text/html"
    assert token in html
    assert invitee.token_hash == team.digest(token)
    assert token not in str(Invitee.objects.values())
    assert invitee.roles == ["manager", "viewer"]


def test_no_mail_leaves_when_the_transaction_fails(acme, alice, at, invite):
    with pytest.raises(team.AlreadyMember):
        team.invite(acme, email="alice.adams@example.com", roles=["viewer"], by=alice, at=at)
    assert mail.outbox == []


def test_inviting_again_renews_and_the_old_link_is_dead(invite, at):
    first, old_token = invite()
    second, new_token = invite(roles=["viewer"], at=at + timedelta(days=6))
    assert first == second
    assert old_token != new_token
    assert Invitee.objects.get().token_hash == team.digest(new_token)
    assert Invitee.objects.get().expires_at == at + timedelta(days=13)


def test_accepting_makes_a_member_with_the_roles_and_limits_offered(invite, ned, at):
    invitee, _ = invite(roles=["controller"], approve_limit=Decimal(50))
    membership = accept(invitee, ned, at)
    assert (membership.roles, membership.approve_limit) == (["controller"], Decimal(50))
    assert Event.objects.filter(kind="member.joined").count() == 1


def test_accepting_twice_is_accepting_once(invite, ned, at):
    invitee, _ = invite()
    assert accept(invitee, ned, at) == accept(invitee, ned, at)
    assert Event.objects.filter(kind="member.joined").count() == 1


@pytest.mark.parametrize("days", [7, 30])
def test_a_link_ends_after_seven_days(invite, ned, at, days):
    invitee, _ = invite()
    with pytest.raises(team.InvitationNotOpen):
        accept(invitee, ned, at + timedelta(days=days))


def test_a_withdrawn_or_used_invitation_lets_nobody_in(invite, alice, ned, walt, at):
    invitee, _ = invite()
    team.withdraw_invitation(invitee, by=alice, at=at)
    with pytest.raises(team.InvitationNotOpen):
        accept(invitee, ned, at)
    invitee, _ = invite()
    accept(invitee, ned, at)
    with pytest.raises(team.InvitationNotOpen):
        accept(invitee, walt.user, at)
    with pytest.raises(team.InvitationNotOpen):
        team.withdraw_invitation(invitee, by=alice, at=at)


def test_an_invitation_leaves_a_member_as_they_are(invite, mona, at):
    invitee, _ = invite(email="other@example.com", roles=["administrator"])
    assert accept(invitee, mona.user, at).roles == ["manager"]


def test_who_left_can_come_back_on_the_same_membership(invite, alice, mona, at):
    left = team.remove(mona.membership, by=alice, at=at)
    assert left.removed_at == at
    invitee, _ = invite(email=mona.user.email, roles=["viewer"])
    back = accept(invitee, mona.user, at + timedelta(hours=1))
    assert (back.pk, back.roles, back.removed_at) == (left.pk, ["viewer"], None)


def test_roles_and_limits_change_with_an_event(alice, mona, at):
    changed = team.change_member(
        mona.membership,
        roles=["viewer", "controller"],
        send_limit=None,
        approve_limit=Decimal(10),
        by=alice,
        at=at,
    )
    assert changed.roles == ["controller", "viewer"]
    assert Event.objects.get(kind="member.changed").data["fields"] == ["roles", "approve_limit"]


def demote(membership, by, at):
    return team.change_member(
        membership, roles=["viewer"], send_limit=None, approve_limit=None, by=by, at=at
    )


def test_the_last_administrator_can_neither_leave_nor_be_demoted(alice, mona, at):
    with pytest.raises(team.LastAdministrator, match="Acme needs an administrator"):
        team.remove(alice.membership, by=alice, at=at)
    with pytest.raises(team.LastAdministrator):
        demote(alice.membership, alice, at)
    assert Membership.objects.get(pk=alice.membership.pk).roles == ["administrator"]


def test_an_administrator_who_cannot_sign_in_does_not_count(acme, alice, at):
    other = people.member(acme, "Ada Admin", ["administrator"], at=at)
    other.user.is_active = False
    other.user.save()
    with pytest.raises(team.LastAdministrator):
        team.remove(alice.membership, by=alice, at=at)


def test_with_a_second_administrator_the_first_may_go(acme, alice, at):
    people.member(acme, "Ada Admin", ["administrator"], at=at)
    assert team.remove(alice.membership, by=alice, at=at).removed_at == at
    assert team.remove(alice.membership, by=alice, at=at).removed_at == at
    assert Event.objects.filter(kind="member.removed").count() == 1
