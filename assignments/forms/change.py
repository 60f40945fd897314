"""Asking for a change to agreed work, and saying no to one."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.actors import Actor
from assignments import effects
from assignments.effects import Effect
from assignments.forms.fields import LineField, TextField, WallClockField
from assignments.models import Assignment, ChangeRequest
from assignments.pricing import MOST_UNITS, PricingType
from core.dates import zone_word
from core.forms import KeyedForm, MoneyInput, zoned
from core.money import ZERO
from core.wall_clock import on_wall

Kind = ChangeRequest.Kind


class AskForm(KeyedForm):
    """What every request has: why, and until when it stands. ``effect`` is what it would do."""

    label = ""
    reason = TextField(
        max_length=2_000,
        label="Why",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say why in a sentence, so that it can be decided."},
    )
    expires_at = WallClockField(required=False, label="Answer wanted by")

    use_required_attribute = False

    def __init__(
        self, data: Any, *, assignment: Assignment, actor: Actor, at: datetime, **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        self.assignment, self.actor, self.at = assignment, actor, at
        self.zone = zone_word(assignment.starts_at.astimezone(assignment.zone))
        if actor.is_client and self.label:
            del self.fields["expires_at"]
        else:
            self.fields["expires_at"].help_text = f"In {self.zone}. Empty: it stays open."

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        self.place("expires_at", data)
        if data.get("expires_at") and data["expires_at"] <= self.at:
            self.add_error("expires_at", "This is in the past. Choose a later time.")
        return data

    def place(self, name: str, data: dict[str, Any]) -> None:
        """The moment that the wall clock of the site means."""
        if data.get(name):
            try:
                data[name] = zoned(data[name], self.assignment.time_zone)
            except ValidationError as error:
                self.add_error(name, error)

    def values(self) -> dict[str, Any]:
        """What the verb takes; only of a valid form."""
        return dict(self.cleaned_data)

    @property
    def more(self) -> Decimal:
        """How much more the worker would get, as far as it is typed and makes sense."""
        return ZERO

    @property
    def effect(self) -> Effect | None:
        if not self.label:
            return None
        return effects.of(self.assignment, self.more, label=self.label, actor=self.actor)

    @property
    def _typed(self) -> dict[str, Any]:
        return getattr(self, "cleaned_data", {})


class RescheduleForm(AskForm):
    starts_at = WallClockField(label="New start")
    ends_at = WallClockField(label="New end")
    field_order = ("starts_at", "ends_at", "reason", "expires_at")

    def __init__(self, data: Any, *, assignment: Assignment, **kwargs: Any) -> None:
        zone = assignment.time_zone
        initial = {
            name: on_wall(getattr(assignment, name), zone) for name in ("starts_at", "ends_at")
        }
        super().__init__(data, assignment=assignment, initial=initial, **kwargs)
        self.fields["starts_at"].help_text = f"In {self.zone}."
        if assignment.day_count > 1:
            del self.fields["ends_at"]
            self.fields["starts_at"].help_text += " The other days move with it."

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        for name in ("starts_at", "ends_at"):
            self.place(name, data)
        return data

    def values(self) -> dict[str, Any]:
        """Work of several days keeps its length."""
        data = super().values()
        length = self.assignment.ends_at - self.assignment.starts_at
        return {**data, "ends_at": data.get("ends_at") or data["starts_at"] + length}


class BudgetForm(AskForm):
    """More money on a flat price, more hours or units on one that counts them."""

    label = "Higher budget"
    amount = MoneyInput(required=False, label="How much more", help_text="For the worker.")
    quantity = forms.DecimalField(
        required=False,
        min_value=Decimal("0.01"),
        max_value=MOST_UNITS,
        max_digits=8,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    field_order = ("amount", "quantity", "reason", "expires_at")

    def __init__(self, data: Any, *, assignment: Assignment, **kwargs: Any) -> None:
        super().__init__(data, assignment=assignment, **kwargs)
        terms = assignment.terms
        wanted, other = ("quantity", "amount") if terms.is_counted else ("amount", "quantity")
        del self.fields[other]
        self.fields[wanted].required = True
        if terms.is_counted:
            field = self.fields["quantity"]
            field.label = "How many more hours" if terms.is_timed else "How many more units"
            field.help_text = f"Agreed: {terms.sentence(assignment.company.currency)}."

    @property
    def suffix(self) -> str:
        """What is counted, behind the field."""
        terms = self.assignment.terms
        return terms.unit_name if terms.pricing == PricingType.UNIT else "hours"

    @property
    def more(self) -> Decimal:
        data = self._typed
        raised = self.assignment.terms.raised(
            amount=data.get("amount") or ZERO, quantity=data.get("quantity")
        )
        return raised.most - self.assignment.budget


class ExpenseForm(AskForm):
    label = "Expense"
    amount = MoneyInput(label="Amount")
    field_order = ("amount", "reason", "expires_at")

    def __init__(self, data: Any, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["reason"].label = "What it is for"
        self.fields["amount"].help_text = (
            "At most. The worker claims what it came to."
            if self.actor.is_client
            else "At most. You claim what it came to when you submit."
        )

    @property
    def more(self) -> Decimal:
        return self._typed.get("amount") or ZERO


class BonusForm(ExpenseForm):
    label = "Bonus"

    def __init__(self, data: Any, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["reason"].label = "What it is for"
        self.fields["amount"].help_text = "On top of whatever the price comes to."


FORMS: dict[str, type[AskForm]] = {
    Kind.RESCHEDULE: RescheduleForm,
    Kind.BUDGET: BudgetForm,
    Kind.EXPENSE: ExpenseForm,
    Kind.BONUS: BonusForm,
}


class AnswerForm(forms.Form):
    """Which request is answered, and how; a no needs its reason."""

    ACTS = [("accept", "Accept"), ("decline", "Decline"), ("withdraw", "Take it back")]

    act = forms.ChoiceField(choices=ACTS)
    change = forms.IntegerField(min_value=1, max_value=2**62)
    reason = LineField(
        max_length=500,
        required=False,
        label="Why not",
        help_text="The other side reads this.",
    )

    use_required_attribute = False

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("act") == "decline" and not data.get("reason") and "reason" not in self.errors:
            self.add_error("reason", "Say why not in a few words; the other side reads it.")
        return data
