"""What a worker says to be paid."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError

from core.forms import ChoiceCards, KeyedForm, MoneyInput
from core.money import format_money
from core.text_fields import LineField
from payments.models import TaxDetails
from payments.providers.base import BankDetails

NUMERIC = {"inputmode": "numeric", "autocomplete": "off"}
ROUTING_WEIGHTS = (3, 7, 1) * 3
"""Of the check digit of the American Bankers Association: the weighted sum ends in 0."""


class DigitsField(forms.CharField):
    """Digits, with the spaces and dashes that people put between them; cleans to digits."""

    def __init__(self, *, least: int, most: int, words: str, **kwargs: Any) -> None:
        self.least, self.most, self.words = least, most, words
        super().__init__(max_length=40, widget=forms.TextInput(attrs=NUMERIC), **kwargs)

    def clean(self, value: Any) -> str:
        typed = re.sub(r"[\s\u2010-\u2015-]", "", super().clean(value) or "")
        if typed and (not typed.isascii() or not typed.isdigit()):
            raise ValidationError("Use digits only.", code="digits")
        if typed and not self.least <= len(typed) <= self.most:
            raise ValidationError(self.words, code="length")
        return typed


class PayoutForm(KeyedForm):
    amount = MoneyInput(label="Amount", least=settings.PAYOUT_SMALLEST)

    def __init__(self, *args: Any, available: Decimal, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.available = available

    def clean_amount(self) -> Decimal:
        amount: Decimal = self.cleaned_data["amount"]
        if amount > self.available:
            there = format_money(self.available)
            raise ValidationError(f"Your available earnings are {there}. Ask for that or less.")
        return amount


class BankAccountForm(KeyedForm):
    holder = LineField(
        label="Name on the account", max_length=80, widget=forms.TextInput({"autocomplete": "name"})
    )
    routing_number = DigitsField(
        label="Routing number", least=9, most=9, words="A routing number has nine digits."
    )
    account_number = DigitsField(
        label="Account number", least=4, most=17, words="An account number has 4 to 17 digits."
    )
    repeated = DigitsField(
        label="Account number again", least=4, most=17,
        words="An account number has 4 to 17 digits.",
    )  # fmt: skip

    def clean_routing_number(self) -> str:
        number: str = self.cleaned_data["routing_number"]
        weighted = sum(int(d) * w for d, w in zip(number, ROUTING_WEIGHTS, strict=True))
        if weighted % 10:
            raise ValidationError("This is no routing number: a digit is wrong or two are swapped.")
        return number

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, second = cleaned.get("account_number"), cleaned.get("repeated")
        if first and second and first != second:
            self.add_error("repeated", "The two account numbers differ. Type it once more.")
        return cleaned

    @property
    def details(self) -> BankDetails:
        said = self.cleaned_data
        return BankDetails(said["holder"], said["routing_number"], said["account_number"])


class EnrolForm(forms.Form):
    """What a worker wants of the provider's own pages: to go there, or to be back from there."""

    act = forms.ChoiceField(choices=[("begin", "Go on"), ("check", "Check")])


class PayoutPlanForm(forms.Form):
    is_on = forms.BooleanField(label="Pay me automatically", required=False)
    minimum = MoneyInput(label="When my earnings reach", least=settings.PAYOUT_SMALLEST)


class TaxDetailsForm(forms.Form):
    name = LineField(label="Legal name", max_length=120)
    kind = forms.ChoiceField(
        label="Kind of tax number", choices=TaxDetails.Kind.choices, widget=ChoiceCards
    )
    number = DigitsField(label="Tax number", least=9, most=9, words="A tax number has nine digits.")

    def clean_number(self) -> str:
        number: str = self.cleaned_data["number"]
        if len(set(number)) == 1:
            raise ValidationError("This is no tax number. Look it up on your tax papers.")
        return number
