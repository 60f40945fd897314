import uuid
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction

from activity.models import Event
from assignments import lifecycle
from core.files import check_upload
from messaging import posting
from messaging.models import Attachment, Message, ReadMark, Thread
from tests.factories import assignments as work


@pytest.fixture
def note():
    return check_upload(SimpleUploadedFile("plan.txt", b"Use the back door."))


def test_a_message_opens_the_thread_and_is_recorded(assigned, wanda, say, at):
    message = say(assigned, wanda, "On my way")
    thread = Thread.objects.get()
    assert (thread.assignment, thread.worker, thread.company) == (
        assigned, wanda.worker, assigned.company,
    )  # fmt: skip
    assert (message.side, message.visibility, message.body) == ("worker", "parties", "On my way")
    event = Event.objects.about(assigned).filter(kind="message.posted").get()
    assert event.company_key == assigned.company_id
    assert event.data["thread"] == thread.pk
    assert event.data["message"] == message.pk
    assert event.data["side"] == "worker"


def test_the_same_key_again_is_one_message(assigned, wanda, say, note):
    key = str(uuid.uuid4())
    first = say(assigned, wanda, key=key, files=[note])
    again = say(assigned, wanda, "Something else", key=key, files=[note])
    assert again == first
    assert Message.objects.count() == 1
    assert Attachment.objects.count() == 1
    assert len(Event.objects.filter(kind="message.posted")) == 1


def test_a_key_of_somebody_else_shows_nothing_of_theirs(assigned, alice, wanda, say):
    key = str(uuid.uuid4())
    say(assigned, wanda, key=key)
    with pytest.raises(posting.KeyTaken):
        say(assigned, alice, key=key)


def test_attachments_are_stored_under_made_up_names(assigned, wanda, say, note):
    message = say(assigned, wanda, "", files=[note])
    attached = message.attachments.get()
    assert (attached.name, attached.content_type, attached.size) == ("plan.txt", "text/plain", 18)
    assert "plan" not in attached.file.name
    assert attached.file.open().read() == b"Use the back door."


def test_a_message_that_fails_leaves_no_file_behind(assigned, wanda, say, note, monkeypatch):
    stored = []
    monkeypatch.setattr(
        posting, "store", lambda clean, folder: stored.append(_store(clean, folder)) or stored[-1]
    )
    monkeypatch.setattr(posting, "record", _break)
    with pytest.raises(RuntimeError):
        say(assigned, wanda, files=[note])
    assert stored and not default_storage.exists(stored[0])
    assert not Message.objects.exists()


def _store(clean, folder):
    from core.files import store

    return store(clean, folder)


def _break(*args, **kwargs):
    raise RuntimeError


def test_whose_answer_is_awaited_moves_with_the_first_unanswered_message(
    assigned, alice, wanda, say, at
):
    say(assigned, wanda, at=at)
    say(assigned, wanda, at=at + timedelta(hours=1))
    thread = Thread.objects.get()
    assert (thread.waiting_for, thread.waiting_since) == ("company", at)
    say(assigned, alice, at=at + timedelta(hours=5))
    thread.refresh_from_db()
    assert (thread.waiting_for, thread.waiting_since) == ("worker", at + timedelta(hours=5))
    assert thread.last_message_at == at + timedelta(hours=5)


def test_a_reply_tells_how_long_the_worker_waited(assigned, alice, wanda, say, at):
    say(assigned, alice, at=at)
    say(assigned, wanda, at=at + timedelta(hours=1))
    say(assigned, wanda, at=at + timedelta(hours=2))
    say(assigned, alice, at=at + timedelta(hours=4))
    say(assigned, alice, at=at + timedelta(hours=5))
    waits = Event.objects.filter(kind="message.posted").order_by("pk")
    assert [event.data.get("waited") for event in waits] == [None, None, None, 3 * 3600, None]


def test_a_note_of_the_company_is_no_answer_and_makes_no_notice(assigned, alice, wanda, say, at):
    say(assigned, wanda, at=at)
    say(assigned, alice, "Can we use her again?", visibility="company")
    thread = Thread.objects.get()
    assert (thread.waiting_for, thread.last_message_at) == ("company", at)
    assert Event.objects.filter(kind="message.noted").count() == 1
    assert Event.objects.filter(kind="message.posted").count() == 1


def test_staff_write_to_both_sides_without_answering_for_one(assigned, wanda, olga, say, at):
    say(assigned, wanda, at=at)
    message = say(assigned, olga, "We are looking into it.")
    assert message.side == "staff"
    assert Thread.objects.get().waiting_for == "company"


