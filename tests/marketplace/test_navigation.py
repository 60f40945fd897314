"""The frame around pages: where one can go, in each capacity."""

import pytest
from django.test import RequestFactory

from accounts.actors import ANONYMOUS
from marketplace import navigation

pytestmark = pytest.mark.django_db


def request_as(actor, path="/"):
    request = RequestFactory().get(path)
    request.user, request.actor = actor.user, actor
    return request


def labels(entries) -> list[str]:
    return [entry.label for entry in entries]


def test_a_client_and_a_worker_see_their_own_places(alice, wanda):
    assert "Payments" in labels(navigation.places(request_as(alice)))
    assert "Find work" in labels(navigation.places(request_as(wanda)))
    assert "Find work" not in labels(navigation.places(request_as(alice)))


def test_staff_see_the_escalation_desk(olga):
    assert "Escalation desk" in labels(navigation.places(request_as(olga)))


def test_a_visitor_has_no_places():
    assert navigation.places(request_as(ANONYMOUS)) == ()


def test_every_place_of_every_capacity_leads_somewhere():
    entries = [entry for place in navigation.PLACES.values() for entry in place]
    entries += [*navigation.PERSON, *navigation.FOOTER]
    assert [entry.name for entry in entries if not navigation.url_of(entry.name)] == []


def test_the_deepest_matching_place_is_the_current_one(wanda):
    found = navigation.places(request_as(wanda, "/work/mine/"))
    assert labels(entry for entry in found if entry.active) == ["My work"]


def test_home_is_current_only_on_the_home_page(alice):
    assert [e.label for e in navigation.places(request_as(alice, "/")) if e.active] == ["Home"]
    found = navigation.places(request_as(alice, "/elsewhere/"))
    assert [entry for entry in found if entry.active] == []


def test_a_phone_shows_four_places_and_the_rest_under_more(alice):
    frame = navigation.page_context(request_as(alice))["frame"]
    assert len(frame["bottom"]) == 4
    assert len(frame["more"]) >= 3


def sections_at(actor, path) -> dict[str, navigation.Section]:
    frame = navigation.page_context(request_as(actor, path))["frame"]
    return {section.heading: section for section in frame["sections"]}


def test_settings_are_folded_until_one_stands_in_them(alice):
    found = sections_at(alice, "/")
    assert list(found) == ["", "Workers", "Settings"]
    assert [section.opened for section in found.values()] == [True, True, False]
    team = next(e for e in found["Settings"].entries if e.label == "Team")
    assert sections_at(alice, team.url)["Settings"].opened


def test_a_heading_stands_at_a_place_that_everybody_has():
    """Without its first place a section would join the one before."""
    for entries in navigation.PLACES.values():
        assert [entry.label for entry in entries if entry.group and entry.needs] == []


def test_nothing_is_read_before_a_layout_asks(alice, django_assert_num_queries):
    with django_assert_num_queries(0):
        navigation.page_context(request_as(alice))


def test_a_forged_theme_cookie_is_ignored(alice):
    request = request_as(alice)
    request.COOKIES["theme"] = '"><script>'
    assert navigation.page_context(request)["theme"] == ""
