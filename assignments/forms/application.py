"""A worker's answer to a sent assignment: apply, withdraw, decline, accept."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from assignments import pricing
from assignments.forms.fields import LineField, TextField, WallClockField
from assignments.forms.price import PriceForm
from assignments.models import Assignment
from assignments.pricing import FIELDS_OF, Terms, plain
from core.dates import zone_word
from core.forms import MoneyInput, zoned
from core.money import ZERO

FURTHEST = timedelta(days=730)


class TakingForm(forms.Form):
    """Any form that takes an assignment as it stands: it knows which revision was shown, and
    asks for a yes to what speaks against the client."""

    revision = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    red_scorecard_seen = forms.BooleanField(required=False)

    use_required_attribute = False

    def __init__(
        self, data: Any, *, assignment: Assignment, cautions: list[str], at: datetime
    ) -> None:
        super().__init__(data, initial={"revision": assignment.revision})
        self.assignment, self.at = assignment, at
        if cautions:
            self.fields[
                "red_scorecard_seen"
            ].label = f"I have seen this client’s figures: {'; '.join(cautions)}."
        else:
            del self.fields["red_scorecard_seen"]

    def clean_revision(self) -> int:
        revision: int = self.cleaned_data["revision"]
        if revision != self.assignment.revision:
            self.data = self.data.copy()
            self.data["revision"] = str(self.assignment.revision)
            raise ValidationError(
                "The client changed this assignment after you opened it. Read it again below, "
                "then send.",
                code="changed",
            )
        return revision

    @property
    def seen(self) -> bool:
        return bool(self.cleaned_data.get("red_scorecard_seen"))


class AcceptForm(TakingForm):
    """Takes an assignment that goes to the first who accepts."""


class ApplicationForm(PriceForm, TakingForm):
    """A bid. What is left empty stays as posted; anything else makes it a counteroffer.

    Times are typed on the wall clock of the site.
    """

    note = TextField(
        max_length=2_000,
        required=False,
        label="Note to the client",
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Why you: similar work, tools you bring, when you are near.",
    )
    expenses = MoneyInput(
        required=False,
        label="Expenses to be refunded",
        help_text="At most; you claim what they come to. Empty: none.",
    )
    expenses_for = LineField(
        max_length=200,
        required=False,
        label="What they are for",
        help_text="Parking, a part you bring, a long drive.",
    )
    starts_at = WallClockField(required=False, label="Another start")
    expires_at = WallClockField(required=False, label="Your offer stands until")

    def __init__(self, data: Any, *, assignment: Assignment, **kwargs: Any) -> None:
        super().__init__(data, assignment=assignment, **kwargs)
        zone = zone_word(assignment.starts_at.astimezone(assignment.zone))
        self.fields["starts_at"].help_text = f"In {zone}. Empty: as posted. The length stays."
        self.fields["expires_at"].help_text = f"In {zone}. Empty: until the client decides."
        if assignment.price_is_fixed:
            for name in pricing.FIELDS:
                del self.fields[name]
        else:
            self._show_price(assignment.terms)

    def _show_price(self, posted: Terms) -> None:
        """An empty field stays as posted, where the posted price has it."""
        field = self.fields["pricing"]
        field.required, field.initial = False, posted.pricing
        field.label = "How you want to be paid"
        for name in FIELDS_OF[posted.pricing]:
            value = getattr(posted, name)
            words = value if isinstance(value, str) else plain(value)
            self.fields[name].help_text = f"Empty: {words}, as posted."

    @property
    def countering(self) -> bool:
        """Whether anything of a counteroffer was typed, so that the page shows it open."""
        return self.is_bound and any(
            str(self.data.get(name, "")).strip()
            for name in (
                *pricing.FIELDS[1:],
                "expenses",
                "expenses_for",
                "starts_at",
                "expires_at",
            )
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        self._clean_times(data)
        if data.get("expenses") and not data.get("expenses_for", "x"):
            self.add_error("expenses_for", "Say what the expenses are for.")
        if "pricing" in self.fields:
            self._clean_price(data)
        return data

    @property
    def terms(self) -> Terms:
        """The price asked for; the posted one where nothing else was typed."""
        data, posted = self.cleaned_data, self.assignment.terms
        chosen = data.get("pricing") or posted.pricing
        typed = {name: data.get(name) or getattr(posted, name) for name in FIELDS_OF[chosen]}
        return Terms.of({"pricing": chosen, **typed})

    def values(self) -> dict[str, Any]:
        """What the verb takes; only of a valid form."""
        data, posted = self.cleaned_data, self.assignment
        start = data.get("starts_at")
        return {
            "note": data["note"],
            "terms": self.terms,
            "expenses": data.get("expenses") or ZERO,
            "expenses_for": data["expenses_for"] if data.get("expenses") else "",
            "starts_at": start,
            "ends_at": start + (posted.ends_at - posted.starts_at) if start else None,
            "expires_at": data.get("expires_at"),
            "red_scorecard_seen": self.seen,
        }

    def _clean_times(self, data: dict[str, Any]) -> None:
        for name in ("starts_at", "expires_at"):
            if not data.get(name):
                continue
            try:
                data[name] = zoned(data[name], self.assignment.time_zone)
            except ValidationError as error:
                self.add_error(name, error)
                continue
            if data[name] <= self.at:
                self.add_error(name, "This is in the past. Choose a later time.")
            elif data[name] > self.at + FURTHEST:
                self.add_error(name, "Choose a time within the next two years.")

    def _clean_price(self, data: dict[str, Any]) -> None:
        """A price of another type than the chosen one is refused: it may be what was meant."""
        if "pricing" in self.errors:
            return
        chosen = data.get("pricing") or self.assignment.pricing
        for of, names in FIELDS_OF.items():
            for name in names:
                if of != chosen and data.get(name):
                    self.add_error(name, f"Choose “{of.label}”, or clear this.")
        self.want_whole_price(data, self.terms)


class DeclineForm(forms.Form):
    """A worker's no, with a reason that helps the client to ask better next time."""

    REASONS = [
        ("The pay is too low.", "The pay is too low"),
        ("It is too far away.", "It is too far away"),
        ("I am not free then.", "I am not free then"),
        ("It is not my kind of work.", "It is not my kind of work"),
        ("The description is not clear enough.", "The description is not clear enough"),
        ("", "Another reason, or none"),
    ]
    reason = forms.ChoiceField(
        choices=REASONS, required=False, widget=forms.RadioSelect, label="Why not?"
    )
    words = TextField(
        max_length=400,
        required=False,
        label="In your words",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="The client reads this.",
    )

    @property
    def said(self) -> str:
        """The chosen reason and the worker's words, in one text."""
        data = self.cleaned_data
        return " ".join(part for part in (data["reason"], data["words"]) if part)