@pytest.mark.parametrize(
    "who, visibility", [("wanda", "company"), ("wanda", "staff"), ("alice", "staff"),
                        ("olga", "company"), ("alice", "everyone")]
)  # fmt: skip
def test_nobody_addresses_a_message_to_readers_that_are_not_theirs(
    assigned, who, visibility, say, request
):
    with pytest.raises(posting.NotYourAudience):
        say(assigned, request.getfixturevalue(who), visibility=visibility)


@pytest.mark.parametrize("body", ["", "   \n "])
def test_an_empty_message_is_refused_beside_the_field(assigned, wanda, say, body):
    with pytest.raises(posting.NothingSaid) as refused:
        say(assigned, wanda, body)
    assert refused.value.field == "body"


def test_an_overlong_message_is_refused(assigned, wanda, say):
    with pytest.raises(posting.TooLong):
        say(assigned, wanda, "x" * 10_001)
    assert say(assigned, wanda, "x" * 10_000)


def test_workers_who_applied_or_were_invited_may_write_and_others_not(
    sent, alice, wanda, walt, say, at
):
    with pytest.raises(posting.NotInTouch):
        say(sent, wanda)
    with pytest.raises(posting.NotInTouch):
        say(sent, alice, worker=wanda.worker)
    application = work.application(sent, wanda, at=at)
    assert say(sent, wanda)
    assert say(sent, alice, worker=wanda.worker)
    lifecycle.invite(sent, workers=[walt.worker], by=alice, at=at)
    assert say(sent, walt)
    lifecycle.withdraw(application, by=wanda, at=at)
    lifecycle.decline(sent, by=walt, at=at)
    for gone in (wanda, walt):
        with pytest.raises(posting.NotInTouch):
            say(sent, gone)


def test_who_was_not_chosen_keeps_the_thread_but_cannot_write(sent, alice, wanda, walt, say, at):
    work.application(sent, walt, at=at)
    say(sent, walt)
    assigned = work.assigned(sent, alice, wanda, at=at)
    with pytest.raises(posting.NotInTouch):
        say(assigned, walt)
    assert Thread.objects.visible_to(walt).count() == 1


def test_nobody_writes_on_a_draft_or_on_what_was_taken_back(draft, alice, wanda, funds, say, at):
    with pytest.raises(posting.NotSentYet):
        say(draft, alice, worker=wanda.worker)
    funds(alice.company, 1000)
    sent = work.sent(draft, alice, at=at)
    work.application(sent, wanda, at=at)
    voided = lifecycle.void(sent, note="Posted twice.", by=alice, at=at)
    for who in (alice, wanda):
        with pytest.raises(posting.TakenBack):
            say(voided, who, worker=wanda.worker)


@pytest.mark.parametrize("stage, ended", [("paid", "paid_at"), ("cancelled", "cancelled_at")])
def test_conversations_stay_open_for_sixty_days_after_the_end(stage, ended, alice, wanda, say, at):
    over = work.in_stage(stage, alice, wanda, at=at)
    last = getattr(over, ended) + timedelta(days=60)
    assert say(over, wanda, at=last)
    with pytest.raises(posting.Closed, match="60 days after"):
        say(over, alice, at=last + timedelta(seconds=1))


def test_contact_details_are_flagged_only_before_somebody_is_assigned(sent, alice, wanda, say, at):
    work.application(sent, wanda, at=at)
    text = "Call me: (614) 555-0114"
    assert say(sent, wanda, text).has_contact_details
    assert not say(sent, wanda, "I can be there").has_contact_details
    assert not say(sent, alice, text, worker=wanda.worker, visibility="company").has_contact_details
    application = sent.applications.get()
    assigned = lifecycle.assign(application, by=alice, at=at)
    assert not say(assigned, wanda, text).has_contact_details


def test_posting_marks_the_thread_read_for_the_author(assigned, alice, wanda, say):
    say(assigned, wanda)
    reply = say(assigned, alice)
    assert ReadMark.objects.get(user=alice.user).message_key == reply.pk


def test_the_database_keeps_messages_as_they_were_written(assigned, wanda, say):
    message = say(assigned, wanda)
    with pytest.raises(DatabaseError), transaction.atomic():
        Message.objects.filter(pk=message.pk).update(body="Something else")
    with pytest.raises(DatabaseError), transaction.atomic():
        message.delete()
