"""Amounts of money: ``Decimal`` with two places, rounded in exactly one way."""

from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
ZERO = Decimal("0.00")
LARGEST = Decimal("999999999999.99")
"""The largest amount a ``numeric(14,2)`` column holds."""

SYMBOLS = {"USD": "$", "CAD": "CA$", "EUR": "€", "GBP": "£"}


def round_money(amount: Decimal) -> Decimal:
    """Round to the cent, halves away from zero, as invoices are rounded in the trade."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def is_exact(amount: Decimal) -> bool:
    """Whether it is an amount to the cent, above zero, that the books can hold."""
    return amount.is_finite() and ZERO < amount <= LARGEST and amount == amount.quantize(CENT)


def format_money(amount: Decimal, currency: str = "USD") -> str:
    """Write an amount the way every screen, mail and PDF shows it: ``$1,234.50``."""
    sign = "-" if amount < 0 else ""
    symbol = SYMBOLS.get(currency)
    digits = f"{abs(round_money(amount)):,.2f}"
    return f"{sign}{symbol}{digits}" if symbol else f"{sign}{digits} {currency}"
