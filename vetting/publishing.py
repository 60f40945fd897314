"""Putting tests into use: publishing a version, copying, archiving, bringing back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.actors import Actor
from core.errors import DomainError
from core.references import unused
from vetting.composing import copy_version, locked, saved, shown, tell
from vetting.models import Question, QuestionKind, QuestionPool, Test, TestVersion


class NotReady(DomainError):
    message = "It cannot be published yet. {first}"


class NothingNew(DomainError):
    message = "There is no draft to publish: what you see is what workers take."


class ArchivedTest(DomainError):
    message = "“{test}” is archived. Bring it back first."


@dataclass(frozen=True)
class Problem:
    """What stands against publishing, and the question at fault, where it is one."""

    sentence: str
    question: Question | None = None


def problems(
    questions: Sequence[Question], pools: Sequence[QuestionPool], *, is_survey: bool
) -> list[Problem]:
    """Everything that must be put right before a draft can be published; no query."""
    if not questions:
        return [Problem("Add at least one question.")]
    found = []
    for number, question in enumerate(questions, start=1):
        lack = _lack(question, is_survey=is_survey)
        if lack:
            found.append(Problem(f"Question {number} {lack}", question))
    filled = Counter(question.pool_id for question in questions)
    for pool in pools:
        if pool.draw > filled[pool.pk]:
            have = filled[pool.pk]
            found.append(
                Problem(
                    f"The pool “{pool.name}” is to give {pool.draw} questions and has {have}. "
                    "Add some, or draw fewer."
                )
            )
    return found


def _lack(question: Question, *, is_survey: bool) -> str:
    right = sum(bool(choice["right"]) for choice in question.choices)
    if question.chooses and len(question.choices) < 2:
        return "needs two choices at least."
    if is_survey:
        return ""
    if question.kind in (QuestionKind.SINGLE, QuestionKind.TRUE_FALSE) and right != 1:
        return "needs one right choice."
    if question.kind == QuestionKind.SEVERAL and not right:
        return "needs at least one right choice."
    if question.kind == QuestionKind.NUMBER and question.number is None:
        return "needs its right number."
    if question.kind == QuestionKind.SHORT and not question.accepted:
        return "needs the answers that you accept."
    return ""


@transaction.atomic
def publish(test: Test, *, keeps_passes: bool = True, by: Actor, at: datetime) -> TestVersion:
    """Make the draft what workers take from now on.

    Attempts under way go on with their version. Without ``keeps_passes`` everybody starts
    anew: passes and attempts of earlier versions no longer count.
    """
    test = locked(test)
    if test.archived_at is not None:
        raise ArchivedTest(test=test.name)
    draft = shown(test)
    if not draft.is_draft:
        raise NothingNew
    against = problems(
        list(draft.questions.all()), list(draft.pools.all()), is_survey=test.is_survey
    )
    if against:
        raise NotReady(first=against[0].sentence)
    draft.published_at, draft.published_by = at, by.user
    draft.save(update_fields=["published_at", "published_by"])
    test.current = draft
    if not keeps_passes:
        test.counts_from = draft.number
    test.save(update_fields=["current", "counts_from"])
    tell(
        "test.published", test, by=by, at=at, version=draft.number,
        keeps_passes=keeps_passes or draft.number == 1,
    )  # fmt: skip
    return draft


@transaction.atomic
def duplicate(test: Test, *, name: str, by: Actor, at: datetime) -> Test:
    """A new test with a draft that says what this one shows now (``TestNameTaken``)."""
    assert by.company is not None and by.user is not None
    made = saved(
        Test(
            company=by.company, reference=unused(Test, "T"), name=name,
            is_survey=test.is_survey, created_by=by.user, created_at=at,
        )
    )  # fmt: skip
    copy_version(shown(test), test=made, at=at)
    tell("test.created", made, by=by, at=at, name=name, copy_of=test.reference)
    return made


def free_name(test: Test) -> str:
    """“… (copy)”, with a number where that is in use."""
    taken = set(
        Test.objects.filter(company=test.company_id, archived_at=None).values_list(
            "name", flat=True
        )
    )
    lowered = {name.casefold() for name in taken}
    for number in range(1, len(lowered) + 2):
        tail = " (copy)" if number == 1 else f" (copy {number})"
        name = test.name[: 80 - len(tail)] + tail
        if name.casefold() not in lowered:
            return name
    raise AssertionError("more names than tests")


@transaction.atomic
def archive(test: Test, *, by: Actor, at: datetime) -> Test:
    """Nobody starts it any more; what is under way goes on, results stay.

    Requirements that ask for it are met by nobody from now on, and say so.
    """
    test = locked(test)
    if test.archived_at is None:
        test.archived_at = at
        test.save(update_fields=["archived_at"])
        tell("test.archived", test, by=by, at=at)
    return test


@transaction.atomic
def restore(test: Test, *, by: Actor, at: datetime) -> Test:
    """Bring it back as it was; ``TestNameTaken`` where its name is in use again."""
    test = locked(test)
    if test.archived_at is not None:
        test.archived_at = None
        saved(test, ["archived_at"])
        tell("test.restored", test, by=by, at=at)
    return test
