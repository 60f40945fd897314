"""How workers and assignments find each other: invitations, applications, declines."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import WorkerProfile
from assignments.models.assignment import Assignment
from assignments.models.priced import Priced
from core.fields import MoneyField


class Invitation(models.Model):
    """An assignment sent to one worker by name."""

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="invitations")
    worker = models.ForeignKey(WorkerProfile, models.PROTECT, related_name="invitations")
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    invited_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["assignment", "worker"], name="invitation_once")
        ]
        indexes = [models.Index(fields=["worker", "-id"], name="invitation_worker")]

    def __str__(self) -> str:
        return f"{self.worker} to {self.assignment}"


class Application(Priced):
    """A worker's bid; a counteroffer when its price or start differs from what was posted."""

    class Status(models.TextChoices):
        OPEN = "open", "Applied"
        WITHDRAWN = "withdrawn", "Withdrawn"
        DECLINED = "declined", "Declined"
        ACCEPTED = "accepted", "Accepted"
        PASSED_OVER = "passed_over", "Somebody else was chosen"
        EXPIRED = "expired", "Expired"

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="applications")
    worker = models.ForeignKey(WorkerProfile, models.PROTECT, related_name="applications")
    status = models.CharField(max_length=12, choices=Status, default=Status.OPEN)
    note = models.TextField(max_length=2_000, blank=True)
    is_counteroffer = models.BooleanField(default=False)
    expenses = MoneyField(default=0, db_default=0)
    expenses_for = models.CharField(max_length=200, blank=True, default="", db_default="")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    red_scorecard_seen = models.BooleanField(default=False)
    revision_seen = models.PositiveIntegerField(default=0)
    applied_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    shortlisted_at = models.DateTimeField(null=True, blank=True)
    """Since when the company keeps it among its favorites; the worker does not see it."""
    decline_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            *Priced.Meta.constraints,
            models.CheckConstraint(condition=Q(expenses__gte=0), name="application_expenses"),
            models.UniqueConstraint(
                fields=["assignment", "worker"],
                condition=Q(status__in=["open", "accepted"]),
                name="application_open_once",
            ),
            models.UniqueConstraint(
                fields=["assignment"],
                condition=Q(status="accepted"),
                name="application_accepted_once",
            ),
        ]
        indexes = [
            models.Index(fields=["worker", "-id"], name="application_worker"),
            models.Index(
                fields=["applied_at"], condition=Q(status="open"), name="application_waiting"
            ),
            models.Index(
                fields=["expires_at"],
                condition=Q(status="open", expires_at__isnull=False),
                name="application_expiring",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.worker} for {self.assignment}"

    @property
    def most_pay(self) -> Decimal:
        """The most this bid may come to: its price, and the expenses it asks for."""
        return self.terms.most + self.expenses


class Decline(models.Model):
    """A worker's no to an assignment; it leaves their lists, and the client sees why."""

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="declines")
    worker = models.ForeignKey(WorkerProfile, models.PROTECT, related_name="declines")
    reason = models.CharField(max_length=500, blank=True)
    declined_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["assignment", "worker"], name="decline_once")
        ]

    def __str__(self) -> str:
        return f"{self.worker} declined {self.assignment}"
