"""The statements that draw figures from the rows behind them.

One statement draws every formula of every source for any number of owners and writes the
rolled-up rows, so that an event of one owner and a rebuild of all of them take the same way
and come to the same figures. No row leaves the database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from scorecards.formulas import VERSION, Formula
from scorecards.models import CompanyScorecard, Window
from scorecards.periods import months_before, since
from scorecards.rows import Source

TREND_MONTHS = 6
Statement = tuple[str, list[Any]]


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time by name; open to the past, or to now, where an end is missing."""

    name: str
    start: datetime | None = None
    end: datetime | None = None

    @property
    def condition(self) -> Statement:
        """Keeps an aggregate to the facts dated within."""
        parts, moments = [], []
        for sign, moment in ((">=", self.start), ("<", self.end)):
            if moment is not None:
                parts.append(f"dated_at {sign} %s")
                moments.append(moment)
        return (f" FILTER (WHERE {' AND '.join(parts)})" if parts else "", moments)


def windows(at: datetime) -> list[Span]:
    return [Span(window, since(window, at)) for window in Window.values]


def months(at: datetime, count: int = TREND_MONTHS) -> list[Span]:
    """The last calendar months up to now, oldest first."""
    starts = months_before(at, count)
    ends = [*starts[1:], None]
    return [
        Span(f"m{number}", start, end)
        for number, (start, end) in enumerate(zip(starts, ends, strict=True))
    ]


def facts(
    source: Source,
    formulas: Sequence[Formula],
    owners: Sequence[int],
    spans: Callable[[Formula], Iterable[Span]],
    at: datetime,
) -> Statement:
    """Selects ``whose`` and a column ``figure:span`` for every formula over each of its spans.

    The rows are fenced off (``OFFSET 0``), so that their values are worked out once and not
    once per aggregate.
    """
    marks = ["mark_1", "mark_2", "mark_3"] if source.name == "ratings" else []
    rows = source.rows(owners, at=at).order_by().values("whose", "value", "dated_at", *marks)
    inner, inner_params = rows.query.sql_with_params()
    columns, params = ["whose"], []
    for formula in formulas:
        for span in spans(formula):
            condition, moments = span.condition
            columns.append(f'{formula.sql}{condition} AS "{formula.name}:{span.name}"')
            params += moments
    return (
        f"SELECT {', '.join(columns)} FROM ({inner} OFFSET 0) AS rows GROUP BY whose",  # noqa: S608
        [*params, *inner_params],
    )


def draw(
    model: type[Any],
    sources: Sequence[tuple[Source, Sequence[Formula]]],
    owners: Sequence[int],
    *,
    at: datetime,
    complete: bool,
) -> None:
    """Write the figures of these sources to the rolled-up rows of the owners.

    An owner without facts gets a zero for a count and nothing for every other figure.
    """
    owner = owner_column(model)
    trends = model is CompanyScorecard
    columns: list[str] = []
    joins: list[str] = []
    runs: list[str] = []
    params: list[Any] = []
    for number, (source, formulas) in enumerate(sources):
        statement, values = facts(source, formulas, owners, _spans(at, trends), at)
        name = f"facts_{number}"
        joins.append(f"LEFT JOIN ({statement}) AS {name} ON {name}.whose = keys.key")
        params += values
        columns += [f'"{f.name}" = {_figure(f, name)}' for f in formulas]
        runs += [_trend(f, name) for f in formulas if f.trend]
    if trends and runs:
        columns.append(
            f"trend = CASE card.\"window\" WHEN '{Window.RECENT.value}' "
            f"THEN card.trend || jsonb_build_object({', '.join(runs)}) ELSE card.trend END"
        )
    if complete:
        columns += ["computed_at = %s", "formula_version = %s"]
    _run(
        f'UPDATE "{model._meta.db_table}" AS card SET {", ".join(columns)} '  # noqa: S608
        f"FROM unnest(%s::bigint[]) AS keys (key) {' '.join(joins)} "
        f"WHERE card.{owner} = keys.key",
        [*([at, VERSION] if complete else []), list(owners), *params],
    )


def owner_column(model: type[Any]) -> str:
    return "company_id" if model is CompanyScorecard else "worker_id"


def claim(model: type[Any], owners: Sequence[int], *, at: datetime) -> datetime | None:
    """Lock the rolled-up rows of these owners, making those that are missing.

    Returns when the latest of them was drawn. ``at`` dates the new ones.
    """
    table, owner = model._meta.db_table, owner_column(model)
    blank = model(window=Window.RECENT, formula_version=VERSION, computed_at=at)
    given = {
        field.column: field.get_db_prep_save(getattr(blank, field.attname), connection)
        for field in model._meta.concrete_fields
        if not field.primary_key and field.column not in (owner, "window")
    }
    names = ", ".join(f'"{column}"' for column in given)
    _run(
        f'INSERT INTO "{table}" ({owner}, "window", {names}) '  # noqa: S608
        f"SELECT key, span, {', '.join(['%s'] * len(given))} "
        "FROM unnest(%s::bigint[]) AS key CROSS JOIN unnest(%s) AS span "
        f'WHERE NOT EXISTS (SELECT FROM "{table}" c WHERE c.{owner} = key AND c."window" = span) '
        "ON CONFLICT DO NOTHING",
        [*given.values(), list(owners), list(Window.values)],
    )
    rows = model.objects.filter(**{f"{owner}__any_of": owners}).select_for_update().order_by("pk")
    return max(rows.values_list("computed_at", flat=True), default=None)


def _spans(at: datetime, trends: bool) -> Callable[[Formula], Iterable[Span]]:
    both, monthly = windows(at), months(at)
    return lambda formula: [*both, *monthly] if formula.trend and trends else both


def _figure(formula: Formula, facts: str) -> str:
    """The column that belongs to the window of the row."""
    drawn = " ".join(
        f"WHEN '{window}' THEN {facts}.\"{formula.name}:{window}\"" for window in Window.values
    )
    figure = f'CASE card."window" {drawn} END'
    return f"coalesce({figure}, 0)" if formula.is_count else figure


def _trend(formula: Formula, facts: str) -> str:
    """The name and the months that have a figure, for ``jsonb_build_object``."""
    values = ", ".join(
        f'round({facts}."{formula.name}:m{month}"::numeric, 4)' for month in range(TREND_MONTHS)
    )
    return f"'{formula.name}', to_jsonb(array_remove(ARRAY[{values}], NULL))"


def _run(sql: str, params: Sequence[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
