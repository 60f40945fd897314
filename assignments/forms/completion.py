"""The client completes the work for the worker: what they did, in their place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms

from assignments.forms.doing import TimesForm
from assignments.forms.fields import LineField
from assignments.forms.work import EachUploadField, SubmissionForm
from assignments.models import Assignment, DeliverableRequest
from core.files import ALLOWED_WORDS, CleanUpload

VISITS = 3
"""Visits that can be entered at a time."""
LONG = Decimal(100_000)


class VisitTimesForm(TimesForm):
    """One visit the worker made; both times or neither."""

    def __init__(self, *args: Any, zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone
        for field in self.fields.values():
            field.required = False

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        names = ("checked_in_at", "checked_out_at")
        for name, other in (names, names[::-1]):
            if data.get(other) and not data.get(name) and name not in self.errors:
                self.add_error(name, "Enter both times of the visit, or neither.")
        return data

    @property
    def times(self) -> tuple[datetime, datetime] | None:
        start, end = (self.cleaned_data.get(n) for n in ("checked_in_at", "checked_out_at"))
        return (start, end) if start and end else None


class CompletionForm(SubmissionForm):
    """Why the client does it, files for what was asked, and the claim the worker would make."""

    reason = LineField(
        max_length=500,
        label="Why you complete it for the worker",
        help_text="The worker reads this; it stands in the history.",
        error_messages={"required": "Say why you enter it in the worker’s place."},
    )
    without_missing = forms.BooleanField(
        required=False, label="Go without what was asked for and is not there"
    )

    def __init__(
        self, *args: Any, assignment: Assignment, requests: Sequence[DeliverableRequest],
        **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, assignment=assignment, visited=LONG, **kwargs)
        self.requests = {f"files_{request.pk}": request for request in requests}
        for name, request in self.requests.items():
            self.fields[name] = EachUploadField(
                label=request.title,
                most=10,
                required=False,
                help_text=f"Up to 10 files, 25 MB each: {ALLOWED_WORDS}.",
            )
        self.fields["amount"].label = "Amount to pay"
        self.fields["amount"].help_text = "Empty: the whole price. It may be less, never more."
        self.fields["resolution"].label = "What was done"
        self.fields["resolution"].help_text = ""
        if "expenses" in self.fields:
            self.fields["expenses"].label = "Expenses they had"
        if "units" in self.fields:
            self.fields["units"].label = "How many they did"
        if "hours" in self.fields:
            self.fields["hours"].help_text = f"At most {self.agreed}, within the visits."

    @property
    def upload_fields(self) -> Iterator[Any]:
        return (self[name] for name in self.requests)

    @property
    def uploads(self) -> list[tuple[DeliverableRequest, CleanUpload]]:
        return [
            (request, upload)
            for name, request in self.requests.items()
            for upload in self.cleaned_data[name].good
        ]

    @property
    def claim(self) -> dict[str, Any]:
        names = ("reason", "resolution", "hours", "units", "amount", "expenses", "without_missing")
        return {name: self.cleaned_data[name] for name in names if name in self.cleaned_data}
