"""Statements whose plan a connection keeps.

PostgreSQL takes longer to plan a statement with many joins or parts than to answer it by key. A
connection that is asked the same one again prepares it (``PREPARE``), and PostgreSQL keeps one
plan for all values as soon as that is no worse than a plan for each.

Not where PgBouncer hands the connection on to others (``DISABLE_SERVER_SIDE_CURSORS``), and not
while queries are logged, so that a log shows the statement itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import count
from typing import Any

from psycopg2.extensions import AsIs

NUMBERS = count(1)


class Prepared:
    """``sql`` with the values of these names, of these PostgreSQL types, in this order.

    ``params`` makes of values by name what the placeholders of the statement want. An ``unknown``
    type is taken from the place of its value.
    """

    def __init__(
        self,
        sql: str,
        *,
        params: Callable[[Mapping[str, Any]], Any] = dict,
        **types: str,
    ) -> None:
        self.sql, self.params, self.types = sql, params, types
        self.name = f"prepared_{next(NUMBERS)}"

    def execute(self, connection: Any, cursor: Any, values: Mapping[str, Any]) -> None:
        """Ask once, by the name where the connection knows it; the rows are left to ``cursor``."""
        if self._is_known(connection, cursor):
            holes = _listed(["%s"] * len(self.types))
            cursor.execute(f"EXECUTE {self.name}{holes}", [values[name] for name in self.types])
        else:
            cursor.execute(self.sql, self.params(values))

    def _is_known(self, connection: Any, cursor: Any) -> bool:
        """The second time, the connection is told. What it knows survives a transaction rolled
        back, and is forgotten with the connection."""
        if connection.queries_logged or connection.settings_dict["DISABLE_SERVER_SIDE_CURSORS"]:
            return False
        known: dict[str, bool]
        connected, known = getattr(connection, "prepared_statements", (None, {}))
        if connected is not connection.connection:
            known = {}
            connection.prepared_statements = connection.connection, known
        if self.name in known and not known[self.name]:
            cursor.execute(self._preparation(connection))
            known[self.name] = True
        return bool(known.setdefault(self.name, False))

    def _preparation(self, connection: Any) -> str:
        places = {name: AsIs(f"${place}") for place, name in enumerate(self.types, start=1)}
        statement = connection.ops.compose_sql(self.sql, self.params(places))
        return f"PREPARE {self.name}{_listed(self.types.values())} AS {statement}"


def _listed(parts: Iterable[str]) -> str:
    """In brackets, which PostgreSQL does not take where there is nothing in them."""
    listed = ", ".join(parts)
    return f" ({listed})" if listed else ""
