"""Unused cash on its way back to where it came from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import Company
from core.fields import MoneyField
from payments.models.funding import Funding
from payments.models.ledger import Transfer

if TYPE_CHECKING:
    from accounts.actors import Actor


class RefundQuerySet(models.QuerySet["Refund"]):
    def visible_to(self, actor: Actor) -> RefundQuerySet:
        """A company's own; staff see all."""
        if actor.is_staff or actor.is_system:
            return self
        if actor.is_client and actor.company:
            return self.filter(company=actor.company)
        return self.none()

    def under_way(self) -> RefundQuerySet:
        """Those whose money is set aside."""
        return self.filter(status=Refund.Status.ORDERED)


class Refund(models.Model):
    """A part of one funding, sent back to the card or bank that it came from.

    The money leaves the company's cash when it is asked for and is set aside until the provider
    has sent it; what fails or comes back returns to the cash. What was asked for in one go has
    one ``request_key``, and a row for each funding that gives a part. ``transfer`` set it aside,
    ``sent`` gave it to the provider, ``restored`` brought it back.
    """

    class Status(models.TextChoices):
        ORDERED = "ordered", "On its way"
        REFUNDED = "refunded", "Sent back"
        FAILED = "failed", "Failed"
        RETURNED = "returned", "Came back"

    TAKEN = (Status.ORDERED, Status.REFUNDED)
    CAME_BACK = (Status.FAILED, Status.RETURNED)

    reference = models.CharField(max_length=12, unique=True)
    company = models.ForeignKey(Company, models.PROTECT, related_name="refunds")
    funding = models.ForeignKey(Funding, models.PROTECT, related_name="refunds")
    provider = models.CharField(max_length=20)
    provider_reference = models.CharField(max_length=120, null=True, blank=True)
    amount = MoneyField()
    currency = models.CharField(max_length=3)
    request_key = models.CharField(max_length=64)
    key = models.CharField(max_length=80, unique=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.ORDERED)
    failure = models.CharField(max_length=200, blank=True)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    transfer = models.OneToOneField(Transfer, models.PROTECT, related_name="refund")
    sent = models.OneToOneField(
        Transfer, models.PROTECT, null=True, blank=True, related_name="refund_sent"
    )
    restored = models.OneToOneField(
        Transfer, models.PROTECT, null=True, blank=True, related_name="refund_restored"
    )
    lease_until = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)

    objects = RefundQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request_key", "funding"], name="refund_part_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_positive"),
            models.CheckConstraint(
                condition=~Q(status="refunded") | Q(sent__isnull=False),
                name="refund_sent_is_posted",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["failed", "returned"], restored__isnull=False)
                | Q(status__in=["ordered", "refunded"], restored=None),
                name="refund_back_is_posted",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "-id"], name="refund_company"),
            models.Index(fields=["funding", "status"], name="refund_of_funding"),
            models.Index(
                fields=["lease_until", "id"],
                condition=Q(status__in=["ordered", "refunded"]) & Q(lease_until__isnull=False),
                name="refund_to_ask",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference}: {self.amount} {self.currency}"

    @property
    def is_under_way(self) -> bool:
        return self.status == self.Status.ORDERED

    @property
    def is_sent(self) -> bool:
        return self.status == self.Status.REFUNDED

    @property
    def came_back(self) -> bool:
        """Its money stands in the cash again."""
        return self.status in self.CAME_BACK
