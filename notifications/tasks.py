"""Celery's part: sending what is due, a task and a queue for each channel, and the sweep of the
reminders; all run on beat too."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from activity.tasks import nudge
from notifications import delivering, reminders
from notifications.models import Channel

MOST_BATCHES = 100
"""A task ends after so many batches; the next beat goes on."""


@shared_task(name="notifications.deliver_due")
def deliver_due(**kwargs: Any) -> int:
    """Send every due mail and digest that nobody else holds; returns how many were handled."""
    return _deliver(Channel.EMAIL)


@shared_task(name="notifications.deliver_sms")
def deliver_sms(**kwargs: Any) -> int:
    """The same for text messages."""
    return _deliver(Channel.SMS)


@shared_task(name="notifications.deliver_push")
def deliver_push(**kwargs: Any) -> int:
    """The same for web push."""
    return _deliver(Channel.PUSH)


TASKS = {Channel.EMAIL: deliver_due, Channel.SMS: deliver_sms, Channel.PUSH: deliver_push}


def _deliver(channel: Channel) -> int:
    handled = 0
    for _ in range(MOST_BATCHES):
        tally = delivering.deliver_on(channel, at=timezone.now())
        handled += tally.handled
        if not tally.handled:
            break
    return handled


@shared_task(name="notifications.sweep_reminders")
def sweep_reminders(**kwargs: Any) -> int:
    """Make the reminders now due, tell them, and nudge their delivery; returns how many told."""
    told = sum(outcome.told for outcome in reminders.sweep(at=timezone.now()))
    if told:
        for task in TASKS.values():
            nudge(task)
    return told
