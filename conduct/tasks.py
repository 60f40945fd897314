"""Celery's part of conduct: measures that are over, and what staff should look at."""

from celery import shared_task
from django.utils import timezone

from conduct import concerns, measures


@shared_task(name="conduct.sweep_measures")
def sweep_measures(**kwargs: object) -> int:
    """Note every measure whose time is over and tell the party; returns how many."""
    return measures.sweep(at=timezone.now())


@shared_task(name="conduct.sweep_concerns")
def sweep_concerns(**kwargs: object) -> int:
    """Bring before staff what the rules find; returns how much is new."""
    return concerns.sweep(at=timezone.now())
