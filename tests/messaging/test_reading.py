from datetime import timedelta

import pytest

from messaging import queries
from messaging.models import Message, ReadMark, Thread
from messaging.reading import mark_read
from tests.factories import accounts as people
from tests.factories import assignments as work


def test_what_others_wrote_is_unread_until_marked(assigned, alice, mona, wanda, say, at):
    say(assigned, wanda)
    assert [queries.unread_count(who) for who in (alice, mona, wanda)] == [1, 1, 0]
    mark_read(Thread.objects.get(), by=alice, at=at)
    assert [queries.unread_count(who) for who in (alice, mona, wanda)] == [0, 1, 0]
    say(assigned, mona)
    assert [queries.unread_count(who) for who in (alice, mona, wanda)] == [1, 0, 1]


def test_a_note_of_the_company_is_news_to_colleagues_only(assigned, alice, mona, wanda, say):
    say(assigned, alice, "Good worker", visibility="company")
    assert [queries.unread_count(who) for who in (mona, wanda)] == [1, 0]


def test_only_what_was_on_the_page_is_marked_and_a_mark_never_goes_back(
    assigned, alice, wanda, say, at
):
    first = say(assigned, wanda)
    second = say(assigned, wanda)
    thread = Thread.objects.get()
    mark_read(thread, by=alice, at=at, up_to=first.pk)
    assert queries.unread_count(alice) == 1
    mark_read(thread, by=alice, at=at, up_to=2**62)
    assert ReadMark.objects.get(user=alice.user).message_key == second.pk
    mark_read(thread, by=alice, at=at, up_to=first.pk)
    assert queries.unread_count(alice) == 0


def test_what_was_said_before_a_member_joined_is_not_news(assigned, acme, wanda, say, at):
    say(assigned, wanda)
    new = people.member(acme, "Nora New", ["manager"], at=at)
    new.membership.joined_at = at + timedelta(days=1)
    new.membership.save(update_fields=["joined_at"])
    assert queries.unread_count(new) == 0
    say(assigned, wanda, at=at + timedelta(days=2))
    assert queries.unread_count(new) == 1


def test_strangers_and_staff_have_nothing_unread(assigned, charlie, walt, olga, wanda, say):
    say(assigned, wanda)
    assert [queries.unread_count(who) for who in (charlie, walt, olga)] == [0, 0, 0]


@pytest.mark.parametrize("threads", [1, 5])
def test_the_badge_costs_one_query(threads, alice, wanda, say, at, django_assert_num_queries):
    for _ in range(threads):
        say(work.in_stage("assigned", alice, wanda, at=at), wanda)
    with django_assert_num_queries(1):
        assert queries.unread_count(alice) == threads


def test_each_side_reads_what_is_meant_for_it(assigned, alice, wanda, charlie, walt, olga, say):
    say(assigned, wanda, "to both")
    say(assigned, alice, "ours", visibility="company")
    say(assigned, olga, "staff", visibility="staff")
    thread = Thread.objects.get()

    def bodies(actor):
        return [message.body for message in Message.objects.visible_to(actor).order_by("pk")]

    assert bodies(wanda) == ["to both"]
    assert bodies(alice) == ["to both", "ours"]
    assert bodies(olga) == ["to both", "ours", "staff"]
    assert bodies(charlie) == bodies(walt) == []
    for actor in (wanda, alice, olga):
        assert [m.body for m in queries.said_in(thread.pk, actor).messages] == bodies(actor)


def test_long_conversations_come_in_pages(assigned, wanda, say):
    for number in range(45):
        say(assigned, wanda, f"{number}")
    thread = Thread.objects.get()
    newest = queries.said_in(thread.pk, wanda)
    assert [m.body for m in newest.messages] == [str(n) for n in range(25, 45)]
    assert newest.has_older
    before = queries.said_in(thread.pk, wanda, before=newest.messages[0].pk)
    first = queries.said_in(thread.pk, wanda, before=before.messages[0].pk)
    assert [m.body for m in first.messages] == ["0", "1", "2", "3", "4"]
    assert not first.has_older
