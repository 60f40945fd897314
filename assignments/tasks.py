"""Celery's part: what happens to assignments without anybody's press."""

from celery import shared_task
from django.utils import timezone

from assignments import auto_approval


@shared_task(name="assignments.sweep_auto_approvals")
def sweep_auto_approvals(**kwargs: object) -> int:
    """Approve submitted work of companies that have switched automatic approval on."""
    return auto_approval.sweep(at=timezone.now())
