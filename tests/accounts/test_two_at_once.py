"""Two people of one team at the same moment, in real transactions."""

from datetime import timedelta

import pytest

from accounts import companies, team
from accounts.actors import Actor
from accounts.models import Company, Invitee, Membership
from tests.factories import accounts as people
from tests.racing import race

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_administrators_cannot_remove_each_other(acme, alice, at):
    ada = people.member(acme, "Ada Admin", ["administrator"], at=at)
    outcomes = race(
        lambda: team.remove(ada.membership, by=alice, at=at),
        lambda: team.remove(alice.membership, by=ada, at=at),
    )
    assert sorted(outcome.won for outcome in outcomes) == [False, True]
    assert Membership.objects.current().filter(company=acme).count() == 1


def test_one_link_lets_one_person_in(acme, alice, walt, wanda, at):
    invitee = Invitee.objects.create(
        company=acme, email="x@example.com", roles=["viewer"], token_hash="h",
        invited_by=alice.user, invited_at=at, expires_at=at + timedelta(days=7),
    )  # fmt: skip
    outcomes = race(
        *[
            lambda who=who: team.accept_invitation(invitee, who.user, by=who, at=at)
            for who in (walt, wanda)
        ]
    )
    assert sorted(outcome.won for outcome in outcomes) == [False, True]
    assert Membership.objects.filter(company=acme).count() == 2


def test_a_company_started_twice_at_once_is_one(published, at):
    user = people.user("Pat Person")
    by = Actor("person", user=user)
    outcomes = race(*[lambda: companies.start(user, {"name": "North"}, by=by, at=at)] * 2)
    assert all(outcome.won for outcome in outcomes)
    assert Company.objects.filter(name="North").count() == 1
