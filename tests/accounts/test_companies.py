"""Starting and changing a company."""

import pytest

from accounts import companies
from accounts.actors import Actor
from accounts.models import Company
from activity.models import Event
from tests.factories import accounts as cast


@pytest.fixture
def person(published):
    return Actor("person", user=cast.user("Pat Person"))


def test_starting_a_company_makes_its_first_administrator(person, at):
    membership = companies.start(person.user, {"name": "North Dock"}, by=person, at=at)
    assert membership.roles == ["administrator"]
    assert membership.company.slug == "north-dock"
    event = Event.objects.get(kind="company.created")
    assert event.company_key == membership.company_id


def test_starting_it_twice_gives_the_first_company(person, at):
    first = companies.start(person.user, {"name": "North Dock"}, by=person, at=at)
    assert companies.start(person.user, {"name": "north dock"}, by=person, at=at) == first
    assert Company.objects.count() == 1


@pytest.mark.parametrize("name", ["Acme", "東京電力", "New", "!!", "x" * 120])
def test_every_name_gets_an_address_of_its_own(acme, person, at, name):
    membership = companies.start(person.user, {"name": name}, by=person, at=at)
    slug = membership.company.slug
    assert slug not in {"acme", "new", "settings", ""}
    assert len(slug) <= 60
    assert membership.company.get_absolute_url() == f"/companies/{slug}/"


def test_a_login_can_have_only_so_many_companies(person, at, monkeypatch):
    monkeypatch.setattr(companies, "MOST_COMPANIES", 1)
    companies.start(person.user, {"name": "One"}, by=person, at=at)
    with pytest.raises(companies.CompaniesEnough, match="Leave one"):
        companies.start(person.user, {"name": "Two"}, by=person, at=at)


def test_changing_the_name_keeps_the_address(alice, acme, at):
    company = companies.change(acme, {"name": "Acme Two"}, by=alice, at=at)
    assert (company.name, company.slug) == ("Acme Two", "acme")
    assert Event.objects.get(kind="company.changed").data["fields"] == ["name"]
    companies.change(acme, {"name": "Acme Two"}, by=alice, at=at)
    assert Event.objects.filter(kind="company.changed").count() == 1
