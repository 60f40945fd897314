import uuid

import pytest
from django.utils import timezone

from activity import reactions
from messaging import mentioning
from messaging.models import Mention, Message
from notifications.models import Notice
from tests.factories import accounts as people
from tests.factories import assignments as work


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def current(alice, wanda, now):
    return work.in_stage("assigned", alice, wanda, at=now)


def named():
    return set(Mention.objects.values_list("user__full_name", "written"))


def told(who):
    while reactions.dispatch(at=timezone.now()):
        pass
    return list(Notice.objects.filter(recipient=who.user, title__contains="named"))


@pytest.mark.parametrize(
    "body, written",
    [
        ("@Cody Cole please pay", "@Cody Cole"),
        ("please look, @cody", "@cody"),
        ("(@CODY COLE!)", "@CODY COLE"),
    ],
)
def test_a_member_is_named_by_whole_or_first_name_and_told(
    current, alice, cody, wanda, say, now, body, written
):
    cody.user.full_name = "Cody Cole"
    cody.user.save(update_fields=["full_name"])
    say(current, alice, body, worker=wanda.worker, visibility="company", at=now)
    assert named() == {("Cody Cole", written)}
    (notice,) = told(cody)
    assert wanda.worker.reference in notice.url and body[:10] in notice.body
    assert not told(wanda)


@pytest.mark.parametrize(
    "body", ["cody@example.com", "@Nobody here", "@ Cody", "@Codyx", "a@b", "@"]
)
def test_what_is_no_name_stays_plain_text(current, alice, cody, wanda, say, now, body):
    say(current, alice, body, worker=wanda.worker, visibility="company", at=now)
    assert named() == set()


def test_a_first_name_of_two_is_asked_back_and_nothing_is_lost(
    current, acme, alice, wanda, client_of, now
):
    for name in ("Dana Fox", "Dana Gray"):
        people.member(acme, name, ["manager"], at=now)
    fields = {
        "key": str(uuid.uuid4()), "body": "@Dana can you look", "visibility": "company",
        "worker": wanda.worker.reference,
    }  # fmt: skip
    answer = client_of(alice).post(f"/assignments/{current.reference}/messages/", fields)
    page = answer.content.decode()
    assert answer.status_code == 422 and "could be Dana" in page
    assert "@Dana can you look</textarea>" in page
    assert not Message.objects.exists()


def test_nobody_outside_can_be_named(current, alice, charlie, walt, wanda, say, now):
    for who in (charlie, walt, wanda):
        name = who.user.full_name
        say(current, alice, f"@{name}", worker=wanda.worker, visibility="company", at=now)
    assert named() == set()


def test_a_worker_names_only_whom_they_know(current, alice, cody, wanda, say, now):
    cody_name, alice_name = cody.user.full_name, alice.user.full_name
    say(current, wanda, f"@{cody_name} and @{alice_name}", at=now)
    assert named() == {(alice_name, f"@{alice_name}")}
    say(current, cody, "Hello", worker=wanda.worker, visibility="company", at=now)
    thread = current.threads.get()
    known = mentioning.colleagues(current, thread.pk, wanda)
    assert {one.full_name for one in known} == {alice_name}


def test_the_composer_offers_whom_the_author_may_name(
    current, alice, cody, mona, wanda, charlie, client_of, django_assert_max_num_queries
):
    address = f"/assignments/{current.reference}/messages/names/"
    session = client_of(alice)
    session.get(address)
    with django_assert_max_num_queries(12):
        offered = session.get(address, {"worker": wanda.worker.reference}).json()["names"]
    assert offered == sorted(offered)
    assert {cody.user.full_name, mona.user.full_name} <= set(offered)
    assert not {a.user.full_name for a in (alice, wanda, charlie)} & set(offered)
    assert client_of(wanda).get(address).json() == {"names": [alice.user.full_name]}
    assert session.get(address, {"worker": "W-\0"}).status_code == 404
    composer = session.get(f"/assignments/{current.reference}/messages/").text
    assert f'data-names="{address}?worker={wanda.worker.reference}"' in composer


def test_a_note_of_staff_names_nobody(current, olga, alice, wanda, say, now):
    say(current, olga, f"@{alice.user.full_name}", worker=wanda.worker, visibility="staff", at=now)
    assert named() == set() and not told(alice)


def test_the_owner_who_is_named_is_told_once(current, alice, wanda, say, now):
    say(current, wanda, f"@{alice.user.full_name} which door?", at=now)
    assert len(told(alice)) == 1
    assert Notice.objects.filter(recipient=alice.user, body__contains="which door").count() == 1


def test_a_name_stands_out_and_carries_no_markup(current, alice, cody, wanda, say, client_of, now):
    cody.user.full_name = "<b>Cody"
    cody.user.save(update_fields=["full_name"])
    say(current, alice, f"@{cody.user.full_name} <i>x", worker=wanda.worker,
        visibility="company", at=now)  # fmt: skip
    say(current, alice, f"@{alice.user.full_name}", worker=wanda.worker, at=now)
    page = client_of(alice).get(f"/assignments/{current.reference}/messages/").content.decode()
    assert "<b>Cody" not in page and "<i>x" not in page
