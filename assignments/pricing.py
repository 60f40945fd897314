"""What an assignment pays: flat, by the hour, by the unit, or by the hour at two rates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from decimal import ROUND_DOWN, Decimal
from typing import Any

from django.db import models

from core.money import CENT, ZERO, format_money, is_exact, round_money
from payments.fees import fee_on


class PricingType(models.TextChoices):
    FLAT = "flat", "Flat price"
    HOURLY = "hourly", "By the hour"
    UNIT = "unit", "By the unit"
    BLENDED = "blended", "By the hour, two rates"


FIELDS_OF: dict[str, tuple[str, ...]] = {
    PricingType.FLAT: ("flat_price",),
    PricingType.HOURLY: ("hourly_rate", "max_hours"),
    PricingType.UNIT: ("unit_price", "max_units", "unit_name"),
    PricingType.BLENDED: ("first_rate", "first_hours", "second_rate", "second_hours"),
}
"""What each type of price consists of; all of it is needed."""

RATES = ("flat_price", "hourly_rate", "unit_price", "first_rate", "second_rate")
"""The amounts of money among them: what the worker gets for all, for an hour, for a unit."""

RAISED_BY = {
    PricingType.HOURLY: "max_hours",
    PricingType.UNIT: "max_units",
    PricingType.BLENDED: "second_hours",
}
MOST_BUDGET = Decimal("1000000.00")
MOST_HOURS = Decimal(4_000)
MOST_UNITS = Decimal(100_000)


@dataclass(frozen=True)
class Part:
    """So many of something at a rate: one line of an invoice."""

    quantity: Decimal
    rate: Decimal

    @property
    def amount(self) -> Decimal:
        return round_money(self.quantity * self.rate)


@dataclass(frozen=True)
class Terms:
    """A price, as posted or as countered by a worker. Amounts are what the worker gets."""

    pricing: str
    flat_price: Decimal | None = None
    hourly_rate: Decimal | None = None
    max_hours: Decimal | None = None
    unit_price: Decimal | None = None
    max_units: Decimal | None = None
    unit_name: str = ""
    first_rate: Decimal | None = None
    first_hours: Decimal | None = None
    second_rate: Decimal | None = None
    second_hours: Decimal | None = None

    @classmethod
    def of(cls, source: Mapping[str, Any] | object) -> Terms:
        """The price in a mapping (a form's data) or on a row, of its type's fields only."""
        read = source.get if isinstance(source, Mapping) else lambda n: getattr(source, n, None)
        pricing = read("pricing") or PricingType.FLAT
        return cls(pricing, **{name: read(name) or _EMPTY[name] for name in FIELDS_OF[pricing]})

    @property
    def fields(self) -> dict[str, Any]:
        """Every column of the price with its value; those of other types are empty."""
        return asdict(Terms.of(self))

    @property
    def missing(self) -> list[str]:
        """The fields that its type needs and that are not there or not above zero."""
        return [name for name in FIELDS_OF[self.pricing] if not _is_there(getattr(self, name))]

    @property
    def is_counted(self) -> bool:
        """Whether the worker is paid by what they did, not one price for all."""
        return self.pricing != PricingType.FLAT

    @property
    def is_timed(self) -> bool:
        return self.pricing in (PricingType.HOURLY, PricingType.BLENDED)

    @property
    def most_quantity(self) -> Decimal | None:
        """The most hours or units that are paid; None for a flat price."""
        if self.pricing == PricingType.UNIT:
            return self.max_units
        if self.pricing == PricingType.BLENDED:
            return (self.first_hours or ZERO) + (self.second_hours or ZERO)
        return self.max_hours if self.pricing == PricingType.HOURLY else None

    @property
    def most(self) -> Decimal:
        """The most the worker may earn."""
        return self.price_of(self.most_quantity)

    @property
    def is_beyond(self) -> bool:
        """Whether it is more than we let one assignment pay, or count."""
        most = MOST_UNITS if self.pricing == PricingType.UNIT else MOST_HOURS
        counts_too_much = (self.most_quantity or ZERO) > most
        return (
            counts_too_much
            or any(rate > MOST_BUDGET for rate in self.rates)
            or self.most > MOST_BUDGET
        )

    @property
    def is_exact(self) -> bool:
        """Whether every rate that it has is an amount to the cent."""
        return all(is_exact(rate) for rate in self.rates)

    @property
    def rates(self) -> list[Decimal]:
        """The amounts of money that it is made of, as far as they are there."""
        named = [getattr(self, name) for name in FIELDS_OF[self.pricing] if name in RATES]
        return [rate for rate in named if rate is not None]

    def raised(self, *, amount: Decimal = ZERO, quantity: Decimal | None = None) -> Terms:
        """The same price with more to pay for: a higher flat price, more hours, more units.

        At two rates the further hours have the second one.
        """
        if self.pricing == PricingType.FLAT:
            return replace(self, flat_price=(self.flat_price or ZERO) + amount)
        name = RAISED_BY[PricingType(self.pricing)]
        more: dict[str, Any] = {name: (getattr(self, name) or ZERO) + (quantity or ZERO)}
        return replace(self, **more)

    def parts_of(self, quantity: Decimal | None) -> list[Part]:
        """The price of so many hours or units, rate by rate; a flat price asks for neither."""
        if self.pricing == PricingType.FLAT:
            return [Part(Decimal(1), self.flat_price or ZERO)]
        count = quantity or ZERO
        if self.pricing == PricingType.HOURLY:
            return [Part(count, self.hourly_rate or ZERO)]
        if self.pricing == PricingType.UNIT:
            return [Part(count, self.unit_price or ZERO)]
        first = min(count, self.first_hours or ZERO)
        parts = [
            Part(first, self.first_rate or ZERO),
            Part(count - first, self.second_rate or ZERO),
        ]
        return [part for part in parts if part.quantity] or parts[:1]

    def price_of(self, quantity: Decimal | None) -> Decimal:
        """What the work comes to; each rate's part is rounded, as on the invoice."""
        return sum((part.amount for part in self.parts_of(quantity)), ZERO)

    def sentence(self, currency: str = "USD") -> str:
        """The price in words: ``$250.00 flat``, ``$45.00 an hour, up to 6 hours``,
        ``$12.00 per device, up to 40``, ``$60.00 an hour for the first 2 hours, then $40.00 an
        hour for up to 4 more``."""

        def money(amount: Decimal | None) -> str:
            return format_money(amount or ZERO, currency)

        if self.pricing == PricingType.FLAT:
            return f"{money(self.flat_price)} flat"
        if self.pricing == PricingType.HOURLY:
            return f"{money(self.hourly_rate)} an hour, up to {hours_words(self.max_hours)}"
        if self.pricing == PricingType.UNIT:
            most = plain(self.max_units)
            return f"{money(self.unit_price)} per {self.unit_name or 'unit'}, up to {most}"
        return (
            f"{money(self.first_rate)} an hour for the first {hours_words(self.first_hours)}, "
            f"then {money(self.second_rate)} an hour for up to {plain(self.second_hours)} more"
        )

    def quantity_words(self, quantity: Decimal | None) -> str:
        """``6 hours``, ``40 × device``; nothing for a flat price."""
        if not self.is_counted:
            return ""
        if self.is_timed:
            return hours_words(quantity)
        return f"{plain(quantity)} × {self.unit_name or 'unit'}"

    def from_spend(self, fee_rate: Decimal) -> Terms:
        """The worker's terms where these were written as total spend, the fee included.

        A flat price: the largest pay that with its fee is no more than the total. A rate: the
        largest whose exact share of fee fits, lowered where rounding made the whole dearer.
        """
        if self.pricing == PricingType.FLAT:
            return replace(self, flat_price=pay_within(self.flat_price or ZERO, fee_rate))
        rates = [name for name in FIELDS_OF[self.pricing] if name in RATES]
        paid: dict[str, Any] = {
            name: _floor((getattr(self, name) or ZERO) / (1 + fee_rate)) for name in rates
        }
        terms = replace(self, **paid)
        while terms.most > ZERO and terms.most + fee_on(terms.most, fee_rate) > self.most:
            paid[rates[0]] -= CENT
            terms = replace(terms, **paid)
        return terms


def pay_within(total: Decimal, fee_rate: Decimal) -> Decimal:
    """The largest worker pay that, with its fee, costs no more than ``total``."""
    pay = _floor(total / (1 + fee_rate)) + CENT
    while pay > ZERO and pay + fee_on(pay, fee_rate) > total:
        pay -= CENT
    return pay


def plain(quantity: Decimal | None) -> str:
    """A count without needless zeros: ``6``, ``6.5``."""
    return f"{(quantity or Decimal(0)).normalize():f}"


def hours_words(hours: Decimal | None) -> str:
    return f"{plain(hours)} {'hour' if hours == 1 else 'hours'}"


def _floor(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, rounding=ROUND_DOWN)


def _is_there(value: Decimal | str | None) -> bool:
    return bool(value) if isinstance(value, str) or value is None else value > 0


_EMPTY: dict[str, Any] = {field.name: field.default for field in fields(Terms)[1:]}
FIELDS = tuple(field.name for field in fields(Terms))
"""Every column of a price."""
