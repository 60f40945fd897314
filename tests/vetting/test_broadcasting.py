"""A broadcast: every member once, what of it arrived, and the table of members as a file."""

from __future__ import annotations

import pytest
from django.urls import reverse

from messaging import posting
from notifications import bouncing, delivering
from notifications.bouncing import Report
from notifications.models import MailReport, Notice
from notifications.queries import reached_by_broadcasts
from tests.assignments.pages import HOSTILE, follow, hidden, said, words_of
from tests.factories import accounts as people
from tests.factories import assignments as work
from tests.notifications.moments import DAY, HOUR, tell_everything, told
from tests.racing import race
from vetting import broadcasting, groups
from vetting.models import Broadcast, GroupMembership

pytestmark = pytest.mark.django_db


@pytest.fixture
def group(alice, wanda, walt, at):
    group = groups.create(name="Installers", kind="public", by=alice, at=at)
    for actor in (wanda, walt):
        groups.apply(group, by=actor, at=at)
    groups.approve(group, [wanda.worker, walt.worker], by=alice, at=at)
    tell_everything(at)
    return group


def page(name: str, group) -> str:
    return reverse(f"vetting:{name}", args=[group.reference])


def send(group, by, at, **words) -> Broadcast:
    said = {"subject": "Storm on Friday", "body": "Call before you drive.", "key": "k", **words}
    return broadcasting.send(group, **said, by=by, at=at)


def test_every_member_is_told_once_and_nobody_else(group, alice, wanda, walt, at):
    nina = people.worker("Nina New", at=at)
    groups.apply(group, by=nina, at=at)
    tell_everything(at)
    sent = send(group, alice, at)
    assert send(group, alice, at) == sent
    tell_everything(at)
    for actor in (wanda, walt):
        assert told(actor, "group.broadcast") == ["Acme to “Installers”: Storm on Friday"]
    assert told(nina, "group.broadcast") == []
    assert sent.told == 2


def test_the_figures_say_who_was_told_read_and_mailed(group, alice, wanda, at):
    sent = send(group, alice, at)
    tell_everything(at)
    delivering.deliver(at=at)
    Notice.objects.filter(kind="group.broadcast", recipient=wanda.user).update(read_at=at)
    figures = reached_by_broadcasts([sent])[sent.pk]
    assert figures == {
        "told": 2, "read": 1, "answered": 0, "mailed": 2, "returned": 0, "waiting": 0, "failed": 0,
    }  # fmt: skip


def test_the_figures_know_mails_that_came_back_and_who_wrote_since(
    group, alice, wanda, walt, client_of, at
):
    job = work.in_stage("assigned", alice, wanda, at=at - DAY)
    other = work.in_stage("assigned", alice, walt, at=at - DAY)
    said = {"body": "I will.", "by": wanda, "worker": wanda.worker, "assignment": job}
    posting.post(**said, at=at - HOUR, key="before")
    sent = send(group, alice, at)
    tell_everything(at)
    delivering.deliver(at=at)
    posting.post(**said, at=at + HOUR, key="after")
    late = at + 8 * DAY
    posting.post(assignment=other, worker=walt.worker, body="Late.", by=walt, at=late, key="late")
    back = Report("1", MailReport.Kind.BOUNCED, wanda.user.email.upper(), "No such user")
    bouncing.hear("signed", back, at=at + HOUR)
    slow = Report("2", MailReport.Kind.DELAYED, walt.user.email, "Full")
    bouncing.hear("signed", slow, at=at + HOUR)
    figures = reached_by_broadcasts([sent])[sent.pk]
    assert (figures["answered"], figures["mailed"], figures["returned"]) == (1, 2, 1)
    words = words_of(client_of(alice).get(page("group_broadcasts", group)))
    assert "wrote to you within a week 1" in words and "1 came back" in words


