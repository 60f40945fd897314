"""Several invoices on one paper, and what auto-pay tried."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.models import Company
from core.fields import MoneyField

if TYPE_CHECKING:
    from accounts.actors import Actor


class StatementQuerySet(models.QuerySet["Statement"]):
    def visible_to(self, actor: Actor) -> StatementQuerySet:
        """A company's own; staff see all."""
        if actor.is_staff or actor.is_system:
            return self
        if actor.is_client and actor.company:
            return self.filter(company=actor.company)
        return self.none()


class Statement(models.Model):
    """The invoices on terms that a company was issued in one week or month.

    It changes nothing about them: each keeps its own due day, and is paid alone or with the
    others. ``total`` is what they came to when the statement was made.
    """

    company = models.ForeignKey(Company, models.PROTECT, related_name="statements")
    number = models.PositiveIntegerField()
    first_day = models.DateField()
    last_day = models.DateField()
    issued_at = models.DateTimeField()
    currency = models.CharField(max_length=3)
    total = MoneyField()
    invoice_count = models.PositiveIntegerField()

    objects = StatementQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="statement_number_once"),
            models.UniqueConstraint(fields=["company", "last_day"], name="statement_period_once"),
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day"), invoice_count__gt=0),
                name="statement_period",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The number as it is printed: ``ST-0012``, counted per company without gaps."""
        return f"ST-{self.number:04d}"

    def get_absolute_url(self) -> str:
        return reverse("payments:statement", args=[self.number])


class AutoPayAttempt(models.Model):
    """One day on which auto-pay could not pay an invoice, and why; told once."""

    invoice = models.ForeignKey(
        "payments.Invoice", models.PROTECT, related_name="auto_pay_attempts"
    )
    day = models.DateField()
    refusal = models.CharField(max_length=300)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["invoice", "day"], name="auto_pay_attempt_once")
        ]

    def __str__(self) -> str:
        return f"{self.invoice}: {self.refusal}"
