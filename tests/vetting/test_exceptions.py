"""Applying to a group that asks more: refused with what to do, or an exception asked and given."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.assignments.pages import HOSTILE, errors_of, follow, said, words_of
from tests.notifications.moments import tell_everything, told
from tests.racing import race
from tests.vetting.pools import asking, speak, standing
from vetting import groups
from vetting.models import GroupMembership

pytestmark = pytest.mark.django_db


@pytest.fixture
def group(alice, at):
    return asking(alice, at=at)


def page(name: str, group) -> str:
    return reverse(f"vetting:{name}", args=[group.reference])


def test_who_lacks_something_reads_what_and_cannot_slip_in(group, alice, wanda, at):
    with pytest.raises(groups.RequirementsMissing, match="Speaks Spanish"):
        groups.apply(group, by=wanda, at=at)
    groups.invite(group, [wanda.worker], by=alice, at=at)
    with pytest.raises(groups.RequirementsMissing):
        groups.accept(group, by=wanda, at=at)
    assert standing(group, wanda) == "invited"


def test_approving_leaves_an_applicant_who_lacks_something(group, alice, wanda, at):
    groups.apply(group, note="Soon", asks_exception=True, by=wanda, at=at)
    outcome = groups.approve(group, [wanda.worker], by=alice, at=at)
    assert not outcome.changed and "does not meet" in outcome.refused[0][1]
    assert standing(group, wanda) == "applied"


def test_an_exception_needs_words_and_a_reason_to_be_one(group, wanda, at):
    with pytest.raises(groups.SayWhy):
        groups.apply(group, asks_exception=True, by=wanda, at=at)
    speak(wanda, "Spanish")
    with pytest.raises(groups.NothingToExcept):
        groups.apply(group, note="Please", asks_exception=True, by=wanda, at=at)
    assert groups.apply(group, by=wanda, at=at).status == "applied"


def test_into_a_private_group_nobody_is_put_who_lacks_something(alice, wanda, walt, at):
    speak(walt, "Spanish")
    private = asking(alice, at=at, kind="private")
    outcome = groups.invite(private, [wanda.worker, walt.worker], by=alice, at=at)
    assert outcome.workers == [walt.worker.reference]


def test_the_journey_from_crosses_to_admitted(group, alice, wanda, client_of, at):
    phone, browser = client_of(wanda), client_of(alice)
    shown = phone.get(group.get_absolute_url())
    assert "Your profile does not say that you speak Spanish." in words_of(shown)
    assert 'href="/settings/worker/"' in shown.content.decode()
    assert "Apply to join" not in words_of(shown)
    refused = phone.post(page("answer_group", group), {"act": "apply"})
    assert refused.status_code == 422 and "Speaks Spanish" in errors_of(refused)
    speak(wanda, "Spanish")
    assert "Apply to join" in words_of(phone.get(group.get_absolute_url()))
    phone.post(page("answer_group", group), {"act": "apply", "words": "Here I am"})
    waiting = browser.get(page("group", group) + "?view=applied")
    assert "Met" in words_of(waiting) and "Here I am" in words_of(waiting)
    done = browser.post(
        page("group_members", group), {"act": "approve", "workers": wanda.worker.reference}
    )
    assert "Wanda Wells is a member now" in said(follow(browser, done))


def test_an_exception_is_asked_for_given_and_kept_with_its_note(group, alice, wanda, client_of, at):
    phone, browser = client_of(wanda), client_of(alice)
    silent = phone.post(page("answer_group", group), {"act": "request", "words": ""})
    assert "Say in a few words why" in words_of(silent)
    phone.post(page("answer_group", group), {"act": "request", "words": "I take a course"})
    tell_everything(at)
    assert told(alice) == ["Wanda Wells asks for an exception to join “Installers”"]
    waiting = words_of(browser.get(page("group", group) + "?view=applied"))
    assert "Asks for an exception" in waiting and "Lacks something" in waiting
    members = page("group_members", group) + "?view=applied"
    chosen = {"act": "admit", "workers": wanda.worker.reference}
    unsaid = browser.post(members, chosen)
    assert unsaid.status_code == 422 and "Say in a few words why" in errors_of(unsaid)
    browser.post(members, chosen | {"reason": "Passed at our office"})
    assert standing(group, wanda) == "member"
    [override] = group.requirement_set.overrides.all()
    assert override.note == "Passed at our office"
    shown = words_of(phone.get(group.get_absolute_url()))
    assert "The client lets you pass" in shown and "Passed at our office" not in shown


@pytest.mark.django_db(transaction=True)
def test_asking_while_being_added_ends_in_one_standing(alice, wanda, at):
    group = asking(alice, at=at)
    race(
        lambda: groups.apply(group, note="Please", asks_exception=True, by=wanda, at=at),
        lambda: groups.invite(group, [wanda.worker], by=alice, at=at),
    )
    assert GroupMembership.objects.get(group=group).status in ("applied", "invited")


@pytest.mark.parametrize("poison", HOSTILE)
def test_no_field_answers_hostile_input_with_a_crash(group, alice, wanda, client_of, poison):
    client, worker = client_of(alice), client_of(wanda)
    answer = worker.post(page("answer_group", group), {"act": "request", "words": poison})
    assert answer.status_code in (302, 422)
    for field in ("q", "skill", "industry", "region", "meets", "favorites", "view"):
        assert client.get(page("group", group), {field: poison}).status_code == 200
        table = client.get(page("group_members_csv", group), {field: poison})
        assert b"Name" in b"".join(table)
    edited = client.post(page("edit_group", group), {"requirement_set": poison})
    assert edited.status_code == 200
