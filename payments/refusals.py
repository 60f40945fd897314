"""What the books refuse, in sentences that a person can read."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from core.errors import DomainError
from core.money import format_money


class BadAmount(DomainError):
    """An amount that is not money: zero, negative, fractions of a cent, or beyond the books."""

    message = "Enter an amount in dollars and cents, greater than zero."
    field = "amount"


class KeyUsed(DomainError):
    """The key of an earlier request came back with another content."""

    message = "This form was already sent with other values. Open the page again and retry."


class InsufficientBalance(DomainError):
    """A transfer would take a customer account below zero."""

    message = "There is not enough money on this account."


class InsufficientCash(DomainError):
    """The company's cash does not cover what it wants to set aside or pay."""

    def __init__(self, missing: Decimal, currency: str = "USD") -> None:
        self.missing = missing
        self.currency = currency
        short = format_money(missing, currency)
        super().__init__(
            f"Your cash balance is {short} short. Add at least {short}, then try again."
        )


class CreditExceeded(DomainError):
    """The company's open invoices and reservations on terms would pass its credit limit."""

    def __init__(self, missing: Decimal, currency: str = "USD") -> None:
        self.missing = missing
        self.currency = currency
        short = format_money(missing, currency)
        super().__init__(
            f"This is {short} above your credit limit. Pay open invoices, choose immediate terms, "
            "or ask us for a higher limit."
        )


class PaymentOverdue(DomainError):
    """An invoice is so long past due that new work is blocked."""

    def __init__(self, label: str, due_on: date, days: int) -> None:
        self.label = label
        self.days = days
        super().__init__(
            f"Invoice {label} was due on {due_on:%B} {due_on.day} and is {days} days past due. "
            "Pay it to send new assignments."
        )


class InvoiceWithdrawn(DomainError):
    message = "This invoice was withdrawn, so there is nothing to pay."


class InvoicePaid(DomainError):
    message = "This invoice is paid and cannot be withdrawn. Open a case to have money returned."


class ReservationClosed(DomainError):
    message = "This reservation is closed. Send the assignment again to set money aside."


class InsufficientEarnings(DomainError):
    """More was asked for than the worker's earnings hold."""

    field = "amount"

    def __init__(self, available: Decimal, currency: str = "USD") -> None:
        self.available = available
        there = format_money(available, currency)
        super().__init__(f"Your available earnings are {there}. Ask for that or less.")


class TooSmallMinimum(BadAmount):
    """An automatic payout would start at less than the smallest payout."""

    field = "minimum"


class NothingToPayOut(DomainError):
    message = "There is nothing to pay out yet. Money arrives here when a client pays an invoice."


class NoBankAccount(DomainError):
    message = "Add the bank account that the money should go to first."


class NoTaxDetails(DomainError):
    message = "Add your tax details first: the law asks for them before the first payout."


class BankNotTaken(DomainError):
    """The provider refused the bank details; its own words."""

    field = "routing_number"


class NumbersNotTaken(DomainError):
    message = "Our payment partner asks for your bank account itself. Follow the link to its page."


class ProviderSilent(DomainError):
    message = "Our payment partner does not answer right now. Nothing was saved; try again soon."


class NotPaidYet(DomainError):
    message = "This invoice is not paid, so there is nothing to give back. Withdraw it instead."


class NothingToTakeBack(DomainError):
    message = "There is no unused cash that can go back to where it came from."


class TooMuchToTakeBack(BadAmount):
    """More than the unused cash, or than was added lately."""

    def __init__(self, most: Decimal, currency: str = "USD") -> None:
        self.most = most
        super().__init__(f"You can take back {format_money(most, currency)} at most.")


class OwesFirst(DomainError):
    """An invoice is so long past due that no cash goes back."""

    def __init__(self, label: str, due_on: date) -> None:
        super().__init__(
            f"Invoice {label} was due on {due_on:%B} {due_on.day}. Pay it before you take cash "
            "back."
        )
