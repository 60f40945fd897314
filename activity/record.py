"""The one way an event comes to be."""

from collections.abc import Iterable
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

    ``data`` must be what JSON holds; amounts of money are written as strings.
    """
    event = Event.objects.create(
        kind=kind,
        subject_kind=subject._meta.label_lower,
        subject_key=subject.pk,
        company_key=company_key,
        user_id=by.user_id,
        acting_as=by.acting_as,
        data=data,
        at=at,
    )
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
