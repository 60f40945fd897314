"""How an assignment ends early: cancelled with a worker, voided without one, or a draft deleted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms

from assignments import quoting, reasons
from assignments.models import Assignment, Mark, Reason
from assignments.quoting import Quote
from core.forms import ChoiceCards, MoneyInput
from core.money import ZERO, format_money, round_money
from core.text_fields import LineField, TextField

SHARES: dict[str, tuple[str, Decimal]] = {
    "none": ("Nothing", Decimal(0)),
    "quarter": ("A quarter", Decimal("0.25")),
    "half": ("A half", Decimal("0.5")),
    "all": ("All of it", Decimal(1)),
}
ON_YOUR_CARD = {
    Mark.NONE: "It leaves no mark on your scorecard.",
    Mark.CANCELLED: "It does not count as a late cancellation.",
    Mark.CANCELLED_LATE: "It stands on your scorecard as a late cancellation",
}


@dataclass(frozen=True)
class Outcome:
    """What a cancellation fee moves: to the worker, to us, and back to the company."""

    quote: Quote
    reserved: Decimal
    currency: str
    terms_days: int

    @property
    def returned(self) -> Decimal:
        return self.reserved - self.quote.total

    @property
    def rows(self) -> list[dict[str, object]]:
        """The lines of the money box: they add up to what was set aside."""
        back = "Free for you again" if self.terms_days else "Back to your balance"
        return [*self.quote.rows_of("To the worker"), {"label": back, "amount": self.returned}]

    @property
    def total_label(self) -> str:
        return "Counted against your credit" if self.terms_days else "Set aside for it"

    @property
    def sentence(self) -> str:
        total = format_money(self.quote.total, self.currency)
        if not self.quote.pay:
            return "Nothing is paid."
        if self.terms_days:
            return f"{total} is invoiced now and due in {self.terms_days} days."
        return f"{total} is paid now."


class CancellationForm(forms.Form):
    """Why, and, under 24 hours before the start or after it, what the worker gets for it."""

    reason = forms.ChoiceField(error_messages={"required": "Choose the reason."})
    note = TextField(
        max_length=2_000,
        label="What happened",
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="The worker reads this.",
        error_messages={"required": "Explain it to the worker in a sentence or two."},
    )
    share = forms.ChoiceField(widget=ChoiceCards, label="What does the worker get?")
    amount = MoneyInput(required=False, label="Own amount")

    use_required_attribute = False

    def __init__(self, *args: Any, assignment: Assignment, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.assignment = assignment
        self.is_late = assignment.is_late_notice(at)
        self.has_started = assignment.starts_at <= at
        self.currency = assignment.company.currency
        self.known = {why.code: why for why in reasons.offered(Reason.Act.CANCEL)}
        self.fields["reason"].choices = [
            ("", "Choose…"), *((code, why.label) for code, why in self.known.items())
        ]  # fmt: skip
        if not self.is_late:
            del self.fields["share"], self.fields["amount"]
            return
        self.fields["share"].choices = [*self._share_choices(), self._own_choice()]
        self.fields["amount"].most = assignment.most_pay
        self._preselect(assignment.company.default_cancellation_percent)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("share") == "own":
            if "amount" in data and data["amount"] is None:
                self.add_error("amount", "Enter the amount.")
        else:
            self.errors.pop("amount", None)
        return data

    @property
    def fee(self) -> Decimal:
        """The fee chosen so far; zero where none is offered or it is not typed yet."""
        source = self.cleaned_data if self.is_bound else self._initial
        share = source.get("share")
        if share == "own":
            return source.get("amount") or ZERO
        return self._part(share) if share in SHARES else ZERO

    @property
    def mark_words(self) -> str:
        """What the chosen reason does to the company's scorecard; nothing before it is chosen."""
        why = self.known.get(str(self["reason"].value() or ""))
        if why is None:
            return ""
        mark = reasons.mark_of(why, late=self.is_late, started=self.has_started)
        paid = "paid for." if self.fee else "not paid for."
        late = mark == Mark.CANCELLED_LATE
        return f"{ON_YOUR_CARD[mark]}, {paid}" if late else ON_YOUR_CARD[mark]

    @property
    def outcome(self) -> Outcome:
        return self._outcome(self.fee)

    @property
    def _initial(self) -> dict[str, Any]:
        return {name: field.initial for name, field in self.fields.items()}

    def _part(self, share: str) -> Decimal:
        return round_money(self.assignment.budget * SHARES[share][1])

    def _outcome(self, fee: Decimal) -> Outcome:
        reservation = self.assignment.reservation
        reserved = reservation.amount if reservation else ZERO
        quote = quoting.quote(fee, self.assignment.fee_rate)
        return Outcome(quote, reserved, self.currency, self.assignment.terms_days)

    def _share_choices(self) -> list[tuple[str, str]]:
        return [
            (share, f"{label}|{self._words(self._part(share))}")
            for share, (label, _) in SHARES.items()
        ]

    def _own_choice(self) -> tuple[str, str]:
        most = format_money(self.assignment.most_pay, self.currency)
        return ("own", f"Own amount|You name it, up to {most}.")

    def _words(self, fee: Decimal) -> str:
        if not fee:
            return "The worker gets nothing for the time they kept free."
        total = self._outcome(fee).quote.total
        pay, cost = format_money(fee, self.currency), format_money(total, self.currency)
        return f"{pay} to the worker; {cost} with our fee."

    def _preselect(self, percent: int) -> None:
        for share, (_, part) in SHARES.items():
            if part * 100 == percent:
                self.fields["share"].initial = share
                return
        self.fields["share"].initial = "own"
        share_of_budget = round_money(self.assignment.budget * percent / 100)
        self.fields["amount"].initial = share_of_budget


class VoidForm(forms.Form):
    note = LineField(
        max_length=500,
        label="Why",
        help_text="Workers who were invited or applied read this.",
        error_messages={"required": "Say in a few words why it is taken back."},
    )

    use_required_attribute = False
