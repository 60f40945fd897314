"""The statements that draw figures from the rows behind them.

One statement draws every formula of every source for any number of owners and writes the
rolled-up rows, so that an event of one owner and a rebuild of all of them take the same way
and come to the same figures; the comparison reads what that statement would write. No row
leaves the database. Where no owners are given, everybody is meant.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection

from assignments.models import Assignment
from scorecards.formulas import VERSION, Formula, limits
from scorecards.models import CompanyScorecard, Window
from scorecards.periods import TREND_MONTHS, month_name, months_before, since
from scorecards.rows import READ_OF_ASSIGNMENTS, Source

_TABLE = connection.ops.quote_name(Assignment._meta.db_table)
ASSIGNMENTS = f"{_TABLE} AS MATERIALIZED (SELECT {', '.join(READ_OF_ASSIGNMENTS)} FROM {_TABLE})"  # noqa: S608
"""A part of ``WITH`` that stands in a statement for the table of the same name: what the recipes
read of it, read once for all of them. For a few owners its indexes are quicker."""
Statement = tuple[str, list[Any]]
Drawn = Sequence[tuple[Source, Sequence[Formula]]]
"""Sources with the formulas that are drawn from each."""


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
    return [Span(month_name(start), start, end) for start, end in zip(starts, ends, strict=True)]


def facts(
    source: Source,
    formulas: Sequence[Formula],
    owners: Sequence[int] | None,
    spans: Callable[[Formula], Iterable[Span]],
    at: datetime,
) -> Statement:
    """Selects ``whose`` and a column ``figure:span`` for every formula over each of its spans.

    The rows are fenced off (``OFFSET 0``), so that their values are worked out, and counted in
    whole grains, once and not once per aggregate.
    """
    marks = ["mark_1", "mark_2", "mark_3"] if source.name == "ratings" else []
    rows = source.rows(owners, at=at).order_by().values("whose", "value", "dated_at", *marks)
    grains = source.grains
    value = "value::int" if grains == 1 else f"(value * {grains})::bigint"
    named = ", ".join(["whose", f"{value} AS value", "dated_at", *marks])
    inner, inner_params = rows.query.sql_with_params()
    columns, params = ["whose"], []
    for formula in formulas:
        for span in spans(formula):
            drawn, moments = _drawn(formula, span, grains)
            columns.append(f'{drawn} AS "{formula.name}:{span.name}"')
            params += moments
    return (
        f"SELECT {', '.join(columns)} FROM (SELECT {named} FROM ({inner}) AS facts OFFSET 0) "  # noqa: S608
        "AS rows GROUP BY whose",
        [*params, *inner_params],
    )


def _drawn(formula: Formula, span: Span, grains: int) -> Statement:
    """A formula over a span. A mean is the sum divided by the number: over whole numbers that is
    what ``AVG`` comes to, in half the time where owners are many."""
    condition, moments = span.condition
    size = f" / {grains}" if formula.is_a_time else ""
    if not formula.is_a_mean:
        return f"{formula.sql}{condition}{size}", moments
    value = formula.sql.removeprefix("AVG(").removesuffix(")")
    number = f"nullif(COUNT({value}){condition}, 0)"
    return f"SUM({value}){condition}::float8 / {number}{size}", [*moments, *moments]


def draw(
    model: type[Any], drawn: Drawn, owners: Sequence[int] | None, *, at: datetime, complete: bool
) -> int:
    """Write the figures of these sources to the rolled-up rows of the owners, and judge them.

    An owner without facts gets a zero for a count and nothing for every other figure. Each
    source is stamped with the moment at which it was drawn. Returns how many rows there are.
    """
    with_facts, figures, params = _figures(model, drawn, owners, at)
    names = [formula.name for _, formulas in drawn for formula in formulas]
    columns = [f'"{name}" = drawn."{name}"' for name in names]
    kept = "" if complete else "card.{0} || "
    columns += [f"trend = {kept.format('trend')}drawn.trend"]
    columns += [f"drawn_at = {kept.format('drawn_at')}%s::jsonb"]
    given: list[Any] = [json.dumps({source.name: at.isoformat() for source, _ in drawn})]
    if complete:
        columns += ["computed_at = %s", "formula_version = %s"]
        given += [at, VERSION]
    if model is CompanyScorecard:
        judged, more = _judged(names)
        columns, given = columns + judged, given + more
    return _run(
        f'{with_facts} UPDATE "{model._meta.db_table}" AS card SET {", ".join(columns)} '  # noqa: S608
        f"FROM ({figures}) AS drawn WHERE card.{owner_column(model)} = drawn.key "
        'AND card."window" = drawn."window"',
        [*params[0], *given, *params[1]],
    )


def unlike(
    model: type[Any], drawn: Drawn, owners: Sequence[int] | None, *, at: datetime
) -> list[tuple[int, str, str, Any, Any]]:
    """Where the rolled-up rows say something else than the facts at ``at``: owner, window,
    figure, what is stored and what the facts come to."""
    with_facts, figures, params = _figures(model, drawn, owners, at)
    pairs = [
        (formula.name, f'card."{formula.name}"::double precision',
         f'drawn."{formula.name}"::double precision')
        for _, formulas in drawn
        for formula in formulas
    ] + [
        (f"{formula.name} by month", f"card.trend -> '{formula.name}'",
         f"drawn.trend -> '{formula.name}'")
        for _, formulas in drawn
        for formula in formulas
        if formula.trend
    ]  # fmt: skip
    values = ", ".join(
        f"('{name}', to_jsonb({stored}), to_jsonb({fact}), {stored} IS DISTINCT FROM {fact}"
        f"{TRENDS_ARE_RECENT if name.endswith('by month') else ''})"
        for name, stored, fact in pairs
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f'{with_facts} SELECT drawn.key, drawn."window", pair.figure, pair.stored, pair.fact '  # noqa: S608
            f'FROM ({figures}) AS drawn JOIN "{model._meta.db_table}" AS card '
            f'ON card.{owner_column(model)} = drawn.key AND card."window" = drawn."window" '
            f"CROSS JOIN LATERAL (VALUES {values}) AS pair (figure, stored, fact, differs) "
            "WHERE pair.differs ORDER BY 1, 2, 3",
            [*params[0], *params[1]],
        )
        return [
            (key, window, figure, _loaded(stored), _loaded(fact))
            for key, window, figure, stored, fact in cursor.fetchall()
        ]


TRENDS_ARE_RECENT = f" AND card.\"window\" = '{Window.RECENT.value}'"


def misjudged(owners: Sequence[int]) -> list[tuple[int, str, str, Any, Any]]:
    """The companies marked other than their own figures say, in the words of ``unlike``."""
    _, red, params = _red(())
    table = CompanyScorecard._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT company_id, "window", \'is_red\', is_red, {red} FROM "{table}" AS card '  # noqa: S608
            f"WHERE company_id = ANY(%s::bigint[]) AND is_red <> {red} ORDER BY 1, 2",
            [*params, list(owners), *params],
        )
        return cursor.fetchall()


def owner_column(model: type[Any]) -> str:
    return "company_id" if model is CompanyScorecard else "worker_id"


def people_table(model: type[Any]) -> str:
    """The table of those whose scorecards these are."""
    table: str = model._meta.get_field(owner_column(model)).related_model._meta.db_table
    return table


def _figures(
    model: type[Any], drawn: Drawn, owners: Sequence[int] | None, at: datetime
) -> tuple[str, str, tuple[list[Any], list[Any]]]:
    """The facts of every source as ``WITH``, a SELECT of the figures by ``key`` and
    ``window``, and the values for each of the two."""
    spans, monthly = _spans(at), [span.name for span in months(at)]
    parts: list[str] = [] if owners is not None else [ASSIGNMENTS]
    columns: list[str] = []
    joins: list[str] = []
    runs: list[str] = []
    params: list[Any] = []
    for number, (source, formulas) in enumerate(drawn):
        statement, values = facts(source, formulas, owners, spans, at)
        name = f"facts_{number}"
        parts.append(f"{name} AS MATERIALIZED ({statement})")
        joins.append(f"LEFT JOIN {name} ON {name}.whose = keys.key")
        params += values
        columns += [f'{_figure(f, name)} AS "{f.name}"' for f in formulas]
        runs += [_trend(f, name, monthly) for f in formulas if f.trend]
        if any(f.name == "ratings" for f in formulas):
            columns.append(f'coalesce({name}."ratings:{Window.ALL_TIME.value}", 0) AS rated')
    recent = f"spans.\"window\" = '{Window.RECENT.value}'"
    trends = f"concat_ws(',', {', '.join(runs)})" if runs else "''"
    trend = f"(CASE WHEN {recent} THEN '{{' || {trends} || '}}' ELSE '{{}}' END)::jsonb"
    return (
        f"WITH {', '.join(parts)}",
        f'SELECT keys.key, spans."window", {", ".join(columns)}, {trend} AS trend '  # noqa: S608
        f"FROM {_keys(model, owners)} "
        f'CROSS JOIN unnest(%s::text[]) AS spans ("window") {" ".join(joins)}',
        (params, [*([] if owners is None else [list(owners)]), list(Window.values)]),
    )


def _keys(model: type[Any], owners: Sequence[int] | None) -> str:
    if owners is not None:
        return "unnest(%s::bigint[]) AS keys (key)"
    return f'(SELECT id FROM "{people_table(model)}") AS keys (key)'  # noqa: S608


def _judged(names: Sequence[str]) -> tuple[list[str], list[Any]]:
    """The columns that say whether a company is new, and whether its figures crossed a limit."""
    columns: list[str] = []
    params: list[Any] = []
    if "ratings" in names:
        columns.append("is_new = drawn.rated < %s")
        params.append(settings.NEW_CLIENT_RATINGS)
    matters, red, values = _red(names)
    if matters:
        columns.append(f"is_red = {red}")
        params += values
    return columns, params


def _red(names: Sequence[str]) -> tuple[bool, str, list[Any]]:
    """Whether these figures can turn a company red, the condition, and its values; figures that
    are not drawn are read from the row."""

    def figure(name: str) -> str:
        return f'{"drawn" if name in names else "card"}."{name}"'

    conditions, params, matters = [], [], "ratings" in names
    for limit in limits():
        matters = matters or limit.formula in names
        condition = f"{figure(limit.formula)} {'<' if limit.below else '>='} %s"
        params.append(limit.limit)
        if limit.formula == "satisfaction":
            condition += f" AND {figure('ratings')} >= %s"
            params.append(settings.NEW_CLIENT_RATINGS)
        conditions.append(f"coalesce({condition}, false)")
    return matters, f"({' OR '.join(conditions)})", params


def _spans(at: datetime) -> Callable[[Formula], Iterable[Span]]:
    both, monthly = windows(at), months(at)
    return lambda formula: [*both, *monthly] if formula.trend else both


def _figure(formula: Formula, facts: str) -> str:
    """The column that belongs to the window of the row."""
    drawn = " ".join(
        f"WHEN '{window}' THEN {facts}.\"{formula.name}:{window}\"" for window in Window.values
    )
    figure = f'CASE spans."window" {drawn} END'
    return f"coalesce({figure}, 0)" if formula.is_count else figure


def _trend(formula: Formula, facts: str, monthly: Sequence[str]) -> str:
    """The name and the months that have a figure, as JSON in the making: a third of the time of
    ``jsonb_build_object``."""
    values = ", ".join(
        f'\'"{month}":\' || round({facts}."{formula.name}:{month}" * 10000) / 10000'
        for month in monthly
    )
    return f"'\"{formula.name}\":{{' || concat_ws(',', {values}) || '}}'"


def _loaded(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def _run(sql: str, params: Sequence[Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.rowcount
