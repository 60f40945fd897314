"""A company's sets of fields, and what was answered to them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.contrib.postgres.aggregates import JSONBAgg
from django.db import connection
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Window
from django.db.models.functions import JSONObject, RowNumber

from accounts.models import Company
from assignments.field_kinds import words_of
from assignments.models import Assignment, AssignmentField, CustomField, FieldSet
from core.paging import number_key, walk

MOST_TEXTS = 20
"""Texts of one question that the page shows; the file holds all."""

SHARES = """
SELECT q.field_id, e.answer, count(*)
  FROM assignments_assignmentfield AS q
 CROSS JOIN LATERAL jsonb_array_elements_text(
       CASE WHEN jsonb_typeof(q.value) = 'array' THEN q.value ELSE jsonb_build_array(q.value) END
       ) AS e (answer)
 WHERE q.field_set_id = %(key)s AND q.unassignment_id IS NULL AND q.value IS NOT NULL
   AND q.kind IN ('choice', 'choices', 'yes_no')
 GROUP BY q.field_id, e.answer
"""
FIGURES = """
SELECT q.field_id, count(*),
       avg((q.value #>> '{}')::numeric) FILTER (WHERE q.kind = 'number'),
       min((q.value #>> '{}')::numeric) FILTER (WHERE q.kind = 'number'),
       max((q.value #>> '{}')::numeric) FILTER (WHERE q.kind = 'number')
  FROM assignments_assignmentfield AS q
 WHERE q.field_set_id = %(key)s AND q.unassignment_id IS NULL AND q.value IS NOT NULL
 GROUP BY q.field_id
"""


def field_sets(company: Company | None) -> QuerySet[FieldSet, FieldSet]:
    """For the list of sets: how many fields each has, and whether anything was answered."""
    answered = AssignmentField.objects.filter(field_set=OuterRef("pk"), value__isnull=False)
    return (
        FieldSet.objects.of(company)
        .select_related("customer", "project")
        .annotate(
            field_count=Count("fields", filter=Q(fields__archived_at=None)),
            has_answers=Exists(answered),
        )
    )


@dataclass(frozen=True)
class Share:
    """How many chose this."""

    label: str
    count: int
    of: int

    @property
    def percent(self) -> int:
        return round(100 * self.count / self.of) if self.of else 0


@dataclass
class Summary:
    """One question and what was answered to it."""

    question: CustomField
    count: int = 0
    average: Decimal | None = None
    least: Decimal | None = None
    most: Decimal | None = None
    shares: list[Share] = field(default_factory=list)
    texts: list[AssignmentField] = field(default_factory=list)

    @property
    def has_more(self) -> bool:
        """Whether more was answered than is shown."""
        return len(self.texts) == MOST_TEXTS < self.count


def summaries_of(found: FieldSet) -> list[Summary]:
    """Every question of a set with its answers summed up, in four statements.

    A question that was taken off stays where it was answered.
    """
    with connection.cursor() as cursor:
        cursor.execute(FIGURES, {"key": found.pk})
        figures = {row[0]: row[1:] for row in cursor.fetchall()}
        cursor.execute(SHARES, {"key": found.pk})
        chosen: dict[int, dict[str, int]] = {}
        for key, answer, count in cursor.fetchall():
            chosen.setdefault(key, {})[answer] = count
    texts = _texts_of(found)
    questions = found.fields.filter(Q(archived_at=None) | Q(pk__in=list(figures)))
    return [
        _summary(one, figures.get(one.pk), chosen.get(one.pk, {}), texts.get(one.pk, []))
        for one in questions.order_by(F("archived_at").asc(nulls_first=True), "position", "pk")
    ]


def _summary(
    question: CustomField, figures: Any, chosen: dict[str, int], texts: list[AssignmentField]
) -> Summary:
    count, average, least, most = figures or (0, None, None, None)
    labels = {choice: choice for choice in question.choices}
    if question.kind == CustomField.Kind.YES_NO:
        labels = {"true": "Yes", "false": "No"}
    labels |= {answer: answer for answer in sorted(chosen) if answer not in labels}
    shares = [Share(label, chosen.get(answer, 0), count) for answer, label in labels.items()]
    return Summary(
        question, count, average=average and round(average, 2), least=least, most=most,
        shares=shares, texts=texts,
    )  # fmt: skip


def _texts_of(found: FieldSet) -> dict[int, list[AssignmentField]]:
    """The latest texts, dates and files of each question."""
    latest = Window(
        RowNumber(), partition_by="field_id", order_by=[F("answered_at").desc(), F("pk").desc()]
    )
    rows = (
        AssignmentField.objects.current()
        .filter(field_set=found, value__isnull=False, kind__in=("text", "date", "file"))
        .annotate(place=latest)
        .filter(place__lte=MOST_TEXTS)
        .select_related("assignment")
        .order_by("field_id", "place")
    )
    texts: dict[int, list[AssignmentField]] = {}
    for row in rows:
        texts.setdefault(row.field_id, []).append(row)
    return texts


def answered_fields(company: Company | None) -> QuerySet[CustomField, CustomField]:
    """The fields of a company that are asked now or were answered once, set by set."""
    answered = AssignmentField.objects.filter(field=OuterRef("pk"), value__isnull=False)
    current = Q(archived_at=None, field_set__archived_at=None)
    return (
        CustomField.objects.filter(current | Exists(answered), field_set__company=company)
        .select_related("field_set")
        .order_by("field_set__name", "field_set_id", "position", "pk")
    )


def heading(one: CustomField) -> str:
    """Over a column of answers."""
    return f"{one.field_set.name}: {one.label}"


def with_answers(rows: QuerySet[Assignment, Any]) -> QuerySet[Assignment, Any]:
    """Each row with ``own_answers``, what was answered to the company's fields."""
    answers = (
        AssignmentField.objects.current()
        .filter(assignment=OuterRef("pk"), value__isnull=False)
        .order_by()
        .values("assignment")
        .annotate(all=JSONBAgg(JSONObject(field="field_id", kind="kind", value="value")))
        .values("all")
    )
    return rows.annotate(own_answers=Subquery(answers))


def answers_of(row: Any, own: Sequence[CustomField]) -> list[object]:
    """The cells of a row that ``with_answers`` has read; numbers stay numbers."""
    found = {one["field"]: _cell(one["kind"], one["value"]) for one in row.own_answers or ()}
    return [found.get(one.pk, "") for one in own]


def _cell(kind: str, value: Any) -> object:
    return Decimal(value) if kind == CustomField.Kind.NUMBER else words_of(kind, value)


def answer_rows(found: FieldSet, own: Sequence[CustomField]) -> Iterator[list[object]]:
    """One line for each assignment that answered anything of the set, the newest first."""
    answered = AssignmentField.objects.current().filter(
        assignment=OuterRef("pk"), field_set=found, value__isnull=False
    )
    rows = with_answers(
        Assignment.objects.filter(Exists(answered), company=found.company)
        .select_related("worker__user")
        .only("reference", "title", "submitted_at", "time_zone", "worker__user__full_name",
              "worker__user__email")
    )  # fmt: skip
    for row in walk(rows, [number_key("pk", descending=True)]):
        submitted = row.submitted_at and f"{row.submitted_at.astimezone(row.zone):%Y-%m-%d %H:%M}"
        head = [row.reference, row.title, str(row.worker or ""), submitted or ""]
        yield [*head, *answers_of(row, own)]
