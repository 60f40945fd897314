from datetime import timedelta

import pytest
from django.utils import timezone

from activity import reactions
from activity.models import Event
from assignments import lifecycle
from messaging import queries
from messaging.answering import WroteAgain, needs_no_answer
from messaging.models import ReadMark, Thread
from tests.factories import assignments as work


def waiting(thread):
    thread.refresh_from_db()
    return thread.waiting_for, thread.waiting_since


@pytest.fixture
def thanked(assigned, alice, wanda, say, at):
    """The client answered, and the worker said thanks."""
    say(assigned, alice, "The key is at the counter.", at=at)
    say(assigned, wanda, "Thanks", at=at + timedelta(hours=1))
    return Thread.objects.get()


def settle(thread, by, at, **more):
    more.setdefault("up_to", thread.messages.order_by("-pk").first().pk)
    return needs_no_answer(thread, by=by, at=at, **more)


def test_a_last_thanks_can_be_marked_as_needing_no_answer(thanked, alice, at):
    settle(thanked, alice, at + timedelta(hours=2))

    assert waiting(thanked) == ("", None)
    assert thanked.settled_by == "company"
    assert not queries.inbox(alice, "waiting").exists()
    assert Event.objects.filter(kind="message.settled").get().data["side"] == "company"


def test_marking_reads_the_thread(thanked, alice, at):
    settle(thanked, alice, at)

    newest = thanked.messages.order_by("-pk").first()
    assert ReadMark.objects.get(user=alice.user).message_key == newest.pk


def test_marking_makes_no_response_time_and_the_next_wait_starts_anew(
    thanked, assigned, alice, wanda, say, at
):
    settle(thanked, alice, at + timedelta(hours=2))
    say(assigned, alice, "See you there.", at=at + timedelta(hours=40))
    posted = Event.objects.filter(kind="message.posted")
    assert [event.data.get("waited") for event in posted] == [None, None, None]

    say(assigned, wanda, "Which door?", at=at + timedelta(hours=50))
    say(assigned, alice, "The left one.", at=at + timedelta(hours=51))
    assert posted.order_by("-pk").first().data["waited"] == 3600


def test_a_new_message_takes_the_mark_away(thanked, assigned, alice, wanda, say, at):
    settle(thanked, alice, at + timedelta(hours=2))
    say(assigned, wanda, "One more question", at=at + timedelta(hours=3))

    assert waiting(thanked) == ("company", at + timedelta(hours=3))
    assert thanked.settled_by == ""


def test_a_question_that_came_meanwhile_is_not_marked_away(
    thanked, assigned, alice, wanda, say, at
):
    seen = thanked.messages.order_by("-pk").first().pk
    say(assigned, wanda, "Wait, which door?", at=at + timedelta(hours=2))

    with pytest.raises(WroteAgain):
        settle(thanked, alice, at + timedelta(hours=3), up_to=seen)
    assert waiting(thanked)[0] == "company"


def test_only_the_side_that_is_awaited_ends_the_wait(thanked, wanda, olga, at):
    for other in (wanda, olga):
        settle(thanked, other, at)

    assert waiting(thanked)[0] == "company"
    assert not Event.objects.filter(kind="message.settled").exists()


def test_a_worker_marks_the_clients_last_word_too(assigned, alice, wanda, say, at):
    say(assigned, alice, "All set then.", at=at)
    settle(Thread.objects.get(), wanda, at)

    assert waiting(Thread.objects.get()) == ("", None)
    assert not queries.inbox(wanda, "waiting").exists()


def test_after_the_end_a_message_starts_no_wait(paid, alice, wanda, say, at):
    say(paid, wanda, "Thank you, it was a pleasure.", at=at)
    assert waiting(Thread.objects.get()) == ("", None)

    say(paid, alice, "Likewise.", at=at + timedelta(hours=9))
    assert waiting(Thread.objects.get()) == ("", None)
    assert not Event.objects.filter(kind="message.posted", data__has_key="waited").exists()


def test_a_question_asked_before_the_end_still_waits(assigned, alice, wanda, say, at):
    say(assigned, wanda, "Was anything wrong?", at=at)
    cancelled = lifecycle.cancel(assigned, reason="site_not_ready", note="Shut", by=alice, at=at)
    say(cancelled, wanda, "?", at=at + timedelta(hours=1))

    assert waiting(Thread.objects.get()) == ("company", at)


def react(at):
    while reactions.dispatch(at=at):
        pass


