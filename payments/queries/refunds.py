"""How much unused cash a company can take back, and from which fundings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.db.models import F, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce

from accounts.models import Company
from core.fields import MoneyField
from core.money import ZERO
from core.paging import Key, number_key
from payments.models import AccountKind, Funding, LedgerAccount, Refund

NEWEST_REFUNDS: list[Key] = [number_key("pk", descending=True)]
MOST_SOURCES = 200
"""Of so many fundings at most is anything taken back in one go."""


@dataclass(frozen=True)
class Source:
    """One funding, and what of it can still go back."""

    funding: Funding
    left: Decimal


@dataclass(frozen=True)
class Refundable:
    """The unused cash, and the fundings it can go back to, the newest first."""

    cash: Decimal
    sources: tuple[Source, ...]

    @property
    def most(self) -> Decimal:
        return min(self.cash, sum((source.left for source in self.sources), ZERO))

    def parts(self, amount: Decimal) -> list[tuple[Funding, Decimal]]:
        """Which fundings give how much of ``amount``, which is no more than ``most``."""
        parts = []
        for source in self.sources:
            part = min(source.left, amount)
            if part <= 0:
                break
            parts.append((source.funding, part))
            amount -= part
        return parts


def refundable(company: Company, *, at: datetime, cash: Decimal | None = None) -> Refundable:
    """One statement for the fundings, and one for the cash where it is not given."""
    if cash is None:
        own = LedgerAccount.objects.filter(
            company=company, kind=AccountKind.COMPANY_CASH, currency=company.currency
        )
        cash = own.values_list("balance", flat=True).first() or ZERO
    gone = Sum("refunds__amount", filter=Q(refunds__status__in=Refund.TAKEN))
    left = F("amount") - Coalesce(gone, Value(0), output_field=MoneyField())
    fundings = (
        Funding.objects.filter(
            company=company,
            currency=company.currency,
            status=Funding.Status.SETTLED,
            settled_at__gt=at - timedelta(days=settings.REFUND_DAYS),
        )
        .annotate(left=left)
        .filter(left__gt=0)
        .order_by("-pk")
    )
    return Refundable(cash, tuple(Source(row, row.left) for row in fundings[:MOST_SOURCES]))


def for_refund_list(refunds: QuerySet[Refund, Refund]) -> QuerySet[Refund, Refund]:
    """Everything a row of the list shows, in one query."""
    return refunds.select_related("funding", "requested_by")
