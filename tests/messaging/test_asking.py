"""Public questions: asked once, answered once, read by all, the asker named to the client only."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import InternalError, transaction
from django.urls import reverse

from assignments import lifecycle
from assignments.applications import NotOpenToYou
from messaging import asking
from messaging.models import Question
from messaging.posting import KeyTaken
from tests.assignments.pages import HOSTILE, errors_of, follow, said, words_of
from tests.factories import accounts as people
from tests.factories import assignments as work
from tests.notifications.moments import tell_everything, told
from tests.racing import race

pytestmark = pytest.mark.django_db


@pytest.fixture
def ask(sent, wanda, at):
    def asked(body="Is there a lift?", *, by=None, key="k1", assignment=None):
        assignment = assignment or sent
        return asking.ask(assignment, body=body, by=by or wanda, at=at, key=key)

    return asked


def url(assignment) -> str:
    return reverse("messaging:questions", args=[assignment.reference])


def test_a_question_and_its_answer_are_read_by_all_and_the_asker_is_not_named(
    sent, ask, alice, wanda, walt, client_of, at
):
    asking.answer(ask(), answer="Yes, beside the dock.", by=alice, at=at)
    ask("Where may I park?", key="k2")
    page = sent.get_absolute_url()
    others = words_of(client_of(walt).get(page))
    assert "Is there a lift?" in others and "Yes, beside the dock." in others
    assert "A worker asked" in others and "Wanda" not in others
    assert "Where may I park?" in others and "Not answered yet." in others
    assert "You asked" in words_of(client_of(wanda).get(page))
    ours = words_of(client_of(alice).get(page))
    assert "Wanda Wells asked" in ours and "Answer for all workers" in ours


def test_each_side_is_told_of_the_other(sent, ask, alice, wanda, walt, at):
    asking.answer(ask(), answer="Yes.", by=alice, at=at)
    tell_everything(at)
    assert told(alice, "question.asked") == ["A worker asks about “Replace a network switch”"]
    answered = ["Acme answered your question about “Replace a network switch”"]
    assert told(wanda, "question.answered") == answered
    assert told(walt) == []


def test_the_same_key_asks_once_and_nobody_elses(sent, ask, walt):
    assert ask() == ask()
    with pytest.raises(KeyTaken):
        ask(by=walt)
    assert Question.objects.count() == 1


def test_who_may_not_ask(sent, ask, draft, alice, acme, at, funds):
    own = people.worker("Otto Own", at=at)
    acme.memberships.create(user=own.user, roles=["viewer"], joined_at=at)
    with pytest.raises(Exception, match="member of the company"):
        ask(by=own)
    funds(acme, 1000)
    hidden = lifecycle.send(
        work.draft(alice, at=at), on_marketplace=False, workers=[people.worker("Ida").worker],
        by=alice, at=at,
    )  # fmt: skip
    with pytest.raises(NotOpenToYou):
        ask(assignment=hidden)


def test_only_so_many_wait_at_a_time(ask, alice, at):
    for number in range(asking.MOST_OPEN):
        last = ask(key=f"k{number}")
    with pytest.raises(asking.TooManyQuestions):
        ask(key="more")
    asking.answer(last, answer="Yes", by=alice, at=at)
    assert ask(key="more")


def test_after_the_assignment_nobody_asks_or_answers(sent, ask, alice, wanda, walt, at):
    question = ask()
    lifecycle.assign(work.application(sent, walt, at=at), by=alice, at=at)
    with pytest.raises(asking.QuestionsClosed):
        ask(key="k2")
    with pytest.raises(asking.QuestionsClosed):
        asking.answer(question, answer="Yes", by=alice, at=at)


def test_nothing_is_edited_or_deleted_not_even_by_the_database(ask, alice, mona, at):
    question = asking.answer(ask(), answer="Yes.", by=alice, at=at)
    with pytest.raises(asking.AnsweredAlready, match="Alice Adams answered"):
        asking.answer(question, answer="No.", by=mona, at=at)
    assert asking.answer(question, answer="Yes.", by=alice, at=at) == question
    rows = Question.objects.filter(pk=question.pk)
    for change in (lambda: rows.update(body="x"), lambda: rows.update(answer="x"), rows.delete):
        with pytest.raises(InternalError), transaction.atomic():
            change()


@pytest.mark.django_db(transaction=True)
def test_two_answers_at_once_leave_one(ask, alice, mona, at):
    question = ask()
    outcomes = race(
        lambda: asking.answer(question, answer="Yes", by=alice, at=at),
        lambda: asking.answer(question, answer="No", by=mona, at=at),
    )
    assert sorted(outcome.won for outcome in outcomes) == [False, True]


def test_asking_and_answering_in_the_browser(sent, alice, abel, wanda, client_of):
    phone = client_of(wanda)
    page = phone.get(sent.get_absolute_url())
    key = page.content.decode().split('name="key" value="')[1].split('"')[0]
    asked = follow(phone, phone.post(url(sent), {"body": "Call me at 614 555 0199?", "key": key}))
    assert "Asked." in said(asked) and "contact details" in said(asked)
    question = Question.objects.get()
    assert question.has_contact_details
    browser = client_of(alice)
    empty = browser.post(url(sent), {"question": question.pk, "answer": " "})
    assert empty.status_code == 422 and "Write the answer." in errors_of(empty)
    answered = browser.post(url(sent), {"question": question.pk, "answer": "No need."})
    assert "Answered" in said(follow(browser, answered))
    reader = client_of(abel).post(url(sent), {"question": question.pk, "answer": "x"})
    assert reader.status_code == 403


@pytest.mark.parametrize("poison", HOSTILE)
def test_no_field_answers_hostile_input_with_a_crash(sent, ask, alice, wanda, client_of, poison):
    question = ask()
    for fields in ({"body": poison, "key": "x"}, {"body": "x", "key": poison}):
        assert client_of(wanda).post(url(sent), fields).status_code in (302, 422)
    for fields in (
        {"question": poison, "answer": "x"},
        {"question": question.pk, "answer": poison},
    ):
        assert client_of(alice).post(url(sent), fields).status_code in (302, 404, 422)


def test_a_page_with_many_questions_costs_the_same(
    sent, ask, wanda, client_of, at, django_assert_max_num_queries
):
    ask()
    browser = client_of(wanda)
    browser.get(sent.get_absolute_url())
    with django_assert_max_num_queries(12) as few:
        browser.get(sent.get_absolute_url())
    for number in range(30):
        actor = people.worker(f"Worker {number}", at=at)
        asking.ask(sent, body=f"Question {number}?", by=actor, at=at, key=f"q{number}")
    with django_assert_max_num_queries(len(few.captured_queries)):
        browser.get(sent.get_absolute_url())


def test_a_worker_who_is_not_asked_reads_nothing(sent, ask, alice, wanda, at):
    ask()
    lifecycle.void(sent, note="Not needed", by=alice, at=at + timedelta(hours=1))
    assert not Question.objects.visible_to(wanda).exists()
    assert Question.objects.visible_to(alice).count() == 1
