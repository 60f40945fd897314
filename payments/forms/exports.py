"""What a company asks of an export: which days, which file, and the names of its own accounts."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import zip_longest
from typing import Any

from django import forms

from core.forms import ChoiceCards, DayField
from core.text_fields import LineField
from payments.book_files import DEFAULT_NAMES
from payments.queries.bookkeeping import Account, Period

LONGEST_NAME = 31
FORMATS = [
    ("journal", "Journal, CSV|Every entry with debits and credits: QuickBooks Online, Xero, Sage."),
    ("bills", "Bills, CSV|Invoices line by line, for programs that take bills from a file."),
    ("iif", "QuickBooks Desktop, IIF|Bills, payments and transfers, with accounts and vendors."),
]


class ExportForm(forms.Form):
    first = DayField(label="From")
    last = DayField(label="To", help_text="Both days are included; a day is one of UTC.")
    format = forms.ChoiceField(label="For which program", choices=FORMATS, widget=ChoiceCards)

    use_required_attribute = False

    LABELS = {
        Account.BALANCE: "Your money here",
        Account.BANK: "Your bank account",
        Account.PAYABLE: "What you owe",
        Account.LABOR: "Pay of workers",
        Account.EXPENSES: "Their expenses",
        Account.FEES: "Service fees",
        Account.CORRECTIONS: "Corrections",
    }

    def __init__(self, data: Any, *, today: date) -> None:
        end = today.replace(day=1) - timedelta(days=1)
        names = {account.value: name for account, name in DEFAULT_NAMES.items()}
        start = {"first": end.replace(day=1), "last": end, "format": "journal"}
        super().__init__(data or None, initial={**start, **names})
        for account in Account:
            self.fields[account.value] = LineField(
                label=self.LABELS[account], max_length=LONGEST_NAME, required=False
            )

    @property
    def account_pairs(self) -> list[tuple[forms.BoundField | None, ...]]:
        """Two beside each other."""
        fields = [self[account.value] for account in Account]
        return list(zip_longest(fields[::2], fields[1::2]))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        first, last = data.get("first"), data.get("last")
        if first and last and last < first:
            self.add_error("last", "The last day cannot come before the first.")
        names = [name.casefold() for name in self.names.values()]
        for account in Account:
            name = data.get(account.value) or ""
            if ":" in name or '"' in name:
                self.add_error(account.value, "Use a name without colons and quotation marks.")
            elif name and names.count(name.casefold()) > 1:
                self.add_error(account.value, "Two accounts cannot have one name.")
        return data

    @property
    def names(self) -> dict[Account, str]:
        """The company's own names; ours where none is given."""
        data = self.cleaned_data
        return {account: data.get(account.value) or DEFAULT_NAMES[account] for account in Account}

    @property
    def period(self) -> Period:
        return Period(self.cleaned_data["first"], self.cleaned_data["last"])
