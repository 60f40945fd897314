"""The pages of groups, from both sides, with bad input and with many rows."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.assignments.pages import HOSTILE, errors_of, follow, said, words_of
from tests.factories import accounts as people
from tests.notifications.moments import tell_everything, told
from vetting import groups
from vetting.models import Group, GroupMembership

pytestmark = pytest.mark.django_db


@pytest.fixture
def group(alice, at) -> Group:
    return groups.create(name="Installers", kind="public", by=alice, at=at)


def page(name: str, group: Group) -> str:
    return reverse(f"vetting:{name}", args=[group.reference])


def test_a_client_makes_a_group_and_invites_whom_they_find(alice, wanda, walt, client_of, at):
    browser = client_of(alice)
    answer = browser.post(
        "/groups/new/", {"name": " POS   installers ", "kind": "invitation", "description": "Tills"}
    )
    made = Group.objects.get()
    found = follow(browser, answer)
    assert made.name == "POS installers"
    assert "Wanda Wells" in words_of(found) and "Walt Webb" in words_of(found)
    add = page("add_to_group", made) + "?q=Wanda"
    assert "Walt Webb" not in words_of(browser.get(add))
    done = follow(browser, browser.post(add, {"workers": [wanda.worker.reference]}))
    assert "Wanda Wells is invited." in said(done)
    tell_everything(at)
    assert told(wanda) == ["Acme invited you to its group “POS installers”"]


def test_an_invited_worker_joins_and_leaves(alice, wanda, client_of, at):
    group = groups.create(name="Night shift", kind="invitation", by=alice, at=at)
    groups.invite(group, [wanda.worker], by=alice, at=at)
    phone = client_of(wanda)
    assert "Night shift" in words_of(phone.get("/groups/"))
    joined = follow(phone, phone.post(page("answer_group", group), {"act": "accept"}))
    assert "You are a member now" in said(joined)
    assert "Leave the group" in words_of(joined)
    left = follow(phone, phone.post(page("answer_group", group), {"act": "leave"}))
    assert left.request["PATH_INFO"] == "/groups/"
    assert phone.get(group.get_absolute_url()).status_code == 404
    tell_everything(at)
    assert told(alice) == ["Wanda Wells joined “Night shift”", "Wanda Wells left “Night shift”"]


def test_applicants_are_decided_several_at_once_with_a_reason(group, alice, client_of, at):
    hopeful = [people.worker(f"Hope {n}", at=at) for n in range(3)]
    for actor in hopeful:
        groups.apply(group, note=f"Pick {actor.user}", by=actor, at=at)
    browser = client_of(alice)
    waiting = page("group", group) + "?view=applied"
    assert "Pick Hope 2" in words_of(browser.get(waiting))
    members = page("group_members", group) + "?view=applied"
    first, *rest = [actor.worker.reference for actor in hopeful]
    silent = browser.post(members, {"act": "decline", "workers": rest})
    assert silent.status_code == 422 and "Say in a few words why" in errors_of(silent)
    assert f'value="{rest[0]}" checked' in silent.content.decode()
    browser.post(members, {"act": "approve", "workers": [first]})
    browser.post(members, {"act": "decline", "workers": rest, "reason": "Full for now"})
    standing = dict(GroupMembership.objects.values_list("worker__reference", "status"))
    assert standing == {first: "member", rest[0]: "declined", rest[1]: "declined"}
    tell_everything(at)
    assert told(hopeful[0]) == ["You are now a member of “Installers”"]
    assert told(hopeful[1]) == ["Your application for “Installers” was declined"]
    assert "Full for now" in words_of(client_of(hopeful[1]).get(group.get_absolute_url()))


def test_a_private_group_tells_its_workers_nothing(alice, wanda, client_of, at):
    private = groups.create(name="Short list", kind="private", by=alice, at=at)
    groups.invite(private, [wanda.worker], by=alice, at=at)
    groups.remove(private, [wanda.worker], reason="Moved away", by=alice, at=at)
    groups.invite(private, [wanda.worker], by=alice, at=at)
    tell_everything(at)
    assert told(wanda) == []
    assert "Short list" not in words_of(client_of(wanda).get("/groups/"))
    assert "Wanda Wells" in words_of(client_of(alice).get(private.get_absolute_url()))


def test_a_group_is_archived_and_brought_back(group, alice, client_of):
    browser = client_of(alice)
    away = follow(browser, browser.post(page("archive_group", group)))
    assert "This group is archived" in words_of(away)
    assert "Installers" not in words_of(browser.get("/groups/"))
    assert "Installers" in words_of(browser.get("/groups/?archived=on"))
    browser.post(page("archive_group", group), {"back": "yes"})
    assert "Installers" in words_of(browser.get("/groups/"))


def test_an_answer_that_came_too_late_says_so(group, alice, wanda, client_of, at):
    groups.invite(group, [wanda.worker], by=alice, at=at)
    groups.remove(group, [wanda.worker], reason="A mistake", by=alice, at=at)
    late = client_of(wanda).post(page("answer_group", group), {"act": "accept"})
    assert late.status_code == 422
    assert "You cannot do this now" in errors_of(late)


def test_a_name_twice_is_refused_beside_the_field(group, alice, client_of):
    again = client_of(alice).post("/groups/new/", {"name": "installers", "kind": "public"})
    assert "You have a group of this name already" in errors_of(again)
    assert 'value="installers"' in again.content.decode()


@pytest.mark.parametrize("poison", HOSTILE)
def test_no_field_answers_hostile_input_with_a_crash(group, alice, wanda, client_of, poison, at):
    groups.apply(group, by=wanda, at=at)
    client, worker = client_of(alice), client_of(wanda)
    for field in ("name", "kind", "description"):
        facts = {"name": "Some", "kind": "public", field: poison}
        assert client.post(page("edit_group", group), facts).status_code in (200, 302)
    for field in ("act", "reason", "workers"):
        data = {"act": "decline", "reason": "No", "workers": "W-222222", field: poison}
        assert client.post(page("group_members", group), data).status_code in (302, 422)
    for field in ("q", "skill", "view", "after", "archived"):
        assert client.get(group.get_absolute_url(), {field: poison}).status_code == 200
        assert client.get("/groups/", {field: poison}).status_code == 200
        assert client.get(page("add_to_group", group), {field: poison}).status_code == 200
    assert client.post(page("add_to_group", group), {"workers": poison}).status_code == 200
    for field in ("act", "words"):
        data = {"act": "leave", "words": "", field: poison}
        assert worker.post(page("answer_group", group), data).status_code in (302, 422)
    assert worker.get("/groups/", {"q": poison, "after": poison}).status_code == 200


def test_lists_cost_the_same_for_one_row_and_for_thirty(
    group, alice, wanda, client_of, at, django_assert_max_num_queries
):
    groups.apply(group, by=people.worker("Hope 0", at=at), at=at)
    client, worker = client_of(alice), client_of(wanda)
    pages = [
        (client, "/groups/"),
        (client, page("group", group) + "?view=applied"),
        (client, page("add_to_group", group)),
        (worker, "/groups/"),
    ]
    few = []
    for browser, address in pages:
        browser.get(address)
        with django_assert_max_num_queries(10) as counted:
            browser.get(address)
        few.append(len(counted.captured_queries))
    for number in range(29):
        groups.apply(group, by=people.worker(f"Hope {number + 1}", at=at), at=at)
        other = groups.create(name=f"Group {number}", kind="public", by=alice, at=at)
        groups.invite(other, [wanda.worker], by=alice, at=at)
    for (browser, address), count in zip(pages, few, strict=True):
        with django_assert_max_num_queries(count):
            browser.get(address)
