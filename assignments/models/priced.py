"""The columns of a price: an assignment has them, and every application for it."""

from __future__ import annotations

from functools import reduce

from django.db import models
from django.db.models import Q

from assignments.pricing import FIELDS_OF, PricingType, Terms
from core.fields import MoneyField


def _is_exactly(pricing: str) -> Q:
    """All that this type of price needs is there and above zero, and nothing of another type.

    To the database an empty amount is neither above zero nor not, so it is asked for as well.
    """
    condition = Q(pricing=pricing)
    for of, names in FIELDS_OF.items():
        for name in names:
            if name == "unit_name":
                empty = Q(unit_name="")
                condition &= ~empty if of == pricing else empty
            elif of == pricing:
                condition &= Q(**{f"{name}__isnull": False, f"{name}__gt": 0})
            else:
                condition &= Q(**{name: None})
    return condition


class Priced(models.Model):
    """A price of one of the four types; the database refuses half of one, or two at once."""

    pricing = models.CharField(max_length=10, choices=PricingType, default=PricingType.FLAT)
    flat_price = MoneyField(null=True, blank=True)
    hourly_rate = MoneyField(null=True, blank=True)
    max_hours = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    unit_price = MoneyField(null=True, blank=True)
    max_units = models.DecimalField(max_digits=9, decimal_places=2, null=True, blank=True)
    unit_name = models.CharField(max_length=30, blank=True, default="", db_default="")
    first_rate = MoneyField(null=True, blank=True)
    first_hours = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    second_rate = MoneyField(null=True, blank=True)
    second_hours = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=reduce(Q.__or__, (_is_exactly(pricing) for pricing in FIELDS_OF)),
                name="%(class)s_price",
            )
        ]

    @property
    def terms(self) -> Terms:
        return Terms.of(self)

    @terms.setter
    def terms(self, terms: Terms) -> None:
        for name, value in terms.fields.items():
            setattr(self, name, value)
