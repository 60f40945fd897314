"""What a party writes about its standing, and what staff decide."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q

from conduct.appeals import MOST_FILES
from conduct.models import Outcome, Severity, Side, Verdict, ViolationKind
from core.forms import ChoiceCards, DayField, KeyedForm, UploadsField
from core.paging import CursorField
from core.text_fields import LineField, TextField

TOLD = "The party reads this."
STAFF_ONLY = "Only staff read this."


class KindField(forms.ModelChoiceField):
    """The kinds in use for one side, the severe ones in a group of their own."""

    def __init__(self, **kwargs: Any) -> None:
        rows = ViolationKind.objects.none()
        super().__init__(rows, label="Violation", empty_label="Choose one", **kwargs)

    def narrow(self, side: str) -> None:
        rows = ViolationKind.objects.filter(Q(side=side) | Q(side=Side.BOTH), archived_at=None)
        self.queryset = rows
        by_severity: dict[str, list[Any]] = {Severity.ORDINARY: [], Severity.SEVERE: []}
        for kind in rows:
            by_severity[kind.severity].append((kind.pk, kind.name))
        grouped = [(Severity(name).label, found) for name, found in by_severity.items() if found]
        self.choices = [("", "Choose one"), *grouped]


def text(label: str, *, most: int = 2_000, rows: int = 4, **given: Any) -> TextField:
    return TextField(
        label=label, max_length=most, widget=forms.Textarea(attrs={"rows": rows}), **given
    )


class RecordForm(KeyedForm):
    """A violation, recorded directly or from a case."""

    kind = KindField()
    happened_on = DayField(label="Day on which it happened")
    assignment_reference = LineField(
        label="Assignment", required=False, max_length=12, help_text="Such as A-7KQ4M2."
    )
    case_label = LineField(label="Case", required=False, max_length=12)
    words = text("What happened", help_text=f"{TOLD} With times, and what you looked at.")
    note = text("Note", required=False, rows=2, help_text=STAFF_ONLY)

    def __init__(self, *args: Any, side: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].narrow(side)


class AppealForm(forms.Form):
    words = text(
        "What did we get wrong, or not know?", most=5_000, rows=6,
        help_text="Name what supports it: messages, times, files on the assignment.",
    )  # fmt: skip
    files = UploadsField(
        required=False, most=MOST_FILES,
        help_text=f"Up to {MOST_FILES}: PDF, pictures, text, Word or Excel, 25 MB each. Only staff "
        "read them.",
    )  # fmt: skip


class AppealDecisionForm(forms.Form):
    verdict = forms.ChoiceField(label="Decision", choices=Verdict.choices, widget=ChoiceCards)
    reasons = text("Reasons", help_text=TOLD)


class WhyForm(forms.Form):
    """A reason that the party reads: why new work stops, or may go on."""

    words = text("Reason", most=500, rows=2, help_text=TOLD)


class ReviewForm(forms.Form):
    close = forms.TypedChoiceField(
        label="Decision",
        choices=[
            ("no", "The account goes on|New work is possible again at once."),
            ("yes", "Close the account|No new work any more; what is under way is finished."),
        ],
        coerce=lambda value: value == "yes",
        widget=ChoiceCards,
    )
    words = text("Reasons", most=500, rows=3, help_text=TOLD)


class ConfirmForm(forms.Form):
    kind = KindField()
    words = text("What happened", help_text=f"{TOLD} Never say who reported it.")
    note = text("Note", required=False, rows=2, help_text=STAFF_ONLY)

    def __init__(self, *args: Any, side: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].narrow(side)


class DismissForm(forms.Form):
    outcome = forms.ChoiceField(
        label="What you found",
        choices=[(Outcome.DISMISSED, "Nothing to record"), (Outcome.CLEARED, "Checked, in order")],
    )
    words = text("Reason", most=1_000, rows=2, help_text=STAFF_ONLY)


class ActForm(forms.Form):
    words = text("Reason", most=500, rows=2, help_text="The company reads this.")


class QueueForm(forms.Form):
    """Which part of the queue; what cannot be read counts as not given."""

    QUEUES = (
        ("open", "All open"),
        ("report", "Reports"),
        ("new_client", "New clients"),
        ("contact_details", "Contact details"),
        ("suggestions", "Suggestions"),
        ("appeals", "Appeals"),
        ("reviews", "Reviews"),
        ("closed", "Closed"),
    )
    queue = forms.ChoiceField(required=False, choices=QUEUES)
    q = LineField(label="Company, worker or assignment", required=False, max_length=100)
    after = CursorField()
    before = CursorField()
