"""What a capacity has to accept, and the yes."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.actors import ANONYMOUS, SYSTEM, Actor
from activity.models import Event
from conduct import acceptance
from conduct.models import Acceptance, Policy, PolicyVersion
from tests.factories import accounts as people

FROM_THE_START = datetime(2026, 1, 1, tzinfo=UTC)


def slugs(actor, at):
    return [version.policy.slug for version in acceptance.outstanding(actor, at=at)]


def publish_again(slug, at):
    policy = Policy.objects.get(slug=slug)
    return PolicyVersion.objects.create(policy=policy, number=2, text="New", in_force_from=at)


@pytest.fixture
def newcomer(acme, at):
    return people.member(acme, "Nina New", ["manager"], accepts=False)


def test_a_client_accepts_terms_client_guidelines_and_violations(newcomer, at):
    assert slugs(newcomer, at) == [
        "terms-of-service", "guidelines-for-clients", "violation-guideline",
    ]  # fmt: skip


def test_a_worker_accepts_terms_worker_guidelines_and_violations(published, at):
    worker = people.worker("Nils New", accepts=False)
    assert slugs(worker, at) == [
        "terms-of-service", "guidelines-for-workers", "violation-guideline",
    ]  # fmt: skip


def test_nobody_else_is_asked(newcomer, olga, at):
    person = Actor("person", user=newcomer.user)
    assert [slugs(actor, at) for actor in (ANONYMOUS, SYSTEM, olga, person)] == [[], [], [], []]


def test_the_gate_names_what_is_missing_and_opens_after_the_yes(newcomer, at):
    with pytest.raises(acceptance.PoliciesNotAccepted, match="Terms of service") as refusal:
        acceptance.require(newcomer, at=at)
    acceptance.accept(newcomer.user, refusal.value.versions, by=newcomer, at=at)
    acceptance.require(newcomer, at=at)


def test_a_yes_is_kept_with_version_time_and_address_and_said_once(newcomer, at):
    asked = acceptance.outstanding(newcomer, at=at)
    for later in (at, at + timedelta(hours=1)):
        acceptance.accept(newcomer.user, asked, by=newcomer, at=later, ip_address="203.0.113.9")
    kept = Acceptance.objects.filter(user=newcomer.user)
    assert kept.count() == 3
    assert {(a.accepted_at, a.ip_address) for a in kept} == {(at, "203.0.113.9")}
    events = Event.objects.filter(kind="policy.accepted", user=newcomer.user)
    assert sorted(event.data["policy"] for event in events) == [
        "guidelines-for-clients", "terms-of-service", "violation-guideline",
    ]  # fmt: skip


def test_a_new_version_is_asked_for_from_its_moment_on(alice, at):
    new = publish_again("terms-of-service", at + timedelta(days=1))
    assert acceptance.outstanding(alice, at=at) == []
    assert acceptance.outstanding(alice, at=at + timedelta(days=1)) == [new]


def test_who_is_client_and_worker_is_asked_for_what_the_other_capacity_adds(alice, at):
    worker = people.worker("Alan Both", accepts=False).worker
    worker.user = alice.user
    assert slugs(Actor.as_worker(worker), at) == ["guidelines-for-workers"]


def test_asking_costs_one_query(alice, at, django_assert_num_queries):
    with django_assert_num_queries(1):
        acceptance.require(alice, at=at)
