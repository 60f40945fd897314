"""The pages of requirement sets, with bad input and with many rows."""

from __future__ import annotations

import pytest
from django.urls import reverse

from core.languages import LANGUAGES
from tests.assignments.pages import HOSTILE, errors_of, follow, said, words_of
from tests.factories import credentials as proofs
from tests.factories import tests as quizzes
from tests.vetting.pools import asking
from vetting import agreements, groups, publishing
from vetting import requirement_sets as verbs
from vetting.models import RequirementOverride, RequirementSet
from vetting.requirements import registry

pytestmark = pytest.mark.django_db


@pytest.fixture
def near(alice, at) -> RequirementSet:
    made = verbs.create(name="Near", by=alice, at=at)
    verbs.add(made, "distance", {"miles": 50}, by=alice, at=at)
    return made


def add_url(found: RequirementSet, kind: str) -> str:
    return reverse("vetting:add_requirement", args=[found.reference, kind])


def row_url(found: RequirementSet, row) -> str:
    return reverse("vetting:requirement", args=[found.reference, row.pk])


def test_a_client_builds_a_set_and_sees_whom_it_lets_through(alice, wanda, walt, client_of):
    browser = client_of(alice)
    made = follow(browser, browser.post("/requirements/new/", {"name": " Fiber  crew "}))
    assert "every worker meets this set" in words_of(made)
    assert "2 workers qualify" in words_of(made)
    found = RequirementSet.objects.get(name="Fiber crew")
    page = browser.get(add_url(found, "language"))
    assert "Speaks a language" in words_of(page)
    wrong = browser.post(add_url(found, "language"), {"language": "Klingon"})
    assert "language" in errors_of(wrong).lower()
    done = follow(browser, browser.post(add_url(found, "language"), {"language": "Spanish"}))
    assert "Added: Speaks Spanish." in said(done)
    assert "0 workers qualify" in words_of(done) and "Nobody could take work" in words_of(done)


def test_the_effect_is_shown_while_typing(near, alice, wanda, client_of):
    browser = client_of(alice)
    typed = {"miles": "10", "zip": "60601", "miles_near": ""}
    live = browser.post(add_url(near, "distance"), typed, headers={"hx-request": "true"})
    assert "0 workers qualify" in words_of(live)
    assert "Lives within 10 miles of the site" in words_of(live)
    assert near.requirements.count() == 1
    around = browser.get(near.get_absolute_url() + "?zip=43215&miles=25")
    assert "1 worker qualifies, 1 within 25 miles of Columbus, OH" in words_of(around)
    lost = browser.get(near.get_absolute_url() + "?zip=00000")
    assert "No map knows this ZIP code" in words_of(lost)


def test_requirements_are_changed_moved_and_removed_by_buttons(near, alice, at, client_of):
    verbs.add(near, "profile", {}, by=alice, at=at)
    browser = client_of(alice)
    first, second = near.requirements.all()
    browser.post(row_url(near, second), {"act": "up"})
    assert [row.pk for row in near.requirements.all()] == [second.pk, first.pk]
    browser.post(row_url(near, first), {"miles": "25"})
    assert "Lives within 25 miles of the site" in words_of(browser.get(near.get_absolute_url()))
    gone = follow(browser, browser.post(row_url(near, second), {"act": "remove"}))
    assert "Removed." in said(gone) and near.requirements.count() == 1
    assert browser.post(row_url(near, second), {"act": "remove"}).status_code == 404


def test_the_same_requirement_twice_is_refused_beside_the_form(near, alice, client_of):
    answer = client_of(alice).post(add_url(near, "distance"), {"miles": "50"})
    assert "asks exactly this already" in words_of(answer)


def test_a_set_is_asked_of_all_copied_archived_and_brought_back(near, alice, client_of):
    browser = client_of(alice)
    edit = reverse("vetting:edit_requirement_set", args=[near.reference])
    browser.post(edit, {"name": "Near", "note": "For repairs", "on_all": "on"})
    assert "Required on all assignments" in words_of(browser.get(near.get_absolute_url()))
    assert "On all assignments" in words_of(browser.get("/requirements/"))
    copy = reverse("vetting:copy_requirement_set", args=[near.reference])
    assert "Near (copy)" in words_of(follow(browser, browser.post(copy)))
    archive = reverse("vetting:archive_requirement_set", args=[near.reference])
    put_away = follow(browser, browser.post(archive))
    assert "This set is archived" in words_of(put_away)
    assert "Near" in words_of(browser.get("/requirements/?archived=on"))
    back = follow(browser, browser.post(archive, {"back": "yes"}))
    assert "is in use again" in said(back)


