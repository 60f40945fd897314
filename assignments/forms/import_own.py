"""What a company has of its own in an import: its fields, its sets by name, its labels.

All of it is read once for an import; no row asks the database.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.models import Company
from assignments import asked
from assignments.asked import Asked
from assignments.field_kinds import KINDS, field_of
from assignments.forms.asked import shelf_of
from assignments.forms.import_columns import (
    CHOICE,
    DATE,
    LONG,
    NAMES,
    NUMBER,
    OWN,
    YES_NO,
    Column,
    available,
    folded,
)
from assignments.models import FieldSet, Label
from core.csv_formats import CannotRead, items_of, read_moment, read_number, read_yes_no

PREFIX = "own-"
COLUMN_KINDS = {
    "text": LONG, "number": NUMBER, "date": DATE, "choice": CHOICE, "choices": NAMES,
    "yes_no": YES_NO,
}  # fmt: skip
"""How the cells of each kind of field are read; a file cannot stand in a cell."""
MOST_NAMED = 10


class Own:
    """A company's sets of fields and labels, and the columns that it may fill."""

    def __init__(self, company: Company, *, also: Sequence[Asked] = ()) -> None:
        there = {one.field_set_id for one in also}
        self.sets = asked.sets_of(company, also=there)
        labels = list(Label.objects.of(company).filter(archived_at=None).order_by("name", "pk"))
        self.label_names = [label.name for label in labels]
        self.labels = {folded(label.name): label.pk for label in labels}
        self.chosen = _named(one for one in self.sets if one.is_chosen and not one.is_survey)
        self.surveys = _named(one for one in self.sets if one.is_survey)
        self.questions = {
            f"{PREFIX}{question.field_id}": (one, question)
            for one in self.sets
            for question in asked.questions_of(one)
            if question.by_client and question.kind in COLUMN_KINDS
        }

    def columns(self, fields: Mapping[str, forms.Field]) -> list[Column]:
        """Everything that a column may hold for this company, by name in their order."""
        lacking = {
            "labels": not self.labels, "own_sets": not self.chosen, "survey": not self.surveys,
            "requirement_sets": not getattr(fields.get("requirement_sets"), "choices", True),
        }  # fmt: skip
        own = [self._column(name, *found) for name, found in self.questions.items()]
        return [one for one in available(fields, own) if not lacking.get(one.name)]

    @property
    def survey_names(self) -> list[str]:
        return [one.name for one in self.sets if one.is_survey]

    def _column(self, name: str, found: FieldSet, question: Asked) -> Column:
        return Column(
            name=name,
            label=question.label,
            kind=COLUMN_KINDS[question.kind],
            group=f"{OWN}: {found.name}",
            aliases=(question.label,),
            samples=(_sample(question) if found.use == FieldSet.Use.ALWAYS else "",) * 3,
            help=_help(found, question),
            heading=f"{found.name}: {question.label}",
        )


