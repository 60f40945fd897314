"""Public questions about a sent assignment, and the client's answers to them.

Every worker who can see the assignment reads both; who asked is known to the client alone.
Nothing asked or answered is ever edited or deleted.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.actors import Actor
from activity.record import record
from assignments import applications
from assignments.models import Assignment
from assignments.moves import lock
from assignments.states import Status
from core.errors import DomainError
from messaging import contact_details
from messaging.models import Question
from messaging.posting import KeyTaken

MOST_OPEN = 5


class QuestionsClosed(DomainError):
    message = "Questions are asked while the assignment is open. Write a message instead."


class TooManyQuestions(DomainError):
    message = "You have {most} questions here that wait for an answer. Wait for one of them first."
    field = "body"


class AnsweredAlready(DomainError):
    message = "{who} answered this question already. Reload the page to read it."


def is_open(assignment: Assignment) -> bool:
    """Whether questions can be asked and answered now."""
    return assignment.status == Status.SENT


@transaction.atomic
def ask(assignment: Assignment, *, body: str, by: Actor, at: datetime, key: str) -> Question:
    """Ask the client something that others may want to know too; the same key asks once."""
    assert by.worker is not None
    if twin := Question.objects.filter(key=key).first():
        if (twin.assignment_id, twin.worker_id) != (assignment.pk, by.worker.pk):
            raise KeyTaken
        return twin
    assignment = lock(assignment)
    if not is_open(assignment):
        raise QuestionsClosed
    applications.require_open_to(assignment, by.worker)
    waiting = Question.objects.filter(
        assignment=assignment, worker=by.worker, answered_at=None
    ).count()
    if waiting >= MOST_OPEN:
        raise TooManyQuestions(most=MOST_OPEN)
    question = Question.objects.create(
        assignment=assignment,
        company_id=assignment.company_id,
        worker=by.worker,
        body=body,
        has_contact_details=contact_details.mentioned_in(body),
        asked_at=at,
        key=key,
    )
    _record("question.asked", question, by=by, at=at)
    return question


@transaction.atomic
def answer(question: Question, *, answer: str, by: Actor, at: datetime) -> Question:
    """Answer for everybody who reads the assignment; the first answer stands.

    The same person giving the same answer twice gives it once.
    """
    lock(question.assignment)
    question = Question.objects.select_related("assignment", "worker", "answered_by").get(
        pk=question.pk
    )
    if question.answered_at is not None:
        if (question.answered_by_id, question.answer) == (by.user_id, answer):
            return question
        raise AnsweredAlready(who=str(question.answered_by))
    if not is_open(question.assignment):
        raise QuestionsClosed
    question.answer, question.answered_by, question.answered_at = answer, by.user, at
    question.save(update_fields=["answer", "answered_by", "answered_at"])
    _record("question.answered", question, by=by, at=at)
    return question


def _record(kind: str, question: Question, /, *, by: Actor, at: datetime) -> None:
    record(
        kind, question.assignment, by=by, at=at, company_key=question.company_id,
        question=question.pk, worker=question.worker.reference,
    )  # fmt: skip
