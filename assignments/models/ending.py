"""Pauses and endings: holds, sent-back work, workers who left, cancellations."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import WorkerProfile
from assignments.models.assignment import Assignment
from assignments.models.change import ChangeRequest
from assignments.models.reason import Mark, Reason
from core.fields import MoneyField


class Hold(models.Model):
    """A pause with an author and a reason; open until released.

    A ``dispute`` hold blocks approval, payment and cancellation and stops the approval and
    payment clocks; a ``schedule`` hold blocks the work and stops the lateness clocks. It ends
    with the worker's answer to ``request``, where the client proposed new times.
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
    request = models.OneToOneField(
        ChangeRequest, models.PROTECT, null=True, blank=True, related_name="hold"
    )

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
    """Submitted work returned to the worker, with what is missing.

    ``proposed_amount`` of worker pay is what the client would approve instead; it binds nobody.
    """

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="send_backs")
    note = models.TextField(max_length=2_000)
    proposed_amount = MoneyField(null=True, blank=True)
    sent_back_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    sent_back_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.assignment} sent back"


class Missing(models.Model):
    """One thing that was missing when work was sent back; the worker ticks it off."""

    send_back = models.ForeignKey(SendBack, models.PROTECT, related_name="items")
    text = models.CharField(max_length=300)
    position = models.PositiveSmallIntegerField(default=0)
    ticked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.text


class Cancellation(models.Model):
    """The end of an assignment that had a worker: why, on what notice, and what was paid."""

    assignment = models.OneToOneField(Assignment, models.PROTECT, related_name="cancellation")
    reason = models.ForeignKey(
        Reason, models.PROTECT, to_field="code", db_column="reason", related_name="+"
    )
    note = models.TextField(max_length=2_000)
    late_notice = models.BooleanField()
    mark = models.CharField(max_length=14, choices=Mark)
    fee = MoneyField(default=0)
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    cancelled_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(fee__gte=0), name="cancellation_fee")
        ]
        indexes = [
            models.Index(
                fields=["cancelled_at"],
                condition=Q(mark=Mark.CANCELLED_LATE),
                name="cancellation_late",
            )
        ]

    def __str__(self) -> str:
        return f"{self.assignment} cancelled"


class Unassignment(models.Model):
    """A worker who was assigned and is no more: who said so, why, and the mark it left.

    The assignment went back to ``sent``; visits and files of that time point here.
    """

    class Side(models.TextChoices):
        CLIENT = "client", "The client"
        WORKER = "worker", "The worker"

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="unassignments")
    worker = models.ForeignKey(WorkerProfile, models.PROTECT, related_name="unassignments")
    side = models.CharField(max_length=10, choices=Side)
    reason = models.ForeignKey(
        Reason, models.PROTECT, to_field="code", db_column="reason", related_name="+"
    )
    note = models.TextField(max_length=2_000, blank=True)
    late_notice = models.BooleanField()
    mark = models.CharField(max_length=14, choices=Mark)
    assigned_at = models.DateTimeField()
    unassigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    unassigned_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["worker", "-unassigned_at"], name="unassignment_worker"),
            models.Index(
                fields=["unassigned_at"],
                condition=Q(mark__in=[Mark.CANCELLED_LATE, Mark.ABANDONED]),
                name="unassignment_marked",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.worker} off {self.assignment}"

    @property
    def by_worker(self) -> bool:
        return self.side == self.Side.WORKER
