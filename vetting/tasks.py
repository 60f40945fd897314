"""Celery's part of vetting: members asked anew, unwanted files dropped, late attempts ended."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from vetting import credentials, rechecking, taking


@shared_task(name="vetting.sweep_loose_documents")
def sweep_loose_documents(**kwargs: Any) -> int:
    """Delete documents of forms that were never sent; returns how many."""
    return credentials.drop_loose(at=timezone.now())


@shared_task(name="vetting.sweep_attempts")
def sweep_attempts(**kwargs: Any) -> int:
    """Hand in what was saved in time; returns how many attempts."""
    return taking.sweep(at=timezone.now())


@shared_task(name="vetting.sweep_memberships")
def sweep_memberships(**kwargs: Any) -> int:
    """Ask every group that was not asked since the night began."""
    return rechecking.sweep(at=timezone.now())
