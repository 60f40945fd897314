"""What a company says about its money: funds to add, an invoice to pay, a statement to see."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.models import Company
from core.forms import ChoiceCards, KeyedForm, MoneyInput
from core.money import format_money
from payments.models import AccountKind

LONGEST_ADDRESS = 500


class LocalAddressField(forms.CharField):
    """Where to go on afterwards: an address on this site, else nothing."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            required=False, max_length=LONGEST_ADDRESS, widget=forms.HiddenInput, **kwargs
        )

    def clean(self, value: Any) -> str:
        try:
            address = super().clean(value)
        except forms.ValidationError:
            return ""
        local = address.startswith("/") and url_has_allowed_host_and_scheme(address, None)
        return address if local else ""


class WantedFunds(forms.Form):
    """What a link to the page may ask for: an amount to begin with, and where to go on."""

    amount = MoneyInput(
        required=False, least=settings.FUNDING_SMALLEST, most=settings.FUNDING_LARGEST
    )
    next = LocalAddressField()


class AddFundsForm(KeyedForm):
    amount = MoneyInput(
        label="Amount", least=settings.FUNDING_SMALLEST, most=settings.FUNDING_LARGEST
    )
    method = forms.ChoiceField(
        label="Pay with",
        choices=[
            ("card", "Card|Available at once"),
            ("bank", "Bank transfer|Available when it has arrived"),
        ],
        widget=ChoiceCards,
        initial="card",
    )
    next = LocalAddressField()

    def __init__(self, *args: Any, company: Company, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount"].currency = company.currency

    def renew_key(self) -> None:
        """Let the next submit be another request: this one has its result."""
        self.data = self.data.copy()
        self.data["key"] = str(uuid.uuid4())


class TakeBackForm(KeyedForm):
    """How much unused cash goes back to where it came from."""

    amount = MoneyInput(label="Amount")

    def __init__(self, *args: Any, company: Company, most: Decimal, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount"].currency = company.currency
        self.most = most

    def clean_amount(self) -> Decimal:
        amount: Decimal = self.cleaned_data["amount"]
        if amount > self.most:
            there = format_money(self.most, self.fields["amount"].currency)
            raise forms.ValidationError(f"You can take back {there} at most.")
        return amount


class PayForm(forms.Form):
    """Nothing to fill in: the invoice says it all, and pays once."""


class StatementForm(forms.Form):
    """Which of the company's two accounts a statement shows."""

    account = forms.ChoiceField(
        required=False,
        choices=[("cash", "Cash"), ("reserved", "Reserved")],
    )

    @property
    def kind(self) -> AccountKind:
        self.is_valid()
        reserved = self.cleaned_data.get("account") == "reserved"
        return AccountKind.COMPANY_RESERVED if reserved else AccountKind.COMPANY_CASH


class SeveralForm(forms.Form):
    """The numbers of invoices that are to be paid together."""

    NONE = "Tick the invoices that you want to pay."
    MOST = 100

    number = forms.TypedMultipleChoiceField(
        coerce=int, required=False, error_messages={"invalid_choice": NONE}
    )

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        typed = {value for value in data.getlist("number") if value.isdigit() and len(value) < 10}
        self.fields["number"].choices = [(value, value) for value in typed]

    def clean_number(self) -> list[int]:
        numbers: list[int] = self.cleaned_data["number"]
        if not numbers:
            raise forms.ValidationError(self.NONE)
        if len(numbers) > self.MOST:
            raise forms.ValidationError(f"Pay at most {self.MOST} invoices at a time.")
        return numbers


class PayingForm(forms.Form):
    """How a company pays: statements, and by itself on the due day."""

    statements = forms.ChoiceField(
        label="Statements",
        choices=[
            ("never", "None|Each invoice stands alone"),
            ("week", "Weekly|Every Monday, for the week before"),
            ("month", "Monthly|On the first of the month, for the month before"),
        ],
        widget=ChoiceCards,
    )
    auto_pay = forms.BooleanField(
        label="Pay invoices by themselves on the day they are due",
        required=False,
        help_text="From your cash. Never while a case is open about the work; when the cash does "
        "not cover an invoice, we tell those who pay and try again the next day.",
    )
