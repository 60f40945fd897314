"""A company's own fields on a form: the client's on the posting, the worker's at the work."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.utils import timezone

from accounts.models import Company
from assignments import asked, uploads
from assignments.asked import Asked
from assignments.field_kinds import KINDS, Shelf, field_of
from assignments.models import Assignment, AssignmentField, FieldSet
from core.files import CleanUpload

PREFIX = "own"


def shelf_of(company: Company) -> Shelf:
    """Files of a company's fields; only a token of the same company stands for one."""
    folder = f"fields/{company.slug}"

    def keep(clean: CleanUpload) -> str:
        return uploads.keep(clean, folder, company_id=company.pk, at=timezone.now())

    def holds(path: str) -> bool:
        return path in uploads.still_there([path], at=timezone.now())

    return Shelf(f"assignments.fields:{company.pk}", keep, holds)


@dataclass(frozen=True)
class Section:
    """The fields of one set as a page draws them."""

    name: str
    fields: list[forms.BoundField]


class ChosenSetsForm(forms.Form):
    """The sets that are asked only where the posting names them, and its closing survey."""

    sets = forms.MultipleChoiceField(
        required=False, widget=forms.CheckboxSelectMultiple, label="Also ask"
    )
    survey = forms.ChoiceField(
        required=False,
        label="Closing survey",
        help_text="A few questions to the worker when they submit.",
    )

    prefix = PREFIX
    use_required_attribute = False

    def __init__(self, *args: Any, sets: Sequence[FieldSet], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = [(str(one.pk), one.name) for one in sets if one.is_chosen and not one.is_survey]
        surveys = [(str(one.pk), one.name) for one in sets if one.is_survey]
        self.fields["sets"].choices = chosen
        self.fields["survey"].choices = [("", "None"), *surveys]
        if not chosen:
            del self.fields["sets"]
        if not surveys:
            del self.fields["survey"]

    @property
    def chosen(self) -> set[int]:
        """The keys of what is ticked now, as far as it can be read."""
        offered = {
            value
            for field in self.fields.values()
            for value, _ in field.choices  # type: ignore[attr-defined]
        }
        named: list[str] = []
        for field in self:
            value = field.value() or []
            named += value if isinstance(value, list) else [value]
        return {int(value) for value in map(str, named) if value and value in offered}


class AnswersForm(forms.Form):
    """One form field a question, named by the key of the question."""

    use_required_attribute = False

    def __init__(
        self,
        data: Any,
        uploads: Any,
        *,
        questions: Iterable[tuple[int, Any]],
        shelf: Shelf,
        strict: bool,
        prefix: str,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        self.questions = dict(questions)
        stored = {f"f{key}": KINDS[q.kind].shown(q.value) for key, q in self.questions.items()}
        super().__init__(
            data,
            uploads if data is not None else None,
            prefix=prefix,
            initial={**stored, **(initial or {})},
        )
        for key, one in self.questions.items():
            required = strict and one.required
            self.fields[f"f{key}"] = field_of(one, shelf, required=required)

    @property
    def answers(self) -> dict[int, Any]:
        """What is kept of each answer, by the key of its question; only of a valid form."""
        return {
            key: KINDS[one.kind].stored(self.cleaned_data[f"f{key}"])
            for key, one in self.questions.items()
        }

    @property
    def sections(self) -> list[Section]:
        """The fields under the names of their sets."""
        found: dict[str, list[forms.BoundField]] = {}
        for key, one in self.questions.items():
            found.setdefault(one.set_name, []).append(self[f"f{key}"])
        return [Section(name, fields) for name, fields in found.items()]


class PostingFields:
    """The part of the posting page that asks a company's own fields.

    Which sets are asked follows from the customer, the project and what is ticked. A draft asks
    them as they are defined today; what was sent keeps the questions that it was sent with.
    """

    def __init__(
        self,
        data: Any,
        uploads: Any,
        *,
        company: Company,
        stored: Sequence[Asked] = (),
        fixed: bool = False,
        party: Mapping[str, int | None],
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        self.company, self.stored, self.fixed = company, stored, fixed
        there = {one.field_set_id for one in stored}
        self.sets = asked.sets_of(company, also=there)
        self.chosen = ChosenSetsForm(
            data, sets=self.sets, initial={**self._ticked(there), **(initial or {})}
        )
        self.questions = asked.asking(
            self.sets, stored, chosen=self.chosen.chosen, fixed=fixed, **party
        )
        own = [(one.field_id, one) for one in self.questions if one.by_client]
        self.form = AnswersForm(
            data, uploads, questions=own, shelf=shelf_of(company), strict=True, prefix=PREFIX,
            initial=initial,
        )  # fmt: skip

    def _ticked(self, there: set[int]) -> dict[str, Any]:
        ticked = [str(one.pk) for one in self.sets if one.is_chosen and one.pk in there]
        surveys = {str(one.pk) for one in self.sets if one.is_survey}
        return {
            "sets": [key for key in ticked if key not in surveys],
            "survey": next((key for key in ticked if key in surveys), ""),
        }

    def is_valid(self) -> bool:
        return all([self.chosen.is_valid(), self.form.is_valid()])

    @property
    def asked(self) -> tuple[Asked, ...]:
        """Everything that the assignment will ask, answered by the client; once it is valid."""
        answers = self.form.answers
        return tuple(
            replace(one, value=answers.get(one.field_id) if one.by_client else None)
            for one in self.questions
        )

    @property
    def of_the_worker(self) -> list[Asked]:
        """What the worker will be asked before submitting."""
        return [one for one in self.questions if not one.by_client]

    @property
    def is_there(self) -> bool:
        """Whether the company has anything to ask."""
        return bool(self.sets)


def worker_form(
    assignment: Assignment,
    rows: Iterable[AssignmentField],
    data: Any = None,
    uploads: Any = None,
    *,
    strict: bool = False,
    prefix: str = PREFIX,
) -> AnswersForm:
    """The worker's form over these rows; ``strict`` refuses to leave out what is required."""
    return AnswersForm(
        data, uploads, questions=[(row.pk, row) for row in rows],
        shelf=shelf_of(assignment.company), strict=strict, prefix=prefix,
    )  # fmt: skip
