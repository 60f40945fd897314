"""Persons and worker profiles."""

from decimal import Decimal

import pytest
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import AnonymousUser, Permission

from accounts import people
from accounts.actors import Actor
from accounts.backends import PasswordBackend
from accounts.models import Industry, User, WorkerProfile
from activity.models import Event
from tests.factories import accounts as cast

PROFILE = {"postal_code": "60601", "headline": "Technician", "skills": ["cabling"]}


@pytest.fixture
def person(published):
    return Actor("person", user=cast.user("Pat Person"))


def test_becoming_a_worker_finds_the_place_of_the_zip_code(person, at):
    worker = people.become_worker(person.user, PROFILE, by=person, at=at)
    assert (worker.city, worker.region) == ("Chicago", "IL")
    assert worker.latitude == pytest.approx(41.88, abs=0.1)
    assert worker.reference.startswith("W-")
    assert Event.objects.filter(kind="worker.created", subject_key=worker.pk).count() == 1


def test_becoming_a_worker_twice_gives_the_first_profile(person, at):
    first = people.become_worker(person.user, PROFILE, by=person, at=at)
    again = people.become_worker(person.user, PROFILE | {"headline": "x"}, by=person, at=at)
    assert (again, again.headline) == (first, "Technician")


def test_a_zip_code_that_is_on_no_map_is_refused(person, at):
    with pytest.raises(people.UnknownPostalCode):
        people.become_worker(person.user, {"postal_code": "00000"}, by=person, at=at)
    assert not WorkerProfile.objects.exists()


def test_changing_a_profile_keeps_what_is_not_given(wanda, at):
    industry = Industry.objects.create(name="Welding", slug="welding")
    worker = people.change_worker(
        wanda.worker, {"hourly_rate": Decimal("55.00")}, industries=[industry], by=wanda, at=at
    )
    assert worker.skills == ["cabling"]
    event = Event.objects.get(kind="worker.changed")
    assert event.data["fields"] == ["hourly_rate", "industries"]


def test_moving_moves_the_place_on_the_map(wanda, at):
    worker = people.change_worker(wanda.worker, {"postal_code": "60601"}, by=wanda, at=at)
    worker.refresh_from_db()
    assert (worker.city, worker.region) == ("Chicago", "IL")


def test_saving_without_a_change_leaves_no_trace(wanda, at):
    people.change_worker(wanda.worker, {"headline": ""}, industries=[], by=wanda, at=at)
    people.change_person(
        wanda.user,
        full_name=wanda.user.full_name,
        time_zone=wanda.user.time_zone,
        by=wanda,
        at=at,
    )
    assert not Event.objects.filter(kind__in=["worker.changed", "person.changed"]).exists()


def test_a_person_changes_name_and_zone(person, at):
    people.change_person(
        person.user, full_name="Pat P.", time_zone="America/Denver", by=person, at=at
    )
    person.user.refresh_from_db()
    assert (person.user.full_name, person.user.time_zone) == ("Pat P.", "America/Denver")


def test_permissions_are_those_that_django_finds_and_cost_one_query(
    lena, django_assert_num_queries
):
    own = Permission.objects.get(codename="view_user", content_type__app_label="accounts")
    lena.user.user_permissions.add(own)
    expected = ModelBackend().get_all_permissions(User.objects.get(pk=lena.user.pk))
    assert {"accounts.view_user", "escalations.lead_desk"} < expected

    fresh = User.objects.get(pk=lena.user.pk)
    with django_assert_num_queries(1):
        assert PasswordBackend().get_all_permissions(fresh) == expected
        assert fresh.has_perm("accounts.view_user")

    fresh.is_active = False
    assert PasswordBackend().get_all_permissions(fresh) == set()
    super_user = User(pk=0, is_superuser=True)
    assert PasswordBackend().get_all_permissions(super_user) > expected
    assert PasswordBackend().get_all_permissions(AnonymousUser()) == set()
