"""Waits that end without an answer: marked as needing none, or with nobody left to write."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.actors import Actor
from activity.record import record
from assignments.models import Assignment
from core.errors import DomainError
from messaging.models import Message, Thread
from messaging.queries import is_in_touch, side_of
from messaging.reading import mark_read


class WroteAgain(DomainError):
    message = "A new message came while you read. Read it first; it may need an answer."


@transaction.atomic
def needs_no_answer(thread: Thread, *, by: Actor, at: datetime, up_to: int) -> Thread:
    """The side whose answer is awaited says that none is needed, after a last “thanks”.

    ``up_to`` is the key of the newest message on the page: ``WroteAgain`` where a later one
    came. The wait ends without a figure on the scorecard, the thread counts as read, and
    ``message.settled`` is recorded. Where nobody waits for this side, nothing happens. The
    next message of the other side starts a new wait.
    """
    thread = Thread.objects.select_for_update(of=("self",)).get(pk=thread.pk)
    side = side_of(by)
    if not thread.waiting_for or thread.waiting_for != side:
        return thread
    shared = thread.messages.filter(visibility=Message.Visibility.PARTIES).exclude(side=side)
    if shared.filter(pk__gt=up_to).exists():
        raise WroteAgain
    _end_wait(thread, settled_by=side)
    mark_read(thread, by=by, at=at, up_to=up_to)
    record(
        "message.settled", thread.assignment, by=by, at=at,
        company_key=thread.company_id, thread=thread.pk, side=str(side),
    )  # fmt: skip
    return thread


@transaction.atomic
def end_hopeless_waits(assignment: Assignment) -> int:
    """End the waits in threads where nobody may write any more; returns how many.

    A worker who was not chosen, withdrew or declined can no longer be answered, so their
    last message must not stand in the queue for ever.
    """
    waiting = assignment.threads.exclude(waiting_for="").select_related("worker")
    ended = 0
    for thread in waiting.select_for_update(of=("self",)).order_by("pk"):
        if not is_in_touch(assignment, thread.worker):
            _end_wait(thread)
            ended += 1
    return ended


def _end_wait(thread: Thread, *, settled_by: str = "") -> None:
    thread.waiting_for, thread.waiting_since, thread.settled_by = "", None, settled_by
    thread.save(update_fields=["waiting_for", "waiting_since", "settled_by"])
