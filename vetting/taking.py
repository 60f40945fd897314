"""A worker takes a test: start, answer, hand in; and the sweep for those who went away.

The clock is the server's: an attempt ends at ``ends_at`` whether or not a browser is open, and
what is saved until then is handed in. Every verb locks the attempt (``start`` the worker), so
that two tabs, or a tab and the sweep, meet in one order.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import ROUND_DOWN, Decimal
from random import Random, SystemRandom
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q, Sum

from accounts.actors import SYSTEM, Actor
from accounts.models import WorkerProfile
from activity.record import record, recorded_together
from core.errors import DomainError
from core.files import CleanUpload, store
from core.references import unused
from vetting.grading import NotAnAnswer, is_right, tidied
from vetting.models import Answer, Attempt, ExtraAttempt, Question, Test, TestVersion
from vetting.queries.tests import chance_of
from vetting.states import Sitting

BATCH = 200
CENT = Decimal("0.01")


class CannotStart(DomainError):
    message = "{why}"


class HandedIn(DomainError):
    message = (
        "This attempt is handed in already, so this answer was not saved. "
        "Your result is on the page of the attempt."
    )


class TimeIsUp(DomainError):
    message = (
        "Time was up before this answer arrived, so it does not count. "
        "What was saved until then is handed in."
    )


class NotAsked(DomainError):
    message = "This attempt does not ask that question. Open it from your list of questions."


class ChangedElsewhere(DomainError):
    """``answer`` is what stands; saving again with its revision replaces it."""

    message = (
        "You answered this question in another tab meanwhile. What stands there is shown below; "
        "save again to put this answer in its place."
    )
    field = "answer"

    OF_A_FILE = (
        "You added a file here in another tab meanwhile. It is named below and stays; choose "
        "yours again to put it in its place."
    )

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        super().__init__(self.OF_A_FILE if answer.question.takes_file else None)


@transaction.atomic
def start(test: Test, *, by: Actor, at: datetime, chance: Random | None = None) -> Attempt:
    """Begin an attempt, or go on with the one under way; ``CannotStart`` says why not.

    The questions are drawn now and stay. An attempt that the company granted is used first
    when the rules alone would refuse.
    """
    assert by.worker is not None
    worker = WorkerProfile.objects.select_for_update(of=("self",), no_key=True).get(pk=by.worker.pk)
    test = Test.objects.select_related("company", "current").get(pk=test.pk)
    standing = chance_of(test, worker, at=at)
    if standing.under_way is not None:
        return standing.under_way
    if not standing.may_start:
        raise CannotStart(why=standing.refusal)
    version = test.current
    assert version is not None
    questions = drawn(version, chance or SystemRandom())
    attempt = Attempt.objects.create(
        test=test, version=version, worker=worker, reference=unused(Attempt, "AT"),
        number=standing.attempts[-1].number + 1 if standing.attempts else 1,
        status=Sitting.OPEN, started_at=at,
        ends_at=at + timedelta(minutes=version.minutes) if version.minutes else None,
        possible=0 if test.is_survey else sum(question.points for question in questions),
    )  # fmt: skip
    Answer.objects.bulk_create(
        Answer(attempt=attempt, question=question, position=place)
        for place, question in enumerate(questions, start=1)
    )
    if standing.extra is not None and _beyond(standing.used, standing.most, version, at, standing):
        ExtraAttempt.objects.filter(pk=standing.extra.pk).update(used_by=attempt)
    _tell("attempt.started", attempt, by=by, at=at)
    return attempt


def drawn(version: TestVersion, chance: Random) -> list[Question]:
    """The questions of one attempt: all that stand alone, and so many of each pool."""
    pools: dict[int, list[Question]] = {}
    asked = []
    for question in version.questions.select_related("pool"):
        if question.pool_id is None:
            asked.append(question)
        else:
            pools.setdefault(question.pool_id, []).append(question)
    for members in pools.values():
        draw = members[0].pool.draw if members[0].pool else 1
        asked.extend(chance.sample(members, min(draw, len(members))))
    asked.sort(key=lambda question: (question.position, question.pk))
    if version.random_order:
        chance.shuffle(asked)
    return asked


def save(
    attempt: Attempt, position: int, value: Any = None, *, seen: int, by: Actor, at: datetime,
    upload: CleanUpload | None = None,
) -> Answer:  # fmt: skip
    """Keep an answer, an empty one too; ``seen`` is the revision the person had before them.

    Raises ``ChangedElsewhere``, ``HandedIn``, ``NotAsked``, ``NotAnAnswer``; and ``TimeIsUp``
    after handing in what was saved in time. The same answer twice changes nothing.
    """
    with transaction.atomic():
        attempt = _locked(attempt, by)
        if not attempt.is_open:
            raise HandedIn
        late = attempt.is_over(at)
        if late:
            _submit([attempt], timed_out=True, by=by, at=at)
        else:
            return _kept(attempt, position, value, seen, upload, at)
    raise TimeIsUp


@transaction.atomic
def hand_in(attempt: Attempt, *, by: Actor, at: datetime) -> Attempt:
    """Finish: what marks itself is counted, the rest waits for the company. Twice is once."""
    attempt = _locked(attempt, by)
    if attempt.is_open:
        over = attempt.ends_at is not None and at >= attempt.ends_at
        _submit([attempt], timed_out=over, by=by, at=at)
    return attempt


def sweep(*, at: datetime) -> int:
    """Hand in every attempt whose time is up; returns how many. Safe to run twice at once.

    Each batch claims its rows in one statement that skips those held by others.
    """
    handed, limit = 0, at - timedelta(seconds=settings.TEST_GRACE_SECONDS)
    while True:
        with transaction.atomic():
            due = list(
                Attempt.objects.select_for_update(of=("self",), skip_locked=True, no_key=True)
                .filter(status=Sitting.OPEN, ends_at__lt=limit)
                .select_related("test", "version", "worker")
                .order_by("ends_at", "pk")[:BATCH]
            )
            _submit(due, timed_out=True, by=SYSTEM, at=at)
        handed += len(due)
        if len(due) < BATCH:
            return handed


def finished(attempt: Attempt, points: Decimal, *, at: datetime) -> Attempt:
    """Set the result of an attempt whose answers are all judged; the caller saves it."""
    possible = Decimal(attempt.possible or 1)
    share = points * 100 / possible
    passes = share >= attempt.version.pass_mark
    attempt.points, attempt.score = points, share.quantize(CENT, rounding=ROUND_DOWN)
    attempt.status = Sitting.PASSED if passes else Sitting.FAILED
    attempt.finished_at = at
    if passes and attempt.version.valid_days:
        attempt.expires_on = (at + timedelta(days=attempt.version.valid_days)).date()
    return attempt


RESULT = ("status", "points", "score", "finished_at", "expires_on")


def _beyond(used: int, most: int | None, version: TestVersion, at: datetime, standing: Any) -> bool:
    """Whether the rules alone would have refused, so that a granted attempt is used up."""
    last = standing.attempts[-1] if standing.attempts else None
    waits = (
        last is not None
        and last.submitted_at is not None
        and at < last.submitted_at + timedelta(hours=version.wait_hours)
    )
    return waits or (most is not None and used >= most)


def _locked(attempt: Attempt, by: Actor) -> Attempt:
    rows = Attempt.objects.select_for_update(of=("self",), no_key=True)
    found = rows.select_related("test", "version", "worker").get(pk=attempt.pk)
    if by.worker is None or by.worker.pk != found.worker_id:
        raise ValueError("only the worker answers for themselves")
    return found


def _kept(
    attempt: Attempt, position: int, value: Any, seen: int, upload: CleanUpload | None, at: datetime
) -> Answer:
    answer = attempt.answers.select_related("question").filter(position=position).first()
    if answer is None:
        raise NotAsked
    question = answer.question
    if question.takes_file:
        return _kept_file(answer, upload, seen, at)
    tidy = tidied(question, value)
    if tidy == answer.value:
        return answer
    if answer.revision != seen:
        raise ChangedElsewhere(answer)
    answer.value = tidy
    answer.revision += 1
    answer.answered_at = None if tidy is None else at
    answer.right, answer.points = _judged(attempt.test, question, tidy)
    answer.save(update_fields=["value", "revision", "answered_at", "right", "points"])
    return answer


def _kept_file(answer: Answer, upload: CleanUpload | None, seen: int, at: datetime) -> Answer:
    """A new file takes the place of the one before; sending none, or the same twice, leaves it."""
    if upload is None:
        return answer
    if answer.revision != seen:
        if (answer.name, answer.size) == (upload.name, upload.size):
            return answer
        raise ChangedElsewhere(answer)
    answer.file.name = store(upload, "answers")
    answer.name, answer.content_type, answer.size = upload.name, upload.content_type, upload.size
    answer.revision += 1
    answer.answered_at = at
    answer.save(update_fields=["file", "name", "content_type", "size", "revision", "answered_at"])
    return answer


def _judged(test: Test, question: Question, value: Any) -> tuple[bool | None, Decimal | None]:
    if test.is_survey:
        return None, None
    right = is_right(question, value) if value is not None else None
    if right is None:
        return None, None
    return right, Decimal(question.points if right else 0)


def _submit(attempts: Sequence[Attempt], *, timed_out: bool, by: Actor, at: datetime) -> None:
    """Hand in locked, open attempts, in as many statements for one as for many."""
    if not attempts:
        return
    graded = [attempt.pk for attempt in attempts if not attempt.test.is_survey]
    Answer.objects.filter(attempt__in=graded, answered_at=None).update(points=0, right=False)
    sums = {
        row["attempt"]: row
        for row in Answer.objects.filter(attempt__in=graded).order_by().values("attempt").annotate(
            total=Sum("points"), waiting=Count("pk", filter=Q(points=None))
        )
    }  # fmt: skip
    with recorded_together():
        for attempt in attempts:
            attempt.submitted_at = at
            if timed_out and attempt.ends_at is not None:
                attempt.submitted_at = attempt.ends_at
            attempt.timed_out = timed_out
            found = sums.get(attempt.pk)
            if found is None:
                attempt.status, attempt.finished_at = Sitting.DONE, attempt.submitted_at
            elif found["waiting"]:
                attempt.status = Sitting.MARKING
            else:
                finished(attempt, found["total"] or Decimal(0), at=attempt.submitted_at)
            _tell("attempt.handed_in", attempt, by=by, at=at)
        Attempt.objects.bulk_update(attempts, ["submitted_at", "timed_out", *RESULT])


def _tell(kind: str, attempt: Attempt, /, *, by: Actor, at: datetime) -> None:
    record(
        kind, attempt, by=by, at=at, company_key=attempt.test.company_id,
        worker=attempt.worker.reference, number=attempt.number, result=attempt.status,
        timed_out=attempt.timed_out,
        score=None if attempt.score is None else str(attempt.score),
    )  # fmt: skip


__all__ = [
    "CannotStart", "ChangedElsewhere", "HandedIn", "NotAnAnswer", "NotAsked", "TimeIsUp",
    "drawn", "finished", "hand_in", "save", "start", "sweep",
]  # fmt: skip
