"""Changes to agreed work, asked by one side and decided by the other."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from assignments.models.assignment import Assignment
from core.fields import MoneyField


class ChangeRequest(models.Model):
    """Another time, a higher budget, an expense or a bonus.

    ``kind`` is the name of the move that asks for it. ``amount`` is what the worker would get
    on top; ``quantity`` the hours or units it stands for, where the price counts them. A
    request lapses when the work moves on to where it can no longer be asked for.
    """

    class Kind(models.TextChoices):
        RESCHEDULE = "reschedule", "Another time"
        BUDGET = "raise_budget", "Higher budget"
        EXPENSE = "add_expense", "Expense"
        BONUS = "add_bonus", "Bonus"

    class Side(models.TextChoices):
        CLIENT = "client", "The client"
        WORKER = "worker", "The worker"

    class Status(models.TextChoices):
        OPEN = "open", "Waiting for an answer"
        ACCEPTED = "accepted", "Accepted"
        DECLINED = "declined", "Declined"
        WITHDRAWN = "withdrawn", "Withdrawn"
        LAPSED = "lapsed", "Lapsed"

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="changes")
    kind = models.CharField(max_length=12, choices=Kind)
    side = models.CharField(max_length=6, choices=Side)
    status = models.CharField(max_length=9, choices=Status, default=Status.OPEN)
    key = models.CharField(max_length=40, unique=True)
    reason = models.TextField(max_length=2_000)
    amount = MoneyField(default=0)
    quantity = models.DecimalField(max_digits=9, decimal_places=2, null=True, blank=True)
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    was_starts_at = models.DateTimeField(null=True, blank=True)
    was_ends_at = models.DateTimeField(null=True, blank=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["assignment", "kind"], condition=Q(status="open"), name="change_open_once"
            ),
            models.CheckConstraint(
                condition=Q(status="open", answered_at=None)
                | ~Q(status="open") & Q(answered_at__isnull=False),
                name="change_answered",
            ),
            models.CheckConstraint(
                condition=Q(
                    kind="reschedule",
                    amount=0,
                    quantity=None,
                    starts_at__isnull=False,
                    ends_at__isnull=False,
                    ends_at__gt=F("starts_at"),
                )
                | ~Q(kind="reschedule") & Q(amount__gt=0, starts_at=None, ends_at=None),
                name="change_effect",
            ),
        ]
        indexes = [
            models.Index(fields=["assignment", "-id"], name="change_list"),
            models.Index(fields=["asked_at", "id"], condition=Q(status="open"), name="change_open"),
            models.Index(
                fields=["expires_at", "id"],
                condition=Q(status="open", expires_at__isnull=False),
                name="change_due",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} for {self.assignment}"

    @property
    def is_money(self) -> bool:
        return self.kind != self.Kind.RESCHEDULE

    def is_expired(self, at: datetime) -> bool:
        """Whether nobody answered in time; it then counts as lapsed."""
        open_ = self.status == self.Status.OPEN
        return open_ and self.expires_at is not None and self.expires_at <= at
