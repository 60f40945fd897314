"""The requirement of having passed a test: who meets it, what the others read, what is gone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.factories import tests as quizzes
from vetting import composing, publishing, taking
from vetting.models import Test
from vetting.requirements.registry import On
from vetting.requirements.tests import TestForm, TestPassed

pytestmark = pytest.mark.django_db

KIND = TestPassed()


def values_of(test: Test) -> dict[str, object]:
    form = TestForm({"test": test.reference}, company=test.company)
    assert form.is_valid(), form.errors
    return form.values()


def on(test: Test, at, days: int = 0) -> On:
    return On(test.company, at, (at + timedelta(days=days)).date())


@pytest.fixture
def test(alice, at) -> Test:
    return quizzes.published(alice, at=at, valid_days=30)


def test_each_step_says_what_is_missing_and_leads_to_the_test(test, wanda, alice, at):
    values = values_of(test)
    assert KIND.sentence(values) == "Has passed “Cabling basics”"
    missing = KIND.check(wanda.worker, values, on(test, at))
    assert missing.fix_url == test.get_absolute_url() and "not taken" in missing.reason
    taking.start(test, by=wanda, at=at)
    assert "have begun" in KIND.check(wanda.worker, values, on(test, at)).reason
    quizzes.answered(test, wanda, at=at, right=1)
    failed = KIND.check(wanda.worker, values, on(test, at))
    assert "20 %" in failed.reason and failed.for_client == "Not passed"
    quizzes.answered(test, wanda, at=at)
    met = KIND.check(wanda.worker, values, on(test, at))
    assert met.met and met.for_client.startswith("Passed with 100 %, good until")


def test_a_pass_must_last_until_the_day_of_the_work(test, wanda, at):
    quizzes.answered(test, wanda, at=at)
    values = values_of(test)
    assert KIND.check(wanda.worker, values, on(test, at, 30)).met
    late = KIND.check(wanda.worker, values, on(test, at, 31))
    assert not late.met and "until the day of the work" in late.reason


def test_answers_that_wait_to_be_marked_do_not_count_yet(alice, wanda, at):
    test = quizzes.published(alice, at=at, kinds=("long",))
    quizzes.answered(test, wanda, at=at)
    waiting = KIND.check(wanda.worker, values_of(test), on(test, at))
    assert not waiting.met and waiting.for_client == "Waiting for your mark"


def test_an_archived_test_lets_nobody_pass_and_says_so(test, wanda, alice, at):
    quizzes.answered(test, wanda, at=at)
    values = values_of(test)
    assert KIND.gone(values, test.company) == ""
    publishing.archive(test, by=alice, at=at)
    closed = KIND.check(wanda.worker, values, on(test, at))
    assert not closed.met and "is archived" in KIND.gone(values, test.company)
    assert "is archived" in closed.for_client
    assert "gone" in KIND.gone({"test": "T-222222"}, test.company)


def test_only_the_companys_own_published_tests_can_be_chosen(test, alice, charlie, at):
    quizzes.draft(alice, at=at, name="Not ready")
    form = TestForm(company=charlie.company)
    assert [key for key, _ in form.fields["test"].choices] == [""]
    own = TestForm(company=alice.company)
    assert [key for key, _ in own.fields["test"].choices] == ["", test.reference]
    assert not TestForm({"test": "\x00"}, company=alice.company).is_valid()


def test_a_renewed_test_asks_everybody_again_and_a_survey_once(test, alice, wanda, at):
    quizzes.answered(test, wanda, at=at)
    composing.revise(test, by=alice, at=at)
    publishing.publish(test, keeps_passes=False, by=alice, at=at)
    assert not KIND.check(wanda.worker, values_of(test), on(test, at)).met
    survey = quizzes.draft(alice, at=at, survey=True, name="How was it?")
    quizzes.ask(survey, "long", by=alice, at=at)
    publishing.publish(survey, by=alice, at=at)
    values = values_of(survey)
    assert KIND.sentence(values) == "Has answered “How was it?”"
    quizzes.answered(survey, wanda, at=at)
    assert KIND.check(wanda.worker, values, on(survey, at)).met
