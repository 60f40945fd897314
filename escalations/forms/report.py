"""Reporting a matter: the kind, its particulars, the story, the evidence, the outcome hoped for."""

from __future__ import annotations

from typing import Any

from django import forms

from assignments.models import Assignment
from assignments.states import allowed
from core.forms import CheckCards, ChoiceCards, KeyedForm, MoneyInput, UploadsField
from core.text_fields import TextField
from escalations import pointing
from escalations.particulars import PARTS
from escalations.states import KIND_CHOICES, KINDS, CaseKind, Outcome

MOST_FILES = 10
FILES_HELP = f"Up to {MOST_FILES}: PDF, pictures, text, Word or Excel, 25 MB each."
HOLDS = "Approval and payment wait for the decision."
RUNS_ON = "Approval and payment go on as usual."
MOVED = "The money has moved already; a decision can give it back."


def money_words(kind: CaseKind, assignment: Assignment) -> str:
    """What opening a case of this kind does to the money of this assignment now."""
    if not kind.holds_money:
        return RUNS_ON
    return HOLDS if allowed("hold", assignment.status) else MOVED


def kinds_for(side: str, assignment: Assignment) -> list[tuple[str, str]]:
    """The kinds this side may open, each with what it does to the money."""
    return [
        (kind.code, f"{kind.label}|{money_words(kind, assignment)}")
        for kind in KINDS.values()
        if side in kind.sides
    ]


def offered_kinds(assignment: Assignment, side: str) -> list[dict[str, Any]]:
    """The kinds of this side as the page offers them, with why one cannot be chosen here."""
    return [
        {"code": kind.code, "label": kind.label,
         "money": money_words(kind, assignment),
         "unfit": PARTS[kind.code].unfit(assignment, side)}
        for kind in KINDS.values()
        if side in kind.sides
    ]  # fmt: skip


class ExhibitsForm(KeyedForm):
    """Messages, visits and files of the assignment that one side points at."""

    KINDS = (
        ("messages", "Messages", pointing.messages_of, pointing.message_words),
        ("visits", "Visits", pointing.visits_of, pointing.visit_words),
        ("deliverables", "Files handed in", pointing.files_of, pointing.file_words),
    )

    def __init__(self, *args: Any, assignment: Assignment, worker: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered: dict[str, Any] = {}
        for name, label, rows_of, words in self.KINDS:
            rows = list(rows_of(assignment, worker)[: pointing.NEWEST])
            if not rows:
                continue
            self.offered |= {f"{name}-{row.pk}": row for row in rows}
            self.fields[name] = forms.MultipleChoiceField(
                label=label,
                required=False,
                choices=[(str(row.pk), words(row, assignment)) for row in rows],
                widget=CheckCards,
                error_messages={"invalid_choice": "Choose from the list."},
            )

    @property
    def exhibit_fields(self) -> list[Any]:
        return [self[name] for name, *_ in self.KINDS if name in self.fields]

    @property
    def things(self) -> list[Any]:
        """What was chosen, as rows."""
        return [
            self.offered[f"{name}-{key}"]
            for name, *_ in self.KINDS
            for key in self.cleaned_data.get(name) or []
        ]


class ChosenExhibitsForm(ExhibitsForm):
    """The same by itself: at least one thing is chosen."""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not self.things:
            self.add_error(None, "Choose at least one message, visit or file.")
        return data


class EscalationForm(ExhibitsForm):
    """The matter with the particulars of its kind, the evidence, and the anticipated outcome.

    A second submit of the same form finds the case of the first.
    """

    kind = forms.ChoiceField(label="What is it about?", widget=ChoiceCards)
    what_happened = TextField(
        label="What happened?",
        max_length=5_000,
        help_text="In order, with times. What can be checked helps most.",
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    outcome = forms.ChoiceField(
        label="What outcome do you hope for?", choices=[("", "Choose one"), *Outcome.choices]
    )
    outcome_amount = MoneyInput(
        label="Amount", required=False, help_text="Only for a payment of an amount."
    )
    outcome_words = TextField(
        label="The outcome in your words",
        max_length=2_000,
        help_text="What would settle it, and by when.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    files = UploadsField(label="Files", required=False, most=MOST_FILES, help_text=FILES_HELP)

    def __init__(
        self, *args: Any, assignment: Assignment, side: str, chosen: str = "", **kwargs: Any
    ) -> None:
        initial = {"kind": chosen} | (kwargs.pop("initial", None) or {})
        super().__init__(
            *args, assignment=assignment, worker=assignment.worker, initial=initial, **kwargs
        )
        self.assignment, self.side = assignment, side
        self.fields["kind"].choices = kinds_for(side, assignment)
        kind = (self.data.get("kind") if self.is_bound else chosen) or ""
        self.chosen = kind if kind in dict(self.fields["kind"].choices) else ""
        self.parts = PARTS.get(self.chosen)
        self.own: list[str] = []
        if self.parts:
            own = self.parts.fields(assignment, side)
            self.own = list(own)
            self.fields |= own
            self.fields["kind"].widget = forms.HiddenInput()
            self.order_fields(["key", "kind", *own, "what_happened", "files"])

    @property
    def kind_label(self) -> str:
        return KINDS[self.chosen].label if self.chosen else ""

    @property
    def money(self) -> str:
        return money_words(KINDS[self.chosen], self.assignment) if self.chosen else ""

    @property
    def own_rows(self) -> list[list[tuple[Any, str]]]:
        """The fields of the kind, each with the sign before an amount; a piece of equipment and
        its value stand in one row."""
        rows: list[list[tuple[Any, str]]] = []
        for name in self.own:
            field = self[name], "$" if isinstance(self.fields[name], MoneyInput) else ""
            if name.startswith("value_"):
                rows[-1].append(field)
            else:
                rows.append([field])
        return rows

    @property
    def verb_data(self) -> dict[str, Any]:
        """What ``casework.open_case`` takes of it."""
        taken = ("kind", "what_happened", "outcome", "outcome_words", "outcome_amount", "files",
                 "key")  # fmt: skip
        lines = self.parts.lines(self.assignment, self.cleaned_data) if self.parts else []
        return {
            **{name: self.cleaned_data[name] for name in taken},
            "particulars": lines,
            "things": self.things,
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.parts:
            if unfit := self.parts.unfit(self.assignment, self.side):
                self.add_error("kind", unfit)
            for name, words in self.parts.check(data).items():
                if name not in self.errors:
                    self.add_error(name, words)
        wants_amount = data.get("outcome") == Outcome.PAY_AMOUNT
        if wants_amount and not data.get("outcome_amount") and "outcome_amount" not in self.errors:
            self.add_error("outcome_amount", "Say which amount would settle it.")
        return data


class ChosenKindForm(forms.Form):
    """Which kind was chosen in the address; anything else counts as none."""

    kind = forms.ChoiceField(required=False, choices=KIND_CHOICES)
