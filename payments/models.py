"""The ledger, and the papers around it: funding, reservations, invoices.

Only money that the platform holds is in the ledger; what is owed stands on invoices.
The guarantees of the ledger are kept by the database, in ``payments/triggers.py``.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import Company, WorkerProfile
from core.fields import MoneyField


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

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "company", "worker", "provider", "currency"],
                nulls_distinct=False,
                name="ledger_account_once",
            ),
            models.CheckConstraint(condition=Q(balance__gte=0), name="ledger_account_floor"),
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
    REFUND = "refund", "Funds returned to the company's bank"
    PAYOUT = "payout", "Payout started"
    PAYOUT_SENT = "payout_sent", "Payout arrived"
    PAYOUT_RETURNED = "payout_returned", "Payout returned"
    REVERSAL = "reversal", "Reversal"


class Transfer(models.Model):
    """One movement of money, made of postings that sum to zero; never changed or deleted."""

    kind = models.CharField(max_length=20, choices=TransferKind)
    key = models.CharField("idempotency key", max_length=120, unique=True)
    currency = models.CharField(max_length=3)
    memo = models.CharField(max_length=200, blank=True)
    company = models.ForeignKey(Company, models.PROTECT, null=True, blank=True, related_name="+")
    reverses = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="reversed_by"
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["company", "-at", "-id"], name="transfer_company")]

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


class CompanyBooks(models.Model):
    """A company's standing with the platform: its credit, and the last invoice number given."""

    company = models.OneToOneField(Company, models.PROTECT, related_name="books")
    credit_limit = MoneyField(default=0)
    last_invoice_number = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = "company books"
        constraints = [
            models.CheckConstraint(condition=Q(credit_limit__gte=0), name="books_credit_limit")
        ]

    def __str__(self) -> str:
        return f"Books of {self.company}"


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
    transfer = models.OneToOneField(
        Transfer, models.PROTECT, null=True, blank=True, related_name="funding"
    )
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="funding_positive"),
            models.CheckConstraint(
                condition=(~Q(status="settled") | Q(transfer__isnull=False)),
                name="funding_settled_is_posted",
            ),
        ]
        indexes = [models.Index(fields=["company", "-id"], name="funding_company")]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency} for {self.company}"


class ProviderEvent(models.Model):
    """What a provider told us, stored before it is believed, applied once."""

    provider = models.CharField(max_length=20)
    event_id = models.CharField(max_length=120)
    kind = models.CharField(max_length=60)
    payload = models.JSONField()
    received_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "event_id"], name="provider_event_once")
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.kind} {self.event_id}"


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
    made_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

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


class InvoiceQuerySet(models.QuerySet["Invoice"]):
    def unpaid(self) -> "InvoiceQuerySet":
        """Invoices still owed: neither paid nor withdrawn."""
        return self.filter(paid_at=None, withdrawn_at=None)


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
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The number as it is printed: ``INV-000123``, counted per company without gaps."""
        return f"INV-{self.number:06d}"


class InvoiceLine(models.Model):
    """One line of an invoice: price, hours, expense, bonus or fee."""

    class Kind(models.TextChoices):
        PRICE = "price", "Price"
        HOURS = "hours", "Hours"
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
