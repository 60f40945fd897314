"""Writing tests: the draft, its questions and pools, and what publishing makes of it."""

from __future__ import annotations

import pytest

from activity.models import Event
from core.files import CleanUpload
from tests.factories import tests as quizzes
from vetting import composing, publishing, taking
from vetting.models import Question, QuestionPool, Test

pytestmark = pytest.mark.django_db


@pytest.fixture
def test(alice, at) -> Test:
    return quizzes.draft(alice, at=at)


def order(test: Test) -> list[str]:
    return [q.kind for q in composing.shown(test).questions.all()]


def last_event() -> Event:
    return Event.objects.order_by("pk").last()


def test_a_test_starts_as_a_draft_with_the_rules_of_the_house(alice, at):
    test = composing.create(is_survey=False, facts={"name": "Basics"}, by=alice, at=at)
    rules = composing.shown(test)
    assert not test.is_published and rules.is_draft
    assert (rules.pass_mark, rules.most_attempts, rules.minutes) == (80, 3, None)
    with pytest.raises(composing.TestNameTaken):
        quizzes.draft(alice, at=at, name="BASICS")


def test_questions_are_added_moved_and_removed(test, alice, at):
    made = [quizzes.ask(test, kind, by=alice, at=at) for kind in ("single", "number", "long")]
    composing.move(made[2], -1, by=alice, at=at)
    assert order(test) == ["single", "long", "number"]
    composing.move(made[0], -1, by=alice, at=at)  # at the top already
    assert order(test) == ["single", "long", "number"]
    composing.arrange(test, [q.reference for q in (made[1], made[0], made[2])], by=alice, at=at)
    assert order(test) == ["number", "single", "long"]
    composing.remove_question(made[0], by=alice, at=at)
    assert order(test) == ["number", "long"]
    assert [q.position for q in composing.shown(test).questions.all()] == [1, 2]


@pytest.mark.parametrize("spoil", ["too few", "twice", "foreign"])
def test_an_order_that_does_not_fit_is_refused(test, alice, at, spoil):
    first, second = (quizzes.ask(test, kind, by=alice, at=at) for kind in ("single", "long"))
    orders = {
        "too few": [first.reference],
        "twice": [first.reference, first.reference],
        "foreign": [first.reference, "Q-222222"],
    }
    with pytest.raises(composing.OrderStale):
        composing.arrange(test, orders[spoil], by=alice, at=at)
    assert order(test) == ["single", "long"] and second.position == 2


def test_pools_come_and_go_with_their_questions(test, alice, at):
    question = quizzes.ask(test, "single", pool="Copper", by=alice, at=at)
    quizzes.ask(test, "number", pool="COPPER", by=alice, at=at)
    pool = QuestionPool.objects.get()
    assert pool.name == "Copper" and pool.questions.count() == 2
    composing.draw_from(pool, 2, by=alice, at=at)
    composing.change_question(question, {"text": "Another"}, pool="Fiber", by=alice, at=at)
    assert set(QuestionPool.objects.values_list("name", flat=True)) == {"Copper", "Fiber"}
    composing.change_question(question, {"text": "Another"}, by=alice, at=at)
    assert list(QuestionPool.objects.values_list("name", flat=True)) == ["Copper"]
    assert "to give 2 questions and has 1" in str(refused_publishing(test, alice, at))


def refused_publishing(test, by, at) -> Exception:
    with pytest.raises(publishing.NotReady) as refused:
        publishing.publish(test, by=by, at=at)
    return refused.value


@pytest.mark.parametrize(
    "kind,facts,lack",
    [
        ("single", {"choices": quizzes.choices("A", "B", right=())}, "one right choice"),
        ("single", {"choices": quizzes.choices("A", "B", right=(0, 1))}, "one right choice"),
        ("single", {"choices": quizzes.choices("A")}, "two choices"),
        ("several", {"choices": quizzes.choices("A", "B", right=())}, "at least one right"),
        ("number", {"number": None}, "right number"),
        ("short", {"accepted": []}, "answers that you accept"),
    ],
)
def test_a_question_without_a_right_answer_is_not_published(test, alice, at, kind, facts, lack):
    quizzes.ask(test, kind, by=alice, at=at, **facts)
    assert lack in str(refused_publishing(test, alice, at))


