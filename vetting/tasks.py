"""Celery's part of vetting: sweeping what is no longer wanted."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from vetting import credentials


@shared_task(name="vetting.sweep_loose_documents")
def sweep_loose_documents(**kwargs: Any) -> int:
    """Delete documents of forms that were never sent; returns how many."""
    return credentials.drop_loose(at=timezone.now())
