"""Celery's part: sending what is due, and the sweep of the reminders; both run on beat too."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from activity.tasks import nudge
from notifications import delivering, reminders

MOST_BATCHES = 100
"""A task ends after so many batches; the next beat goes on."""


@shared_task(name="notifications.deliver_due")
def deliver_due(**kwargs: Any) -> int:
    """Send every due delivery that nobody else holds; returns how many were handled."""
    handled = 0
    for _ in range(MOST_BATCHES):
        tally = delivering.deliver(at=timezone.now())
        handled += tally.handled
        if not tally.handled:
            break
    return handled


@shared_task(name="notifications.sweep_reminders")
def sweep_reminders(**kwargs: Any) -> int:
    """Make the reminders now due, tell them, and nudge their delivery; returns how many told."""
    told = sum(outcome.told for outcome in reminders.sweep(at=timezone.now()))
    if told:
        nudge(deliver_due)
    return told