@pytest.mark.parametrize("ending", ["chosen", "withdrawn", "declined", "voided"])
def test_nobody_waits_in_a_thread_that_nobody_may_write_in(
    ending, sent, alice, wanda, walt, say, at
):
    bid = work.application(sent, walt, at=at)
    say(sent, walt, "Is there a lift?", at=at)
    if ending == "chosen":
        work.assigned(sent, alice, wanda, at=at)
    elif ending == "withdrawn":
        lifecycle.withdraw(bid, by=walt, at=at)
    elif ending == "declined":
        lifecycle.decline_application(bid, reason="Too far.", by=alice, at=at)
    else:
        lifecycle.void(sent, note="Posted twice.", by=alice, at=at)
    react(at)

    assert waiting(Thread.objects.get()) == ("", None)


def test_who_is_assigned_keeps_waiting(sent, alice, wanda, say, at):
    bid = work.application(sent, wanda, at=at)
    say(sent, wanda, "Is there a lift?", at=at)
    lifecycle.assign(bid, by=alice, at=at)
    react(at)

    assert waiting(Thread.objects.get()) == ("company", at)


# The pages


@pytest.fixture
def current(alice, wanda, say):
    """An assignment of today on which the worker has the last word."""
    now = timezone.now()
    current = work.in_stage("assigned", alice, wanda, at=now)
    say(current, alice, "The key is at the counter.", at=now)
    say(current, wanda, "Thanks", at=now)
    return current


def typed(assignment, **more):
    newest = Thread.objects.get().messages.order_by("-pk").first()
    return {"worker": assignment.worker.reference, "up_to": newest.pk, **more}


@pytest.mark.parametrize(
    "origin, leads_to",
    [
        ("inbox", "/inbox/?show=waiting"),
        ("assignment", "/assignments/{0}/?worker={1}#messages"),
        ("conversation", "/assignments/{0}/messages/?worker={1}#messages"),
    ],
)
def test_the_button_leads_back_to_where_it_stood(current, alice, client_of, origin, leads_to):
    session = client_of(alice)
    answer = session.post(
        f"/assignments/{current.reference}/messages/settled/", typed(current, origin=origin)
    )

    assert answer["Location"] == leads_to.format(current.reference, current.worker.reference)
    assert waiting(Thread.objects.get()) == ("", None)


def test_the_button_stands_in_the_waiting_list_and_in_the_thread(current, alice, wanda, client_of):
    session = client_of(alice)
    for path in ("/inbox/?show=waiting", f"/assignments/{current.reference}/messages/"):
        assert "No answer needed" in session.get(path).content.decode()
    other = client_of(wanda).get(f"/assignments/{current.reference}/messages/")
    assert "No answer needed" not in other.content.decode()


def test_both_sides_read_in_the_thread_that_no_answer_is_needed(current, alice, wanda, client_of):
    client_of(alice).post(f"/assignments/{current.reference}/messages/settled/", typed(current))
    page = f"/assignments/{current.reference}/messages/"

    assert "Your company marked the last message" in client_of(alice).get(page).content.decode()
    assert "Acme marked the last message" in client_of(wanda).get(page).content.decode()


def test_a_message_that_came_meanwhile_is_shown_first(current, alice, wanda, client_of, say):
    before = typed(current, origin="inbox")
    say(current, wanda, "Wait, which door?", at=timezone.now())
    answer = client_of(alice).post(
        f"/assignments/{current.reference}/messages/settled/", before, follow=True
    )

    assert "A new message came" in answer.content.decode()
    assert "Wait, which door?" in answer.content.decode()
    assert waiting(Thread.objects.get())[0] == "company"


@pytest.mark.parametrize(
    "broken", [{"up_to": ""}, {"up_to": "\x00"}, {"up_to": "9" * 40}, {"worker": "x" * 900}]
)
def test_a_broken_mark_is_not_found(current, alice, client_of, broken):
    answer = client_of(alice).post(
        f"/assignments/{current.reference}/messages/settled/", {**typed(current), **broken}
    )
    assert answer.status_code == 404


@pytest.mark.parametrize("who, status", [("abel", 403), ("walt", 404), ("charlie", 404)])
def test_who_may_not_write_may_not_mark(current, who, status, client_of, request):
    answer = client_of(request.getfixturevalue(who)).post(
        f"/assignments/{current.reference}/messages/settled/", typed(current)
    )
    assert answer.status_code == status
