import re
from datetime import timedelta

import pytest
from django.utils import timezone

from messaging import queries
from tests.factories import assignments as work


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def current(alice, wanda, now):
    return work.in_stage("assigned", alice, wanda, at=now)


@pytest.fixture
def ask(current, client_of):
    """Asks for what is new, as an open page does."""

    def asked(who, since=0, worker=""):
        query = {"since": since, "worker": worker} if worker else {"since": since}
        return client_of(who).get(f"/assignments/{current.reference}/messages/news/", query)

    return asked


def test_nothing_new_is_answered_without_words(ask, current, alice, wanda, say, now):
    assert ask(wanda).status_code == 204
    message = say(current, alice, worker=wanda.worker, at=now)
    for who in (alice, wanda):
        answer = ask(who, message.pk)
        assert (answer.status_code, answer.content) == (204, b"")
        assert "no-store" in answer["Cache-Control"]


def test_only_what_came_since_is_sent_with_what_can_be_done(ask, current, alice, wanda, say, now):
    first = say(current, wanda, "Which door?", at=now)
    last = say(current, alice, "The back door", worker=wanda.worker, at=now)
    page = ask(wanda, first.pk).content.decode()
    assert "The back door" in page and "Which door?" not in page
    assert f'data-last="{last.pk}"' in page
    assert 'data-words="New message from Alice Adams."' in page
    assert "Mark as read" in page and "No answer needed" in page
    assert "data-words" not in ask(alice, first.pk).content.decode()


def test_a_note_arrives_at_those_who_may_read_it(ask, current, alice, abel, wanda, say, now):
    say(current, alice, "Watch her", worker=wanda.worker, visibility="company", at=now)
    assert ask(wanda).status_code == 204
    page = ask(abel, worker=wanda.worker.reference).content.decode()
    assert "Watch her" in page and "New note from Alice Adams." in page


def test_many_come_page_by_page(ask, current, alice, wanda, say, now):
    for number in range(queries.PAGE + 3):
        say(current, alice, f"Number {number}", worker=wanda.worker, at=now)
    first = ask(wanda).content.decode()
    last = int(re.search(r'data-last="(\d+)"', first)[1])
    assert first.count('class="msg') - first.count('class="msg-') == queries.PAGE
    rest = ask(wanda, last).content.decode()
    assert "Number 22" in rest and "Number 19" not in rest


def test_what_is_not_theirs_is_not_found(ask, current, charlie, walt, alice, wanda, say, now):
    say(current, wanda, at=now)
    for who in (charlie, walt):
        assert ask(who).status_code == 404
    assert ask(alice, worker=walt.worker.reference).status_code in (204, 404)


@pytest.mark.parametrize("since", ["x", "-1", str(2**70), "\x00"])
def test_a_made_up_place_is_not_found(ask, wanda, since):
    assert ask(wanda, since).status_code == 404


def test_who_lost_still_hears_nothing_of_others(alice, wanda, walt, client_of, say, now):
    sent = work.in_stage("sent", alice, wanda, at=now)
    work.application(sent, walt, at=now)
    mine = say(sent, walt, "I could come", at=now)
    work.assigned(sent, alice, wanda, at=now)
    sent.refresh_from_db()
    say(sent, alice, "Come at nine", worker=wanda.worker, at=now + timedelta(minutes=1))
    session = client_of(walt)
    answer = session.get(f"/assignments/{sent.reference}/messages/news/", {"since": mine.pk})
    assert answer.status_code == 204


@pytest.mark.parametrize("who", ["alice", "wanda"])
def test_asking_for_nothing_new_costs_three_statements(
    ask, current, alice, wanda, say, now, who, request, client_of, django_assert_max_num_queries
):
    message = say(current, wanda, at=now)
    session = client_of(request.getfixturevalue(who))
    address = f"/assignments/{current.reference}/messages/news/"
    query = {"since": message.pk, "worker": wanda.worker.reference}
    session.get(address, query)
    with django_assert_max_num_queries(3):
        assert session.get(address, query).status_code == 204
