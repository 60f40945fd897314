"""The rows of an import in words, and the rows of the sample file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest

from assignments import snapshots
from assignments.forms.import_columns import (
    CHOICE,
    DATE,
    DAYS,
    MOMENT,
    MONEY,
    NUMBER,
    RECORD,
    YES_NO,
    Column,
)
from assignments.forms.import_own import Own
from assignments.models import Import, ImportRow
from assignments.queries import imports
from core.csv_files import letter_of
from core.dates import range_words
from core.paging import cursors_of, page_of

PAGE = 25
MOST_CHOICES = 9
HOW = {
    RECORD: "By its name, as your lists have it; a number or an e-mail address where it has one.",
    YES_NO: "Yes or no.",
    MONEY: "An amount, with or without a sign of currency.",
    NUMBER: "A number.",
    MOMENT: "A date, with its time behind it or in a column of its own.",
}
ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
SHOWS = [("bad", "With errors"), ("all", "All rows")]


class ShowForm(forms.Form):
    """Which rows to show; what cannot be read counts as the default."""

    show = forms.ChoiceField(required=False, choices=SHOWS)


@dataclass(frozen=True, slots=True)
class RowLine:
    """One row as the preview prints it."""

    number: int
    title: str
    where: str
    when: str
    price: str
    besides: str
    errors: list[dict[str, str]]


def preview(request: HttpRequest, imported: Import) -> dict[str, Any]:
    """One page of rows, those with errors first asked for where there are any."""
    form = ShowForm(request.GET)
    form.is_valid()
    asked = form.cleaned_data.get("show") or ("bad" if imported.rows_bad else "all")
    bad_only = asked == "bad" and bool(imported.rows_bad)
    page = page_of(
        imports.rows_of(imported, bad_only=bad_only),
        imports.IN_ORDER,
        size=PAGE,
        **cursors_of(request.GET),
    )
    return {
        "rows": list(lines_of(page.rows, imported)),
        "tabs": [
            {"label": label, "url": f"?show={value}", "active": bad_only == (value == "bad"),
             "count": f"{count:,}"}
            for (value, label), count in zip(
                SHOWS, (imported.rows_bad, imported.rows_done), strict=True
            )
        ] if imported.rows_bad else [],
        "newer": page.newer_url(request.GET),
        "older": page.older_url(request.GET),
    }  # fmt: skip


def lines_of(rows: Iterable[ImportRow], imported: Import) -> Iterable[RowLine]:
    currency = imported.company.currency
    for row in rows:
        if row.content is None:
            yield RowLine(row.number, "", "", "", "", "", row.errors)
            continue
        draft = snapshots.assignment_of(row.content)
        yield RowLine(
            number=row.number,
            title=draft.title,
            where=", ".join(filter(None, (draft.site_name, draft.place))),
            when=range_words(draft.starts_at, draft.ends_at, draft.zone),
            price=draft.terms.sentence(currency),
            besides=_besides(row.content),
            errors=[],
        )


def _besides(content: snapshots.Content) -> str:
    """What hangs on the posting of a row, counted."""
    counted = [
        ("day", len(content.get("days") or ())),
        ("deliverable", len(content.get("deliverables") or ())),
        ("part", len(content.get("parts") or ())),
        ("requirement set", len(content.get("requirement_sets") or ())),
        ("label", len(content.get("labels") or ())),
        ("answer", sum(one["value"] is not None for one in content.get("asked") or ())),
    ]
    words = (f"{count} {word}{'s' * (count > 1)}" for word, count in counted if count)
    return ", ".join(words)


def not_read(imported: Import) -> list[str]:
    """The columns of the file that nothing was taken from, in words."""
    chosen = imported.choices.get("columns", {})
    return [
        f"{letter_of(index)} “{heading or 'without a heading'}”"
        for index, heading in enumerate(imported.shape["headings"])
        if str(index) not in chosen
    ]


def in_words(
    columns: Iterable[Column], fields: Mapping[str, forms.Field]
) -> list[tuple[str, list[dict[str, str]]]]:
    """Each column with how it is filled in, under the headings of their groups."""
    groups: dict[str, list[dict[str, str]]] = {}
    for column in columns:
        groups.setdefault(column.group, []).append(
            {
                "heading": column.heading or column.label,
                "words": column.help or _how(column, fields.get(column.name)),
                "sample": next(filter(None, column.samples), ""),
            }
        )
    return list(groups.items())


def _how(column: Column, field: forms.Field | None) -> str:
    """How cells of a kind are written; nothing where any text will do."""
    if column.kind == CHOICE and field is not None:
        choices = field.choices  # type: ignore[attr-defined]
        names = [
            str(label).partition("|")[0] for value, label in choices if value not in ("", None)
        ]
        few = names if len(names) <= MOST_CHOICES else [*names[:3], "…"]
        return f"One of: {'; '.join(few)}."
    return HOW.get(column.kind, "")


def sample_of(
    columns: Sequence[Column], fields: Mapping[str, forms.Field], own: Own, now: datetime
) -> tuple[list[str], Iterable[Sequence[str]]]:
    """Headings and rows of the sample file: real names, and days ahead, so that it can be tried
    as it is."""
    sets: Any = fields["requirement_sets"]
    named = {
        "requirement_sets": [name for _, name in sets.choices],
        "labels": own.label_names,
        "own_sets": [""],
        "survey": own.survey_names,
    }
    shown = [column for column in columns if column.samples or named.get(column.name)]
    cells = [_samples(column, fields.get(column.name), named, now) for column in shown]
    return [column.heading or column.label for column in shown], zip(*cells, strict=True)


def _samples(
    column: Column, field: forms.Field | None, named: Mapping[str, Sequence[str]], now: datetime
) -> tuple[str, ...]:
    if column.name in named:
        return named[column.name][0], "", ""
    if isinstance(field, forms.ModelChoiceField):
        names = [str(record) for record in field.queryset[:1]] or [""]
        return tuple(names * len(column.samples))
    if column.kind in (MOMENT, DAYS, DATE):
        days = iter(range(14, 21))
        return tuple(
            ISO_DAY.sub(lambda _: f"{now + timedelta(days=next(days)):%Y-%m-%d}", text)
            for text in column.samples
        )
    return column.samples
