"""Writing tests: their rules, their questions, and what publishing says about passes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from core.forms import ChoiceCards, UploadField
from core.paging import CursorField
from core.text_fields import LineField, TextField
from vetting.models import Question, QuestionKind, TestVersion

FEWEST_ROWS, MOST_ROWS = 4, 12
MOST_ACCEPTED = 30
NUMBER = {"inputmode": "numeric"}

KIND_WORDS = {
    QuestionKind.SINGLE: ("circle-dot", "One of several answers is right."),
    QuestionKind.SEVERAL: ("check-check", "All the right answers, and no others."),
    QuestionKind.TRUE_FALSE: ("scale", "A sentence that holds or does not."),
    QuestionKind.NUMBER: ("hash", "A number, within a tolerance you set."),
    QuestionKind.SHORT: ("pencil", "A few words, held against those you accept."),
    QuestionKind.LONG: ("file-text", "A text that you read and mark."),
    QuestionKind.FILE: ("camera", "A photo or document that you look at and mark."),
}


def _whole(label: str, least: int, most: int, **kwargs: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label, min_value=least, max_value=most, widget=forms.NumberInput(attrs=NUMBER),
        **kwargs,
    )  # fmt: skip


class TestForm(forms.Form):
    """A test's name and rules; a survey has fewer of them."""

    __test__ = False
    OF_TESTS = ("pass_mark", "wait_hours", "minutes", "valid_days", "shows_answers")

    name = LineField(
        max_length=80,
        error_messages={"required": "Give it a name, such as “Cabling basics”."},
        help_text="Workers read it.",
    )
    instructions = TextField(
        required=False,
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="What it is about and what may be used. Read before starting. Markdown works.",
    )
    is_listed = forms.BooleanField(
        required=False,
        label="List it for all workers",
        help_text="Otherwise only workers who come from your work, a group or a link find it.",
    )
    pass_mark = _whole("Passes from", 1, 100, initial=80)
    most_attempts = _whole(
        "Attempts", 1, 50, initial=3, required=False, help_text="Empty: any number."
    )
    wait_hours = _whole(
        "Wait between attempts", 0, 24 * 90, initial=24, help_text="Counted from handing in."
    )
    minutes = _whole(
        "Time limit", 1, 24 * 60, required=False,
        help_text="Empty: no limit. The clock runs on when the browser is closed.",
    )  # fmt: skip
    valid_days = _whole(
        "A pass is good for", 1, 3650, required=False,
        help_text="Empty: for ever. It can be taken again in its last 30 days.",
    )  # fmt: skip
    random_order = forms.BooleanField(
        required=False,
        label="Another order every time",
        help_text="Questions and choices are shuffled for each attempt.",
    )
    shows_answers = forms.BooleanField(
        required=False,
        label="Show afterwards which answers were right",
        help_text="Better to learn from; but the answers get about.",
    )

    def __init__(self, *args: Any, is_survey: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_survey = is_survey
        if is_survey:
            for name in self.OF_TESTS:
                del self.fields[name]
            self.fields["most_attempts"].initial = 1
            self.fields["most_attempts"].label = "How often a worker may answer"


class NewTestForm(TestForm):
    kind = forms.ChoiceField(
        choices=[
            ("test", "Test|Right answers, a pass mark, attempts. Required for work or groups."),
            ("survey", "Survey|No right answers: you read what workers say."),
        ],
        widget=ChoiceCards,
        label="What is it?",
    )


class ListForm(forms.Form):
    """The client's list of tests."""

    q = LineField(label="Name", required=False, max_length=80)
    archived = forms.BooleanField(label="Archived", required=False)
    after = CursorField()
    before = CursorField()


class OpenTestsForm(forms.Form):
    """A worker's search among listed tests."""

    q = LineField(label="Name or client", required=False, max_length=80)
    after = CursorField()
    before = CursorField()


class QuestionForm(forms.Form):
    """One question; its kind decides which fields there are.

    Choices are rows ``choice_0``, ``choice_1``, … with the right ones among ``right``; ``rows``
    says how many are shown, and the button “more” shows two more.
    """

    text = TextField(
        label="Question",
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Write the question."},
        help_text="Markdown works.",
    )
    points = _whole("Points", 1, 100, initial=1)
    pool = LineField(
        required=False, max_length=60, widget=forms.TextInput(attrs={"list": "pools"}),
        help_text="Each attempt draws some questions of a pool by chance. Empty: always asked.",
    )  # fmt: skip
    image = UploadField(
        label="Picture", required=False, help_text="JPG, PNG, GIF or WebP, up to 25 MB."
    )
    drop_image = forms.BooleanField(label="Remove the picture", required=False)
    image_words = LineField(
        label="The picture in words", required=False, max_length=200,
        help_text="For workers who cannot see it.",
    )  # fmt: skip

    def __init__(
        self,
        *args: Any,
        kind: str,
        is_survey: bool,
        question: Question | None = None,
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("initial", _stored(question) if question else {})
        super().__init__(*args, **kwargs)
        self.kind, self.is_survey, self.question = QuestionKind(kind), is_survey, question
        self.chooses = self.kind in (QuestionKind.SINGLE, QuestionKind.SEVERAL)
        if is_survey:
            del self.fields["points"]
        if question is None or not question.image:
            del self.fields["drop_image"]
        if self.chooses:
            self._add_rows()
        elif not is_survey:
            self.fields |= _answers_of(self.kind)
        self.order_fields(["text", "truth", "number", "tolerance", "accepted", "points", "pool"])

    def _add_rows(self) -> None:
        stored = len(self.question.choices) if self.question else 0
        shown = str(self.data.get("rows", "")) if self.is_bound else ""
        # isdigit takes more scripts' digits than int does; NUL and the like are none of them.
        typed = int(shown) if shown.isascii() and shown.isdigit() and len(shown) < 4 else 0
        count = min(max(FEWEST_ROWS, stored, typed), MOST_ROWS)
        self.count = min(count + 2, MOST_ROWS) if "more" in self.data else count
        for place in range(self.count):
            self.fields[f"choice_{place}"] = LineField(
                label=f"Choice {place + 1}", required=False, max_length=300
            )
        self.fields["right"] = forms.TypedMultipleChoiceField(
            choices=[(str(n), str(n)) for n in range(self.count)], coerce=int, required=False,
            label="Right choice",
            error_messages={"invalid_choice": "Mark the right choices again."},
        )  # fmt: skip

    @property
    def rows(self) -> Iterator[dict[str, Any]]:
        """For the template: each choice's field, and whether it is marked as right."""
        right = self["right"].value() or []
        marked = {str(value) for value in (right if isinstance(right, list) else [right])}
        for place in range(self.count):
            yield {"field": self[f"choice_{place}"], "value": place, "right": str(place) in marked}

    def clean_image(self) -> Any:
        upload = self.cleaned_data["image"]
        if upload is not None and not upload.content_type.startswith("image/"):
            raise ValidationError("This is not a picture. Use JPG, PNG, GIF or WebP.")
        return upload

    def clean_accepted(self) -> list[str]:
        lines = [" ".join(line.split()) for line in self.cleaned_data["accepted"].splitlines()]
        accepted = list(dict.fromkeys(line for line in lines if line))
        if not accepted:
            raise ValidationError("Write at least one answer that you accept.")
        if len(accepted) > MOST_ACCEPTED or any(len(line) > 200 for line in accepted):
            raise ValidationError(
                f"Use at most {MOST_ACCEPTED} lines of at most 200 characters each."
            )
        return accepted

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if self.chooses:
            self._clean_choices(data)
        return data

    def _clean_choices(self, data: dict[str, Any]) -> None:
        words = {n: data.get(f"choice_{n}", "") for n in range(self.count)}
        given = {place: text for place, text in words.items() if text}
        right = [place for place in data.get("right") or [] if not self.is_survey]
        if any(f"choice_{n}" in self.errors for n in words) or "right" in self.errors:
            return
        if len(given) < 2:
            empty = next(n for n in words if n not in given)
            self.add_error(f"choice_{empty}", "Write at least two choices.")
        seen: set[str] = set()
        for place, text in given.items():
            if text.casefold() in seen:
                self.add_error(f"choice_{place}", "This choice is there already.")
            seen.add(text.casefold())
        for place in right:
            if place not in given:
                self.add_error(f"choice_{place}", "This one is marked as right and empty.")
        if not self.is_survey and not right:
            self.add_error("right", "Mark which choice is right.")
        if self.kind == QuestionKind.SINGLE and len(right) > 1:
            self.add_error("right", "Only one choice can be right here.")

    def facts(self) -> dict[str, Any]:
        """What the verbs take."""
        data = self.cleaned_data
        facts = {"kind": self.kind, "text": data["text"], "image_words": data["image_words"]}
        facts |= {name: data[name] for name in ("points", "number", "accepted") if name in data}
        if "tolerance" in data:
            facts["tolerance"] = data["tolerance"] or 0
        if "truth" in data:
            facts["choices"] = [
                {"key": key, "text": key.capitalize(), "right": data["truth"] == key}
                for key in ("true", "false")
            ]
        if self.chooses:
            right = set() if self.is_survey else set(data["right"])
            given = [n for n in range(self.count) if data[f"choice_{n}"]]
            facts["choices"] = [
                {"key": f"c{place}", "text": data[f"choice_{n}"], "right": n in right}
                for place, n in enumerate(given)
            ]
        return facts


def _answers_of(kind: str) -> dict[str, forms.Field]:
    """The fields that say what is right, for the kinds that need them."""
    if kind == QuestionKind.TRUE_FALSE:
        return {"truth": forms.ChoiceField(
            label="The sentence is", choices=[("true", "True"), ("false", "False")],
            widget=forms.RadioSelect,
            error_messages={"required": "Say whether the sentence is true."},
        )}  # fmt: skip
    if kind == QuestionKind.NUMBER:
        return {
            "number": _decimal("Right number", True, error_messages={
                "required": "Give the number that is right."}),
            "tolerance": _decimal("Tolerance", False, min_value=0,
                                  help_text="How far off still counts. Empty: not at all."),
        }  # fmt: skip
    if kind == QuestionKind.SHORT:
        return {"accepted": TextField(
            label="Answers you accept", max_length=7_000,
            widget=forms.Textarea(attrs={"rows": 4}),
            help_text="One a line. Capitals, spaces and a last full stop make no difference.",
            error_messages={"required": "Write at least one answer that you accept."},
        )}  # fmt: skip
    return {}


def _decimal(label: str, required: bool, **kwargs: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, required=required, max_digits=14, decimal_places=4,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}), **kwargs,
    )  # fmt: skip


