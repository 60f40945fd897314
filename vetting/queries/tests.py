"""Reads of tests: a company's own, those a worker may take, and whether they may start now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from accounts.actors import Actor
from accounts.models import Company, WorkerProfile
from core.paging import Key, number_key
from vetting.models import (
    Attempt,
    AttemptQuerySet,
    CompanyMark,
    ExtraAttempt,
    Question,
    QuestionPool,
    Standing,
    Test,
    TestVersion,
)
from vetting.states import GOOD, Sitting

NEWEST: list[Key] = [number_key("pk", descending=True)]
MOST_WORDS = 8
MOST_OWN = 200

Tests = QuerySet[Any, Any]


def _with_words(rows: Tests, words: str, *, company: bool = False) -> Tests:
    for word in words.split()[:MOST_WORDS]:
        wanted = Q(name__icontains=word)
        rows = rows.filter(wanted | Q(company__name__icontains=word) if company else wanted)
    return rows


def of_company(company: Company, *, archived: bool = False, words: str = "") -> Tests:
    """The company's tests with how many attempts were handed in and how many wait for a mark."""

    def number(rows: QuerySet[Attempt, Attempt]) -> Coalesce:
        counted = rows.filter(test=OuterRef("pk")).order_by().values("test")
        return Coalesce(Subquery(counted.annotate(n=Count("pk")).values("n")), 0)

    asked = Question.objects.filter(version=OuterRef("current")).order_by().values("version")
    rows = Test.objects.filter(company=company, archived_at__isnull=not archived)
    return _with_words(rows, words).annotate(
        taken=number(Attempt.objects.exclude(status=Sitting.OPEN)),
        passed=number(Attempt.objects.filter(status=Sitting.PASSED)),
        waiting=number(Attempt.objects.filter(status=Sitting.MARKING)),
        asked=Coalesce(Subquery(asked.annotate(n=Count("pk")).values("n")), 0),
        has_draft=Exists(TestVersion.objects.filter(test=OuterRef("pk"), published_at=None)),
    )


def to_choose(company: Company) -> Tests:
    """What a requirement may ask for, by name."""
    return Test.objects.in_use().filter(company=company).order_by("name", "pk")[:MOST_OWN]


def open_to_take(actor: Actor, *, words: str = "") -> Tests:
    """Listed tests that this worker has not begun yet."""
    begun = Attempt.objects.filter(test=OuterRef("pk"), worker=actor.worker)
    rows = Test.objects.visible_to(actor).in_use().filter(is_listed=True).exclude(Exists(begun))
    return _with_words(rows, words, company=True).select_related("company", "current")


def own_attempts(worker: WorkerProfile) -> list[Attempt]:
    """The worker's last attempt on each test, newest first (one query)."""
    last = Attempt.objects.filter(worker=worker).order_by("test", "-number").distinct("test")
    rows = Attempt.objects.filter(pk__in=last.values("pk"))
    found = rows.select_related("test__company", "version").order_by("-pk")[:MOST_OWN]
    return sorted(found, key=lambda attempt: not attempt.is_open)


@dataclass(frozen=True)
class Chance:
    """Whether a worker may start a test now, and if not why and from when.

    ``attempts`` are all of theirs, oldest first; ``used`` counts those that count against
    ``most`` (None: any number). ``good`` is the attempt by which they stand as passed now.
    """

    attempts: Sequence[Attempt]
    used: int
    most: int | None
    good: Attempt | None = None
    under_way: Attempt | None = None
    extra: ExtraAttempt | None = None
    refusal: str = ""
    next_at: datetime | None = None

    @property
    def may_start(self) -> bool:
        return not self.refusal

    @property
    def left(self) -> int | None:
        return None if self.most is None else max(self.most - self.used, 0)


