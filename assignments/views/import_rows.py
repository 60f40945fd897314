"""The rows of an import in words, and the rows of the sample file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest

from assignments import snapshots
from assignments.forms.import_columns import MOMENT, Column
from assignments.models import Import, ImportRow
from assignments.queries import imports
from core.dates import range_words
from core.paging import cursors_of, page_of

PAGE = 25
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
            yield RowLine(row.number, "", "", "", "", row.errors)
            continue
        draft = snapshots.assignment_of(row.content)
        yield RowLine(
            number=row.number,
            title=draft.title,
            where=", ".join(filter(None, (draft.site_name, draft.place))),
            when=range_words(draft.starts_at, draft.ends_at, draft.zone),
            price=draft.terms.sentence(currency),
            errors=[],
        )


def samples_of(column: Column, field: forms.Field | None, now: datetime) -> tuple[str, ...]:
    """The cells of a column of the sample file: real names, and days ahead, so that it can be
    tried as it is."""
    if isinstance(field, forms.ModelChoiceField):
        names = [str(record) for record in field.queryset[:1]] or [""]
        return tuple(names * len(column.samples))
    if column.kind != MOMENT:
        return column.samples
    hours = [text.partition(" ")[2] for text in column.samples]
    return tuple(
        f"{now + timedelta(days=14 + number):%Y-%m-%d} {hour}" for number, hour in enumerate(hours)
    )
