"""What an assignment pays: flat, or by the hour up to a most."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db import models

from core.money import format_money, round_money


class PricingType(models.TextChoices):
    FLAT = "flat", "Flat price"
    HOURLY = "hourly", "By the hour"


@dataclass(frozen=True)
class Terms:
    """A price, as posted or as countered by a worker."""

    pricing: str
    flat_price: Decimal | None = None
    hourly_rate: Decimal | None = None
    max_hours: Decimal | None = None

    @property
    def most(self) -> Decimal:
        """The most the worker may earn."""
        if self.pricing == PricingType.FLAT:
            return round_money(self.flat_price or Decimal(0))
        return round_money((self.hourly_rate or Decimal(0)) * (self.max_hours or Decimal(0)))

    def price_of(self, hours: Decimal | None) -> Decimal:
        """What the work comes to for the hours worked; a flat price does not ask for hours."""
        if self.pricing == PricingType.FLAT:
            return self.most
        return round_money((self.hourly_rate or Decimal(0)) * (hours or Decimal(0)))

    def sentence(self, currency: str = "USD") -> str:
        """The price in words: ``$250.00 flat`` or ``$45.00 an hour, up to 6 hours``."""
        if self.pricing == PricingType.FLAT:
            return f"{format_money(self.most, currency)} flat"
        hours = (self.max_hours or Decimal(0)).normalize()
        unit = "hour" if hours == 1 else "hours"
        rate = format_money(self.hourly_rate or Decimal(0), currency)
        return f"{rate} an hour, up to {hours:f} {unit}"