def chance_of(test: Test, worker: WorkerProfile, *, at: datetime) -> Chance:
    """How this worker stands to the test (at most three queries); ``test.current`` is at hand."""
    attempts = list(test.attempts.filter(worker=worker).select_related("version", "test__company")
                    .order_by("number"))  # fmt: skip
    extra = ExtraAttempt.objects.filter(test=test, worker=worker, used_by=None).first()
    counting = [one for one in attempts if one.version.number >= test.counts_from]
    under_way = next((one for one in attempts if one.is_open), None)
    passes = [one for one in counting if one.status in GOOD]
    good = next((one for one in reversed(passes) if is_good(one, at.date())), None)
    version = test.current
    most = version.most_attempts if version else 0
    begun = passes[-1].number if passes and not test.is_survey else 0
    used = sum(one.number > begun for one in counting)
    last = counting[-1] if counting else None
    refusal, next_at = "", None
    if test.archived_at is not None or version is None:
        refusal = f"{test.company} has closed this {test.noun}. Nobody can start it any more."
    elif _blocked(test, worker):
        refusal = f"{test.company} does not offer you this {test.noun}."
    elif under_way is None:
        refusal, next_at = _not_yet(test, version, last, good, used, extra, at)
    return Chance(attempts, used, most, good, under_way, extra, refusal, next_at)


def _not_yet(
    test: Test,
    version: TestVersion,
    last: Attempt | None,
    good: Attempt | None,
    used: int,
    extra: ExtraAttempt | None,
    at: datetime,
) -> tuple[str, datetime | None]:
    """What the rules of attempts say against a start now."""
    if last is not None and last.is_marking:
        return f"Your last answers wait to be marked by {test.company}.", None
    if good is not None and not test.is_survey and not renewable(good, at.date()):
        return "You have passed this test.", None
    if extra is not None:
        return "", None
    if version.most_attempts is not None and used >= version.most_attempts:
        if test.is_survey:
            return "You have answered this survey.", None
        return f"You have used all {used} attempts. {test.company} can give you another.", None
    if last is not None and last.submitted_at and not test.is_survey:
        next_at = last.submitted_at + timedelta(hours=version.wait_hours)
        if at < next_at and good is None:
            return "There is a wait between attempts.", next_at
    return "", None


def is_good(attempt: Attempt, day: date) -> bool:
    """Whether a pass still holds on this day."""
    return attempt.status in GOOD and (attempt.expires_on is None or attempt.expires_on >= day)


def renewable(attempt: Attempt, day: date) -> bool:
    """Whether a pass is so near its end that the test may be taken again."""
    soon = timedelta(days=settings.PASS_RENEWAL_DAYS)
    return attempt.expires_on is not None and attempt.expires_on - soon <= day


def good_attempts(
    company: Company | Combinable, reference: str | Combinable, day: date | Combinable
) -> AttemptQuerySet:
    """Attempts that meet “has passed” on this day, of whichever worker."""
    rows = Attempt.objects.counting().filter(
        test__company=company, test__reference=reference, test__archived_at=None,
        test__current__isnull=False,
    )  # fmt: skip
    return rows.filter(holds_on(day))


def holds_on(day: date | Combinable) -> Q:
    """That an attempt is a pass, or an answered survey, and still one on this day."""
    return Q(Q(expires_on=None) | Q(expires_on__gte=day), status__in=GOOD)


def questions_of(version: TestVersion) -> list[Question]:
    return list(version.questions.select_related("pool"))


def pools_of(version: TestVersion) -> list[Any]:
    """The pools of a version, each with how many questions it ``holds``."""
    rows = QuestionPool.objects.filter(version=version).annotate(holds=Count("questions"))
    return list(rows.order_by("name", "pk"))


def asked_in(questions: Sequence[Question], pools: Sequence[QuestionPool]) -> int:
    """How many questions each attempt gets."""
    return sum(q.pool_id is None for q in questions) + sum(pool.draw for pool in pools)


def _blocked(test: Test, worker: WorkerProfile) -> bool:
    return CompanyMark.objects.filter(
        company=test.company_id, worker=worker, standing=Standing.BLOCKED
    ).exists()
