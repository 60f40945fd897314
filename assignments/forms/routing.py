"""Where an assignment is sent, and how its worker is found."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.forms.finding import WorkersField
from accounts.models import Company, WorkerProfile
from assignments.models import Assignment
from assignments.routing import SendsToNobody
from assignments.states import Status
from core.forms import ChoiceCards
from core.text_fields import LineField
from vetting.queries.marks import open_to_invite

MODES = [
    ("apply", "Workers apply|You compare the applicants and assign one."),
    ("first", "First to accept|The first worker who accepts is assigned at once."),
]
MOST_INVITED = 50


class RoutingForm(forms.Form):
    """Marketplace, chosen workers, or both; ``words`` only searches for workers to choose."""

    on_marketplace = forms.BooleanField(
        required=False,
        initial=True,
        label="Post it to the marketplace",
        help_text="Every worker who fits can find it.",
    )
    mode = forms.ChoiceField(
        choices=MODES, initial="apply", widget=ChoiceCards, label="Who decides?"
    )
    words = LineField(required=False, max_length=100, label="Name or skill")
    workers = WorkersField(most=MOST_INVITED)
    revision = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, assignment: Assignment, company: Company, **kwargs: Any) -> None:
        self.assignment = assignment
        super().__init__(*args, **kwargs)
        self.fields["workers"].queryset = open_to_invite(company)
        self.fields["revision"].initial = assignment.revision
        if assignment.status != Status.DRAFT:
            del self.fields["mode"], self.fields["revision"]
            self.fields["on_marketplace"].initial = assignment.on_marketplace

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        reached = data.get("on_marketplace") or data.get("workers") or "workers" in self.errors
        if not reached and not self.assignment.invitations.exists():
            raise ValidationError(str(SendsToNobody()))
        return data

    @property
    def chosen(self) -> list[WorkerProfile]:
        """The chosen workers as far as they can be invited; of a checked form."""
        return list(self.cleaned_data.get("workers") or [])