def test_a_private_group_is_not_named(alice, wanda, at):
    private = groups.create(name="Short list", kind="private", by=alice, at=at)
    groups.invite(private, [wanda.worker], by=alice, at=at)
    send(private, alice, at)
    tell_everything(at)
    [notice] = Notice.objects.filter(recipient=wanda.user)
    assert notice.title == "Acme: Storm on Friday" and notice.url == "/companies/acme/"


def test_it_is_written_on_the_page_and_read_by_members(group, alice, wanda, client_of, at):
    browser = client_of(alice)
    address = page("group_broadcasts", group)
    key = hidden(browser, address, "key")
    data = {"subject": "Storm", "body": "Call first.\nThen drive.", "key": key}
    empty = browser.post(address, data | {"body": ""})
    assert "Write what the members should know." in words_of(empty)
    assert 'value="Storm"' in empty.content.decode()
    done = follow(browser, browser.post(address, data))
    browser.post(address, data)
    assert "2 members are told." in said(done) and Broadcast.objects.count() == 1
    tell_everything(at)
    assert "told 2" in words_of(browser.get(address))
    assert "Call first." in words_of(client_of(wanda).get(group.get_absolute_url()))
    outsider = client_of(people.worker("Nina New"))
    assert "Call first." not in words_of(outsider.get(group.get_absolute_url()))


def test_nobody_to_tell_is_refused(alice, at):
    empty = groups.create(name="Empty", kind="public", by=alice, at=at)
    with pytest.raises(broadcasting.NobodyThere):
        send(empty, alice, at)


@pytest.mark.django_db(transaction=True)
def test_pressed_twice_at_once_it_is_sent_once(group, alice, mona, at):
    race(lambda: send(group, alice, at), lambda: send(group, mona, at))
    assert Broadcast.objects.count() == 1


@pytest.mark.parametrize("poison", HOSTILE)
def test_no_field_answers_hostile_input_with_a_crash(group, alice, client_of, poison):
    browser, address = client_of(alice), page("group_broadcasts", group)
    for field in ("subject", "body", "key"):
        data = {"subject": "S", "body": "B", "key": hidden(browser, address, "key"), field: poison}
        assert browser.post(address, data).status_code in (200, 302)


def test_the_table_is_a_file_without_formulas(group, alice, wanda, client_of):
    wanda.worker.headline = "=HYPERLINK(1)"
    wanda.worker.save(update_fields=["headline"])
    table = b"".join(client_of(alice).get(page("group_members_csv", group) + "?q=Wanda")).decode()
    assert "'=HYPERLINK(1)" in table and "Wanda Wells" in table and "Walt Webb" not in table


def test_the_members_are_filtered(group, alice, wanda, walt, client_of):
    walt.worker.region = "TX"
    walt.worker.skills = ["fiber splicing"]
    walt.worker.save(update_fields=["region", "skills"])
    browser, address = client_of(alice), page("group", group)
    for query in ("region=TX", "skill=fiber", "q=Walt"):
        words = words_of(browser.get(f"{address}?{query}"))
        assert "Walt Webb" in words and "Wanda Wells" not in words
    assert "fits these filters" in words_of(browser.get(f"{address}?favorites=on"))


def test_pages_cost_the_same_for_one_and_for_thirty(
    group, alice, wanda, client_of, at, django_assert_max_num_queries
):
    browser = client_of(alice)
    addresses = [page("group_broadcasts", group), page("group", group)]
    send(group, alice, at, key="first")
    tell_everything(at)
    few = []
    for address in addresses:
        browser.get(address)
        with django_assert_max_num_queries(10) as counted:
            browser.get(address)
        few.append(len(counted.captured_queries))
    for n in range(9):
        send(group, alice, at, key=str(n))
        joining = people.worker(f"Worker {n}")
        GroupMembership.objects.create(
            group=group, worker=joining.worker, status="member", changed_at=at, joined_at=at
        )
    tell_everything(at)
    for address, count in zip(addresses, few, strict=True):
        with django_assert_max_num_queries(count):
            browser.get(address)
    phone = client_of(wanda)
    phone.get(group.get_absolute_url())
    with django_assert_max_num_queries(12):
        phone.get(group.get_absolute_url())
