"""Money on its way in, and what the providers told us about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.models import Company
from core.fields import MoneyField
from payments.models.ledger import Transfer

if TYPE_CHECKING:
    from accounts.actors import Actor


class FundingQuerySet(models.QuerySet["Funding"]):
    def visible_to(self, actor: Actor) -> FundingQuerySet:
        """A company's own; staff see all."""
        if actor.is_staff or actor.is_system:
            return self
        if actor.is_client and actor.company:
            return self.filter(company=actor.company)
        return self.none()

    def on_its_way(self) -> FundingQuerySet:
        return self.filter(status=Funding.Status.REQUESTED)


class Funding(models.Model):
    """Money a company asked to add; in the ledger only once the provider says it arrived."""

    class Status(models.TextChoices):
        REQUESTED = "requested", "On its way"
        SETTLED = "settled", "Arrived"
        FAILED = "failed", "Failed"

    company = models.ForeignKey(Company, models.PROTECT, related_name="fundings")
    provider = models.CharField(max_length=20)
    method = models.CharField(max_length=10, choices=[("card", "Card"), ("bank", "Bank transfer")])
    amount = MoneyField()
    currency = models.CharField(max_length=3)
    key = models.CharField(max_length=64, unique=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.REQUESTED)
    failure = models.CharField(max_length=200, blank=True)
    provider_reference = models.CharField(
        max_length=120, null=True, blank=True, help_text="The provider's own name for the payment."
    )
    pay_url = models.CharField(
        max_length=2000,
        blank=True,
        db_default="",
        help_text="The provider's page where it is paid, for those that have one.",
    )
    transfer = models.OneToOneField(
        Transfer, models.PROTECT, null=True, blank=True, related_name="funding"
    )
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)

    objects = FundingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="funding_positive"),
            models.CheckConstraint(
                condition=(~Q(status="settled") | Q(transfer__isnull=False)),
                name="funding_settled_is_posted",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "-id"], name="funding_company"),
            models.Index(
                fields=["lease_until", "id"],
                condition=Q(status="requested"),
                name="funding_on_its_way",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency} for {self.company}"

    def get_absolute_url(self) -> str:
        return reverse("payments:funding", args=[self.key])

    @property
    def is_open(self) -> bool:
        return self.status == self.Status.REQUESTED

    @property
    def waits_for_payer(self) -> bool:
        """It is to be paid on the provider's page, and nobody has been there yet."""
        return self.is_open and bool(self.pay_url)

    @property
    def has_arrived(self) -> bool:
        return self.status == self.Status.SETTLED


class ProviderEvent(models.Model):
    """What a provider told us, stored before it is believed, applied once."""

    provider = models.CharField(max_length=20)
    event_id = models.CharField(max_length=120)
    kind = models.CharField(max_length=60)
    payload = models.JSONField()
    received_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=300, blank=True)
    tries = models.PositiveSmallIntegerField(db_default=0)
    """How often applying it has failed by a fault of ours."""
    note = models.CharField(
        "what staff found",
        max_length=300,
        blank=True,
        db_default="",
        help_text="Closes an event that could not be applied: why nothing more is to be done.",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "event_id"], name="provider_event_once")
        ]
        indexes = [
            models.Index(
                fields=["tries", "id"],
                condition=Q(applied_at=None, error=""),
                name="provider_event_waiting",
            ),
            models.Index(
                fields=["id"],
                condition=~Q(error="") & Q(note=""),
                name="provider_event_unmatched",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.kind} {self.event_id}"
