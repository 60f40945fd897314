"""What a worker's money pages read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal

from django.db.models import Count, Min, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth

from accounts.models import WorkerProfile
from core.money import ZERO
from core.paging import Key, number_key
from payments.days import months_before
from payments.models import (
    AccountKind,
    BankAccount,
    Invoice,
    LedgerAccount,
    Payout,
    PayoutPlan,
    TaxDetails,
)

NEWEST_PAYOUTS: list[Key] = [number_key("pk", descending=True)]


@dataclass(frozen=True)
class Earned:
    """A worker's money in one look."""

    available: Decimal
    in_transit: Decimal
    due: Decimal
    due_count: int
    next_due_on: date | None
    past_due: Decimal
    paid_this_year: Decimal


def earned_by(worker: WorkerProfile, *, today: date, currency: str = "USD") -> Earned:
    """Two statements."""
    own = LedgerAccount.objects.filter(worker=worker, currency=currency)
    balances = dict(own.values_list("kind", "balance"))
    unpaid = Q(paid_at=None, withdrawn_at=None)
    sums = Invoice.objects.filter(worker=worker, currency=currency).aggregate(
        due=Sum("worker_amount", filter=unpaid),
        due_count=Count("pk", filter=unpaid),
        next_due_on=Min("due_on", filter=unpaid),
        past_due=Sum("worker_amount", filter=unpaid & Q(due_on__lt=today)),
        paid_this_year=Sum(
            "worker_amount", filter=Q(paid_at__gte=_midnight(date(today.year, 1, 1)))
        ),
    )
    return Earned(
        available=balances.get(AccountKind.WORKER_EARNINGS, ZERO),
        in_transit=balances.get(AccountKind.PAYOUT_IN_TRANSIT, ZERO),
        due=sums["due"] or ZERO,
        due_count=sums["due_count"],
        next_due_on=sums["next_due_on"],
        past_due=sums["past_due"] or ZERO,
        paid_this_year=sums["paid_this_year"] or ZERO,
    )


def paid_by_month(
    worker: WorkerProfile, *, today: date, months: int = 12
) -> list[tuple[date, Decimal, int]]:
    """What was paid to a worker in each of the last months, oldest first: sum and count."""
    firsts = [months_before(today, back) for back in range(months - 1, -1, -1)]
    rows = (
        Invoice.objects.filter(worker=worker, paid_at__gte=_midnight(firsts[0]))
        .annotate(month=TruncMonth("paid_at", tzinfo=UTC))
        .values_list("month")
        .annotate(Sum("worker_amount"), Count("pk"))
        .order_by("month")
    )
    found = {row[0].date(): (row[1], row[2]) for row in rows}
    return [(first, *found.get(first, (ZERO, 0))) for first in firsts]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


@dataclass(frozen=True)
class Arrangements:
    """What a worker has said to be paid; None for what is missing."""

    bank_account: BankAccount | None
    tax_details: TaxDetails | None
    plan: PayoutPlan | None

    @property
    def is_complete(self) -> bool:
        """A payout can start: there is an account, and the tax details are known."""
        return self.bank_account is not None and self.tax_details is not None


def arrangements_of(worker: WorkerProfile) -> Arrangements:
    """Three statements."""
    return Arrangements(
        bank_account=BankAccount.objects.filter(worker=worker, removed_at=None).first(),
        tax_details=TaxDetails.objects.filter(worker=worker).first(),
        plan=PayoutPlan.objects.filter(worker=worker).first(),
    )


def for_payout_list(payouts: QuerySet[Payout, Payout]) -> QuerySet[Payout, Payout]:
    """Everything a row of a list of payouts shows, in one query."""
    return payouts.select_related("bank_account")


@dataclass(frozen=True)
class Year:
    """What a worker was paid in one calendar year (UTC), and by whom."""

    year: int
    paid: Decimal
    count: int
    sent_to_bank: Decimal
    months: list[tuple[date, Decimal, int]]
    clients: list[tuple[str, Decimal, int]]

    @property
    def title(self) -> str:
        return f"The year {self.year}"


def paid_in(worker: WorkerProfile, year: int) -> QuerySet[Invoice, Invoice]:
    """The invoices paid to a worker in that year, oldest first."""
    start, end = _midnight(date(year, 1, 1)), _midnight(date(year + 1, 1, 1))
    rows = Invoice.objects.filter(worker=worker, paid_at__gte=start, paid_at__lt=end)
    return rows.select_related("company").order_by("paid_at", "pk")


def year_of(worker: WorkerProfile, year: int) -> Year:
    """Three statements, whatever the number of payments."""
    paid = paid_in(worker, year).order_by()
    months = dict.fromkeys((date(year, month, 1) for month in range(1, 13)), (ZERO, 0))
    by_month = paid.annotate(month=TruncMonth("paid_at", tzinfo=UTC)).values_list("month")
    for month, amount, count in by_month.annotate(Sum("worker_amount"), Count("pk")):
        months[month.date()] = (amount, count)
    by_client = paid.values_list("company__name").annotate(Sum("worker_amount"), Count("pk"))
    sent = Payout.objects.filter(
        worker=worker,
        status=Payout.Status.PAID,
        paid_at__gte=_midnight(date(year, 1, 1)),
        paid_at__lt=_midnight(date(year + 1, 1, 1)),
    ).aggregate(total=Sum("amount"))["total"]
    return Year(
        year=year,
        paid=sum((amount for amount, _ in months.values()), ZERO),
        count=sum(count for _, count in months.values()),
        sent_to_bank=sent or ZERO,
        months=[(month, amount, count) for month, (amount, count) in months.items()],
        clients=sorted(by_client, key=lambda row: (-row[1], row[0])),
    )


def years_with_pay(worker: WorkerProfile, *, today: date) -> list[int]:
    """From the first year with a payment to this one, newest first."""
    first = Invoice.objects.filter(worker=worker).aggregate(first=Min("paid_at"))["first"]
    begin = first.astimezone(UTC).year if first else today.year
    return list(range(today.year, begin - 1, -1))
