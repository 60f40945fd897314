"""A worker takes a test on the pages: with and without script, late, in two tabs, tampered."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from tests.assignments.pages import HOSTILE, errors_of, follow, words_of
from tests.factories import tests as quizzes
from tests.notifications.moments import tell_everything, told
from tests.vetting.test_test_pages import picture
from vetting import composing, publishing, taking
from vetting.models import Answer, Attempt

pytestmark = pytest.mark.django_db


def place(attempt: Attempt, position: int) -> str:
    return reverse("vetting:take_question", args=[attempt.reference, position])


def late(attempt: Attempt, minutes: int = 31) -> Attempt:
    """The clock moved on: the attempt began so many minutes ago."""
    attempt.started_at = timezone.now() - timedelta(minutes=minutes)
    attempt.ends_at = attempt.started_at + timedelta(minutes=30)
    attempt.save(update_fields=["started_at", "ends_at"])
    return attempt


@pytest.fixture
def test(alice, at):
    return quizzes.published(alice, at=at, is_listed=True, minutes=30)


@pytest.fixture
def attempt(test, wanda) -> Attempt:
    return taking.start(test, by=wanda, at=timezone.now())


def test_a_worker_finds_takes_and_passes_a_test(test, wanda, client_of):
    phone = client_of(wanda)
    assert "Cabling basics" in words_of(phone.get("/tests/"))
    about = words_of(phone.get(test.get_absolute_url()))
    assert "30 minutes" in about and "3 of 3 left" in about
    shown = follow(phone, phone.post(reverse("vetting:start_test", args=[test.reference])))
    attempt = Attempt.objects.get()
    assert "Question 1 of 5" in words_of(shown)
    for answer in attempt.answers.select_related("question"):
        data = {"seen": "0", "answer": quizzes.RIGHT[answer.question.kind], "go": "next"}
        shown = follow(phone, phone.post(place(attempt, answer.position), data))
    assert shown.request["PATH_INFO"] == attempt.get_absolute_url()
    assert "Your answers" in words_of(shown)
    hand_in = reverse("vetting:hand_in_attempt", args=[attempt.reference])
    done = words_of(follow(phone, phone.post(hand_in)))
    assert "100 %" in done and "You passed" in done
    assert "You have passed" in words_of(phone.get(test.get_absolute_url()))
    again = phone.post(reverse("vetting:start_test", args=[test.reference]))
    assert again.status_code == 422 and "You have passed this test." in words_of(again)


def test_the_script_saves_while_one_types(attempt, wanda, client_of):
    phone = client_of(wanda)
    quietly = {"headers": {"X-Autosave": "yes"}}
    first = phone.post(place(attempt, 1), {"seen": "0", "answer": "c1"}, **quietly)
    assert first.json()["saved"] and first.json()["seen"] == 1
    second = phone.post(place(attempt, 1), {"seen": "1", "answer": "c0"}, **quietly)
    assert second.json()["seen"] == 2
    stale = phone.post(place(attempt, 1), {"seen": "1", "answer": "c2"}, **quietly)
    assert stale.status_code == 409 and "another tab" in stale.json()["words"]
    wrong = phone.post(place(attempt, 4), {"seen": "0", "answer": "many"}, **quietly)
    assert wrong.status_code == 422 and "Enter a number" in wrong.json()["words"]
    assert attempt.answers.get(position=1).value == "c0"


def test_a_second_tab_reads_what_stands_and_may_replace_it(attempt, wanda, client_of):
    phone = client_of(wanda)
    phone.post(place(attempt, 5), {"seen": "0", "answer": "Power over Ethernet"})
    clash = phone.post(place(attempt, 5), {"seen": "0", "answer": "Patch over Ethernet"})
    assert clash.status_code == 422
    assert "You answered this question in another tab" in errors_of(clash)
    shown = clash.content.decode()
    assert "Power over Ethernet" in shown and 'value="Patch over Ethernet"' in shown
    assert 'name="seen" value="1"' in shown
    phone.post(place(attempt, 5), {"seen": "1", "answer": "Patch over Ethernet"})
    assert attempt.answers.get(position=5).value == "Patch over Ethernet"


def test_an_answer_after_the_limit_is_shown_and_not_counted(attempt, wanda, client_of):
    phone = client_of(wanda)
    phone.post(place(attempt, 1), {"seen": "0", "answer": "c0"})
    late(attempt)
    answer = phone.post(place(attempt, 5), {"seen": "0", "answer": "A long late answer"})
    words = words_of(answer)
    assert answer.status_code == 409
    assert "A long late answer" in words and "was not counted" in words
    assert "20 %" in words and "Time ran out" in words
    attempt.refresh_from_db()
    assert attempt.timed_out and attempt.is_failed
    quietly = phone.post(
        place(attempt, 5), {"seen": "0", "answer": "x"}, headers={"X-Autosave": "yes"}
    )
    assert quietly.json()["leave"] == attempt.get_absolute_url()


@pytest.mark.parametrize("address", ["attempt", "question"])
def test_opening_it_after_the_limit_leads_to_the_result(attempt, wanda, client_of, address):
    late(attempt)
    phone = client_of(wanda)
    opened = phone.get(attempt.get_absolute_url() if address == "attempt" else place(attempt, 1))
    shown = opened if address == "attempt" else follow(phone, opened)
    assert "Not passed this time" in words_of(shown)


def test_the_clock_of_the_page_hands_in_when_time_is_over(attempt, wanda, client_of):
    phone = client_of(wanda)
    early = phone.post(place(attempt, 1), {"seen": "0", "answer": "c0", "go": "over"})
    assert early["Location"] == place(attempt, 1)
    attempt.ends_at = timezone.now()
    attempt.save(update_fields=["ends_at"])
    over = phone.post(place(attempt, 1), {"seen": "1", "answer": "c0", "go": "over"})
    assert over["Location"] == attempt.get_absolute_url()
    attempt.refresh_from_db()
    assert attempt.timed_out


@pytest.mark.parametrize("how", ["clock", "press", "script"])
def test_what_cannot_be_saved_does_not_hold_up_the_end(attempt, wanda, client_of, how):
    phone = client_of(wanda)
    phone.post(place(attempt, 1), {"seen": "0", "answer": "c0"})
    number = next(
        one.position
        for one in attempt.answers.select_related("question")
        if one.question.kind == "number"
    )
    wrong = {"seen": "0", "answer": "forty-two", **({"go": "over"} if how == "clock" else {})}
    assert phone.post(place(attempt, number), wrong).status_code == 422
    late(attempt)
    script = {"X-Autosave": "yes"} if how == "script" else {}
    answer = phone.post(place(attempt, number), wrong, headers=script)
    assert answer.status_code == 409
    attempt.refresh_from_db()
    assert attempt.timed_out and not attempt.is_open
    if how == "script":
        assert answer.json()["leave"] == attempt.get_absolute_url()
    else:
        assert "forty-two" in words_of(answer) and "was not counted" in words_of(answer)
    tampered = phone.post(place(attempt, 1), {"seen": "0", "answer": "no such choice"})
    assert tampered.status_code == 409 and "handed in already" in words_of(tampered)


def test_a_worker_resumes_where_they_left_off(test, attempt, wanda, client_of):
    phone = client_of(wanda)
    phone.post(place(attempt, 1), {"seen": "0", "answer": "c0"})
    assert "Go on" in words_of(phone.get(test.get_absolute_url()))
    on = phone.post(reverse("vetting:start_test", args=[test.reference]))
    assert on["Location"] == place(attempt, 2)
    assert "checked" in phone.get(place(attempt, 1)).content.decode()


def test_only_ones_own_attempt_and_its_questions_are_reached(attempt, walt, wanda, client_of):
    stranger = client_of(walt)
    assert stranger.get(place(attempt, 1)).status_code == 404
    assert stranger.post(place(attempt, 1), {"answer": "c0"}).status_code == 404
    phone = client_of(wanda)
    assert phone.get(place(attempt, 99)).status_code == 404
    assert phone.post(place(attempt, 99), {"answer": "c0"}).status_code == 404
    made_up = phone.post(place(attempt, 1), {"seen": "0", "answer": "c99"})
    assert made_up.status_code == 422 and "none of the choices" in errors_of(made_up)
    assert not Answer.objects.exclude(answered_at=None).exists()


def test_a_test_edited_meanwhile_stays_as_it_was_begun(test, attempt, alice, wanda, client_of, at):
    draft = composing.revise(test, by=alice, at=at)
    for question in list(draft.questions.all())[1:]:
        composing.remove_question(question, by=alice, at=at)
    publishing.publish(test, by=alice, at=at)
    publishing.archive(test, by=alice, at=at)
    phone = client_of(wanda)
    assert "Question 5 of 5" in words_of(phone.get(place(attempt, 5)))
    saved = phone.post(place(attempt, 5), {"seen": "0", "answer": "PoE", "go": "list"})
    assert saved["Location"] == attempt.get_absolute_url()
    assert "Go on" in words_of(phone.get(test.get_absolute_url()))


def test_files_are_checked_and_kept(alice, wanda, walt, client_of, at):
    test = quizzes.published(alice, at=at, kinds=("file",))
    attempt = taking.start(test, by=wanda, at=at)
    phone = client_of(wanda)
    bad = SimpleUploadedFile("photo.jpg", b"MZ this is a program")
    refused = phone.post(place(attempt, 1), {"seen": "0", "answer": bad})
    assert refused.status_code == 422 and "not what its name says" in errors_of(refused)
    phone.post(place(attempt, 1), {"seen": "0", "answer": picture("panel.png"), "go": "list"})
    assert "panel.png" in words_of(phone.get(place(attempt, 1)))
    phone.post(place(attempt, 1), {"seen": "1", "go": "list"})  # none chosen: the first stays
    again = phone.post(place(attempt, 1), {"seen": "0", "answer": picture("panel.png")})
    assert again.status_code == 302  # pressed twice
    other = phone.post(place(attempt, 1), {"seen": "0", "answer": picture("second-tab.png")})
    assert other.status_code == 422 and "in another tab meanwhile" in errors_of(other)
    assert "panel.png" in words_of(other) and 'name="seen" value="1"' in other.content.decode()
    answer = attempt.answers.get()
    assert answer.name == "panel.png" and answer.is_given
    phone.post(reverse("vetting:hand_in_attempt", args=[attempt.reference]))
    address = reverse("vetting:answer_file", args=[attempt.reference, 1])
    assert phone.get(address).status_code == client_of(alice).get(address).status_code == 200
    assert client_of(walt).get(address).status_code == 404


def test_right_answers_are_shown_only_where_the_company_wants_it(alice, wanda, walt, client_of, at):
    closed = quizzes.published(alice, at=at, name="Closed")
    open_one = quizzes.published(alice, at=at, name="Open", shows_answers=True)
    phone = client_of(wanda)
    one = quizzes.answered(closed, wanda, at=at, right=0)
    other = quizzes.answered(open_one, wanda, at=at, right=0)
    assert "Power over Ethernet" not in words_of(phone.get(one.get_absolute_url()))
    assert "Right: Power over Ethernet" in words_of(phone.get(other.get_absolute_url()))


def test_who_is_told_of_what_came_of_it(alice, wanda, walt, client_of, at):
    test = quizzes.published(alice, at=at, kinds=("single", "long"), minutes=30, valid_days=365)
    attempt = quizzes.answered(test, wanda, at=at)
    taking.start(test, by=walt, at=at)
    taking.sweep(at=at + timedelta(minutes=31))
    browser = client_of(alice)
    browser.post(attempt.get_absolute_url(), {"points_2": "1", "remark_2": ""})
    tell_everything(at)
    assert told(alice) == ["Wanda Wells waits for your mark on “Cabling basics”"]
    assert told(wanda) == ["You passed “Cabling basics” with 100 percent"]
    assert told(walt) == ["You did not pass “Cabling basics” this time: 0 percent"]
    browser.post(reverse("vetting:grant_attempt", args=[test.reference, walt.worker.reference]),
                 {"note": "Bad line"})  # fmt: skip
    tell_everything(at)
    assert told(walt)[-1] == "Acme lets you take “Cabling basics” once more"


@pytest.mark.parametrize("poison", HOSTILE)
def test_no_answer_is_answered_with_a_crash(alice, wanda, client_of, at, poison):
    test = quizzes.published(alice, at=at, kinds=tuple(quizzes.QUESTIONS))
    attempt = taking.start(test, by=wanda, at=at)
    phone = client_of(wanda)
    for position in range(1, 8):
        for field in ("answer", "seen", "go"):
            data = {"seen": "0", "answer": "c0", field: poison}
            assert phone.post(place(attempt, position), data).status_code in (302, 422)
    assert phone.get("/tests/", {"q": poison, "after": poison}).status_code == 200


def test_a_question_costs_few_statements(
    test, attempt, wanda, client_of, django_assert_max_num_queries
):
    phone = client_of(wanda)
    phone.get(place(attempt, 1))
    with django_assert_max_num_queries(12):
        phone.get(place(attempt, 1))
    with django_assert_max_num_queries(12):
        phone.post(place(attempt, 1), {"seen": "0", "answer": "c0"})
    with django_assert_max_num_queries(12):
        phone.get(attempt.get_absolute_url())
