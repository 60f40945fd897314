"""Writing to all applicants of an assignment at once, each in the thread of their own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from accounts.actors import Actor
from accounts.models import WorkerProfile
from activity.record import record, recorded_together
from assignments.models import Application, Assignment
from assignments.moves import lock
from assignments.states import Status
from core.errors import DomainError
from messaging.models import Broadcast, Message, Thread
from messaging.posting import KeyTaken, gives_contact_details

LONGEST = 3_000
MOST_APPLICANTS = 500
MOST_A_DAY = 5


class NobodyApplied(DomainError):
    message = "Nobody has an open application here, so nobody can be told."


class NoLongerSent(DomainError):
    message = "The assignment is no longer open, so there are no applicants to write to."


class TooOften(DomainError):
    message = "You wrote to all applicants {most} times within a day. Write to single ones instead."


@transaction.atomic
def send(assignment: Assignment, *, body: str, key: str, by: Actor, at: datetime) -> Broadcast:
    """Write to everybody whose application is open now; the same ``key`` returns the first one.

    In this order: the broadcast, the threads that are missing, a message in each, the threads'
    place in the inbox, and ``message.posted`` for each, in a fixed number of statements. Nobody's
    wait begins or ends: what is said to all answers nobody's question, and asks nobody one.
    """
    if twin := _twin(assignment, key):
        return twin
    assignment = lock(assignment)
    if twin := _twin(assignment, key):
        return twin
    if assignment.status != Status.SENT:
        raise NoLongerSent
    since = at - timedelta(days=1)
    if assignment.broadcasts.filter(sent_at__gt=since).count() >= MOST_A_DAY:
        raise TooOften(most=MOST_A_DAY)
    everybody = applicants_of(assignment)
    reached = [worker for worker in everybody if worker.user.is_active]
    if not reached:
        raise NobodyApplied
    assert by.user is not None
    made = Broadcast.objects.create(
        assignment=assignment, company_id=assignment.company_id, body=body, told=len(reached),
        passed_over=len(everybody) - len(reached), key=key, sent_by=by.user, sent_at=at,
    )  # fmt: skip
    _say(made, _threads(assignment, reached, at=at), by=by, at=at)
    return made


def applicants_of(assignment: Assignment) -> list[WorkerProfile]:
    """Whose application is open, at most ``MOST_APPLICANTS``, the first ones first."""
    applied = Application.objects.filter(assignment=assignment, status=Application.Status.OPEN)
    workers = WorkerProfile.objects.filter(pk__in=applied.values("worker")).select_related("user")
    return list(workers.order_by("pk")[:MOST_APPLICANTS])


def _twin(assignment: Assignment, key: str) -> Broadcast | None:
    known = Broadcast.objects.filter(key=key).first()
    if known and known.assignment_id != assignment.pk:
        raise KeyTaken
    return known


def _threads(
    assignment: Assignment, workers: Sequence[WorkerProfile], *, at: datetime
) -> list[Thread]:
    """The thread with each of them, opened where there was none, under lock in key order."""
    Thread.objects.bulk_create(
        (
            Thread(
                assignment=assignment, company_id=assignment.company_id, worker=worker,
                opened_at=at, last_message_at=at,
            )
            for worker in workers
        ),
        ignore_conflicts=True,
    )  # fmt: skip
    rows = Thread.objects.filter(assignment=assignment, worker__in=workers)
    rows = rows.select_related("worker").select_for_update(of=("self",))
    return list(rows.order_by("pk"))


def _say(made: Broadcast, threads: Sequence[Thread], *, by: Actor, at: datetime) -> None:
    assert by.user is not None
    parties = Message.Visibility.PARTIES
    flagged = gives_contact_details(made.assignment, made.body, parties)
    said = Message.objects.bulk_create(
        Message(
            thread=thread, company_id=made.company_id, author=by.user, side=Message.Side.COMPANY,
            visibility=parties, body=made.body, has_contact_details=flagged, posted_at=at,
            key=f"{made.key}:{thread.worker_id}", broadcast=made,
        )
        for thread in threads
    )  # fmt: skip
    Thread.objects.filter(pk__in=[one.pk for one in threads], last_message_at__lt=at).update(
        last_message_at=at
    )
    with recorded_together():
        for message in said:
            record(
                "message.posted", made.assignment, by=by, at=at, company_key=made.company_id,
                thread=message.thread_id, message=message.pk, side=str(message.side),
                visibility=str(parties), worker=message.thread.worker.reference,
                contact_details=flagged, broadcast=made.pk,
            )  # fmt: skip
