"""Which of many pieces of work a worker meets everything for, as one condition on the work.

Here the requirement is a row as well as the work is, so that a list of work can be filtered and
counted in the database, in its own order and no further than it is shown. ``Kind.met`` says it
for each kind: a condition on rows of ``Requirement`` that stand beside ``WORK``.

The statement is put together once in a process; who asks, and when, are parameters.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import connections
from django.db.models import (
    BigIntegerField,
    BooleanField,
    Case,
    Exists,
    Func,
    OuterRef,
    Q,
    Value,
    When,
)
from django.db.models.expressions import ExpressionWrapper
from django.db.models.functions import Coalesce

from vetting.models import Requirement, RequirementOverride, RequirementSet
from vetting.requirements.beside import COLUMNS, WORK
from vetting.requirements.registry import Kind, kinds

OF_WORK = COLUMNS.keys() - {"worker", "at"}
LACKING = """
    FROM (SELECT %s::bigint AS worker, %s::timestamptz AS at, {columns}) AS work
    CROSS JOIN LATERAL ({lacking}) AS lacking (key)"""
"""The inner row of work keeps its name whatever the tables of the statement around are called."""

MEETS_ALL = f"""
    cardinality({{sets}}) = 0 AND NOT EXISTS (
        SELECT FROM "{RequirementSet._meta.db_table}" AS always
        WHERE always.company_id = {{company}} AND always.on_all)
    OR NOT EXISTS (SELECT {LACKING})"""
"""Most work asks nothing, which is told without looking at requirements."""


class MeetsAll(Func):
    """Whether the worker meets every set that a row of work asks, or may pass it.

    ``columns`` are those of the row by the names of ``On``, and ``sets``, its array of sets.
    """

    output_field: Any = BooleanField()
    written = MEETS_ALL
    first: tuple[str, ...] = ("sets", "company")

    def __init__(self, worker: int, at: datetime, columns: Mapping[str, Any]) -> None:
        assert columns.keys() == {*OF_WORK, "sets"}, columns
        self.worker, self.at, self.names = worker, at, tuple(columns)
        super().__init__(*columns.values())

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        parts = {
            name: compiler.compile(part)
            for name, part in zip(self.names, self.source_expressions, strict=True)
        }
        written = {name: sql for name, (sql, _) in parts.items()}
        given = {name: params for name, (_, params) in parts.items()}
        lacking, constants = _lacking(tuple(kinds()), connection.alias)
        sql = self.written.format(
            sets=written["sets"],
            company=written["company"],
            columns=", ".join(
                f"({sql})::{_type_of(name, connection)} AS {name}" for name, sql in written.items()
            ),
            lacking=lacking,
        )
        shown = [value for params in given.values() for value in params]
        first = [value for name in self.first for value in given[name]]
        return f"({sql})", [*first, self.worker, self.at, *shown, *constants]


class Lacked(MeetsAll):
    """The keys of the requirements that the worker lacks for a row of work, as an array."""

    output_field = ArrayField(BigIntegerField())
    written = f"ARRAY(SELECT lacking.key {LACKING})"
    first = ()


def _type_of(name: str, connection: Any) -> str | None:
    return COLUMNS[name].db_type(connection) if name in COLUMNS else "bigint[]"


class OneOfSets(Func):
    """That the set is among those which the work itself asks."""

    template = '%(expressions)s = ANY("work".sets)'
    output_field = BooleanField()


@cache
def _lacking(known: tuple[Kind, ...], alias: str) -> tuple[str, tuple[Any, ...]]:
    """The requirements of the work that the worker does not meet, as SQL and its constants."""
    met = Case(
        *(
            When(kind=kind.slug, then=ExpressionWrapper(kind.met(), BooleanField()))
            for kind in known
        ),
        default=Value(False),
    )
    passes = RequirementOverride.objects.filter(
        Q(assignment_key=None) | Q(assignment_key=WORK.key),
        requirement_set=OuterRef("requirement_set"), worker=WORK.worker, ended_at=None,
    )  # fmt: skip
    rows = Requirement.objects.filter(
        Q(OneOfSets("requirement_set")) | Q(requirement_set__on_all=True),
        ~Exists(passes),
        requirement_set__company=WORK.company,
    )
    lacking = rows.annotate(met=Coalesce(met, Value(False))).filter(met=False)
    sql, params = (
        lacking.order_by().values("pk").query.get_compiler(connection=connections[alias]).as_sql()
    )
    return sql, tuple(params)
