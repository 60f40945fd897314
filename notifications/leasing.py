"""Rows that go out: taken under a lease, marked, given back, put off with growing waits."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from django.db import InterfaceError, OperationalError, transaction
from django.db import connection as db
from django.db.models import F, Q, QuerySet

from core.prepared import Prepared
from notifications.channels.base import Down, Refused
from notifications.models import Delivery, Digest

Row = TypeVar("Row", Delivery, Digest)

LEASE = timedelta(minutes=5)
BACK_OFF = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=8),
)
"""The longest wait before each further try; up to a fifth of it is taken off by chance, so that
what failed together does not come again together."""
JITTER = 0.2
MOST_TRIES = len(BACK_OFF) + 1
PATIENCE = timedelta(minutes=1)
"""How long a batch goes on. What was not tried by then is given back, so that a slow provider
keeps nothing until its lease is over."""
PAUSES = (0.1, 0.5, 1, 2, 4, 8)
"""Seconds between tries to mark what is out, on new connections."""
DUE = Delivery.Status.DUE
log = logging.getLogger(__name__)


@transaction.atomic
def claim(rows: QuerySet[Row], *related: str, at: datetime, limit: int) -> list[Row]:
    """Take due rows that nobody holds, oldest first, and count the try."""
    free = Q(lease_until=None) | Q(lease_until__lte=at)
    keys = list(
        rows.filter(free, status=DUE, due_at__lte=at)
        .select_for_update(skip_locked=True)
        .order_by("due_at", "pk")
        .values_list("pk", flat=True)[:limit]
    )
    if not keys:
        return []
    taken = rows.model._default_manager.filter(pk__in=keys)
    taken.update(lease_until=at + LEASE, tries=F("tries") + 1)
    return list(taken.select_related(*related).order_by("due_at", "pk"))


def through(
    claimed: Sequence[Row], carry: Callable[[Row], Delivery.Status]
) -> Iterator[Delivery.Status]:
    """Carry one after the other for as long as ``PATIENCE``.

    Raises ``Down``. What was not tried is given back.
    """
    until = time.monotonic() + PATIENCE.total_seconds()
    for number, row in enumerate(claimed, 1):
        try:
            yield carry(row)
        except Down:
            _untried(claimed[number:])
            raise
        if time.monotonic() > until:
            _untried(claimed[number:])
            return


def attempt(row: Row, send: Callable[[], str], *, at: datetime) -> Delivery.Status:
    """Send a claimed row once, and mark what became of it; ``DUE`` where it failed for now.

    ``send`` returns the address it went to. Raises ``Down``, the row put off.
    """
    if row.tries > MOST_TRIES:
        mark(row, Delivery.Status.DEAD, error=row.error or "Every try broke off.")
        return Delivery.Status.DEAD
    try:
        address = send()
    except Refused as error:
        mark(row, Delivery.Status.DEAD, error=str(error)[:300])
        return Delivery.Status.DEAD
    except Exception as error:
        log.warning("%s %s failed: %s", row._meta.model_name, row.pk, error)
        put_off(row, error, at=at)
        if isinstance(error, Down):
            raise
        return DUE
    mark_firmly(row, address, at=at)
    return Delivery.Status.SENT


def mark(row: Row, status: Delivery.Status, **fields: object) -> None:
    """Settle a row that nobody else has settled meanwhile."""
    _due(row).update(status=status, lease_until=None, **fields)


def mark_sent(row: Row, address: str, *, at: datetime) -> None:
    """The same for one that is out, by a statement that is put together once."""
    values = {"address": address[:254], "at": at, "key": row.pk}
    with db.cursor() as cursor:
        SENT[type(row)].execute(db, cursor, values)


SENT = {
    model: Prepared(
        f"UPDATE {model._meta.db_table} SET status = 'sent', lease_until = NULL,"  # noqa: S608
        " sent_at = %(at)s, sent_to = %(address)s WHERE id = %(key)s AND status = 'due'",
        address="text",
        at="timestamptz",
        key="bigint",
    )
    for model in (Delivery, Digest)
}


def mark_firmly(row: Row, address: str, *, at: datetime) -> None:
    """Mark what is out also where the database is just being restarted."""
    for pause in PAUSES:
        try:
            mark_sent(row, address, at=at)
        except (OperationalError, InterfaceError):
            if db.in_atomic_block:
                raise
            db.close()
            time.sleep(pause)
        else:
            return
    mark_sent(row, address, at=at)


def give_back(row: Row, *, due_at: datetime) -> None:
    """Not tried: it waits until then."""
    _due(row).update(due_at=due_at, lease_until=None, tries=F("tries") - 1)


def put_off(row: Row, error: Exception, *, at: datetime) -> None:
    """It failed: again after a growing wait, or given up."""
    said = f"{type(error).__name__}: {error}"[:300]
    if row.tries >= MOST_TRIES:
        mark(row, Delivery.Status.DEAD, error=said)
        return
    wait = BACK_OFF[row.tries - 1] * (1 - random.random() * JITTER)  # noqa: S311 - no secret
    _due(row).update(due_at=at + wait, lease_until=None, error=said)


def start_again(row: Row, *, at: datetime) -> None:
    """What was given up is due once more, as if new."""
    dead = type(row)._default_manager.filter(pk=row.pk, status=Delivery.Status.DEAD)
    dead.update(status=DUE, tries=0, due_at=at, lease_until=None, error="")
    row.refresh_from_db()


def _untried(rows: Sequence[Row]) -> None:
    for model in {type(row) for row in rows}:
        left = model._default_manager.filter(pk__in=[row.pk for row in rows], status=DUE)
        left.update(lease_until=None, tries=F("tries") - 1)


def _due(row: Row) -> QuerySet[Row]:
    return type(row)._default_manager.filter(pk=row.pk, status=DUE)
