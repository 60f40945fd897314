"""``seed_scale``: fill an empty database for measuring, by bulk loading."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.utils import timezone

import marketplace.scale
from accounts.models import Company
from conduct import policies
from core.references import ALPHABET
from scorecards import keeping

FILES = ("people.sql", "assignments.sql", "afterwards.sql")
REFERENCE = f"""
CREATE FUNCTION pg_temp.reference(prefix text, n bigint) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT prefix || '-' || string_agg(substr('{ALPHABET}', 1 + mod(
      mod(n * 7919 + 101, {len(ALPHABET) ** 6}) / p, {len(ALPHABET)})::int, 1), '' ORDER BY p)
  FROM unnest(ARRAY[{", ".join(str(len(ALPHABET) ** i) for i in range(6))}]::bigint[]) AS p
$$
"""  # noqa: S608 - made of constants
"""Distinct references for distinct numbers: 7919 is prime and shares no factor with 30."""


class Command(BaseCommand):
    help = "Fill an empty database for measuring: workers N/5, companies N/50, and all around them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--assignments", type=int, default=1_000_000, metavar="N")

    def handle(self, *args: Any, assignments: int, **options: Any) -> None:
        if Company.objects.exists():
            raise CommandError("There are companies already. Use an empty database.")
        sizes = {
            "assignments": assignments,
            "workers": max(assignments // 5, 20),
            "companies": max(assignments // 50, 10),
        }
        began = time.monotonic()
        policies.publish(at=timezone.now())
        with transaction.atomic(), connection.cursor() as cursor:
            # Bulk rows need no row triggers; balances are summed up at the end instead.
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute("SET LOCAL synchronous_commit = off")
            cursor.execute(REFERENCE)
            for name in FILES:
                text = (Path(marketplace.scale.__file__).parent / name).read_text()
                cursor.execute(text, sizes)
                self.stdout.write(f"{name}: {time.monotonic() - began:.0f} s")
            _advance_sequences(cursor)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
        keeping.rebuild(at=timezone.now())
        self.stdout.write(f"{assignments:,} assignments in {time.monotonic() - began:.0f} s")


def _advance_sequences(cursor: Any) -> None:
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
