"""The one way an event comes to be."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any, Protocol

from django.db import models

from activity.models import Event
from activity.reactions import answered
from activity.tasks import dispatch_events, nudge_after_commit


class By(Protocol):
    """Whoever acts; ``accounts.actors.Actor`` is the one implementation."""

    @property
    def acting_as(self) -> str: ...

    @property
    def user_id(self) -> int | None: ...


_waiting: ContextVar[list[Event] | None] = ContextVar("events_waiting", default=None)


@contextmanager
def recorded_together() -> Iterator[None]:
    """For a verb made of several: their events are written at its end, in one statement.

    Their order is that of ``record``. Where the verb fails nothing is written, as its
    transaction is rolled back; it must not catch what a part of it raises.
    """
    if _waiting.get() is not None:
        yield
        return
    waiting: list[Event] = []
    token = _waiting.set(waiting)
    try:
        yield
    finally:
        _waiting.reset(token)
    Event.objects.bulk_create(waiting)


def record(
    kind: str,
    subject: models.Model,
    /,
    *,
    by: By,
    at: datetime,
    company_key: int | None = None,
    **data: Any,
) -> Event:
    """Write one event in the current transaction and nudge the dispatcher after commit.

    Inside ``recorded_together`` it is written, and gets its key, at the end of the whole.
    ``data`` must be what JSON holds; amounts of money are written as strings.
    """
    event = Event(
        kind=kind,
        subject_kind=subject._meta.label_lower,
        subject_key=subject.pk,
        company_key=company_key,
        user_id=by.user_id,
        acting_as=by.acting_as,
        data=data,
        at=at,
    )
    waiting = _waiting.get()
    if waiting is None:
        event.save(force_insert=True)
    else:
        waiting.append(event)
    nudge_after_commit(dispatch_events)
    return event


def record_many(
    kind: str,
    subjects: Iterable[models.Model],
    /,
    *,
    by: By,
    at: datetime,
    company_key: int | None = None,
    **data: Any,
) -> None:
    """The same event about many subjects, in few statements.

    Where nobody reacts to the kind, the rows are dispatched from the start, so that thousands
    of them do not stand before what somebody waits for.
    """
    waiting = answered(kind)
    Event.objects.bulk_create(
        (
            Event(
                kind=kind,
                subject_kind=subject._meta.label_lower,
                subject_key=subject.pk,
                company_key=company_key,
                user_id=by.user_id,
                acting_as=by.acting_as,
                data=data,
                at=at,
                dispatched_at=None if waiting else at,
            )
            for subject in subjects
        ),
        batch_size=1000,
    )
    if waiting:
        nudge_after_commit(dispatch_events)
