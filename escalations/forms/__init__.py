"""What the two sides and staff write into a case."""

from __future__ import annotations

from typing import Any

from django import forms

from core.forms import ChoiceCards, KeyedForm, MoneyInput, UploadsField
from core.paging import CursorField
from core.text_fields import TextField
from escalations.forms.report import FILES_HELP, MOST_FILES
from escalations.models import Case, CaseEntry, Opinion, Side
from escalations.states import KINDS, CaseStatus, Effect, Priority
from escalations.team import members


class ContestForm(forms.Form):
    """Why the other side's rating is unfair."""

    GROUNDS = (
        "It says what did not happen",
        "It is about something other than this work",
        "It answers a refusal or a complaint of ours",
        "It insults, threatens or names private matters",
        "Something else",
    )

    ground = forms.ChoiceField(
        label="What is wrong with it?", widget=ChoiceCards, choices=[(g, g) for g in GROUNDS]
    )
    what_happened = TextField(
        label="What happened?",
        max_length=4_800,
        help_text="In order, with times. The other side and the Escalations Team read it.",
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    files = UploadsField(label="Evidence", required=False, most=MOST_FILES, help_text=FILES_HELP)


class VerdictForm(forms.Form):
    """Whether a contested rating stands."""

    verdict = forms.ChoiceField(
        label="The contested rating",
        widget=ChoiceCards,
        choices=[
            ("stands", "It stands|Shown again, and counts in the figures as before."),
            ("removed", "It is removed|Stays out of sight and out of the figures for good."),
        ],
    )
    words = TextField(
        label="Words to both sides",
        max_length=5_000,
        help_text="What you found, and why you decide so. The words of a rating are never edited.",
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class PartyReplyForm(KeyedForm):
    """A party's message, to everybody in the case or, where staff say so, to them alone."""

    body = TextField(label="Message", max_length=5_000, widget=forms.Textarea(attrs={"rows": 3}))
    to = forms.ChoiceField(
        label="Who reads it",
        initial=CaseEntry.Visibility.PARTIES,
        choices=[
            (CaseEntry.Visibility.PARTIES, "Both sides and the Escalations Team"),
            (CaseEntry.Visibility.STAFF, "The Escalations Team only"),
        ],
    )

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not case.sides_may_talk:
            to = self.fields["to"]
            to.choices, to.initial = to.choices[1:], CaseEntry.Visibility.STAFF


class OpinionForm(forms.Form):
    mark = forms.ChoiceField(
        label="How was the case handled?", choices=Opinion.Mark.choices, widget=forms.RadioSelect
    )
    words = TextField(
        label="What should we do better?",
        required=False,
        max_length=2_000,
        help_text="The Escalations Team alone reads it. It changes nothing in the decision.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class EvidenceForm(KeyedForm):
    files = UploadsField(label="Files", most=MOST_FILES, help_text=FILES_HELP)


class TranscriptForm(KeyedForm):
    """The messages of both sides as evidence; there is nothing to choose."""


class WithdrawForm(forms.Form):
    words = TextField(
        label="Why you withdraw it",
        required=False,
        max_length=1_000,
        help_text="The other side and the Escalations Team read it.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class ProposalAnswerForm(forms.Form):
    """``seen`` is the proposal that the page showed."""

    answer = forms.ChoiceField(choices=[("accept", "Accept"), ("object", "Object")])
    seen = forms.IntegerField(required=False, min_value=0, max_value=2**63 - 1)
    words = TextField(
        label="What you want to say about it",
        required=False,
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("answer") == "object" and not data.get("words") and "words" not in self.errors:
            self.add_error("words", "Say what you object to, and what would be fair.")
        return data


class CasesForm(forms.Form):
    """The list of one's own cases: all, or those not ended."""

    show = forms.ChoiceField(required=False, choices=[("all", "All"), ("open", "Open")])
    after = CursorField()
    before = CursorField()


class QueueForm(forms.Form):
    """Which part of the desk's queue; everything that cannot be read counts as not given."""

    QUEUES = (
        ("mine", "Mine"),
        ("unassigned", "Unassigned"),
        ("due_soon", "Due within 4 h"),
        ("overdue", "Overdue"),
        ("waiting", "Waiting for a party"),
        ("proposed", "Proposed"),
        ("open", "All open"),
        ("closed", "Ended"),
    )

    queue = forms.ChoiceField(required=False, choices=QUEUES)
    q = forms.CharField(
        required=False,
        max_length=80,
        label="Number, name, assignment or words of the story",
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    kind = forms.ChoiceField(
        required=False, choices=[("", "Any kind"), *((k.code, k.label) for k in KINDS.values())]
    )
    status = forms.ChoiceField(required=False, choices=[("", "Any status"), *CaseStatus.choices])
    priority = forms.TypedChoiceField(
        required=False, coerce=int, choices=[("", "Any priority"), *Priority.choices]
    )
    side = forms.ChoiceField(
        required=False, label="Opened by", choices=[("", "Either side"), *Side.choices]
    )
    assignee = forms.ModelChoiceField(
        required=False, label="Assigned to", queryset=members(), empty_label="Anybody or nobody"
    )
    after = CursorField()
    before = CursorField()


class StaffReplyForm(KeyedForm):
    body = TextField(label="Message", max_length=5_000, widget=forms.Textarea(attrs={"rows": 4}))
    to = forms.ChoiceField(
        label="Who reads it",
        initial=CaseEntry.Visibility.PARTIES,
        choices=[
            (CaseEntry.Visibility.PARTIES, "Both sides"),
            (CaseEntry.Visibility.COMPANY, "The client only"),
            (CaseEntry.Visibility.WORKER, "The worker only"),
        ],
    )


class AskForm(KeyedForm):
    side = forms.ChoiceField(label="Ask", choices=Side.choices, widget=forms.RadioSelect)
    body = TextField(
        label="What you need to know or see",
        max_length=5_000,
        help_text="Both sides read it. Office hours say how long the side you ask has, and the "
        "case then says until when.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class NoteForm(KeyedForm):
    body = TextField(
        label="Internal note",
        max_length=5_000,
        help_text="Read by staff only.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class AssignForm(forms.Form):
    assignee = forms.ModelChoiceField(queryset=None, label="Assign to", empty_label="Choose")

    def __init__(self, *args: Any, team: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["assignee"].queryset = team


AMOUNTS = [effect.value for effect in Effect if effect.needs_amount]


class DecideForm(forms.Form):
    """One effect with its words; the verb refuses what is not possible now, with its reason."""

    effect = forms.ChoiceField(label="Decision", choices=Effect.choices)
    amount = MoneyInput(
        label="Amount",
        required=False,
        help_text="What the worker is paid, or the part of the pay that goes back to the client.",
    )
    words = TextField(
        label="Words to both sides",
        max_length=5_000,
        help_text="What you found, and why you decide so.",
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("effect") in AMOUNTS and not data.get("amount") and "amount" not in self.errors:
            self.add_error("amount", "Enter the amount.")
        return data


class ReopenForm(forms.Form):
    words = TextField(
        label="Why it is reopened",
        max_length=2_000,
        help_text="Both sides read it.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )


def side_word(case: Case, side: str) -> str:
    """The name of a side in this case: the company's, or the worker's."""
    return case.company.name if side == Side.COMPANY else str(case.worker)
