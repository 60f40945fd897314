"""A company's standing with the platform, and what it has set aside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from accounts.models import Company
from core.fields import MoneyField

if TYPE_CHECKING:
    from accounts.actors import Actor


class StatementPeriod(models.TextChoices):
    NEVER = "never", "No statements"
    WEEK = "week", "Every Monday, for the week before"
    MONTH = "month", "On the first of the month, for the month before"


class CompanyBooks(models.Model):
    """A company's standing with the platform: its credit, how it pays, the last numbers given."""

    company = models.OneToOneField(Company, models.PROTECT, related_name="books")
    credit_limit = MoneyField(default=0)
    last_invoice_number = models.PositiveIntegerField(default=0)
    last_credit_note_number = models.PositiveIntegerField(db_default=0)
    last_statement_number = models.PositiveIntegerField(db_default=0)
    statements = models.CharField(
        max_length=5, choices=StatementPeriod, db_default=StatementPeriod.NEVER
    )
    auto_pay = models.BooleanField(db_default=False)

    class Meta:
        verbose_name_plural = "company books"
        constraints = [
            models.CheckConstraint(condition=Q(credit_limit__gte=0), name="books_credit_limit")
        ]

    def __str__(self) -> str:
        return f"Books of {self.company}"


class ReservationQuerySet(models.QuerySet["Reservation"]):
    def visible_to(self, actor: Actor) -> ReservationQuerySet:
        """A company's own; staff see all."""
        if actor.is_staff or actor.is_system:
            return self
        if actor.is_client and actor.company:
            return self.filter(company=actor.company)
        return self.none()

    def open(self) -> ReservationQuerySet:
        return self.filter(closed_at=None)


class Reservation(models.Model):
    """What a company has set aside for one piece of work, price and fee together.

    On immediate terms it is cash, moved to the company's reserved account. On net terms
    it is a share of the credit limit and moves nothing. Open until the work is invoiced
    or the reservation released.
    """

    class Basis(models.TextChoices):
        CASH = "cash"
        CREDIT = "credit"

    company = models.ForeignKey(Company, models.PROTECT, related_name="reservations")
    basis = models.CharField(max_length=6, choices=Basis)
    amount = MoneyField()
    reference = models.CharField(max_length=40)
    key = models.CharField(max_length=64, unique=True)
    revision = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = ReservationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gte=0), name="reservation_not_negative")
        ]
        indexes = [
            models.Index(
                fields=["company", "basis"],
                condition=Q(closed_at=None),
                name="reservation_open",
            )
        ]

    def __str__(self) -> str:
        return f"{self.amount} for {self.reference}"
