"""Prices of every type: what they come to, in words, and entered as total spend."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from assignments import quoting
from assignments.models import Application, Assignment
from assignments.pricing import FIELDS_OF, RATES, PricingType, Terms, pay_within
from tests.factories import assignments as work

FEE = Decimal("0.10")
CENT = Decimal("0.01")
MONEY = st.decimals("0.50", "5000", places=2)
COUNT = st.decimals("0.25", "200", places=2)


def value_of(name: str) -> st.SearchStrategy:
    if name == "unit_name":
        return st.just("device")
    return MONEY if name in RATES else COUNT


ANY_TERMS = st.sampled_from(PricingType.values).flatmap(
    lambda pricing: st.fixed_dictionaries(
        {name: value_of(name) for name in FIELDS_OF[pricing]}
    ).map(lambda values: Terms(pricing, **values))
)


@pytest.mark.parametrize(
    "terms, most, words",
    [
        (Terms("flat", Decimal("250")), "250.00", "$250.00 flat"),
        (Terms("hourly", None, Decimal(45), Decimal("6.50")), "292.50",
         "$45.00 an hour, up to 6.5 hours"),
        (Terms("hourly", None, Decimal(45), Decimal(1)), "45.00", "$45.00 an hour, up to 1 hour"),
        (Terms.of(work.BY_THE_UNIT), "480.00", "$12.00 per device, up to 40"),
        (Terms.of(work.TWO_RATES), "280.00",
         "$60.00 an hour for the first 2 hours, then $40.00 an hour for up to 4 more"),
    ],
)  # fmt: skip
def test_a_price_in_figures_and_words(terms, most, words):
    assert terms.most == Decimal(most)
    assert terms.sentence() == words


@pytest.mark.parametrize("hours, price", [("1", "60.00"), ("2", "120.00"), ("3.25", "170.00")])
def test_the_second_rate_begins_after_the_first_hours(hours, price):
    assert Terms.of(work.TWO_RATES).price_of(Decimal(hours)) == Decimal(price)


def test_each_rate_is_rounded_as_its_line_on_the_invoice():
    odd = Terms("blended", first_rate=Decimal("0.33"), first_hours=Decimal("0.50"),
                second_rate=Decimal("0.33"), second_hours=Decimal("0.50"))  # fmt: skip
    assert odd.most == Decimal("0.34")


@given(ANY_TERMS, st.decimals("0.25", "400", places=2))
def test_no_count_within_the_agreed_pays_more_than_the_most(terms, quantity):
    if terms.is_counted:
        quantity = min(quantity, terms.most_quantity)
    assert terms.price_of(quantity) <= terms.most
    assert terms.price_of(terms.most_quantity) == terms.most


@given(st.decimals("0.01", "1000000", places=2), st.sampled_from(["0", "0.05", "0.10", "0.1234"]))
def test_the_pay_within_a_total_is_the_largest_that_fits(total, rate):
    pay = pay_within(total, Decimal(rate))
    assert quoting.quote(pay, Decimal(rate)).total <= total
    assert quoting.quote(pay + CENT, Decimal(rate)).total > total


@given(ANY_TERMS)
def test_total_spend_is_never_exceeded_and_nearly_used_up(terms):
    paid = terms.from_spend(FEE)
    total = quoting.of_terms(paid, FEE).total
    assert total <= terms.most
    steps = max(terms.most_quantity or 1, 1) * 3
    assert terms.most - total <= steps * CENT


@given(ANY_TERMS)
def test_columns_of_other_types_stay_empty(terms):
    stored = terms.fields
    others = {n for of, names in FIELDS_OF.items() if of != terms.pricing for n in names}
    assert not any(stored[name] for name in others)
    assert Terms.of(stored) == terms and not terms.missing


BROKEN = [
    {"flat_price": None},
    {"flat_price": 0},
    {"max_hours": 3},
    {"pricing": "hourly"},
    {"pricing": "unit", "flat_price": None, "unit_price": 3, "max_units": 4},
    {"pricing": "barter"},
    {"unit_name": "device"},
]


@pytest.mark.django_db
@pytest.mark.parametrize("change", BROKEN, ids=str)
def test_the_database_refuses_half_a_price_or_two(sent, wanda, at, change):
    work.application(sent, wanda, at=at)
    for model in (Assignment, Application):
        with pytest.raises(IntegrityError, match="_price"), transaction.atomic():
            model.objects.update(**change)