class OwnReader:
    """Answers a company's own fields from the cells of a row, after what fills the rest."""

    def __init__(
        self, own: Own, *, company: Company, mapped: Sequence[str], stored: Sequence[Asked],
        date_order: str, sign: str,
    ) -> None:  # fmt: skip
        self.own, self.stored = own, stored
        self.mapped = [name for name in mapped if name in own.questions]
        self.date_order, self.sign = date_order, sign
        shelf = shelf_of(company)
        self.fields = {
            name: field_of(question, shelf, required=False)
            for name, (_, question) in own.questions.items()
        }
        ticked = {one.field_set_id for one in stored}
        self.ticked = {one.pk for one in own.sets if one.is_chosen and one.pk in ticked}
        self.survey_keys = set(own.surveys.values())

    def lacking(self) -> list[str]:
        """Labels of what every posting of the company must say and neither file nor rest does."""
        answered = {one.field_id for one in self.stored if one.value is not None}
        return [
            question.label
            for name, (found, question) in self.own.questions.items()
            if found.use == FieldSet.Use.ALWAYS and question.required
            and name not in self.mapped and question.field_id not in answered
        ]  # fmt: skip

    def read(
        self, said: Mapping[str, str], party: Mapping[str, int | None], refused: dict[str, str]
    ) -> tuple[Asked, ...]:
        """Everything that the posting of this row asks; what is wrong goes to ``refused``."""
        questions = asked.asking(
            self.own.sets, self.stored, chosen=self._chosen(said, refused), **party
        )
        asks = {f"{PREFIX}{question.field_id}": question for question in questions}
        answers: dict[int, Any] = {}
        for name in self.mapped:
            if said[name]:
                self._answer(name, said[name], name in asks, answers, refused)
        found = []
        for name, question in asks.items():
            value = answers.get(question.field_id, question.value if question.by_client else None)
            needs = question.by_client and question.required and name in self.own.questions
            if needs and value is None and name not in refused:
                refused[name] = f"{question.set_name} wants this filled in."
            found.append((question, value))
        return tuple(replace(question, value=value) for question, value in found)

    def labels(self, cell: str, refused: dict[str, str]) -> list[int]:
        return _keys("labels", cell, self.own.labels, refused)

    def _chosen(self, said: Mapping[str, str], refused: dict[str, str]) -> set[int]:
        """The sets that the row names, else those of what fills the rest."""
        chosen = set(self.ticked)
        if cell := said.get("own_sets"):
            named = _keys("own_sets", cell, self.own.chosen, refused)
            chosen = chosen & self.survey_keys | set(named)
        if cell := said.get("survey"):
            named = _keys("survey", cell, self.own.surveys, refused)
            if len(named) > 1:
                refused["survey"] = "Name one survey: an assignment ends with one."
            chosen = chosen - self.survey_keys | set(named)
        return chosen

    def _answer(
        self, name: str, cell: str, asks: bool, answers: dict[int, Any], refused: dict[str, str]
    ) -> None:
        found, question = self.own.questions[name]
        if name in refused:
            return
        if not asks:
            refused[name] = f"{_where(found)} Leave this empty, or change that."
            return
        kind = KINDS[question.kind]
        try:
            cleaned = self.fields[name].clean(self._typed(question, cell))
            answers[question.field_id] = kind.stored(cleaned)
        except CannotRead as error:
            refused[name] = str(error)
        except ValidationError as error:
            refused[name] = str(error.messages[0])

    def _typed(self, question: Asked, cell: str) -> Any:
        """What a person would have sent with the form."""
        readers: dict[str, Callable[[str], Any]] = {
            "number": lambda cell: read_number(cell, self.sign),
            "date": lambda cell: read_moment(cell, self.date_order)[0],
            "choice": lambda cell: _choice(question.choices, cell),
            "choices": lambda cell: [
                _choice(question.choices, item) for item in items_of(cell) if item
            ],
            "yes_no": lambda cell: "yes" if read_yes_no(cell) else "no",
        }
        return readers.get(question.kind, str)(cell)


def sets_named(cell: str, field: Any) -> list[str]:
    """The keys of the requirement sets of these names, as the form is sent them; those asked on
    every assignment need no naming and may be named."""
    known = {folded(str(name)): str(key) for key, name in field.choices}
    always = dict.fromkeys(map(folded, field.always), "")
    keys = [_key(item, {**always, **known}) for item in items_of(cell) if item]
    return [key for key in keys if key]


def _named(sets: Any) -> dict[str, int]:
    return {folded(one.name): one.pk for one in sets}


def _keys(column: str, cell: str, known: Mapping[str, int], refused: dict[str, str]) -> list[int]:
    keys: list[int] = []
    for item in filter(None, items_of(cell)):
        try:
            keys.append(_key(item, known))
        except CannotRead as error:
            refused[column] = str(error)
    return sorted(set(keys))


def _key(item: str, known: Mapping[str, Any]) -> Any:
    found = known.get(folded(item))
    if found is None:
        raise CannotRead(f"You have nothing called “{item[:60]}” here. Check how it is spelled.")
    return found


def _choice(choices: Sequence[str], cell: str) -> str:
    word = folded(cell)
    for choice in choices:
        if folded(choice) == word:
            return choice
    more = "…" if len(choices) > MOST_NAMED else "."
    raise CannotRead(f"Write one of: {', '.join(choices[:MOST_NAMED])}{more}")


def _where(found: FieldSet) -> str:
    """On which postings a set is asked, as a sentence."""
    if found.customer:
        return f"“{found.name}” is asked only for the customer {found.customer.name}."
    if found.project:
        return f"“{found.name}” is asked only for the project {found.project.name}."
    return f"“{found.name}” is asked only where the column “Own sets of fields” names it."


def _sample(question: Asked) -> str:
    choices = question.choices
    return {
        "text": "INC-20417", "number": "12", "date": "2026-11-24", "yes_no": "yes",
        "choice": choices[0] if choices else "", "choices": "; ".join(choices[:2]),
    }[question.kind]  # fmt: skip


def _help(found: FieldSet, question: Asked) -> str:
    words = [] if found.use == FieldSet.Use.ALWAYS else [found.use_words + "."]
    if question.kind == "choice":
        words.append(f"One of: {', '.join(question.choices[:MOST_NAMED])}.")
    if question.kind == "choices":
        words.append(f"Several of: {'; '.join(question.choices[:MOST_NAMED])}.")
    words += [question.help] if question.help else []
    return " ".join([*words, *(["Must be filled in."] if question.required else [])])
