"""Celery's part: finish the fundings that no page finished."""

from celery import shared_task
from django.utils import timezone

from payments import funding


@shared_task(name="payments.sweep_fundings")
def sweep_fundings(**kwargs: object) -> int:
    """Ask the providers about fundings on their way, and apply what they told us."""
    return funding.sweep(at=timezone.now())
