"""What a company can set aside for an assignment, and what would be left after it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from accounts.models import Company
from core.money import ZERO
from payments import credit
from payments.models import AccountKind, CompanyBooks, LedgerAccount


@dataclass(frozen=True)
class Funds:
    """Cash on immediate terms, else what is left of the credit limit."""

    on_credit: bool
    available: Decimal

    @property
    def words(self) -> str:
        return "Credit left" if self.on_credit else "Your balance"

    def after(self, amount: Decimal) -> Decimal:
        return self.available - amount

    def missing_for(self, amount: Decimal) -> Decimal:
        """How much more is needed; zero where it is enough."""
        return max(amount - self.available, ZERO)


def of_company(company: Company, *, terms_days: int) -> Funds:
    """What can be set aside on these terms, read without a lock: the verbs have the last word."""
    if terms_days == 0:
        return Funds(False, cash_of(company))
    books = CompanyBooks.objects.filter(company=company).first()
    limit = books.credit_limit if books else ZERO
    return Funds(True, limit - credit.exposure(company))


def cash_of(company: Company) -> Decimal:
    """The company's cash that is not set aside for anything."""
    accounts = LedgerAccount.objects.filter(
        kind=AccountKind.COMPANY_CASH, company=company, currency=company.currency
    )
    return accounts.values_list("balance", flat=True).first() or ZERO