def test_a_worker_is_let_pass_with_a_note_and_asked_again(near, alice, wanda, walt, client_of):
    browser = client_of(alice)
    url = reverse("vetting:requirement_overrides", args=[near.reference])
    found = browser.get(url + "?q=Wanda")
    assert "Wanda Wells" in words_of(found) and "Walt Webb" not in words_of(found)
    silent = browser.post(url + "?q=Wanda", {"workers": [wanda.worker.reference]})
    assert "why they may pass" in errors_of(silent)
    done = follow(
        browser, browser.post(url, {"workers": [wanda.worker.reference], "note": "Knows the site"})
    )
    assert "Knows the site" in words_of(done)
    row = RequirementOverride.objects.get()
    again = follow(browser, browser.post(url, {"end": str(row.pk)}))
    assert "Wanda Wells is asked again" in said(again)
    assert browser.post(url, {"end": "９９"}).status_code == 404


@pytest.mark.parametrize("hostile", HOSTILE)
def test_no_form_of_a_kind_falls_over_what_people_type(near, alice, client_of, hostile):
    browser = client_of(alice)
    for kind in registry.kinds():
        if kind.form.base_fields:
            typed = dict.fromkeys(kind.form.base_fields, hostile) | {"zip": hostile}
            for headers in ({}, {"hx-request": "true"}):
                answer = browser.post(add_url(near, kind.slug), typed, headers=headers)
                assert answer.status_code in (200, 302), kind.slug
    for url in ("/requirements/", near.get_absolute_url()):
        query = {"zip": hostile, "miles": hostile, "archived": hostile}
        assert browser.get(url, query).status_code == 200
    made = browser.post("/requirements/new/", {"name": hostile, "note": hostile})
    assert made.status_code in (200, 302)
    overrides = reverse("vetting:requirement_overrides", args=[near.reference])
    assert browser.get(overrides, {"q": hostile}).status_code == 200
    typed = {"workers": hostile, "note": hostile}
    assert browser.post(overrides, typed).status_code == 200


def test_a_stranger_and_an_unknown_kind_find_nothing(near, charlie, alice, client_of):
    assert client_of(charlie).post(add_url(near, "profile")).status_code == 404
    assert client_of(alice).get(add_url(near, "moon-walk")).status_code == 404
    row = near.requirements.get()
    other = verbs.create(name="Other", by=alice, at=near.created_at)
    assert client_of(alice).get(row_url(other, row)).status_code == 404


@pytest.mark.parametrize("number", [1, 19])
def test_the_pages_cost_the_same_for_any_number_of_rows(
    near, alice, at, client_of, number, django_assert_max_num_queries
):
    for n in range(number):
        verbs.add(near, "language", {"language": LANGUAGES[n]}, by=alice, at=at)
        verbs.duplicate(near, by=alice, at=at)
    browser = client_of(alice)
    browser.get("/requirements/")
    for url, most in (("/requirements/", 7), (near.get_absolute_url(), 12)):
        with django_assert_max_num_queries(most):
            assert browser.get(url).status_code == 200


def test_what_has_values_can_be_changed_from_the_list(near, alice, at, client_of):
    verbs.add(near, "profile", {}, by=alice, at=at)
    first, second = near.requirements.all()
    html = client_of(alice).get(near.get_absolute_url()).content.decode()
    assert f'href="{row_url(near, first)}">Change' in html
    assert f'href="{row_url(near, second)}">Change' not in html
    assert '<option value="50" selected>' in html


def test_what_is_gone_fails_closed_and_both_sides_read_so(alice, wanda, at, client_of):
    """A group, a test, an agreement and a kind of credential, each put away after it was asked."""
    test, agreement = quizzes.published(alice, at=at), proofs.agreement(alice, at=at)
    crew = groups.create(name="Crew", kind="public", by=alice, at=at)
    kind = proofs.kind()
    asks = asking(
        alice, at=at, group={"group": crew.reference, "name": "Crew", "open": True},
        test={"test": test.reference, "name": test.name},
        agreement={"agreement": agreement.reference, "title": agreement.title},
        credential={"kind": kind.slug, "name": kind.name, "amount": "", "region": ""},
    )  # fmt: skip
    groups.archive(crew, by=alice, at=at)
    publishing.archive(test, by=alice, at=at)
    agreements.archive(agreement, by=alice, at=at)
    type(kind).objects.update(archived_at=at)
    built = words_of(client_of(alice).get(asks.requirement_set.get_absolute_url()))
    for why in ("“Crew” is gone or archived", "is archived, so nobody can meet this",
                 "This agreement is archived", "credential is not used any more"):  # fmt: skip
        assert why in built, why
    assert "0 workers qualify" in built
    shown = words_of(client_of(wanda).get(asks.get_absolute_url()))
    assert shown.lower().count("ask the client to change") == 3
    assert "The client has closed this test" in shown and "Apply to join" not in shown
