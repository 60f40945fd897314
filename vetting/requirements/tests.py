"""Requirements about tests: passed, or a survey answered."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from accounts.models import Company, WorkerProfile
from core.dates import date_words
from vetting.models import Attempt, Test
from vetting.queries.tests import good_attempts, to_choose
from vetting.requirements.beside import WORK, said
from vetting.requirements.registry import ONE_BY_ONE, Finding, Kind, On, Values, ValuesForm
from vetting.states import Sitting


class TestForm(ValuesForm):
    """One of the company's tests in use; its name is kept, so that a sentence needs no query."""

    __test__ = False

    test = forms.ChoiceField(
        label="Test or survey",
        error_messages={"required": "Choose a test.", "invalid_choice": "Choose a test."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = {test.reference: test for test in to_choose(self.company)}
        named = [(key, f"{t} (survey)" if t.is_survey else str(t)) for key, t in self.known.items()]
        field = self.fields["test"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "Choose a test"), *named]
        if not named:
            field.help_text = "Publish a test first; it can be chosen here then."

    def values(self) -> dict[str, Any]:
        test = self.known[self.cleaned_data["test"]]
        return {"test": test.reference, **told_of(test), "survey": test.is_survey}


def told_of(test: Test) -> dict[str, Any]:
    """What of a test may change after a requirement has kept it."""
    return {"name": test.name}


class TestPassed(Kind):
    """The pass must still hold on the day of the work."""

    __test__ = False

    slug = "test"
    label = "Has passed a test"
    heading = "Proof"
    help = "Or has answered a survey. A pass that ends before the day of the work does not count."
    asks = frozenset({"day"})
    form = TestForm
    refers = "test"

    def sentence(self, values: Values) -> str:
        done = "answered" if values.get("survey") else "passed"
        return f"Has {done} “{values.get('name', 'a test')}”"

    def initial(self, values: Values) -> dict[str, Any]:
        return {"test": values.get("test", "")}

    def check(self, worker: WorkerProfile, values: Values, on: On) -> Finding:
        test = self._test(values, on.company)
        if test is None or not test.is_open:
            reason = "The client has closed this test; ask them to change what they require."
            return Finding(met=False, reason=reason, for_client=self.gone(values, on.company))
        good = good_attempts(on.company, test.reference, on.day).filter(worker=worker)
        if found := good.order_by("-number").first():
            return _met(test, found)
        last = test.attempts.counting().filter(worker=worker).order_by("-number").first()
        return _missing(test, last)

    def condition(self, values: Values, on: On) -> Q:
        good = good_attempts(on.company, str(values.get("test", "")), on.day)
        return Q(Exists(good.filter(ONE_BY_ONE, worker=OuterRef("pk"))))

    def remedy(self, values: Values) -> tuple[str, str]:
        what = "Answer the survey" if values.get("survey") else "Take the test"
        return reverse("vetting:test", args=[values["test"]]), what

    def present(self, keys: Collection[str]) -> QuerySet[Any, Any]:
        return Test.objects.in_use().filter(reference__in=keys).values_list("reference")

    def met(self) -> Q:
        good = good_attempts(WORK.company, said("test"), WORK.day)
        return Q(Exists(good.filter(worker=WORK.worker)))

    def gone(self, values: Values, company: Company) -> str:
        test = self._test(values, company)
        if test is None:
            return "The test this asks for is gone. Remove it, or ask for another."
        if test.archived_at is not None:
            return f"“{test}” is archived, so nobody can meet this. Bring it back, or remove this."
        if not test.is_published:
            return f"“{test}” is not published yet, so nobody can meet this."
        return ""

    @staticmethod
    def _test(values: Values, company: Company) -> Test | None:
        return Test.objects.filter(company=company, reference=values.get("test", "")).first()


def _met(test: Test, attempt: Attempt) -> Finding:
    if test.is_survey:
        return Finding(met=True, reason="You have answered this survey.", for_client="Answered")
    until = f", good until {date_words(attempt.expires_on)}" if attempt.expires_on else ""
    score = f"{attempt.score:.0f} %" if attempt.score is not None else ""
    return Finding(
        met=True,
        reason=f"You passed with {score}{until}.",
        for_client=f"Passed with {score}{until}",
    )


def _missing(test: Test, last: Attempt | None) -> Finding:
    """What the worker did about it so far, and the way to the test."""
    url, take = reverse("vetting:test", args=[test.reference]), f"Take the {test.noun}"
    if last is None:
        reason, told = f"You have not taken this {test.noun} yet.", "Not taken yet"
    elif last.status == Sitting.OPEN:
        reason, told, take = f"You have begun this {test.noun}.", "Begun", "Go on with it"
    elif last.status == Sitting.MARKING:
        reason, told = "Your answers wait to be marked by the client.", "Waiting for your mark"
        take = "See where it stands"
    elif last.status == Sitting.FAILED:
        reason, told = f"You reached {last.score:.0f} % and did not pass.", "Not passed"
        take = "See when you can try again"
    else:
        reason, told = "Your pass does not last until the day of the work.", "The pass runs out"
        take = f"Take the {test.noun} again"
    return Finding(met=False, reason=reason, fix_url=url, fix_label=take, for_client=told)
