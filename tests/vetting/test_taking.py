"""Taking tests: the clock, the rules of attempts, what counts, and what never gets lost."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest

from activity.models import Event
from core.files import CleanUpload
from tests.factories import tests as quizzes
from vetting import composing, grading, marking, publishing, taking
from vetting.models import Answer, Attempt, QuestionPool
from vetting.states import Sitting

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def test_all_right_passes_and_counts_itself(alice, wanda, at):
    test = quizzes.published(alice, at=at, valid_days=365)
    attempt = quizzes.answered(test, wanda, at=at)
    assert attempt.is_passed and attempt.score == 100 and attempt.points == 5
    assert attempt.expires_on == (at + timedelta(days=365)).date()
    assert Event.objects.about(attempt).last().data["result"] == "passed"


@pytest.mark.parametrize("right,status", [(4, "passed"), (3, "failed"), (0, "failed")])
def test_the_pass_mark_is_eighty_of_a_hundred(alice, wanda, at, right, status):
    attempt = quizzes.answered(quizzes.published(alice, at=at), wanda, at=at, right=right)
    assert (attempt.status, attempt.score) == (status, right * 20)


def test_points_weigh_and_are_not_rounded_up_to_a_pass(alice, wanda, at):
    test = quizzes.draft(alice, at=at, pass_mark=67)
    quizzes.ask(test, "single", points=2, by=alice, at=at)
    quizzes.ask(test, "number", points=1, by=alice, at=at)
    publishing.publish(test, by=alice, at=at)
    attempt = quizzes.answered(test, wanda, at=at, right=1)
    assert attempt.is_failed and str(attempt.score) == "66.66"


@pytest.mark.parametrize(
    "kind,value,right",
    [
        ("single", "c1", False),
        ("several", ["c0"], False),
        ("several", ["c1", "c0"], True),
        ("several", ["c0", "c1", "c2"], False),
        ("number", "42.0", True),
        ("number", "41", False),
        ("short", "  POWER  over\nEthernet. ", True),
        ("short", "power", False),
        ("long", "Anything", None),
    ],
)
def test_what_counts_as_right(alice, at, kind, value, right):
    question = quizzes.ask(quizzes.draft(alice, at=at), kind, by=alice, at=at)
    question.refresh_from_db()
    assert grading.is_right(question, grading.tidied(question, value)) is right


@pytest.mark.parametrize(
    "kind,value",
    [("single", "c9"), ("several", ["c0", "x"]), ("several", "c0"), ("single", ["c0"]),
     ("number", "NaN"), ("number", "1e999"), ("number", "many"), ("short", "x" * 201),
     ("true_false", "maybe"), ("file", "a.txt"), ("long", "x" * 10_001), ("short", {"a": 1})],
)  # fmt: skip
def test_what_is_no_answer_is_refused(alice, at, kind, value):
    question = quizzes.ask(quizzes.draft(alice, at=at), kind, by=alice, at=at)
    with pytest.raises(grading.NotAnAnswer):
        grading.tidied(question, value)


def test_a_number_within_its_tolerance_is_right(alice, at):
    test = quizzes.draft(alice, at=at)
    question = quizzes.ask(test, "number", number=42, tolerance=0.5, by=alice, at=at)
    question.refresh_from_db()
    assert [grading.is_right(question, n) for n in ("41.5", "42.5", "42.51")] == [True, True, False]


def test_starting_twice_is_one_attempt(alice, wanda, at):
    test = quizzes.published(alice, at=at)
    first = taking.start(test, by=wanda, at=at)
    assert taking.start(test, by=wanda, at=at + HOUR) == first
    assert Event.objects.about(first).count() == 1


def test_attempts_are_counted_waited_for_and_granted(alice, wanda, at):
    test = quizzes.published(alice, at=at, wait_hours=24, most_attempts=2)
    quizzes.answered(test, wanda, at=at, right=0)
    with pytest.raises(taking.CannotStart, match="wait between attempts"):
        taking.start(test, by=wanda, at=at + HOUR)
    second = quizzes.answered(test, wanda, at=at + 25 * HOUR, right=0)
    with pytest.raises(taking.CannotStart, match="used all 2 attempts"):
        taking.start(test, by=wanda, at=at + 90 * HOUR)
    extra = marking.grant(test, wanda.worker, note="Bad line", by=alice, at=at + 90 * HOUR)
    with pytest.raises(marking.GrantedAlready):
        marking.grant(test, wanda.worker, by=alice, at=at + 90 * HOUR)
    third = quizzes.answered(test, wanda, at=at + 91 * HOUR)
    extra.refresh_from_db()
    assert (third.number, third.status, extra.used_by) == (3, "passed", third)
    assert second.is_failed


def test_a_pass_is_not_retaken_until_it_is_about_to_end(alice, wanda, at):
    test = quizzes.published(alice, at=at, valid_days=90, most_attempts=1)
    quizzes.answered(test, wanda, at=at)
    with pytest.raises(taking.CannotStart, match="You have passed"):
        taking.start(test, by=wanda, at=at + timedelta(days=59))
    again = taking.start(test, by=wanda, at=at + timedelta(days=60))
    assert again.number == 2
    taking.hand_in(again, by=wanda, at=at + timedelta(days=60))
    with pytest.raises(taking.CannotStart, match="used all 1 attempts"):
        taking.start(test, by=wanda, at=at + timedelta(days=200))


def test_time_up_hands_in_what_was_saved(alice, wanda, at):
    test = quizzes.published(alice, at=at, minutes=30)
    attempt = quizzes.answered(test, wanda, at=at, right=4, hand_in=False)
    just = taking.save(attempt, 5, "wrong", seen=0, by=wanda, at=attempt.ends_at + minutes(0.1))
    assert just.is_given  # on its way when the time ran out
    with pytest.raises(taking.TimeIsUp):
        taking.save(attempt, 5, "power over ethernet", seen=1, by=wanda, at=at + minutes(31))
    attempt.refresh_from_db()
    assert attempt.is_passed and attempt.timed_out and attempt.score == 80
    assert attempt.submitted_at == attempt.ends_at
    with pytest.raises(taking.HandedIn):
        taking.save(attempt, 5, "again", seen=1, by=wanda, at=at + minutes(32))


def test_the_sweep_hands_in_what_a_closed_browser_left(
    alice, wanda, walt, at, django_assert_num_queries
):
    limited = quizzes.published(alice, at=at, minutes=30)
    free = quizzes.published(alice, at=at, name="No hurry")
    left = quizzes.answered(limited, wanda, at=at, hand_in=False)
    quizzes.answered(free, walt, at=at, hand_in=False)
    assert taking.sweep(at=at + minutes(30)) == 0
    assert taking.sweep(at=at + minutes(31)) == 1
    left.refresh_from_db()
    assert left.is_passed and left.timed_out
    assert Event.objects.about(left).last().acting_as == "system"
    assert taking.sweep(at=at + minutes(60)) == 0


def test_the_sweep_costs_the_same_for_one_and_for_many(
    alice, at, django_assert_max_num_queries, monkeypatch
):
    from tests.factories import accounts as people

    test = quizzes.published(alice, at=at, minutes=30)
    taking.start(test, by=people.worker("One Only"), at=at)
    with django_assert_max_num_queries(18) as one:
        taking.sweep(at=at + minutes(31))
    for number in range(12):
        taking.start(test, by=people.worker(f"Worker {number}"), at=at)
    with django_assert_max_num_queries(len(one.captured_queries)):
        assert taking.sweep(at=at + minutes(31)) == 12
    monkeypatch.setattr(taking, "BATCH", 2)
    for number in range(5):
        taking.start(test, by=people.worker(f"Late {number}"), at=at)
    assert taking.sweep(at=at + minutes(31)) == 5


def test_a_second_tab_does_not_overwrite_unseen(alice, wanda, at):
    attempt = taking.start(quizzes.published(alice, at=at), by=wanda, at=at)
    taking.save(attempt, 1, "c0", seen=0, by=wanda, at=at)
    with pytest.raises(taking.ChangedElsewhere) as clash:
        taking.save(attempt, 1, "c1", seen=0, by=wanda, at=at)
    assert clash.value.answer.value == "c0"
    assert taking.save(attempt, 1, "c0", seen=0, by=wanda, at=at).revision == 1  # says the same
    assert taking.save(attempt, 1, "c1", seen=1, by=wanda, at=at).value == "c1"
    assert taking.save(attempt, 1, None, seen=2, by=wanda, at=at).answered_at is None


def test_only_questions_of_the_attempt_are_answered_by_its_worker(alice, wanda, walt, at):
    attempt = taking.start(quizzes.published(alice, at=at), by=wanda, at=at)
    with pytest.raises(taking.NotAsked):
        taking.save(attempt, 99, "c0", seen=0, by=wanda, at=at)
    with pytest.raises(ValueError, match="only the worker"):
        taking.save(attempt, 1, "c0", seen=0, by=walt, at=at)


def test_an_attempt_keeps_the_version_it_was_taken_on(alice, wanda, walt, at):
    test = quizzes.published(alice, at=at, kinds=("single", "number"))
    under_way = taking.start(test, by=wanda, at=at)
    draft = composing.revise(test, by=alice, at=at)
    composing.remove_question(draft.questions.first(), by=alice, at=at)
    publishing.publish(test, by=alice, at=at)
    taking.save(under_way, 1, "c0", seen=0, by=wanda, at=at)
    taking.save(under_way, 2, "42", seen=0, by=wanda, at=at)
    assert taking.hand_in(under_way, by=wanda, at=at).is_passed
    assert taking.start(test, by=walt, at=at).answers.count() == 1


def test_publishing_may_ask_everybody_anew(alice, wanda, walt, at):
    test = quizzes.published(alice, at=at, most_attempts=1)
    quizzes.answered(test, wanda, at=at)
    quizzes.answered(test, walt, at=at, right=0)
    composing.revise(test, by=alice, at=at)
    publishing.publish(test, keeps_passes=False, by=alice, at=at)
    for actor in (wanda, walt):
        assert taking.start(test, by=actor, at=at).number == 2


def test_pools_give_each_attempt_some_questions_by_chance(alice, wanda, at):
    test = quizzes.draft(alice, at=at, random_order=True)
    quizzes.ask(test, "single", by=alice, at=at)
    for number in range(10):
        quizzes.ask(test, "number", number=number, pool="Sums", by=alice, at=at)
    composing.draw_from(QuestionPool.objects.get(), 3, by=alice, at=at)
    version = publishing.publish(test, by=alice, at=at)
    draws = [taking.drawn(version, Random(seed)) for seed in range(20)]
    assert all(len(draw) == 4 == len(set(draw)) for draw in draws)
    assert len({tuple(q.pk for q in draw) for draw in draws}) > 10
    assert {draw.index(version.questions.first()) for draw in draws} > {0, 1}
    attempt = taking.start(test, by=wanda, at=at, chance=Random(1))
    kept = [answer.question for answer in attempt.answers.all()]
    assert kept == taking.drawn(version, Random(1)) and attempt.possible == 4


def test_a_survey_is_answered_once_and_has_no_result(alice, wanda, at):
    test = quizzes.draft(alice, at=at, survey=True, most_attempts=1)
    quizzes.ask(test, "single", by=alice, at=at)
    quizzes.ask(test, "long", by=alice, at=at)
    publishing.publish(test, by=alice, at=at)
    attempt = quizzes.answered(test, wanda, at=at)
    assert attempt.status == Sitting.DONE and attempt.score is None
    assert not Answer.objects.exclude(right=None).exists()
    with pytest.raises(taking.CannotStart, match="answered this survey"):
        taking.start(test, by=wanda, at=at)


def test_long_answers_and_files_wait_for_the_company(alice, mona, wanda, at):
    test = quizzes.published(alice, at=at, kinds=("single", "long", "file"), valid_days=30)
    attempt = quizzes.answered(test, wanda, at=at, right=2, hand_in=False)
    photo = CleanUpload(b"x", "panel.png", "image/png", 1)
    taking.save(attempt, 3, seen=0, upload=photo, by=wanda, at=at)
    attempt = taking.hand_in(attempt, by=wanda, at=at)
    assert attempt.is_marking and attempt.score is None
    with pytest.raises(taking.CannotStart, match="wait to be marked"):
        taking.start(test, by=wanda, at=at)
    full, half = marking.Mark(1, "Very neat"), marking.Mark(0.5)
    with pytest.raises(marking.TooManyPoints):
        marking.mark(attempt, {2: marking.Mark(2)}, by=mona, at=at)
    assert marking.mark(attempt, {2: full}, by=mona, at=at).is_marking
    done = marking.mark(attempt, {3: half}, by=mona, at=at + HOUR)
    assert done.is_passed and str(done.score) == "83.33" and done.marked_by == mona.user
    assert done.expires_on == (at + HOUR + timedelta(days=30)).date()
    with pytest.raises(marking.NothingToMark):
        marking.mark(attempt, {2: full}, by=alice, at=at)


def test_what_was_not_answered_needs_no_marking(alice, wanda, at):
    test = quizzes.published(alice, at=at, kinds=("single", "long"), pass_mark=50)
    assert quizzes.answered(test, wanda, at=at, right=1).is_passed


def test_a_blocked_worker_goes_on_but_starts_nothing(alice, wanda, at):
    from vetting import marks

    test = quizzes.published(alice, at=at)
    attempt = quizzes.answered(test, wanda, at=at, right=0, hand_in=False)
    marks.mark_worker(wanda.worker, "blocked", by=alice, at=at)
    taking.save(attempt, 1, "c0", seen=0, by=wanda, at=at)
    taking.hand_in(attempt, by=wanda, at=at)
    with pytest.raises(taking.CannotStart, match="does not offer you"):
        taking.start(test, by=wanda, at=at)


def test_a_save_and_a_start_stay_cheap(alice, wanda, at, django_assert_max_num_queries):
    test = quizzes.published(alice, at=at)
    with django_assert_max_num_queries(18):
        attempt = taking.start(test, by=wanda, at=at)
    with django_assert_max_num_queries(6):
        taking.save(attempt, 1, "c0", seen=0, by=wanda, at=at)
    with django_assert_max_num_queries(12):
        taking.hand_in(attempt, by=wanda, at=at)
    assert Attempt.objects.get().possible == 5
