"""Sweeps: publishing ratings whose time has come, and windows that slide."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from celery import shared_task
from django.utils import timezone

from scorecards import keeping, rating


@shared_task(name="scorecards.sweep_ratings")
def sweep_ratings(**kwargs: Any) -> int:
    """Publish the ratings that waited 14 days for the other side."""
    published = 0
    while batch := rating.publish_due(at=timezone.now()):
        published += batch
    return published


@shared_task(name="scorecards.sweep_scorecards")
def sweep_scorecards(**kwargs: Any) -> int:
    """Draw anew what time alone changes; a sweep that dies is finished by the next one."""
    at = timezone.now()
    return keeping.refresh_waiting(at=at) + keeping.refresh_stale(
        at=at, older_than=timedelta(hours=20)
    )
