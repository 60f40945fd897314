"""SQL of the scorecards: time in days, and time under a hold."""

from __future__ import annotations

from typing import Any

from django.db.models import (
    DateTimeField,
    DurationField,
    Field,
    FloatField,
    ForeignKey,
    Func,
    Lookup,
    Value,
)
from django.db.models.expressions import Combinable

from assignments.models import Hold

HELD = """(CASE WHEN EXISTS (
    SELECT FROM {holds} h WHERE h.assignment_id = {assignment}{kind}
) THEN (
    SELECT COALESCE(SUM(UPPER(part) - LOWER(part)), INTERVAL '0')
    FROM UNNEST(
        (SELECT RANGE_AGG(TSTZRANGE(h.placed_at, h.released_at)) FROM {holds} h
         WHERE h.assignment_id = {assignment}{kind})
        * TSTZMULTIRANGE(TSTZRANGE({start}, GREATEST({again}, {end})))
    ) AS part
) ELSE INTERVAL '0' END)"""
"""Work that was never held is told apart first: for many rows at once by one hash of the holds,
for a few by their index, as PostgreSQL chooses."""


@Field.register_lookup
@ForeignKey.register_lookup
class AnyOf(Lookup):  # type: ignore[type-arg]
    """``column__any_of=keys``: one of many keys, sent as one array and not as a list of values."""

    lookup_name = "any_of"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, params = self.process_lhs(compiler, connection)
        return f"{column} = ANY(%s::bigint[])", (*params, list(self.rhs))


class Days(Func):
    """A length of time in days, as a number."""

    template = "(date_part('epoch', %(expressions)s) / 86400.0)"
    output_field = FloatField()


class EndOfDay(Func):
    """The moment at which a date is over, in UTC."""

    template = "((%(expressions)s + 1)::timestamp AT TIME ZONE 'UTC')"
    output_field = DateTimeField()


class HeldTime(Func):
    """How long holds were open between two moments: those of one kind, or of any.

    Overlapping holds count once, one that is still open counts to the end. The holds are
    united as ranges and cut to the span.
    """

    output_field = DurationField()

    def __init__(
        self, assignment: Combinable, start: Combinable, end: Combinable, *, kind: str | None
    ):
        self.is_of_any = kind is None
        super().__init__(assignment, *([] if kind is None else [Value(kind)]), start, start, end)

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        compiled = [compiler.compile(part) for part in self.source_expressions]
        kind = () if self.is_of_any else ("kind",)
        names = ("assignment", *kind, "start", "again", "end")
        parts = {name: sql for name, (sql, _) in zip(names, compiled, strict=True)}
        parts["kind"] = f" AND h.kind = {parts['kind']}" if kind else ""
        sql = HELD.format(holds=connection.ops.quote_name(Hold._meta.db_table), **parts)
        first = len(kind) + 1
        values = [value for _, params in compiled[:first] for value in params]
        return sql, values + [value for _, params in compiled for value in params]
