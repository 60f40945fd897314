"""What a company owes, on paper."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.models import Company, WorkerProfile
from core.fields import MoneyField
from payments.models.ledger import Transfer
from payments.models.statement import Statement

if TYPE_CHECKING:
    from accounts.actors import Actor


class InvoiceQuerySet(models.QuerySet["Invoice"]):
    def visible_to(self, actor: Actor) -> InvoiceQuerySet:
        """A company's own, those made out for the worker's own work; staff see all."""
        if actor.is_staff or actor.is_system:
            return self
        if actor.is_client and actor.company:
            return self.filter(company=actor.company)
        if actor.is_worker and actor.worker:
            return self.filter(worker=actor.worker)
        return self.none()

    def unpaid(self) -> InvoiceQuerySet:
        """Invoices still owed: neither paid nor withdrawn."""
        return self.filter(paid_at=None, withdrawn_at=None)

    def past_due(self, today: date) -> InvoiceQuerySet:
        return self.unpaid().filter(due_on__lt=today)


class Invoice(models.Model):
    """What a company owes for one approved assignment (or for one cancellation fee)."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="invoices")
    worker = models.ForeignKey(WorkerProfile, models.PROTECT, related_name="invoices")
    number = models.PositiveIntegerField()
    reference = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    currency = models.CharField(max_length=3)
    worker_amount = MoneyField()
    fee_amount = MoneyField()
    total = MoneyField()
    terms_days = models.PositiveSmallIntegerField()
    issued_at = models.DateTimeField()
    due_on = models.DateField()
    paid_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.CharField(max_length=200, blank=True)
    transfer = models.OneToOneField(
        Transfer, models.PROTECT, null=True, blank=True, related_name="invoice"
    )
    statement = models.ForeignKey(
        Statement, models.PROTECT, null=True, blank=True, related_name="invoices"
    )

    objects = InvoiceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="invoice_number_once"),
            models.CheckConstraint(
                condition=Q(total=F("worker_amount") + F("fee_amount")), name="invoice_adds_up"
            ),
            models.CheckConstraint(
                condition=Q(worker_amount__gt=0, fee_amount__gte=0), name="invoice_amounts"
            ),
            models.CheckConstraint(
                condition=(
                    Q(paid_at=None, transfer=None)
                    | Q(paid_at__isnull=False, transfer__isnull=False)
                ),
                name="invoice_paid_is_posted",
            ),
            models.CheckConstraint(
                condition=Q(paid_at=None) | Q(withdrawn_at=None), name="invoice_paid_stands"
            ),
        ]
        indexes = [
            models.Index(fields=["company", "-issued_at", "-id"], name="invoice_company"),
            models.Index(fields=["worker", "-issued_at", "-id"], name="invoice_worker"),
            models.Index(
                fields=["company", "due_on"],
                condition=Q(paid_at=None, withdrawn_at=None),
                name="invoice_unpaid",
            ),
            models.Index(
                fields=["due_on"],
                condition=Q(paid_at=None, withdrawn_at=None),
                name="invoice_due",
            ),
            models.Index(
                fields=["paid_at", "worker"],
                condition=Q(paid_at__isnull=False),
                name="invoice_paid",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The number as it is printed: ``INV-000123``, counted per company without gaps."""
        return f"INV-{self.number:06d}"

    @property
    def status(self) -> str:
        """``open``, ``paid`` or ``withdrawn``; whether it is overdue depends on the day."""
        if self.paid_at:
            return "paid"
        return "withdrawn" if self.withdrawn_at else "open"

    @property
    def is_open(self) -> bool:
        """Still owed."""
        return self.status == "open"

    def days_past_due(self, today: date) -> int:
        """Whole days after the due date, 0 until then and once it is paid or withdrawn."""
        return max(0, (today - self.due_on).days) if self.status == "open" else 0

    def get_absolute_url(self) -> str:
        """Names the company, since numbers are counted per company."""
        return reverse("payments:invoice", args=[self.company.slug, self.number])


class InvoiceLine(models.Model):
    """One line of an invoice: price, hours, units, expense, bonus or fee."""

    class Kind(models.TextChoices):
        PRICE = "price", "Price"
        HOURS = "hours", "Hours"
        UNITS = "units", "Units"
        EXPENSE = "expense", "Expense"
        BONUS = "bonus", "Bonus"
        CANCELLATION = "cancellation", "Cancellation fee"
        FEE = "fee", "Service fee"

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="lines")
    kind = models.CharField(max_length=12, choices=Kind)
    description = models.CharField(max_length=200)
    quantity = models.DecimalField(max_digits=9, decimal_places=2, default=1)
    unit_price = MoneyField()
    amount = MoneyField()

    def __str__(self) -> str:
        return f"{self.description}: {self.amount}"
