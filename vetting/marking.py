"""The company marks what no machine can, and lets a worker try once more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import Sum

from accounts.actors import Actor
from accounts.models import WorkerProfile
from activity.record import record
from core.errors import DomainError
from vetting.models import Answer, Attempt, ExtraAttempt, Test
from vetting.states import Sitting
from vetting.taking import RESULT, finished


class NothingToMark(DomainError):
    message = "This attempt is marked already. Reload the page to see the result."


class TooManyPoints(DomainError):
    message = "Give {most} points at most, and not less than none."


class GrantedAlready(DomainError):
    message = "{worker} may try once more already and has not used it yet."


@dataclass(frozen=True)
class Mark:
    """Points for one answer, and a remark that the worker reads."""

    points: Decimal
    remark: str = ""


@transaction.atomic
def mark(attempt: Attempt, marks: Mapping[int, Mark], *, by: Actor, at: datetime) -> Attempt:
    """Give points to answers, by their position; with the last one the result is there.

    Marks given before are replaced while the attempt still waits. ``NothingToMark`` where
    somebody else has finished it.
    """
    rows = Attempt.objects.select_for_update(of=("self",), no_key=True)
    attempt = rows.select_related("test", "version", "worker").get(pk=attempt.pk)
    if not attempt.is_marking:
        raise NothingToMark
    answers = [
        answer
        for answer in attempt.answers.select_related("question")
        if answer.question.by_hand and answer.is_given and answer.position in marks
    ]
    for answer in answers:
        given = marks[answer.position]
        if not 0 <= given.points <= answer.question.points:
            raise TooManyPoints(most=answer.question.points)
        answer.points, answer.remark = given.points, given.remark
        answer.right = given.points == answer.question.points
    Answer.objects.bulk_update(answers, ["points", "remark", "right"])
    if not attempt.answers.filter(points=None).exists():
        total = attempt.answers.aggregate(total=Sum("points"))["total"]
        finished(attempt, total or Decimal(0), at=at)
        attempt.marked_by = by.user
        attempt.save(update_fields=[*RESULT, "marked_by"])
        record(
            "attempt.marked", attempt, by=by, at=at, company_key=attempt.test.company_id,
            worker=attempt.worker.reference, number=attempt.number, result=attempt.status,
            score=str(attempt.score),
        )  # fmt: skip
    return attempt


@transaction.atomic
def grant(
    test: Test, worker: WorkerProfile, *, note: str = "", by: Actor, at: datetime
) -> ExtraAttempt:
    """Let a worker try once more, whatever number and wait say; the worker reads the note."""
    assert by.user is not None
    try:
        with transaction.atomic():
            extra = ExtraAttempt.objects.create(
                test=test, worker=worker, note=note, granted_by=by.user, granted_at=at
            )
    except IntegrityError as broken:
        if "extra_attempt_once" not in str(broken):
            raise
        raise GrantedAlready(worker=str(worker)) from None
    record(
        "test.attempt_granted", test, by=by, at=at, company_key=test.company_id,
        worker=worker.reference, note=note,
    )  # fmt: skip
    return extra


def may_be_granted(attempt: Attempt) -> bool:
    """Only after an attempt that was not passed is another one wanted."""
    return attempt.status == Sitting.FAILED
