"""Money given back for an invoice that was paid."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.models import Company
from core.fields import MoneyField
from payments.models.invoice import Invoice
from payments.models.ledger import Transfer

if TYPE_CHECKING:
    from accounts.actors import Actor


class CreditNoteQuerySet(models.QuerySet["CreditNote"]):
    def visible_to(self, actor: Actor) -> CreditNoteQuerySet:
        """A company's own, those for the worker's own work; staff see all."""
        if actor.is_staff or actor.is_system:
            return self
        if actor.is_client and actor.company:
            return self.filter(company=actor.company)
        if actor.is_worker and actor.worker:
            return self.filter(invoice__worker=actor.worker)
        return self.none()


class CreditNote(models.Model):
    """Part of a paid invoice that went back to the company's cash, and who bore it.

    ``worker_amount`` is the part of the worker's pay, ``fee_amount`` its fee; ``from_worker``
    is what the worker's earnings gave of the former, the platform bore the rest.
    """

    company = models.ForeignKey(Company, models.PROTECT, related_name="credit_notes")
    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="credit_notes")
    number = models.PositiveIntegerField()
    currency = models.CharField(max_length=3)
    worker_amount = MoneyField()
    fee_amount = MoneyField()
    total = MoneyField()
    from_worker = MoneyField()
    reason = models.CharField(max_length=200)
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    transfer = models.OneToOneField(Transfer, models.PROTECT, related_name="credit_note")

    objects = CreditNoteQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="credit_note_number_once"),
            models.CheckConstraint(
                condition=Q(total=F("worker_amount") + F("fee_amount")),
                name="credit_note_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(worker_amount__gt=0, fee_amount__gte=0, from_worker__gte=0)
                & Q(from_worker__lte=F("worker_amount")),
                name="credit_note_amounts",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The number as it is printed: ``CN-0003``, counted per company without gaps."""
        return f"CN-{self.number:04d}"

    def get_absolute_url(self) -> str:
        return reverse("payments:credit_note", args=[self.company.slug, self.number])
