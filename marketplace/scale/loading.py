"""Running the statements that fill a database, quickly and whatever columns are added later.

Indexes and unique constraints of the filled tables are set aside and built once at the end,
in a fraction of the time that keeping them row by row takes. A column that the statements do
not name gets the default of its model field, which Django keeps out of the database.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlparse
from django.apps import apps
from django.db import connection, models
from django.db.models.fields import NOT_PROVIDED

FILES = tuple(
    Path(__file__).with_name(name)
    for name in (
        "people.sql",
        "proofs.sql",
        "vetting.sql",
        "assignments.sql",
        "labels.sql",
        "afterwards.sql",
    )
)
SECONDS_WORTH_SAYING = 1.0
Cursor = Any
Say = Callable[[str], None]


def statements(files: Sequence[Path] = FILES) -> Iterator[tuple[str, str]]:
    """Every statement with the name of its file, in order."""
    for file in files:
        for statement in sqlparse.split(file.read_text()):
            yield file.name, statement


def filled_tables(files: Sequence[Path] = FILES) -> list[str]:
    text = "".join(file.read_text() for file in files)
    return sorted(set(re.findall(r"INSERT INTO (\w+)", text)))


def fill(
    cursor: Cursor, sizes: Mapping[str, int], *, say: Say, files: Sequence[Path] = FILES
) -> None:
    """Run all statements inside the transaction of the caller; says what takes long."""
    tables = filled_tables(files)
    with model_defaults(cursor, tables), indexes_set_aside(cursor, tables, say=say):
        for name, statement in statements(files):
            with timed(f"{name}: {_first_words(statement)}", say):
                cursor.execute(statement, sizes)


@contextmanager
def model_defaults(cursor: Cursor, tables: list[str]) -> Iterator[None]:
    """Give every required column the default of its field for the time of the filling."""
    given = []
    for model in apps.get_models():
        if model._meta.db_table not in tables:
            continue
        for field in model._meta.local_concrete_fields:
            default = _default(field)
            if default is not None:
                column = f'"{model._meta.db_table}" ALTER COLUMN "{field.column}"'
                cursor.execute(f"ALTER TABLE {column} SET DEFAULT %s", [default])
                given.append(column)
    yield
    for column in given:
        cursor.execute(f"ALTER TABLE {column} DROP DEFAULT")


@contextmanager
def indexes_set_aside(cursor: Cursor, tables: list[str], *, say: Say) -> Iterator[None]:
    """Drop all indexes but primary keys, and build them again afterwards.

    A unique constraint that a foreign key leans on stays.
    """
    cursor.execute(
        """
        SELECT c.conrelid::regclass::text, quote_ident(c.conname), pg_get_constraintdef(c.oid)
        FROM pg_constraint c
        WHERE c.contype = 'u' AND c.conrelid = ANY (%s::regclass[])
          AND NOT EXISTS (SELECT FROM pg_constraint f WHERE f.conindid = c.conindid
                          AND f.contype = 'f')
        ORDER BY 1, 2
        """,
        [tables],
    )
    uniques = cursor.fetchall()
    cursor.execute(
        """
        SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i
        WHERE i.indrelid = ANY (%s::regclass[])
          AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)
        ORDER BY 1
        """,
        [tables],
    )
    indexes = cursor.fetchall()
    for table, name, _ in uniques:
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    for name, _ in indexes:
        cursor.execute(f"DROP INDEX {name}")
    yield
    with timed(f"{len(indexes) + len(uniques)} indexes", say):
        for _, definition in indexes:
            cursor.execute(definition)
        for table, name, definition in uniques:
            cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")


def advance_sequences(cursor: Cursor) -> None:
    """Explicit keys were used, so each table's sequence goes on after the largest."""
    cursor.execute(
        "SELECT table_name FROM information_schema.columns WHERE table_schema = 'public' "
        "AND column_name = 'id' AND is_identity = 'YES'"
    )
    for (table,) in cursor.fetchall():
        cursor.execute(
            f"SELECT setval(pg_get_serial_sequence(%s, 'id'), "  # noqa: S608 - names from the catalog
            f'coalesce((SELECT max(id) FROM "{table}"), 1))',
            [table],
        )


@contextmanager
def timed(what: str, say: Say) -> Iterator[None]:
    began = time.monotonic()
    yield
    seconds = time.monotonic() - began
    if seconds >= SECONDS_WORTH_SAYING:
        say(f"  {what}: {seconds:.0f} s")


def _default(field: models.Field[Any, Any]) -> Any:
    """The value for the database, or None where the column may stay empty."""
    generated = isinstance(field, models.GeneratedField) or field.primary_key
    if generated or field.null or field.db_default is not NOT_PROVIDED:
        return None
    if field.has_default() or field.empty_strings_allowed:
        return field.get_db_prep_save(field.get_default(), connection)
    return None


def _first_words(statement: str) -> str:
    code = sqlparse.format(statement, strip_comments=True)
    return " ".join(re.split(r"[\s(]+", code.strip())[:3])
