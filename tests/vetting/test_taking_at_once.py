"""Two tabs, two members, a tab and the sweep: one outcome, in real transactions."""

from __future__ import annotations

from datetime import timedelta

import pytest

from activity.models import Event
from tests.factories import tests as quizzes
from tests.racing import race
from vetting import marking, taking
from vetting.models import Attempt, ExtraAttempt

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_starts_make_one_attempt_and_never_one_too_many(alice, wanda, at):
    for number in range(4):
        test = quizzes.published(alice, at=at, name=f"Test {number}", most_attempts=1)
        first, second = race(
            lambda t=test: taking.start(t, by=wanda, at=at),
            lambda t=test: taking.start(t, by=wanda, at=at),
        )
        assert first.result == second.result
        assert test.attempts.count() == 1
        taking.hand_in(first.result, by=wanda, at=at)
        again = race(*[lambda t=test: taking.start(t, by=wanda, at=at)] * 2)
        assert not any(outcome.won for outcome in again)
        assert test.attempts.count() == 1


def test_two_submissions_are_one(alice, wanda, at):
    for number in range(4):
        test = quizzes.published(alice, at=at, name=f"Test {number}")
        attempt = quizzes.answered(test, wanda, at=at, hand_in=False)
        race(*[lambda a=attempt: taking.hand_in(a, by=wanda, at=at)] * 2)
        attempt.refresh_from_db()
        assert attempt.is_passed
        assert Event.objects.about(attempt).filter(kind="attempt.handed_in").count() == 1


def test_a_late_answer_against_the_sweep_hands_in_once(alice, wanda, at):
    late = at + timedelta(minutes=31)
    for number in range(4):
        test = quizzes.published(alice, at=at, name=f"Test {number}", minutes=30)
        attempt = quizzes.answered(test, wanda, at=at, right=4, hand_in=False)
        saved, _ = race(
            lambda a=attempt: taking.save(a, 5, "x", seen=0, by=wanda, at=late),
            lambda: taking.sweep(at=late),
        )
        attempt.refresh_from_db()
        assert isinstance(saved.refusal, taking.TimeIsUp | taking.HandedIn)
        assert attempt.timed_out and attempt.score == 80
        assert Event.objects.about(attempt).filter(kind="attempt.handed_in").count() == 1


def test_two_sweeps_hand_in_each_attempt_once(alice, wanda, walt, at):
    test = quizzes.published(alice, at=at, minutes=30)
    for actor in (wanda, walt):
        taking.start(test, by=actor, at=at)
    late = at + timedelta(minutes=31)
    outcomes = race(lambda: taking.sweep(at=late), lambda: taking.sweep(at=late))
    assert sum(outcome.result for outcome in outcomes) == 2
    assert Event.objects.filter(kind="attempt.handed_in").count() == 2


def test_two_tabs_saving_one_question_keep_one_and_tell_the_other(alice, wanda, at):
    test = quizzes.published(alice, at=at)
    attempt = taking.start(test, by=wanda, at=at)
    for place in range(1, 5):
        question = attempt.answers.get(position=place).question
        other = {"several": ["c2"], "number": "1", "true_false": "true"}.get(question.kind, "c1")
        outcomes = race(
            lambda p=place, k=question.kind: taking.save(
                attempt, p, quizzes.RIGHT[k], seen=0, by=wanda, at=at
            ),
            lambda p=place, v=other: taking.save(attempt, p, v, seen=0, by=wanda, at=at),
        )
        assert sorted(outcome.won for outcome in outcomes) == [False, True]


def test_two_members_marking_finish_it_once(alice, mona, wanda, at):
    for number in range(4):
        test = quizzes.published(alice, at=at, name=f"Test {number}", kinds=("long",))
        attempt = quizzes.answered(test, wanda, at=at)
        outcomes = race(
            lambda a=attempt: marking.mark(a, {1: marking.Mark(1)}, by=alice, at=at),
            lambda a=attempt: marking.mark(a, {1: marking.Mark(0)}, by=mona, at=at),
        )
        assert sorted(outcome.won for outcome in outcomes) == [False, True]
        assert Event.objects.about(attempt).filter(kind="attempt.marked").count() == 1


def test_two_grants_are_one_extra_attempt(alice, mona, wanda, at):
    test = quizzes.published(alice, at=at)
    outcomes = race(
        lambda: marking.grant(test, wanda.worker, by=alice, at=at),
        lambda: marking.grant(test, wanda.worker, by=mona, at=at),
    )
    assert sorted(outcome.won for outcome in outcomes) == [False, True]
    assert ExtraAttempt.objects.count() == 1 and not Attempt.objects.exists()
