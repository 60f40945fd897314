"""A worker leaves an assignment that goes on: the client's form and the worker's."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms

from assignments import leaving, posted_terms, quoting, reasons
from assignments.models import Assignment, Mark, Reason
from core.forms import ChoiceCards
from core.money import format_money
from core.text_fields import TextField

ON_THEIR_CARD = {
    Mark.NONE: "No mark on the worker’s scorecard.",
    Mark.CANCELLED: "Counts as a cancellation by the worker.",
    Mark.CANCELLED_LATE: "Counts as a late cancellation by the worker.",
    Mark.ABANDONED: "Counts as abandoned by the worker.",
}
ON_YOUR_CARD = {
    Mark.NONE: "No mark on your scorecard.",
    Mark.CANCELLED: "Counts as a cancellation on your scorecard.",
    Mark.CANCELLED_LATE: "Counts as a late cancellation on your scorecard.",
    Mark.ABANDONED: "Counts as abandoned on your scorecard.",
}


class LeavingForm(forms.Form):
    """Why, each reason with the mark it leaves if it is given now, and a few words."""

    reason = forms.ChoiceField(
        widget=ChoiceCards, error_messages={"required": "Choose the reason."}
    )
    note = TextField(max_length=2_000, widget=forms.Textarea(attrs={"rows": 4}))

    use_required_attribute = False
    act: str
    marks: dict[Mark, str]

    def __init__(
        self, *args: Any, assignment: Assignment, at: datetime, held: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.assignment = assignment
        self.is_late = assignment.is_late_notice(at) and not held
        self.fields["reason"].choices = [
            (
                why.code,
                f"{why.label}|{self.marks[leaving.mark_now(assignment, why, at=at, held=held)]}",
            )
            for why in reasons.offered(self.act)
        ]


class UnassignForm(LeavingForm):
    act = Reason.Act.UNASSIGN
    marks = ON_THEIR_CARD

    budget = forms.ChoiceField(widget=ChoiceCards, label="What does it pay from now on?")
    worker = forms.CharField(max_length=12, widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["note"].label = "What happened"
        self.fields["note"].help_text = "The worker reads this."
        self.fields["note"].error_messages["required"] = "Explain it to the worker in a few words."
        self.fields["worker"].initial = self.assignment.worker.reference
        self._offer_budgets()
        self.order_fields(["reason", "note", "budget"])

    @property
    def values(self) -> dict[str, Any]:
        """What the verb takes."""
        data = self.cleaned_data
        return {
            "reason": data["reason"],
            "note": data["note"],
            "worker": data["worker"] or None,
            "original_budget": data.get("budget") == "original",
        }

    def _offer_budgets(self) -> None:
        posted, agreed = posted_terms.of(self.assignment), self.assignment.terms
        if posted == agreed:
            del self.fields["budget"]
            return
        self.fields["budget"].choices = [
            ("current", f"As agreed with this worker|{self._words(agreed)}"),
            ("original", f"As you posted it|{self._words(posted)}"),
        ]
        self.fields["budget"].initial = "original"

    def _words(self, terms: Any) -> str:
        currency = self.assignment.company.currency
        total = quoting.of_terms(terms, self.assignment.fee_rate).total
        return f"{terms.sentence(currency)}; {format_money(total, currency)} with our fee."


class BackOutForm(LeavingForm):
    act = Reason.Act.BACK_OUT
    marks = ON_YOUR_CARD

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["note"].label = "A few words to the client"
        self.fields["note"].error_messages["required"] = "Explain it to the client in a few words."
