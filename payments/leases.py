"""Rows that a provider is asked about: claimed for a while, asked again ever later."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

FIRST_LEASE = timedelta(seconds=15)
LONGEST_LEASE = timedelta(hours=1)
MOST_TRIES = 32_000


def next_lease(tries: int, *, at: datetime, longest: timedelta = LONGEST_LEASE) -> datetime:
    """Until when a row asked about for the ``tries``-th time is left alone: twice as long each."""
    return at + min(FIRST_LEASE * 2 ** min(tries, 14), longest)


@transaction.atomic
def claim(
    due: QuerySet[Any, Any], *, limit: int, at: datetime, longest: timedelta = LONGEST_LEASE
) -> list[Any]:
    """Lease the rows that are due, skipping those another process is leasing just now."""
    rows = due.order_by("pk").select_for_update(of=("self",), skip_locked=True)
    claimed = list(rows[:limit])
    for row in claimed:
        row.lease_until = next_lease(row.tries, at=at, longest=longest)
        row.tries = min(row.tries + 1, MOST_TRIES)
    due.model._default_manager.bulk_update(claimed, ["lease_until", "tries"])
    return claimed
