"""Requirements about tests: passed, or a survey answered."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from django import forms
from django.db.models import BooleanField, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import ExpressionWrapper
from django.db.models.functions import JSONObject
from django.urls import reverse

from accounts.models import Company, WorkerProfile
from core.dates import date_words
from vetting.models import Attempt, Test
from vetting.queries.tests import good_attempts, holds_on, to_choose
from vetting.requirements.beside import WORK, said
from vetting.requirements.registry import ONE_BY_ONE, Finding, On, Reading, Values, ValuesForm
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


class TestPassed(Reading):
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

    def check_all(self, worker: WorkerProfile, asked: Sequence[Values], on: On) -> list[Finding]:
        """The attempt that counts of each test comes with it: the last good one, or the last."""
        good = ExpressionWrapper(holds_on(on.day), BooleanField())
        own = Attempt.objects.counting().filter(test=OuterRef("pk"), worker=worker)
        told = JSONObject(status="status", score="score", expires_on="expires_on", good="good")
        best = own.annotate(good=good).order_by("-good", "-number").values_list(told)[:1]
        rows = Test.objects.filter(
            company=on.company, reference__in=[str(values.get("test", "")) for values in asked]
        )
        known = {row.reference: row for row in rows.annotate(best=Subquery(best))}
        return [_finding(known.get(str(values.get("test", "")))) for values in asked]

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
        rows = Test.objects.filter(company=company, reference=values.get("test", ""))
        return _closed(rows.first())


def _closed(test: Test | None) -> str:
    """Why nobody can take it, in words for the client; empty where they can."""
    if test is None:
        return "The test this asks for is gone. Remove it, or ask for another."
    if test.archived_at is not None:
        return f"“{test}” is archived, so nobody can meet this. Bring it back, or remove this."
    if not test.is_published:
        return f"“{test}” is not published yet, so nobody can meet this."
    return ""


def _finding(test: Any) -> Finding:
    """``test`` carries the ``best`` attempt of the worker; None where it is gone."""
    if closed := _closed(test):
        reason = "The client has closed this test; ask them to change what they require."
        return Finding(met=False, reason=reason, for_client=closed)
    if test.best is None:
        return _missing(test, None)
    best, until = test.best, test.best["expires_on"]
    attempt = Attempt(status=best["status"], score=best["score"])
    attempt.expires_on = date.fromisoformat(until) if until else None
    return _met(test, attempt) if best["good"] else _missing(test, attempt)


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
