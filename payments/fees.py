"""The platform's fee: a share of the worker's pay, paid by the client on top of it."""

from decimal import Decimal

from core.money import round_money


def fee_on(worker_amount: Decimal, rate: Decimal) -> Decimal:
    """The fee on an amount of worker pay, rounded to the cent (product §7: 10 %)."""
    return round_money(worker_amount * rate)
