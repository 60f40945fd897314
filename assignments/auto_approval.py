"""Approval by itself, for companies that have switched it on."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db.models import DateTimeField, Exists, ExpressionWrapper, F, OuterRef, QuerySet, Value

from accounts.actors import SYSTEM
from assignments import lifecycle
from assignments.closing import refused_files
from assignments.models import Assignment, Hold
from assignments.states import Status
from core.errors import DomainError

MOST_AT_ONCE = 200
log = logging.getLogger(__name__)


def due(*, at: datetime) -> QuerySet[Assignment, Assignment]:
    """Submitted work whose company approves by itself and whose days are over.

    Never what a dispute holds, nor what has a refused file that nothing has replaced: many such,
    waiting for ever, would hold back the rest. The days count from the submission that stands.
    """
    days = F("company__auto_approve_after_days") * Value(timedelta(days=1))
    disputes = Hold.objects.filter(
        assignment=OuterRef("pk"), kind=Hold.Kind.DISPUTE, released_at=None
    )
    return Assignment.objects.filter(
        ~Exists(disputes),
        ~Exists(refused_files(OuterRef("pk"))),
        status=Status.PENDING_APPROVAL,
        company__auto_approve_after_days__isnull=False,
        submitted_at__lte=ExpressionWrapper(Value(at) - days, DateTimeField()),
    ).order_by("submitted_at", "pk")


def sweep(*, at: datetime) -> int:
    """Approve what is due, each in a transaction of its own; returns how many were.

    One that is refused, because somebody was quicker or placed a hold, leaves the others be.
    """
    approved = 0
    for assignment in due(at=at)[:MOST_AT_ONCE]:
        try:
            lifecycle.approve(assignment, by=SYSTEM, at=at, submitted_at=assignment.submitted_at)
        except DomainError as refusal:
            log.info("%s was not approved by itself: %s", assignment.reference, refusal)
        else:
            approved += 1
    return approved
