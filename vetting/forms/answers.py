"""Answering a question, filtering results, and marking by hand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from random import Random
from typing import Any

from django import forms
from django.forms import BoundField

from core.forms import UploadField
from core.paging import CursorField
from core.text_fields import LineField, TextField
from vetting.grading import LONGEST_LONG, LONGEST_SHORT
from vetting.marking import Mark
from vetting.models import Answer, Question, QuestionKind
from vetting.states import Sitting


class SeenField(forms.CharField):
    """The revision that was shown; whatever is none counts as one that never was."""

    widget = forms.HiddenInput

    def clean(self, value: Any) -> int:  # type: ignore[override]
        text = str(value or "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else -1


class AnswerForm(forms.Form):
    """The one field of a question, and what stood there when the page was made."""

    seen = SeenField(required=False)

    def __init__(self, *args: Any, question: Question, shuffle: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.question = question
        self.fields["answer"] = field_of(question, shuffle)

    def now_seen(self, revision: int) -> None:
        """Let the next submit replace what stands now."""
        self.data = self.data.copy()
        self.data["seen"] = str(revision)


def shown(answer: Answer) -> dict[str, Any]:
    return {"answer": answer.value, "seen": answer.revision}


def field_of(question: Question, shuffle: str = "") -> forms.Field:
    """The control of a question; ``shuffle`` names the order of its choices."""
    kind = QuestionKind(question.kind)
    common: dict[str, Any] = {"label": "Your answer", "required": False}
    choices = [(choice["key"], choice["text"]) for choice in question.choices]
    if shuffle and kind != QuestionKind.TRUE_FALSE:
        Random(shuffle).shuffle(choices)  # noqa: S311 (an order, not a secret)
    gone = {"invalid_choice": "This is none of the choices. Choose one of those shown."}
    if kind == QuestionKind.SEVERAL:
        common["label"] = "Choose all that are right"
        return forms.MultipleChoiceField(
            choices=choices, widget=forms.CheckboxSelectMultiple, error_messages=gone, **common
        )
    if question.chooses:
        return forms.ChoiceField(
            choices=choices, widget=forms.RadioSelect, error_messages=gone, **common
        )
    if kind == QuestionKind.NUMBER:
        attrs = {"inputmode": "decimal", "autocomplete": "off"}
        return forms.DecimalField(
            max_digits=14, decimal_places=4, widget=forms.TextInput(attrs=attrs),
            error_messages={"invalid": "Enter a number, such as 42 or 3.5."}, **common,
        )  # fmt: skip
    if kind == QuestionKind.LONG:
        area = forms.Textarea(attrs={"rows": 8})
        return TextField(max_length=LONGEST_LONG, widget=area, **common)
    if kind == QuestionKind.FILE:
        return UploadField(label="A photo or document", required=False)
    return LineField(max_length=LONGEST_SHORT, **common)


class MarksForm(forms.Form):
    """Points and a remark for every answer that a person marks."""

    def __init__(self, *args: Any, answers: Sequence[Answer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.answers = answers
        for answer in answers:
            most = answer.question.points
            self.fields[f"points_{answer.position}"] = forms.DecimalField(
                label=f"Points for question {answer.position}", min_value=Decimal(0),
                max_value=Decimal(most), max_digits=6, decimal_places=2, required=False,
                initial=None if answer.points is None else f"{answer.points.normalize():f}",
                widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
                help_text=f"Of {most}. Halves count.",
            )  # fmt: skip
            self.fields[f"remark_{answer.position}"] = LineField(
                label="Remark", required=False, max_length=500, initial=answer.remark,
                help_text="The worker reads it.",
            )  # fmt: skip

    def of(self, answer: Answer) -> tuple[BoundField, BoundField]:
        return self[f"points_{answer.position}"], self[f"remark_{answer.position}"]

    @property
    def marks(self) -> dict[int, Mark]:
        """Those that were given; an empty field leaves the answer waiting."""
        return dict(self._given())

    def _given(self) -> Iterator[tuple[int, Mark]]:
        for answer in self.answers:
            points = self.cleaned_data.get(f"points_{answer.position}")
            if points is not None:
                remark = self.cleaned_data.get(f"remark_{answer.position}", "")
                yield answer.position, Mark(points, remark)


class ResultsForm(forms.Form):
    """Which attempts the table of results shows."""

    q = LineField(label="Worker", required=False, max_length=80)
    status = forms.ChoiceField(
        label="Result",
        choices=[("", "All"), *((s.value, s.label) for s in Sitting if s != Sitting.OPEN)],
        required=False,
    )
    version = forms.TypedChoiceField(coerce=int, empty_value=None, required=False)
    after = CursorField()
    before = CursorField()

    def __init__(self, *args: Any, numbers: Sequence[int], current: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.current = current
        self.fields["version"].choices = [
            ("", f"Version {current}, taken now"),
            *((n, f"Version {n}") for n in numbers if n != current),
        ]

    @property
    def shown(self) -> int:
        return self.cleaned_data.get("version") or self.current


class QueueForm(forms.Form):
    after = CursorField()
    before = CursorField()


class GrantForm(forms.Form):
    note = LineField(
        required=False, max_length=500, label="A word to the worker",
        help_text="They are told that they may try again at once.",
    )  # fmt: skip
