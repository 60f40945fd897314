"""What a worker has asked for and no invoice bills yet; the earnings page shows it."""

from __future__ import annotations

from decimal import Decimal

from django.db.models import Count, Sum

from accounts.models import WorkerProfile
from assignments.models import Assignment
from assignments.states import Status
from core.money import ZERO


def awaiting_approval(worker: WorkerProfile) -> tuple[Decimal, int]:
    """The amount claimed on submitted work, and how many assignments it is for (one query)."""
    submitted = Assignment.objects.filter(worker=worker, status=Status.PENDING_APPROVAL)
    found = submitted.aggregate(claimed=Sum("amount_claimed"), count=Count("pk"))
    return found["claimed"] or ZERO, found["count"]