def test_a_survey_needs_no_right_answers_and_an_empty_test_is_none(test, alice, at):
    assert "at least one question" in str(refused_publishing(test, alice, at))
    survey = quizzes.draft(alice, at=at, survey=True, name="How was it?")
    quizzes.ask(survey, "single", choices=quizzes.choices("A", "B", right=()), by=alice, at=at)
    quizzes.ask(survey, "number", number=None, by=alice, at=at)
    assert publishing.publish(survey, by=alice, at=at).number == 1


def test_a_published_version_never_changes(test, alice, at):
    question = quizzes.ask(test, "single", by=alice, at=at)
    first = publishing.publish(test, by=alice, at=at)
    for attempt in (
        lambda: quizzes.ask(test, "long", by=alice, at=at),
        lambda: composing.change_question(question, {"text": "?"}, by=alice, at=at),
        lambda: composing.remove_question(question, by=alice, at=at),
        lambda: composing.move(question, 1, by=alice, at=at),
    ):
        with pytest.raises(composing.NotInDraft):
            attempt()
    draft = composing.revise(test, by=alice, at=at)
    assert composing.revise(test, by=alice, at=at) == draft and draft.number == 2
    copied = draft.questions.get()
    composing.change_question(copied, {"text": "Worded anew"}, by=alice, at=at)
    assert first.questions.get().text == question.text
    with pytest.raises(composing.GoneMeanwhile):
        composing.change_question(question, {"text": "?"}, by=alice, at=at)


def test_new_rules_of_a_published_test_wait_in_a_draft(alice, at):
    test = quizzes.published(alice, at=at)
    composing.edit(test, {"name": "Cabling, level 1", "pass_mark": 90}, by=alice, at=at)
    test.refresh_from_db()
    assert test.name == "Cabling, level 1" and test.current.pass_mark == 80
    assert composing.shown(test).pass_mark == 90
    composing.discard(test, by=alice, at=at)
    assert composing.shown(test) == test.current
    assert Question.objects.count() == 5


def test_a_first_draft_is_not_thrown_away(test, alice, at):
    composing.discard(test, by=alice, at=at)
    assert composing.shown(test).is_draft
    with pytest.raises(publishing.NothingNew):
        publishing.publish(quizzes.published(alice, at=at, name="Other"), by=alice, at=at)


def test_a_copy_has_everything_and_is_nobodys_yet(alice, at):
    test = quizzes.published(alice, at=at, kinds=("single", "number"), pass_mark=70)
    name = publishing.free_name(test)
    copy = publishing.duplicate(test, name=name, by=alice, at=at)
    assert copy.name == "Cabling basics (copy)" and not copy.is_published
    assert order(copy) == ["single", "number"] and composing.shown(copy).pass_mark == 70
    assert publishing.free_name(test) == "Cabling basics (copy 2)"


def test_an_archived_test_is_closed_until_it_is_back(alice, wanda, at):
    test = quizzes.published(alice, at=at)
    publishing.archive(test, by=alice, at=at)
    assert last_event().kind == "test.archived"
    with pytest.raises(taking.CannotStart, match="closed this test"):
        taking.start(test, by=wanda, at=at)
    with pytest.raises(publishing.ArchivedTest):
        publishing.publish(test, by=alice, at=at)
    publishing.restore(test, by=alice, at=at)
    assert taking.start(test, by=wanda, at=at).is_open


def test_a_picture_goes_with_its_question_into_the_next_version(test, alice, at):
    picture = CleanUpload(b"not looked at here", "rack.png", "image/png", 18)
    facts = {"kind": "long", "text": "What is wrong here?", "image_words": "A rack"}
    question = composing.add_question(test, facts, image=picture, by=alice, at=at)
    publishing.publish(test, by=alice, at=at)
    draft = composing.revise(test, by=alice, at=at)
    copied = draft.questions.get()
    assert copied.image.name == question.image.name and copied.image_type == "image/png"
    composing.change_question(copied, {}, drop_image=True, by=alice, at=at)
    question.refresh_from_db()
    assert question.image and not draft.questions.get().image


def test_who_sees_which_test(alice, charlie, wanda, walt, olga, at):
    from vetting import marks

    draft = quizzes.draft(alice, at=at, name="Draft")
    open_one = quizzes.published(alice, at=at, name="Open")

    def seen(actor):
        return set(Test.objects.visible_to(actor))

    assert seen(alice) == seen(olga) == {draft, open_one}
    assert seen(charlie) == set()
    assert seen(wanda) == seen(walt) == {open_one}
    taking.start(open_one, by=wanda, at=at)
    for actor in (wanda, walt):
        marks.mark_worker(actor.worker, "blocked", by=alice, at=at)
    assert seen(wanda) == {open_one} and seen(walt) == set()
