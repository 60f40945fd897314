"""The pages of tests for the company: writing, publishing, marking, results, bad input."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from tests.assignments.pages import HOSTILE, errors_of, follow, said, words_of
from tests.factories import accounts as people
from tests.factories import tests as quizzes
from vetting import composing, publishing, taking
from vetting.models import Attempt, Question, Test

pytestmark = pytest.mark.django_db


def page(name: str, test: Test, *more: object) -> str:
    return reverse(f"vetting:{name}", args=[test.reference, *more])


def new_question(test: Test, kind: str) -> str:
    return f"{page('new_question', test)}?kind={kind}"


def picture(name: str = "rack.png") -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(out, "PNG")
    return SimpleUploadedFile(name, out.getvalue(), "image/png")


TYPED: dict[str, dict[str, object]] = {
    "single": {"choice_0": "Cat 6A", "choice_1": "Cat 3", "right": "0"},
    "several": {"choice_0": "LC", "choice_1": "SC", "choice_3": "RJ45", "right": ["0", "1"]},
    "true_false": {"truth": "false"},
    "number": {"number": "42", "tolerance": "0.5"},
    "short": {"accepted": "Power over Ethernet\nPoE\n"},
    "long": {},
    "file": {},
}


def typed(kind: str, **more: object) -> dict[str, object]:
    return {"text": f"A {kind} question", "points": "1", "rows": "4", **TYPED[kind], **more}


def test_a_client_writes_a_test_with_every_kind_and_publishes_it(alice, client_of):
    browser = client_of(alice)
    rules = {"kind": "test", "name": " Cabling  basics ", "pass_mark": "80", "most_attempts": "3",
             "wait_hours": "24", "minutes": "20", "is_listed": "on"}  # fmt: skip
    made = follow(browser, browser.post("/tests/new/", rules))
    test = Test.objects.get()
    assert test.name == "Cabling basics" and "Add the first question" in words_of(made)
    for kind in TYPED:
        answer = browser.post(new_question(test, kind), typed(kind, pool="Copper"))
        assert answer.status_code == 302, errors_of(answer)
    questions = list(Question.objects.all())
    assert [question.kind for question in questions] == list(TYPED)
    assert questions[1].choices[2] == {"key": "c2", "text": "RJ45", "right": False}
    assert questions[4].accepted == ["Power over Ethernet", "PoE"]
    pool = questions[0].pool
    browser.post(page("question_pool", test, pool.pk), {"draw": "5"})
    published = follow(browser, browser.post(page("publish_test", test), {"passes": "keep"}))
    assert "Version 1 is published." in said(published)
    assert "5 of 7, drawn from pools" in words_of(published)
    assert "Change the questions" in words_of(published)


def test_more_rows_of_choices_keep_what_is_typed(alice, client_of, at):
    test = quizzes.draft(alice, at=at)
    answer = client_of(alice).post(new_question(test, "single"), typed("single", more="yes"))
    shown = answer.content.decode()
    assert answer.status_code == 200 and "error-summary" not in shown
    assert 'name="choice_5"' in shown and 'value="Cat 6A"' in shown
    assert 'id="id_right_0" value="0" checked' in shown


@pytest.mark.parametrize(
    "kind,change,complaint",
    [
        ("single", {"text": ""}, "Write the question"),
        ("single", {"choice_1": ""}, "Write at least two choices"),
        ("single", {"choice_1": "CAT 6a"}, "This choice is there already"),
        ("single", {"right": "2"}, "marked as right and empty"),
        ("single", {"right": []}, "Mark which choice is right"),
        ("single", {"right": ["0", "1"]}, "Only one choice can be right"),
        ("single", {"right": "77"}, "Mark the right choices again"),
        ("true_false", {"truth": ""}, "Say whether the sentence is true"),
        ("number", {"number": ""}, "Give the number"),
        ("number", {"tolerance": "-1"}, "greater than or equal to 0"),
        ("short", {"accepted": " \n "}, "at least one answer"),
        ("long", {"points": "0"}, "greater than or equal to 1"),
    ],
)
def test_what_is_missing_is_said_beside_the_field(alice, client_of, at, kind, change, complaint):
    test = quizzes.draft(alice, at=at)
    answer = client_of(alice).post(new_question(test, kind), typed(kind, **change))
    assert answer.status_code == 422 and complaint in errors_of(answer)
    assert not Question.objects.exists()


def test_a_picture_is_drawn_anew_and_nothing_else_is_one(alice, wanda, client_of, at):
    test = quizzes.draft(alice, at=at)
    browser = client_of(alice)
    for name, content in (
        ("a.txt", b"words"),
        ("a.png", b"MZ not a picture"),
        ("a.svg", b"<svg/>"),
    ):
        upload = SimpleUploadedFile(name, content)
        answer = browser.post(new_question(test, "long"), typed("long", image=upload))
        assert answer.status_code == 422 and errors_of(answer)
    browser.post(new_question(test, "long"), typed("long", image=picture(), image_words="A rack"))
    question = Question.objects.get()
    shown = browser.get(page("question_image", test, question.reference))
    assert shown["Content-Type"] == "image/png" and shown["X-Content-Type-Options"] == "nosniff"
    publishing.publish(test, by=alice, at=at)
    phone = client_of(wanda)
    address = page("question_image", test, question.reference)
    assert phone.get(address).status_code == 404
    attempt = taking.start(test, by=wanda, at=at)
    asked = phone.get(reverse("vetting:take_question", args=[attempt.reference, 1]))
    assert address in asked.content.decode() and 'alt="A rack"' in asked.content.decode()
    assert phone.get(address).status_code == 200


def test_questions_move_by_buttons_and_by_dragging(alice, client_of, at):
    test = quizzes.draft(alice, at=at)
    refs = [quizzes.ask(test, kind, by=alice, at=at).reference for kind in ("single", "long")]
    browser = client_of(alice)
    browser.post(page("order_questions", test), {"question": refs[0], "to": "down"})
    order = Question.objects.values_list("reference", flat=True)
    assert list(order.all()) == refs[::-1]
    browser.post(page("order_questions", test), {"order": ",".join(refs)})
    assert list(order.all()) == refs
    stale = follow(browser, browser.post(page("order_questions", test), {"order": refs[0]}))
    assert "The questions have changed meanwhile" in said(stale)


def test_a_published_test_is_changed_on_a_draft(alice, client_of, at):
    test = quizzes.published(alice, at=at)
    browser = client_of(alice)
    question = test.current.questions.first()
    locked = browser.get(page("question", test, question.reference))
    assert "This version is published" in words_of(locked)
    late = browser.post(page("question", test, question.reference), typed("single"))
    assert late.status_code == 422 and "Change the questions" in errors_of(late)
    drafting = follow(browser, browser.post(page("publish_test", test), {"revise": "yes"}))
    assert "You are changing the next version" in words_of(drafting)
    gone = follow(browser, browser.post(page("publish_test", test), {"discard": "yes"}))
    assert "The draft is thrown away" in said(gone)
    browser.post(page("test_settings", test), {
        "name": "Cabling basics", "pass_mark": "90", "most_attempts": "", "wait_hours": "0",
    })  # fmt: skip
    assert composing.shown(test).pass_mark == 90
    assert composing.shown(test).most_attempts is None


def test_publishing_says_what_is_missing(alice, client_of, at):
    test = quizzes.draft(alice, at=at)
    refused = client_of(alice).post(page("publish_test", test), {"passes": "keep"})
    assert refused.status_code == 422 and "Add at least one question" in errors_of(refused)


def test_copy_archive_and_bring_back(alice, client_of, at):
    test = quizzes.published(alice, at=at)
    browser = client_of(alice)
    copied = follow(browser, browser.post(page("copy_test", test)))
    assert "Cabling basics (copy)" in words_of(copied)
    away = follow(browser, browser.post(page("archive_test", test)))
    assert "It is archived" in words_of(away)
    assert test.reference not in browser.get("/tests/").content.decode()
    assert test.reference in browser.get("/tests/?archived=on").content.decode()
    browser.post(page("archive_test", test), {"back": "yes"})
    test.refresh_from_db()
    assert test.archived_at is None


def test_the_preview_keeps_nothing(alice, client_of, at):
    test = quizzes.published(alice, at=at, kinds=tuple(TYPED))
    browser = client_of(alice)
    for place in range(1, 8):
        shown = browser.get(page("preview_test", test, place))
        assert "Nothing you answer here is kept" in words_of(shown)
    assert "Cat 6A" in words_of(browser.get(page("preview_test", test, 1)))
    assert browser.get(page("preview_test", test, 8)).status_code == 404
    assert not Attempt.objects.exists()


def test_the_queue_leads_from_one_attempt_to_the_next(alice, wanda, walt, client_of, at):
    test = quizzes.published(alice, at=at, kinds=("single", "long"))
    first, second = (quizzes.answered(test, actor, at=at) for actor in (wanda, walt))
    browser = client_of(alice)
    queue = words_of(browser.get("/tests/marking/"))
    assert queue.index("Wanda Wells") < queue.index("Walt Webb")
    address = first.get_absolute_url()
    assert "Left to right, by room." in words_of(browser.get(address))
    over = browser.post(address, {"points_2": "7", "remark_2": "Neat"})
    assert over.status_code == 422 and "Points for question 2" in errors_of(over)
    assert 'value="Neat"' in over.content.decode()
    done = follow(browser, browser.post(address, {"points_2": "1", "remark_2": "Neat"}))
    assert "Wanda Wells is told: passed with 100 %" in said(done)
    assert done.request["PATH_INFO"] == second.get_absolute_url()
    late = browser.post(address, {"points_2": "0"})
    assert late.status_code == 422 and "marked already" in errors_of(late)


def test_results_show_shares_a_chart_and_a_file(alice, wanda, walt, client_of, at):
    test = quizzes.published(alice, at=at)
    quizzes.answered(test, wanda, at=at)
    quizzes.answered(test, walt, at=at, right=1)
    browser = client_of(alice)
    shown = browser.get(page("results", test))
    words = words_of(shown)
    assert "Share right of each question" in words and "From 50% to 100%" in words
    assert "Wanda Wells" in words and "Walt Webb" in words
    assert "Walt Webb" not in words_of(browser.get(page("results", test) + "?status=passed"))
    assert "Walt Webb" not in words_of(browser.get(page("results", test) + "?q=Wanda"))
    lines = b"".join(browser.get(page("export_results", test))).decode().splitlines()
    assert len(lines) == 3 and "Power over Ethernet".casefold() in lines[2].casefold()
    composing.revise(test, by=alice, at=at)
    publishing.publish(test, by=alice, at=at)
    assert "Nobody has taken this version yet" in words_of(browser.get(page("results", test)))
    assert "Wanda Wells" in words_of(browser.get(page("results", test) + "?version=1"))


def test_a_survey_shows_what_was_said(alice, wanda, client_of, at):
    test = quizzes.draft(alice, at=at, survey=True, most_attempts=1)
    for kind in ("several", "number", "long"):
        quizzes.ask(test, kind, by=alice, at=at)
    publishing.publish(test, by=alice, at=at)
    attempt = quizzes.answered(test, wanda, at=at)
    browser = client_of(alice)
    words = words_of(browser.get(page("results", test)))
    assert "Left to right, by room." in words and "Average 42" in words
    assert "right" not in words.split("Question by question")[1].split("Left to")[0]
    assert browser.get(attempt.get_absolute_url()).status_code == 200


def test_one_more_attempt_is_granted_once(alice, wanda, client_of, at):
    test = quizzes.published(alice, at=at, most_attempts=1)
    attempt = quizzes.answered(test, wanda, at=at, right=0)
    browser = client_of(alice)
    assert "Let them try once more" in words_of(browser.get(attempt.get_absolute_url()))
    address = page("grant_attempt", test, wanda.worker.reference)
    given = follow(browser, browser.post(address, {"note": "The line was bad"}))
    assert "Wanda Wells may try once more" in said(given)
    twice = follow(browser, browser.post(address, {"note": ""}))
    assert "may try once more already" in said(twice)
    assert "The line was bad" in words_of(client_of(wanda).get(test.get_absolute_url()))


@pytest.mark.parametrize("poison", HOSTILE)
def test_no_field_answers_hostile_input_with_a_crash(alice, wanda, client_of, at, poison):
    test = quizzes.draft(alice, at=at)
    questions = {kind: quizzes.ask(test, kind, by=alice, at=at) for kind in TYPED}
    browser = client_of(alice)
    fine = (200, 302, 409, 422)
    for kind, question in questions.items():
        for field in {*typed(kind), "pool", "image_words", "drop_image", "more"}:
            data = typed(kind, **{field: poison})
            assert (
                browser.post(page("question", test, question.reference), data).status_code in fine
            )
    for field in ("name", "instructions", "pass_mark", "most_attempts", "wait_hours", "minutes"):
        data = {"name": "X", "pass_mark": "80", "wait_hours": "0", field: poison}
        assert browser.post(page("test_settings", test), data).status_code in fine
        assert browser.post("/tests/new/", {"kind": poison, **data}).status_code in fine
    for data in ({"question": poison, "to": "up"}, {"order": poison}, {"to": poison}):
        assert browser.post(page("order_questions", test), data).status_code in fine
    assert browser.post(page("publish_test", test), {"passes": poison}).status_code in fine
    other = quizzes.published(alice, at=at, name="Other", kinds=("long",))
    attempt = quizzes.answered(other, wanda, at=at)
    for field in ("points_1", "remark_1"):
        data = {"points_1": "1", field: poison}
        assert browser.post(attempt.get_absolute_url(), data).status_code in fine
    for field in ("q", "status", "version", "after"):
        assert browser.get(page("results", other), {field: poison}).status_code == 200
        assert browser.get(page("export_results", other), {field: poison}).status_code in fine
    assert browser.get("/tests/", {"q": poison, "after": poison}).status_code == 200
    assert browser.get("/tests/marking/", {"after": poison}).status_code == 200
    grant = page("grant_attempt", other, wanda.worker.reference)
    assert browser.post(grant, {"note": poison}).status_code == 302


def test_pages_cost_the_same_for_one_row_and_for_thirty(
    alice, wanda, client_of, at, django_assert_max_num_queries
):
    test = quizzes.published(alice, at=at, kinds=("single", "long"), is_listed=True)
    quizzes.published(alice, at=at, name="Listed", is_listed=True)
    quizzes.answered(test, people.worker("One Only", at=at), at=at)
    first = Attempt.objects.get()
    browser, phone = client_of(alice), client_of(wanda)
    pages = [
        (browser, "/tests/", 10),
        (browser, "/tests/marking/", 10),
        (browser, page("test", test), 13),
        (browser, page("results", test), 14),
        (browser, first.get_absolute_url(), 12),
        (phone, "/tests/", 10),
        (phone, page("test", test), 12),
    ]
    counted = []
    for client, address, most in pages:
        client.get(address)
        with django_assert_max_num_queries(most) as queries:
            client.get(address)
        counted.append(len(queries.captured_queries))
    for number in range(30):
        actor = people.worker(f"Worker {number}", at=at)
        quizzes.answered(test, actor, at=at)
        quizzes.published(alice, at=at, name=f"Test {number}", kinds=("long",), is_listed=True)
    for (client, address, _), few in zip(pages, counted, strict=True):
        with django_assert_max_num_queries(few):
            assert client.get(address).status_code == 200


def test_marks_of_half_points_are_possible(alice, wanda, client_of, at):
    test = quizzes.published(alice, at=at, kinds=("long",), pass_mark=50)
    attempt = quizzes.answered(test, wanda, at=at)
    client_of(alice).post(attempt.get_absolute_url(), {"points_1": "0.5"})
    attempt.refresh_from_db()
    assert attempt.is_passed and attempt.score == 50
