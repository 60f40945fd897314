"""Celery's part: what happens to assignments without anybody's press."""

from celery import shared_task
from django.utils import timezone

from activity.tasks import nudge
from assignments import (
    applications,
    auto_approval,
    import_steps,
    label_rules,
    lapsing,
    recurring,
    uploads,
    waterfall,
)


@shared_task(name="assignments.sweep_auto_approvals")
def sweep_auto_approvals(**kwargs: object) -> int:
    """Approve submitted work of companies that have switched automatic approval on."""
    return auto_approval.sweep(at=timezone.now())


@shared_task(name="assignments.sweep_labels")
def sweep_labels(**kwargs: object) -> int:
    """Set the labels of rules that have become true, resolve those that no longer are."""
    return label_rules.sweep(at=timezone.now())


@shared_task(name="assignments.import_files")
def import_files(**kwargs: object) -> int:
    """Do the next step of one import that waits, then ask for another run; a beat asks too."""
    done = import_steps.run_one(clock=timezone.now)
    if done is not None:
        nudge(import_files)
    return int(done is not None)


@shared_task(name="assignments.sweep_routing")
def sweep_routing(**kwargs: object) -> int:
    """Send every planned step that is due."""
    return waterfall.sweep(at=timezone.now())


@shared_task(name="assignments.sweep_expired_offers")
def sweep_expired_offers(**kwargs: object) -> int:
    """Close the offers whose time is over."""
    return applications.sweep_expired(at=timezone.now())


@shared_task(name="assignments.sweep_expired_changes")
def sweep_expired_changes(**kwargs: object) -> int:
    """Let the requests for a change lapse that nobody answered in time."""
    return lapsing.sweep_expired(at=timezone.now())


@shared_task(name="assignments.sweep_uploads")
def sweep_uploads(**kwargs: object) -> int:
    """Remove files that came with a form a day ago and were saved with nothing."""
    return uploads.sweep(at=timezone.now())


@shared_task(name="assignments.sweep_series")
def sweep_series(**kwargs: object) -> int:
    """Write the dates of every series that are due."""
    return recurring.write_due(at=timezone.now())
