"""Queries whose SQL is put together once in a process, and asked again with other values.

The ORM takes several times longer to put a wide statement together than PostgreSQL to answer it
by key. A query that nearly every request asks in the same shape is written as any other, in the
words of the models, and compiled when it is first asked::

    BY_REFERENCE = Compiled(
        lambda reference: Assignment.objects.select_related("company").filter(reference=reference),
        reference=str,
    )
    BY_REFERENCE.first(reference="A-7KQ4M2")

Only values may differ from one time to the next: what is compared with nothing, or with a list of
changing length, has another shape and needs a query of its own. Nothing about the answer is kept.
The plan of PostgreSQL is kept as well (``core/prepared.py``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any

from django.db import connections
from django.db.models import QuerySet
from django.db.models.query import (
    FlatValuesListIterable,
    ModelIterable,
    get_related_populators,
)
from django.db.transaction import TransactionManagementError

from core.prepared import Prepared

MARKS: dict[type, Callable[[int], Any]] = {
    int: lambda place: 8_312_904_776_015_541_000 + place,
    str: lambda place: f"\ue000the value at {place}",
}
"""Values that no row has, by the type of what they stand for."""
PREPARED_AS = {int: "bigint", str: "unknown"}


class Compiled:
    """``make`` returns the queryset for the values that are named here with their types.

    Each is a plain ``int`` or ``str`` and never None; keys are given, not rows. Rows of models
    come as objects with what ``select_related`` and ``annotate`` add, those of ``values_list``
    as tuples, or as single values where it is flat.
    """

    def __init__(self, make: Callable[..., QuerySet[Any, Any]], **types: type) -> None:
        self._make, self._types = make, types
        self._statement: _Statement | None = None

    def all(self, **values: int | str) -> list[Any]:
        """Every row, in the order of the query."""
        if self._statement is None:
            self._statement = _Statement(self._make, self._types)
        return list(self._statement.rows({n: t(values[n]) for n, t in self._types.items()}))

    def first(self, **values: int | str) -> Any:
        """The first row, or None; the query itself says which that is."""
        return next(iter(self.all(**values)), None)


class _Statement:
    """The SQL of a queryset, where its values go, and how its rows become objects."""

    def __init__(self, make: Callable[..., QuerySet[Any, Any]], types: dict[str, type]) -> None:
        marks = {name: MARKS[kind](place) for place, (name, kind) in enumerate(types.items())}
        queryset: Any = make(**marks)
        assert not queryset._prefetch_related_lookups, "what is prefetched is asked by itself"
        self.alias: str = queryset.db
        self.locks: bool = queryset.query.select_for_update
        compiler = queryset.query.get_compiler(using=self.alias)
        sql, self.params = compiler.as_sql()
        self.holes = [
            (place, name)
            for place, value in enumerate(self.params)
            for name, mark in marks.items()
            if type(value) is type(mark) and value == mark
        ]
        assert {name for _, name in self.holes} == types.keys(), "a value is not in the statement"
        prepared_as = {name: PREPARED_AS[kind] for name, kind in types.items()}
        self.prepared = Prepared(sql, params=self._params, **prepared_as)
        columns = [column for column, *_ in compiler.select[: compiler.col_count]]
        self.converters = list(compiler.get_converters(columns).items())
        self.object_of = _maker(queryset, compiler)

    def rows(self, values: dict[str, Any]) -> Iterator[Any]:
        connection = connections[self.alias]
        if self.locks and connection.get_autocommit():
            raise TransactionManagementError("a lock needs a transaction")
        with connection.cursor() as cursor:
            self.prepared.execute(connection, cursor, values)
            found: Iterable[Sequence[Any]] = cursor.fetchall()
        return map(self.object_of, self._converted(found, connection))

    def _params(self, values: Mapping[str, Any]) -> list[Any]:
        params = list(self.params)
        for place, name in self.holes:
            params[place] = values[name]
        return params

    def _converted(self, rows: Iterable[Sequence[Any]], connection: Any) -> Iterator[Sequence[Any]]:
        for row in rows:
            values = list(row)
            for place, (convert, expression) in self.converters:
                for one in convert:
                    values[place] = one(values[place], expression, connection)
            yield values


def _maker(queryset: Any, compiler: Any) -> Callable[[Sequence[Any]], Any]:
    """Turns a row into an object, as ``django.db.models.query.ModelIterable`` does."""
    if queryset._iterable_class is FlatValuesListIterable:
        return itemgetter(0)
    if queryset._iterable_class is not ModelIterable:
        return tuple
    alias, select, info = queryset.db, compiler.select, compiler.klass_info
    model, fields = info["model"], info["select_fields"]
    start, end = fields[0], fields[-1] + 1
    names = [column.target.attname for column, *_ in select[start:end]]
    populators = get_related_populators(info, select, alias)  # type: ignore[call-arg]
    annotations = list((compiler.annotation_col_map or {}).items())

    def made(row: Sequence[Any]) -> Any:
        found = model.from_db(alias, names, row[start:end])
        for populator in populators:
            populator.populate(row, found)
        for name, place in annotations:
            setattr(found, name, row[place])
        return found

    return made
