"""Money on its way to a worker's bank, the account it goes to, and what the tax office asks."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.models import WorkerProfile
from core.fields import MoneyField
from payments.models.ledger import Transfer

if TYPE_CHECKING:
    from accounts.actors import Actor


class BankAccount(models.Model):
    """Where a worker is paid: the provider's token for it, never the number itself.

    One is current; a replaced one stays for the payouts that went to it. ``refused_at``: the
    bank sent money back, so that automatic payouts wait until the worker says it is right.
    """

    worker = models.ForeignKey(WorkerProfile, models.PROTECT, related_name="bank_accounts")
    provider = models.CharField(max_length=20)
    token = models.CharField(max_length=120)
    bank_name = models.CharField(max_length=80)
    last_digits = models.CharField(max_length=4)
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)
    refused_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["worker"], condition=Q(removed_at=None), name="bank_account_current_once"
            ),
            models.CheckConstraint(
                condition=Q(last_digits__regex=r"^[0-9]{2,4}$"), name="bank_account_digits"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.bank_name} ····{self.last_digits}"


class PayoutAccount(models.Model):
    """A worker's account at a provider that asks them itself who they are and where to pay them.

    Made once for each provider. ``left_at``: the worker removed their bank account here, so that
    nothing is taken over from there until they begin again. ``lease_until``: when it is asked
    next; nothing once it is ready, until the provider says that it has changed.
    """

    worker = models.ForeignKey(WorkerProfile, models.PROTECT, related_name="payout_accounts")
    provider = models.CharField(max_length=20)
    account = models.CharField(max_length=120)
    begun_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["worker", "provider"], name="payout_account_once"),
            models.UniqueConstraint(fields=["provider", "account"], name="payout_account_of_one"),
        ]
        indexes = [
            models.Index(
                fields=["lease_until", "id"],
                condition=Q(lease_until__isnull=False, left_at=None),
                name="payout_account_to_ask",
            )
        ]

    def __str__(self) -> str:
        return f"{self.account} at {self.provider}"


class PayoutQuerySet(models.QuerySet["Payout"]):
    def visible_to(self, actor: Actor) -> PayoutQuerySet:
        """The worker's own; staff see all."""
        if actor.is_staff or actor.is_system:
            return self
        if actor.is_worker and actor.worker:
            return self.filter(worker=actor.worker)
        return self.none()

    def under_way(self) -> PayoutQuerySet:
        """Those whose money is in transit."""
        return self.filter(status__in=Payout.UNDER_WAY)


class Payout(models.Model):
    """Earnings sent to a worker's bank.

    The money leaves the earnings when it is asked for and stands in transit until the bank
    has it; what fails or comes back returns to the earnings. ``transfer`` took it out,
    ``sent`` gave it to the bank, ``restored`` brought it back.
    """

    class Status(models.TextChoices):
        ORDERED = "ordered", "Ordered"
        IN_TRANSIT = "in_transit", "On its way"
        PAID = "paid_out", "Paid"
        FAILED = "failed", "Failed"
        RETURNED = "returned", "Returned"

    UNDER_WAY = (Status.ORDERED, Status.IN_TRANSIT)
    CAME_BACK = (Status.FAILED, Status.RETURNED)

    reference = models.CharField(max_length=12, unique=True)
    worker = models.ForeignKey(WorkerProfile, models.PROTECT, related_name="payouts")
    bank_account = models.ForeignKey(BankAccount, models.PROTECT, related_name="payouts")
    provider = models.CharField(max_length=20)
    provider_reference = models.CharField(max_length=120, null=True, blank=True)
    amount = MoneyField()
    currency = models.CharField(max_length=3)
    key = models.CharField(max_length=64, unique=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.ORDERED)
    failure = models.CharField(max_length=200, blank=True)
    is_automatic = models.BooleanField(default=False)
    requested_at = models.DateTimeField()
    arrives_on = models.DateField(null=True, blank=True)
    paid_at = models.DateTimeField(null=True, blank=True)
    came_back_at = models.DateTimeField(null=True, blank=True)
    transfer = models.OneToOneField(Transfer, models.PROTECT, related_name="payout")
    sent = models.OneToOneField(
        Transfer, models.PROTECT, null=True, blank=True, related_name="payout_sent"
    )
    restored = models.OneToOneField(
        Transfer, models.PROTECT, null=True, blank=True, related_name="payout_restored"
    )
    lease_until = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)

    objects = PayoutQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="payout_positive"),
            models.CheckConstraint(
                condition=~Q(status="paid_out") | Q(sent__isnull=False, restored=None),
                name="payout_paid_is_posted",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["failed", "returned"], restored__isnull=False)
                | Q(status__in=["ordered", "in_transit", "paid_out"], restored=None),
                name="payout_back_is_posted",
            ),
        ]
        indexes = [
            models.Index(fields=["worker", "-id"], name="payout_worker"),
            models.Index(
                fields=["lease_until", "id"],
                condition=Q(status__in=["ordered", "in_transit", "paid_out"])
                & Q(lease_until__isnull=False),
                name="payout_to_ask",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference}: {self.amount} {self.currency}"

    def get_absolute_url(self) -> str:
        return reverse("payments:payout", args=[self.reference])

    @property
    def is_under_way(self) -> bool:
        return self.status in self.UNDER_WAY

    @property
    def is_paid(self) -> bool:
        return self.status == self.Status.PAID

    @property
    def came_back(self) -> bool:
        """Its money stands in the earnings again."""
        return self.status in self.CAME_BACK

    @property
    def ended_at(self) -> datetime | None:
        return self.came_back_at or self.paid_at


class PayoutAttempt(models.Model):
    """One time the provider was asked about a payout, and what it said."""

    payout = models.ForeignKey(Payout, models.PROTECT, related_name="attempts")
    at = models.DateTimeField()
    answer = models.CharField(max_length=200)

    class Meta:
        indexes = [models.Index(fields=["payout", "id"], name="payout_attempt_list")]

    def __str__(self) -> str:
        return self.answer


class PayoutPlan(models.Model):
    """Pay out by itself, once a day, whenever the earnings have reached ``minimum``."""

    worker = models.OneToOneField(WorkerProfile, models.PROTECT, related_name="payout_plan")
    is_on = models.BooleanField(default=False)
    minimum = MoneyField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(minimum__gt=0), name="payout_plan_minimum")
        ]

    def __str__(self) -> str:
        return f"From {self.minimum}" if self.is_on else "Off"


class TaxDetails(models.Model):
    """Legal name and tax number of a worker, sealed (``core.sealing``); only digits to show."""

    class Kind(models.TextChoices):
        SSN = "ssn", "Social Security number"
        EIN = "ein", "Employer identification number"
        ITIN = "itin", "Individual taxpayer identification number"

    worker = models.OneToOneField(WorkerProfile, models.PROTECT, related_name="tax_details")
    kind = models.CharField(max_length=4, choices=Kind)
    sealed_name = models.BinaryField()
    sealed_number = models.BinaryField()
    last_digits = models.CharField(max_length=4)
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    saved_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "tax details"

    def __str__(self) -> str:
        return self.masked

    @property
    def masked(self) -> str:
        """The number as screens show it: ``•••-••-6789``."""
        shape = "••-•••" if self.kind == self.Kind.EIN else "•••-••-"
        return f"{shape}{self.last_digits}"
