"""The team's pages: who sees them, who may change them, and what they make of bad input."""

import pytest
from django.core import mail
from django.urls import reverse

from accounts.models import Invitee, Membership
from tests.factories import accounts as people

TEAM, INVITE = "/settings/team/", "/settings/team/invite/"
NASTY = ["\x00", "x" * 5000, "<script>alert(1)</script>", "-1", "1e999", "NaN", "12.345", "🦑"]


@pytest.fixture
def browser(client_of, alice):
    return client_of(alice)


def member_url(actor):
    return reverse("accounts:member", args=[actor.membership.reference])


def test_every_member_sees_the_team_and_administrators_the_invitations(
    client_of, alice, abel, acme, at
):
    Invitee.objects.create(
        company=acme, email="ned@example.com", roles=["viewer"], token_hash="h",
        invited_by=alice.user, invited_at=at, expires_at=at,
    )  # fmt: skip
    seen = {actor: client_of(actor).get(TEAM).content.decode() for actor in (alice, abel)}
    assert all("Alice Adams" in page and "Abel Ames" in page for page in seen.values())
    assert "ned@example.com" in seen[alice]
    assert "ned@example.com" not in seen[abel]
    assert INVITE not in seen[abel]


def test_the_team_is_no_page_for_workers_and_visitors(client, client_of, wanda):
    assert client.get(TEAM).url == f"/accounts/login/?next={TEAM}"
    assert client_of(wanda).get(TEAM).status_code == 404


@pytest.mark.parametrize("who", ["mona", "cody", "dirk", "abel"])
def test_only_administrators_change_the_team(request, client_of, alice, who):
    browser = client_of(request.getfixturevalue(who))
    assert browser.get(INVITE).status_code == 403
    assert browser.post(INVITE, {"email": "x@example.com", "roles": ["viewer"]}).status_code == 403
    assert browser.post(member_url(alice), {"roles": ["viewer"]}).status_code == 403
    assert browser.post(member_url(alice), {"remove": "yes"}).status_code == 403
    assert browser.get(member_url(alice)).status_code == 403
    assert browser.post(f"{TEAM}invitations/", {"email": "x@example.com"}).status_code == 403


def test_members_of_other_companies_are_not_there(client_of, charlie, mona):
    assert client_of(charlie).get(member_url(mona)).status_code == 404


def test_members_read_their_own_roles_and_may_leave(client_of, mona):
    browser = client_of(mona)
    assert "Leave Acme" in browser.get(member_url(mona)).content.decode()
    assert browser.post(member_url(mona), {"roles": ["administrator"]}).status_code == 403
    assert browser.post(member_url(mona), {"remove": "yes"}).url == "/"
    assert Membership.objects.get(pk=mona.membership.pk).removed_at


def test_an_administrator_changes_and_removes_a_member(browser, mona):
    data = {"roles": ["controller"], "send_limit": "1,000", "approve_limit": ""}
    assert browser.post(member_url(mona), data).url == TEAM
    changed = Membership.objects.get(pk=mona.membership.pk)
    assert (changed.roles, str(changed.send_limit), changed.approve_limit) == (
        ["controller"], "1000.00", None,
    )  # fmt: skip
    assert browser.post(member_url(mona), {"remove": "yes"}).url == TEAM
    assert browser.get(member_url(mona)).status_code == 404


def test_the_last_administrator_reads_what_to_do_first(browser, alice):
    page = browser.post(member_url(alice), {"roles": ["viewer"]}).content.decode()
    assert "Give another member the administrator role first" in page
    page = browser.post(member_url(alice), {"remove": "yes"}, follow=True).content.decode()
    assert "Give another member the administrator role first" in page
    assert "administrator" in Membership.objects.get(pk=alice.membership.pk).roles


def test_inviting_a_member_says_so_beside_the_field(browser, mona):
    page = browser.post(INVITE, {"email": mona.user.email, "roles": ["viewer"]}).content.decode()
    assert "is already a member" in page


def test_an_invitation_is_sent_again_or_withdrawn(browser, django_capture_on_commit_callbacks):
    browser.post(INVITE, {"email": "Ned@Example.com", "roles": ["viewer"]})
    first = Invitee.objects.get()
    assert first.email == "ned@example.com"
    with django_capture_on_commit_callbacks(execute=True):
        browser.post(f"{TEAM}invitations/", {"email": first.email, "act": "renew"})
    assert mail.outbox[-1].to == ["ned@example.com"]
    assert Invitee.objects.get().token_hash != first.token_hash
    browser.post(f"{TEAM}invitations/", {"email": first.email, "act": "withdraw"})
    assert Invitee.objects.get().withdrawn_at
    gone = browser.post(f"{TEAM}invitations/", {"email": first.email, "act": "withdraw"})
    assert gone.status_code == 404


@pytest.mark.parametrize("field", ["email", "roles", "send_limit", "approve_limit"])
@pytest.mark.parametrize("value", NASTY)
def test_nasty_input_is_refused_beside_its_field(browser, field, value):
    data = {"email": "ned@example.com", "roles": ["viewer"], field: value}
    answer = browser.post(INVITE, data)
    assert answer.status_code == 200
    assert field in answer.context["form"].errors
    assert not Invitee.objects.exists()


@pytest.mark.parametrize("value", NASTY)
def test_nasty_choices_of_an_invitation_change_nothing(browser, value):
    for data in ({"email": value, "act": "renew"}, {"email": "a@example.com", "act": value}):
        assert browser.post(f"{TEAM}invitations/", data).url == TEAM


def test_the_team_costs_the_same_for_many(client_of, alice, acme, django_assert_max_num_queries):
    for number in range(12):
        people.member(acme, f"Member {number}", ["viewer"], accepts=False)
    browser = client_of(alice)
    with django_assert_max_num_queries(10):
        browser.get(TEAM)
