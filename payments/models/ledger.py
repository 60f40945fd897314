"""The books: accounts, transfers, postings.

Only money that the platform holds is here. What the books guarantee is kept by the
database, whoever writes: see ``payments/migrations/0003_ledger_guards.py``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q

from accounts.models import Company, WorkerProfile
from core.fields import MoneyField

if TYPE_CHECKING:
    from accounts.actors import Actor


class AccountKind(models.TextChoices):
    COMPANY_CASH = "company_cash", "Company cash"
    COMPANY_RESERVED = "company_reserved", "Company reserved"
    WORKER_EARNINGS = "worker_earnings", "Worker earnings"
    PAYOUT_IN_TRANSIT = "payout_in_transit", "Worker payout in transit"
    PLATFORM_FEES = "platform_fees", "Platform fees"
    OUTSIDE = "outside", "Outside world"


COMPANY_KINDS = (AccountKind.COMPANY_CASH, AccountKind.COMPANY_RESERVED)
WORKER_KINDS = (AccountKind.WORKER_EARNINGS, AccountKind.PAYOUT_IN_TRANSIT)
CUSTOMER_KINDS = COMPANY_KINDS + WORKER_KINDS
"""Accounts that belong to somebody: their balance is kept, and never goes below zero."""


class LedgerAccountQuerySet(models.QuerySet["LedgerAccount"]):
    def visible_to(self, actor: Actor) -> LedgerAccountQuerySet:
        """A company's own accounts, the worker's own; staff see all."""
        if actor.is_staff or actor.is_system:
            return self
        if actor.is_client and actor.company:
            return self.filter(company=actor.company)
        if actor.is_worker and actor.worker:
            return self.filter(worker=actor.worker)
        return self.none()


class LedgerAccount(models.Model):
    """One account of the books, in one currency.

    Customer accounts are liabilities of the platform: a credit adds, a debit takes away,
    and ``balance`` is kept by the insert of each posting. Accounts of the platform and of
    the outside world keep none (it stays zero), so that no row is hot: their balance is
    the sum of their postings.
    """

    kind = models.CharField(max_length=20, choices=AccountKind)
    company = models.ForeignKey(
        Company, models.PROTECT, null=True, blank=True, related_name="ledger_accounts"
    )
    worker = models.ForeignKey(
        WorkerProfile, models.PROTECT, null=True, blank=True, related_name="ledger_accounts"
    )
    provider = models.CharField(max_length=20, blank=True)
    currency = models.CharField(max_length=3)
    balance = MoneyField(default=0, editable=False)

    objects = LedgerAccountQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "company", "worker", "provider", "currency"],
                nulls_distinct=False,
                name="ledger_account_once",
            ),
            models.CheckConstraint(condition=Q(balance__gte=0), name="ledger_account_floor"),
            models.CheckConstraint(
                condition=Q(kind__in=CUSTOMER_KINDS) | Q(balance=0),
                name="ledger_account_keeps_none",
            ),
            models.CheckConstraint(
                condition=(
                    Q(kind__in=COMPANY_KINDS, company__isnull=False, worker=None, provider="")
                    | Q(kind__in=WORKER_KINDS, worker__isnull=False, company=None, provider="")
                    | Q(kind=AccountKind.PLATFORM_FEES, company=None, worker=None, provider="")
                    | (Q(kind=AccountKind.OUTSIDE, company=None, worker=None) & ~Q(provider=""))
                ),
                name="ledger_account_owner",
            ),
        ]

    def __str__(self) -> str:
        owner = self.company or self.worker or self.provider or "platform"
        return f"{self.get_kind_display()}: {owner}"

    @property
    def keeps_balance(self) -> bool:
        return self.kind in CUSTOMER_KINDS


class TransferKind(models.TextChoices):
    FUNDING = "funding", "Funds added"
    RESERVATION = "reservation", "Reserved for an assignment"
    RELEASE = "release", "Reservation released"
    PAYMENT = "payment", "Invoice paid"
    REFUND = "refund", "Refund started"
    REFUND_SENT = "refund_sent", "Refund sent back"
    REFUND_RETURNED = "refund_returned", "Refund came back"
    PAYOUT = "payout", "Payout started"
    PAYOUT_SENT = "payout_sent", "Payout arrived"
    PAYOUT_RETURNED = "payout_returned", "Payout returned"
    CREDIT_NOTE = "credit_note", "Invoice refunded"
    ADJUSTMENT = "adjustment", "Correction"
    REVERSAL = "reversal", "Reversal"


class TransferQuerySet(models.QuerySet["Transfer"]):
    def visible_to(self, actor: Actor) -> TransferQuerySet:
        """What moved a company's own money, or the worker's own; staff see all."""
        if actor.is_staff or actor.is_system:
            return self
        if actor.is_client and actor.company:
            return self.filter(company=actor.company)
        if actor.is_worker and actor.worker:
            own = Posting.objects.filter(transfer=OuterRef("pk"), account__worker=actor.worker)
            return self.filter(Exists(own))
        return self.none()


class Transfer(models.Model):
    """One movement of money, made of postings that sum to zero; never changed or deleted.

    ``amount`` is what its debits (and so its credits) come to. The database compares it
    with the postings at commit, so that a transfer once made cannot gain another line.
    """

    kind = models.CharField(max_length=20, choices=TransferKind)
    key = models.CharField("idempotency key", max_length=120, unique=True)
    currency = models.CharField(max_length=3)
    amount = MoneyField()
    memo = models.CharField(max_length=200, blank=True)
    company = models.ForeignKey(Company, models.PROTECT, null=True, blank=True, related_name="+")
    reverses = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="reversed_by"
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField()

    objects = TransferQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="transfer_positive"),
            models.CheckConstraint(
                condition=Q(kind__in=TransferKind.values), name="transfer_kind_known"
            ),
        ]
        indexes = [models.Index(fields=["company", "-id"], name="transfer_company")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.key}"


class Side(models.TextChoices):
    DEBIT = "debit", "Debit"
    CREDIT = "credit", "Credit"


class Posting(models.Model):
    """One line of a transfer: a positive amount on one side of one account."""

    transfer = models.ForeignKey(Transfer, models.PROTECT, related_name="postings")
    account = models.ForeignKey(LedgerAccount, models.PROTECT, related_name="postings")
    side = models.CharField(max_length=6, choices=Side)
    amount = MoneyField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="posting_positive"),
            models.CheckConstraint(condition=Q(side__in=Side.values), name="posting_side"),
        ]
        indexes = [models.Index(fields=["account", "-id"], name="posting_account")]

    def __str__(self) -> str:
        return f"{self.side} {self.amount} on {self.account_id}"
