"""Writing tests: a name, rules and questions, on the draft that nobody takes yet.

Every verb locks the test. What workers take is a published version, which never changes; the
draft becomes the next one by ``vetting.publishing``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from accounts.actors import Actor
from activity.record import record
from core.errors import DomainError
from core.files import CleanUpload, store
from core.references import many_unused, unused
from vetting.models import Question, QuestionKind, QuestionPool, Test, TestVersion
from vetting.requirement_sets import call_by_present_name
from vetting.requirements.tests import told_of

MOST_QUESTIONS = 200
FACTS = ("name", "is_listed")
RULES = (
    "instructions", "pass_mark", "most_attempts", "wait_hours", "minutes", "random_order",
    "valid_days", "shows_answers",
)  # fmt: skip
ASKED = ("kind", "text", "points", "choices", "number", "tolerance", "accepted", "image_words")
COPIED = (*ASKED, "image", "image_type", "position")


class TestNameTaken(DomainError):
    __test__ = False
    message = "You have a test or survey of this name already. Choose another name."
    field = "name"


class NotInDraft(DomainError):
    message = "This version is published and stays as it is. Press “Change the questions” first."


class TooManyQuestions(DomainError):
    message = "A test holds at most {most} questions. Remove some, or make a second test."


class OrderStale(DomainError):
    message = "The questions have changed meanwhile. Look at them again and move them then."


class GoneMeanwhile(DomainError):
    message = "Somebody removed this question meanwhile. Add it again if it is still wanted."


@transaction.atomic
def create(*, is_survey: bool, facts: dict[str, Any], by: Actor, at: datetime) -> Test:
    """A new test of the actor's company, with an empty draft (``TestNameTaken``)."""
    assert by.company is not None and by.user is not None
    test = saved(
        Test(
            company=by.company, reference=unused(Test, "T"), name=facts["name"],
            is_survey=is_survey, is_listed=bool(facts.get("is_listed")),
            created_by=by.user, created_at=at,
        )
    )  # fmt: skip
    rules = {name: facts[name] for name in RULES if name in facts}
    TestVersion.objects.create(test=test, number=1, created_at=at, **rules)
    tell("test.created", test, by=by, at=at, name=test.name)
    return test


@transaction.atomic
def edit(test: Test, facts: dict[str, Any], *, by: Actor, at: datetime) -> Test:
    """Change the name and the listing at once, and the rules on the draft.

    Where the rules differ and there is no draft, one is made: they hold once it is published.
    """
    test = locked(test)
    changed = [name for name in FACTS if name in facts and getattr(test, name) != facts[name]]
    for name in changed:
        setattr(test, name, facts[name])
    if changed:
        saved(test, changed)
        call_by_present_name("test", test.reference, told_of(test))
    version = shown(test)
    differing = [n for n in RULES if n in facts and getattr(version, n) != facts[n]]
    if differing:
        draft = version if version.is_draft else copy_version(version, test=test, at=at)
        for name in differing:
            setattr(draft, name, facts[name])
        draft.save(update_fields=differing)
    if changed or differing:
        tell("test.edited", test, by=by, at=at, changed=[*changed, *differing])
    return test


@transaction.atomic
def revise(test: Test, *, by: Actor, at: datetime) -> TestVersion:
    """Open a draft that starts as a copy of what is published; an open one is returned."""
    test = locked(test)
    version = shown(test)
    if version.is_draft:
        return version
    draft = copy_version(version, test=test, at=at)
    tell("test.revised", test, by=by, at=at, version=draft.number)
    return draft


@transaction.atomic
def discard(test: Test, *, by: Actor, at: datetime) -> Test:
    """Throw the draft away; what is published stays. The first draft cannot be thrown away."""
    test = locked(test)
    draft = test.versions.filter(published_at=None).first()
    if draft is not None and test.is_published:
        draft.questions.all().delete()
        draft.delete()
        tell("test.draft_discarded", test, by=by, at=at)
    return test


@transaction.atomic
def add_question(
    test: Test, facts: dict[str, Any], *, by: Actor, at: datetime,
    pool: str = "", image: CleanUpload | None = None,
) -> Question:  # fmt: skip
    """Ask one more question, last in the order; ``pool`` is the name of one, new or not."""
    draft = draft_of(locked(test))
    standing = draft.questions.count()
    if standing >= MOST_QUESTIONS:
        raise TooManyQuestions(most=MOST_QUESTIONS)
    question = Question(
        version=draft, reference=unused(Question, "Q"), position=standing + 1,
        **{name: facts[name] for name in ASKED if name in facts},
    )  # fmt: skip
    _put(question, draft, pool, image)
    question.save()
    tell("test.question_added", test, by=by, at=at, kind=question.kind)
    return question


@transaction.atomic
def change_question(
    question: Question, facts: dict[str, Any], *, by: Actor, at: datetime,
    pool: str = "", image: CleanUpload | None = None, drop_image: bool = False,
) -> Question:  # fmt: skip
    """Word a question of the draft anew; the kind stays, another one is another question."""
    test = locked(question.version.test)
    draft = draft_of(test)
    found = draft.questions.filter(pk=question.pk).first()
    if found is None:
        raise GoneMeanwhile
    for name in ASKED:
        if name in facts and name != "kind":
            setattr(found, name, facts[name])
    if drop_image:
        found.image, found.image_type = "", ""
    _put(found, draft, pool, image)
    found.save()
    _drop_empty_pools(draft)
    tell("test.question_changed", test, by=by, at=at)
    return found


