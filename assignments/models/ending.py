"""Pauses and endings: holds, sent-back work, cancellations."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from assignments.models.assignment import Assignment
from core.fields import MoneyField


class Hold(models.Model):
    """A pause with an author and a reason; open until released.

    A ``dispute`` hold blocks approval, payment and cancellation and stops the approval and
    payment clocks; a ``schedule`` hold blocks the work and stops the lateness clocks.
    """

    class Kind(models.TextChoices):
        SCHEDULE = "schedule", "Schedule"
        DISPUTE = "dispute", "Dispute"

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="holds")
    kind = models.CharField(max_length=10, choices=Kind)
    reason = models.CharField(max_length=500)
    placed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    placed_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["assignment", "kind"],
                condition=Q(released_at=None),
                name="hold_open_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} hold on {self.assignment}"


class SendBack(models.Model):
    """Submitted work returned to the worker, with what is missing."""

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="send_backs")
    note = models.TextField(max_length=2_000)
    sent_back_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    sent_back_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.assignment} sent back"


class CancellationReason(models.TextChoices):
    CUSTOMER_CANCELLED = "customer_cancelled", "Our customer cancelled"
    SITE_NOT_READY = "site_not_ready", "The site is not ready"
    NO_LONGER_NEEDED = "no_longer_needed", "The work is no longer needed"
    PARTS_MISSING = "parts_missing", "Parts or equipment are missing"
    POSTED_BY_MISTAKE = "posted_by_mistake", "Posted by mistake"
    DECISION = "decision", "Decided by the Escalations Team"
    OTHER = "other", "Another reason"


class Cancellation(models.Model):
    """The end of an assignment that had a worker: why, on what notice, and what was paid."""

    assignment = models.OneToOneField(Assignment, models.PROTECT, related_name="cancellation")
    reason = models.CharField(max_length=20, choices=CancellationReason)
    note = models.TextField(max_length=2_000)
    late_notice = models.BooleanField()
    fee = MoneyField(default=0)
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    cancelled_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.assignment} cancelled"
