"""Celery's part of the outbox: a nudge after commit, and a sweep for what it missed."""

import logging
from functools import cache, partial
from typing import Any

from celery import Task, shared_task
from django.db import transaction
from django.utils import timezone

from activity import reactions

log = logging.getLogger(__name__)


def nudge(task: Task, **kwargs: Any) -> None:
    """Send a task if the broker answers at once; a page never waits or fails for it.

    What is lost here is found by the task's sweep, because the row is the truth.
    """
    try:
        task.apply_async(kwargs=kwargs, retry=False, ignore_result=True)
    except Exception as error:  # any broker fault: the row waits for the sweep
        log.warning("could not nudge %s: %s", task.name, error)


def nudge_after_commit(task: Task) -> None:
    """Nudge once when the transaction is committed, however often it asks for that."""
    waiting = transaction.get_connection().run_on_commit
    if not any(entry[1] is _nudger(task) for entry in waiting):
        transaction.on_commit(_nudger(task), robust=True)


@cache
def _nudger(task: Task) -> partial[None]:
    return partial(nudge, task)


@shared_task(name="activity.dispatch_events")
def dispatch_events(**kwargs: Any) -> int:
    """Run the reactions of every undispatched event."""
    return reactions.dispatch(at=timezone.now())
