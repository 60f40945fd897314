"""What somebody with ``psql`` may try against a guard of the database, and whether it stands.

Every attack names the one guard in its way: a trigger, a constraint, or a unique index. It is run
as ``psql`` would run it, and once more with its guard dropped, in a transaction that is rolled
back: then it succeeds, which shows that the guard, and nothing else, was in the way.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import DatabaseError, IntegrityError, connection, transaction


@dataclass(frozen=True)
class Attack:
    """``guard`` is a trigger or a constraint on ``table``; ``also`` are triggers that stop the
    same attack on other tables (TRUNCATE cascades), dropped together with it."""

    name: str
    table: str
    guard: str
    sql: str
    also: tuple[tuple[str, str], ...] = ()


def once_more(table: str, key: str, /, **changes: str) -> str:
    """The row of this key inserted once more, with other values: SQL by the name of the column."""
    values = "".join(f", '{name}', {value}" for name, value in changes.items())
    return (
        f"INSERT INTO {table} OVERRIDING SYSTEM VALUE SELECT again.* FROM {table} old, "
        f"jsonb_populate_record(old, jsonb_build_object('id', 999999999{values})) again "
        f"WHERE old.id = {{{key}}}"
    )


def run(sql: str, world: Mapping[str, object]) -> None:
    """Execute as one transaction of its own would: what is deferred is checked at its end."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        cursor.execute(sql.format(**world))
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def drop(table: str, guard: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(
            "SELECT 'trigger', tgname FROM pg_trigger WHERE tgrelid = %s::regclass "
            "UNION SELECT 'constraint', conname FROM pg_constraint WHERE conrelid = %s::regclass",
            [table, table],
        )
        kinds = {name: kind for kind, name in cursor.fetchall()}
        if kinds.get(guard) == "trigger":
            cursor.execute(f'DROP TRIGGER "{guard}" ON {table}')
        elif kinds.get(guard) == "constraint":
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{guard}"')
        else:
            cursor.execute(f'DROP INDEX "{guard}"')


def successes(
    attacks: Iterable[Attack],
    world: Mapping[str, object],
    refusal: type[DatabaseError] = IntegrityError,
) -> list[str]:
    """The attacks that nothing stopped; one world for all, each in a savepoint of its own."""
    succeeded = []
    for attack in attacks:
        try:
            with transaction.atomic():
                run(attack.sql, world)
                succeeded.append(attack.name)
                transaction.set_rollback(True)
        except refusal:
            continue
    return succeeded


def stopped_all_the_same(
    attacks: Iterable[Attack], world: Mapping[str, object]
) -> list[tuple[str, str]]:
    """The attacks that fail although their guard is gone, and why."""
    stopped = []
    for attack in attacks:
        try:
            with transaction.atomic():
                drop(attack.table, attack.guard)
                for table, guard in attack.also:
                    drop(table, guard)
                run(attack.sql, world)
                transaction.set_rollback(True)
        except DatabaseError as error:
            stopped.append((attack.name, str(error)))
    return stopped


def triggers_of(tables: str) -> set[tuple[str, str]]:
    """Every trigger of ours on the tables whose names are like this."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
            "WHERE relname LIKE %s AND NOT tgisinternal",
            [tables],
        )
        return set(cursor.fetchall())