def _stored(question: Question) -> dict[str, Any]:
    right = [str(place) for place, choice in enumerate(question.choices) if choice["right"]]
    truth = next((c["key"] for c in question.choices if c["right"]), "")
    stored = {f"choice_{n}": choice["text"] for n, choice in enumerate(question.choices)}
    return stored | {
        "text": question.text, "points": question.points, "image_words": question.image_words,
        "pool": question.pool.name if question.pool else "", "right": right, "truth": truth,
        "number": _short(question.number), "tolerance": _short(question.tolerance or None),
        "accepted": "\n".join(question.accepted),
    }  # fmt: skip


def _short(number: Any) -> str:
    return "" if number is None else f"{number.normalize():f}"


class MoveForm(forms.Form):
    """One question up or down, or the whole order as it was dragged."""

    question = forms.SlugField(required=False, max_length=12)
    to = forms.ChoiceField(choices=[("up", "up"), ("down", "down")], required=False)
    order = forms.CharField(required=False, max_length=3_000)


class PoolForm(forms.Form):
    draw = _whole("Draw", 1, 200, error_messages={"required": "Say how many are drawn."})


class PublishForm(forms.Form):
    passes = forms.ChoiceField(
        choices=[
            ("keep", "Earlier passes stay good"),
            ("renew", "Everybody has to pass the new version"),
        ],
        initial="keep",
        widget=forms.RadioSelect,
        label="Workers who have passed already",
    )


def rules_of(version: TestVersion, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(version, name) for name in names}