@transaction.atomic
def remove_question(question: Question, *, by: Actor, at: datetime) -> Test:
    """Take a question out of the draft; gone already is as good."""
    test = locked(question.version.test)
    draft = draft_of(test)
    if question.version_id != draft.pk:
        raise NotInDraft
    removed, _ = draft.questions.filter(pk=question.pk).delete()
    if removed:
        _renumber(draft.questions.order_by("position", "pk"))
        _drop_empty_pools(draft)
        tell("test.question_removed", test, by=by, at=at)
    return test


@transaction.atomic
def arrange(test: Test, order: Sequence[str], *, by: Actor, at: datetime) -> TestVersion:
    """Put the draft's questions into this order of references (``OrderStale``)."""
    test = locked(test)
    draft = draft_of(test)
    known = {question.reference: question for question in draft.questions.all()}
    if set(order) != set(known) or len(order) != len(known):
        raise OrderStale
    if _renumber(known[reference] for reference in order):
        tell("test.reordered", test, by=by, at=at)
    return draft


@transaction.atomic
def move(question: Question, steps: int, *, by: Actor, at: datetime) -> TestVersion:
    """Move one question of the draft up (-1) or down (+1); at the end it stays."""
    draft = draft_of(locked(question.version.test))
    order = list(draft.questions.values_list("reference", flat=True))
    if question.reference not in order:
        raise GoneMeanwhile
    place = order.index(question.reference)
    other = min(max(place + steps, 0), len(order) - 1)
    order.insert(other, order.pop(place))
    return arrange(draft.test, order, by=by, at=at)


@transaction.atomic
def draw_from(pool: QuestionPool, number: int, *, by: Actor, at: datetime) -> QuestionPool:
    """Say how many of the pool's questions each attempt gets."""
    test = locked(pool.version.test)
    if pool.version_id != draft_of(test).pk:
        raise NotInDraft
    if pool.draw != number:
        pool.draw = number
        pool.save(update_fields=["draw"])
        tell("test.pool_changed", test, by=by, at=at, pool=pool.name, draw=number)
    return pool


def locked(test: Test) -> Test:
    rows = Test.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("company", "current").get(pk=test.pk)


def shown(test: Test) -> TestVersion:
    """The draft where there is one, else what is published."""
    draft = test.versions.filter(published_at=None).first()
    found = draft or test.current
    assert found is not None
    return found


def draft_of(test: Test) -> TestVersion:
    draft = test.versions.filter(published_at=None).first()
    if draft is None:
        raise NotInDraft
    return draft


def copy_version(version: TestVersion, *, test: Test, at: datetime) -> TestVersion:
    """An unpublished copy with all its questions and pools, as the next version of ``test``."""
    last = test.versions.order_by("-number").first()
    copy = TestVersion.objects.create(
        test=test, number=(last.number if last else 0) + 1, created_at=at,
        **{name: getattr(version, name) for name in RULES},
    )  # fmt: skip
    old = list(version.pools.order_by("pk"))
    new = QuestionPool.objects.bulk_create(
        QuestionPool(version=copy, name=pool.name, draw=pool.draw) for pool in old
    )
    pools = {pool.pk: made for pool, made in zip(old, new, strict=True)}
    questions = list(version.questions.all())
    references = many_unused(Question, "Q", len(questions))
    Question.objects.bulk_create(
        Question(
            version=copy, reference=reference,
            pool=pools[question.pool_id] if question.pool_id else None,
            **{name: getattr(question, name) for name in COPIED},
        )
        for question, reference in zip(questions, references, strict=True)
    )  # fmt: skip
    return copy


def tell(kind: str, test: Test, /, *, by: Actor, at: datetime, **data: Any) -> None:
    record(kind, test, by=by, at=at, company_key=test.company_id, **data)


def _put(question: Question, draft: TestVersion, pool: str, image: CleanUpload | None) -> None:
    """Into its pool, which is made where it is new, and with its picture."""
    question.pool = None
    if pool:
        found = draft.pools.filter(name__iexact=pool).first()
        question.pool = found or QuestionPool.objects.create(version=draft, name=pool)
    if image is not None:
        question.image.name = store(image, "questions")
        question.image_type = image.content_type
    if question.kind == QuestionKind.TRUE_FALSE and not question.choices:
        question.choices = [
            {"key": "true", "text": "True", "right": False},
            {"key": "false", "text": "False", "right": False},
        ]


def _renumber(questions: Iterable[Question]) -> int:
    moved = []
    for place, question in enumerate(questions, start=1):
        if question.position != place:
            question.position = place
            moved.append(question)
    Question.objects.bulk_update(moved, ["position"])
    return len(moved)


def _drop_empty_pools(draft: TestVersion) -> None:
    draft.pools.filter(questions=None).delete()


def saved(test: Test, fields: Iterable[str] = ()) -> Test:
    try:
        with transaction.atomic():
            test.save(update_fields=sorted(fields) or None)
    except IntegrityError as broken:
        if "test_name_once" in str(broken):
            raise TestNameTaken from None
        raise
    return test
