"""Sweeps: publishing ratings whose time has come, and windows that slide."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from celery import shared_task
from django.utils import timezone

from scorecards import comparing, keeping, market, rating

STALE = timedelta(hours=26)
"""Longer than a day, so that the nightly comparison sees every row before it is drawn anew."""


@shared_task(name="scorecards.sweep_ratings")
def sweep_ratings(**kwargs: Any) -> int:
    """Publish the ratings that waited 14 days for the other side."""
    published = 0
    while batch := rating.publish_due(at=timezone.now()):
        published += batch
    return published


@shared_task(name="scorecards.sweep_scorecards")
def sweep_scorecards(**kwargs: Any) -> int:
    """Draw anew what time alone changes, and what the marketplace comes to; a sweep that dies
    is finished by the next one."""
    at = timezone.now()
    done = keeping.refresh_waiting(at=at) + keeping.refresh_sliding(at=at)
    done += keeping.refresh_stale(at=at, older_than=STALE)
    market.draw(at=at)
    return done


@shared_task(name="scorecards.check_scorecards")
def check_scorecards(**kwargs: Any) -> int:
    """Compare every scorecard with the rows behind it, every night; returns how many figures
    had drifted."""
    return comparing.compare_all(at=timezone.now()).count
