"""The fields of a price, as a client posts it and as a worker counters it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms

from assignments.forms.fields import LineField
from assignments.pricing import FIELDS_OF, MOST_BUDGET, MOST_UNITS, PricingType, Terms
from core.forms import ChoiceCards, MoneyInput

MOST_RATE = Decimal("10000.00")
MOST_HOURS = Decimal(2000)
PRICINGS = [
    (PricingType.FLAT, "Flat price|One price for the whole work."),
    (PricingType.HOURLY, "By the hour|A rate, and the most hours that are paid."),
    (PricingType.UNIT, "By the unit|A price for each device, drop or page, and the most of them."),
    (PricingType.BLENDED, "Two rates|One rate for the first hours, another for those after."),
]
WANTED = {
    "flat_price": "Enter the price.",
    "hourly_rate": "Enter the rate for an hour.",
    "max_hours": "Enter the most hours that are paid.",
    "unit_price": "Enter the price of one unit.",
    "max_units": "Enter the most units that are paid.",
    "unit_name": "Say what one unit is: a device, a drop, a page.",
    "first_rate": "Enter the rate for each of the first hours.",
    "first_hours": "Enter how many hours have the first rate.",
    "second_rate": "Enter the rate for each hour after them.",
    "second_hours": "Enter the most hours at the second rate.",
}
TOO_MUCH = "This comes to more than $1,000,000. Lower it."
BOUNDING = {
    PricingType.FLAT: "flat_price",
    PricingType.HOURLY: "max_hours",
    PricingType.UNIT: "max_units",
    PricingType.BLENDED: "second_hours",
}


def quantity_field(label: str, *, most: Decimal, digits: int = 6, **kwargs: Any) -> Any:
    return forms.DecimalField(
        required=False,
        min_value=Decimal("0.25") if most == MOST_HOURS else Decimal("0.01"),
        max_value=most,
        decimal_places=2,
        max_digits=digits,
        label=label,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        **kwargs,
    )


class PriceForm(forms.Form):
    """One type is chosen, and only its fields count: the page hides those of the others."""

    pricing = forms.ChoiceField(
        choices=PRICINGS,
        initial=PricingType.FLAT,
        widget=ChoiceCards,
        label="How is the worker paid?",
    )
    flat_price = MoneyInput(required=False, label="Price")
    hourly_rate = MoneyInput(required=False, most=MOST_RATE, label="Hourly rate")
    max_hours = quantity_field("Most hours", most=MOST_HOURS)
    unit_price = MoneyInput(required=False, label="Price of one unit")
    max_units = quantity_field("Most units", most=MOST_UNITS, digits=9)
    unit_name = LineField(
        max_length=30, required=False, label="One unit is a", help_text="Device, drop, page, mile."
    )
    first_rate = MoneyInput(required=False, most=MOST_RATE, label="First rate")
    first_hours = quantity_field("First hours", most=MOST_HOURS)
    second_rate = MoneyInput(required=False, most=MOST_RATE, label="Rate after that")
    second_hours = quantity_field("Most further hours", most=MOST_HOURS)

    def forget_other_prices(self, data: dict[str, Any], pricing: str) -> None:
        """Drop what was typed for another type of price, right or wrong."""
        for of, names in FIELDS_OF.items():
            for name in names:
                if of != pricing:
                    self.errors.pop(name, None)
                    data[name] = "" if name == "unit_name" else None

    def want_whole_price(self, data: Mapping[str, Any], terms: Terms) -> None:
        """Ask for what the price lacks, and refuse what is beyond any budget."""
        for name in terms.missing:
            if name not in self.errors:
                self.add_error(name, WANTED[name])
        if not self.errors.keys() & FIELDS_OF[terms.pricing] and terms.most > MOST_BUDGET:
            self.add_error(BOUNDING[PricingType(terms.pricing)], TOO_MUCH)
