"""Asked into a group by e-mail: the link, the address, what the company may learn, and when."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from activity.record import record
from tests.assignments.pages import HOSTILE, follow, said, words_of
from tests.factories import accounts as people
from tests.notifications.moments import tell_everything, told
from tests.racing import race
from tests.vetting.pools import asking, speak, standing
from vetting import groups, inviting, marks
from vetting.models import Group, GroupInvitee

pytestmark = pytest.mark.django_db


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def group(alice, now) -> Group:
    return groups.create(name="Installers", kind="invitation", by=alice, at=now)


def invite(group, by, now, captured, *emails: str) -> list[str]:
    """The addresses of the pages behind the links in the mails."""
    with captured(execute=True):
        inviting.invite(group, emails, by=by, at=now)
    return [link_in(message) for message in mail.outbox[-len(emails) :]]


def link_in(message) -> str:
    found = re.search(r"/group-invitations/[\w-]+/", message.body)
    assert found
    return found[0]


def verify(actor, email: str) -> None:
    EmailAddress.objects.create(user=actor.user, email=email, verified=True)


def test_a_stranger_signs_up_by_the_link_and_joins(
    group, alice, now, client_of, django_capture_on_commit_callbacks
):
    [link] = invite(group, alice, now, django_capture_on_commit_callbacks, "new@example.com")
    assert mail.outbox[-1].to == ["new@example.com"]
    shown = Client().get(link)
    assert f"/join/worker/?next={link}" in shown.content.decode()
    nina = people.worker("Nina New", at=now)
    phone = client_of(nina)
    assert "Join as Nina New" in words_of(phone.get(link))
    joined = follow(phone, phone.post(link, {"act": "join"}))
    assert "You are a member now" in said(joined)
    assert standing(group, nina) == "member"
    assert Client().get(link).status_code == 410
    listed = client_of(alice).get(reverse("vetting:group_invitations", args=[group.reference]))
    assert "Nina New answered" in words_of(listed)


def test_the_answer_is_the_same_for_an_address_that_is_known(
    group, alice, wanda, now, client_of, django_capture_on_commit_callbacks
):
    verify(wanda, "wanda@private.example")
    browser, page = client_of(alice), reverse("vetting:group_invitations", args=[group.reference])
    answers = []
    for email in ("wanda@private.example", "nobody@private.example"):
        with django_capture_on_commit_callbacks(execute=True):
            answer = follow(browser, browser.post(page, {"emails": email}))
        answers.append(said(answer).replace(email, "X"))
        tell_everything(now)
    assert answers[0] == answers[1]
    for address in (page, group.get_absolute_url() + "?view=invited"):
        assert "Wanda" not in words_of(browser.get(address))
    assert told(wanda) == ["Acme invited you to its group “Installers”"]


def test_a_worker_finds_it_in_the_app_and_joins_without_the_link(group, alice, wanda, client_of):
    now = timezone.now()
    verify(wanda, "wanda@private.example")
    inviting.invite(group, ["Wanda@Private.example"], by=alice, at=now)
    phone = client_of(wanda)
    assert phone.get(group.get_absolute_url()).status_code == 404
    tell_everything(now)
    assert "Installers" in words_of(phone.get("/groups/"))
    shown = phone.get(group.get_absolute_url())
    assert "Join the group" in words_of(shown)
    phone.post(reverse("vetting:answer_group", args=[group.reference]), {"act": "accept"})
    assert standing(group, wanda) == "member"
    assert GroupInvitee.objects.get().accepted_at


def test_a_new_worker_with_that_address_is_shown_what_waits(group, alice, now):
    inviting.invite(group, ["nina.new@example.com"], by=alice, at=now)
    tell_everything(now)
    nina = people.worker("Nina New", at=now)
    verify(nina, "nina.new@example.com")
    record("worker.created", nina.worker, by=nina, at=now)
    tell_everything(now)
    assert told(nina) == ["Acme invited you to its group “Installers”"]
    assert Group.objects.visible_to(nina).get() == group


def test_an_unverified_address_shows_nothing(group, alice, wanda, now):
    EmailAddress.objects.create(user=wanda.user, email="w@example.com", verified=False)
    inviting.invite(group, ["w@example.com"], by=alice, at=now)
    tell_everything(now)
    assert told(wanda) == [] and not Group.objects.visible_to(wanda).exists()


def test_asked_again_the_old_link_is_over(
    group, alice, now, client_of, wanda, django_capture_on_commit_callbacks
):
    [old] = invite(group, alice, now, django_capture_on_commit_callbacks, "a@example.com")
    [new] = invite(group, alice, now, django_capture_on_commit_callbacks, "a@example.com")
    phone = client_of(wanda)
    assert GroupInvitee.objects.count() == 1
    assert phone.get(old).status_code == 410 and phone.get(new).status_code == 200
    inviting.withdraw(GroupInvitee.objects.get(), by=alice, at=now)
    assert phone.get(new).status_code == 410


def test_it_runs_out_at_its_moment(group, alice, wanda, now):
    [row] = inviting.invite(group, ["a@example.com"], by=alice, at=now)
    end = now + timedelta(days=inviting.INVITATION_DAYS)
    with pytest.raises(inviting.NotOpen):
        inviting.accept(row, by=wanda, at=end)
    tick = timedelta(microseconds=1)
    assert inviting.accept(row, by=wanda, at=end - tick).status == "member"


def test_a_blocked_worker_does_not_come_in_by_a_link(group, alice, wanda, now):
    [row] = inviting.invite(group, ["a@example.com"], by=alice, at=now)
    marks.mark_worker(wanda.worker, "blocked", by=alice, at=now)
    with pytest.raises(inviting.NotForYou):
        inviting.accept(row, by=wanda, at=now)


def test_the_link_does_not_skip_what_the_group_asks(alice, wanda, now):
    group = asking(alice, at=now, kind="invitation")
    [row] = inviting.invite(group, ["a@example.com"], by=alice, at=now)
    with pytest.raises(groups.RequirementsMissing):
        inviting.accept(row, by=wanda, at=now)
    asked = inviting.accept(row, by=wanda, at=now, words="Please", asks_exception=True)
    assert asked.status == "applied" and asked.asks_exception
    speak(wanda, "Spanish")


def test_nobody_is_asked_into_a_private_group(alice, now):
    private = groups.create(name="Short list", kind="private", by=alice, at=now)
    with pytest.raises(inviting.PrivateGroup):
        inviting.invite(private, ["a@example.com"], by=alice, at=now)


@pytest.mark.django_db(transaction=True)
def test_a_link_used_twice_at_once_lets_one_in(alice, wanda, walt):
    now = timezone.now()
    group = groups.create(name="Installers", kind="invitation", by=alice, at=now)
    [row] = inviting.invite(group, ["a@example.com"], by=alice, at=now)
    race(
        lambda: inviting.accept(row, by=wanda, at=now),
        lambda: inviting.accept(row, by=walt, at=now),
    )
    assert sorted(filter(None, [standing(group, wanda), standing(group, walt)])) == ["member"]


@pytest.mark.parametrize("poison", HOSTILE)
def test_no_field_answers_hostile_input_with_a_crash(group, alice, client_of, poison):
    browser, page = client_of(alice), reverse("vetting:group_invitations", args=[group.reference])
    answer = browser.post(page, {"emails": poison})
    assert answer.status_code == 200 and "Traceback" not in words_of(answer)
    for field in ("invitee", "act"):
        data = {"invitee": "1", "act": "again", field: poison}
        assert browser.post(page, data).status_code in (302, 404)


def test_the_list_costs_the_same_for_one_and_for_thirty(
    group, alice, now, client_of, django_assert_max_num_queries
):
    browser, page = client_of(alice), reverse("vetting:group_invitations", args=[group.reference])
    inviting.invite(group, ["a@example.com"], by=alice, at=now)
    browser.get(page)
    with django_assert_max_num_queries(10) as few:
        browser.get(page)
    with django_assert_max_num_queries(18):
        inviting.invite(group, [f"w{n}@example.com" for n in range(30)], by=alice, at=now)
    with django_assert_max_num_queries(len(few.captured_queries)):
        browser.get(page)
