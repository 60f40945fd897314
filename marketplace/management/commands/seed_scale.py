"""``seed_scale``: fill an empty database for measuring, by bulk loading."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Company
from assignments import label_rules
from conduct import policies
from core.references import ALPHABET
from marketplace.scale import loading
from scorecards import keeping
from vetting.catalog_of_kinds import establish_kinds

LENGTH = 6
DIGITS = " || ".join(
    f"substr('{ALPHABET}', 1 + mod(mod(n * 7919 + 101, {len(ALPHABET) ** LENGTH}) "
    f"/ {len(ALPHABET) ** place}, {len(ALPHABET)})::int, 1)"
    for place in range(LENGTH)
)
FUNCTIONS = (
    # Distinct references for distinct numbers: 7919 is prime and shares no factor with 30.
    "CREATE FUNCTION pg_temp.reference(prefix text, n bigint) RETURNS text LANGUAGE sql "
    f"IMMUTABLE RETURN prefix || '-' || {DIGITS}",
    # One of the numbers 0 to n - 1, by chance and yet the same every time: what is chosen by
    # different salts has nothing to do with each other.
    "CREATE FUNCTION pg_temp.pick(g bigint, salt bigint, n bigint) RETURNS int LANGUAGE sql "
    "IMMUTABLE RETURN mod(hashint8extended(g, salt) & 9223372036854775807, n)::int",
)
SETTINGS = {
    # Bulk rows need no row triggers; balances are summed up at the end instead.
    "session_replication_role": "replica",
    "synchronous_commit": "off",
    "work_mem": "128MB",
    "maintenance_work_mem": "256MB",
}


class Command(BaseCommand):
    help = "Fill an empty database for measuring: workers N/5, companies N/50, and all around them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--assignments", type=int, default=1_000_000, metavar="N")
        parser.add_argument("--workers", type=int, metavar="N", help="as many workers, not N/5")
        parser.add_argument(
            "--groups", type=int, metavar="N", help="as many groups, not one for 20 companies"
        )
        parser.add_argument(
            "--largest",
            type=int,
            default=20,
            metavar="PERCENT",
            help="how much of the work one company owns (20); 0: none stands out",
        )

    def handle(
        self,
        *args: Any,
        assignments: int,
        largest: int,
        workers: int | None = None,
        groups: int | None = None,
        **options: Any,
    ) -> None:
        if Company.objects.exists():
            raise CommandError("There are companies already. Use an empty database.")
        if assignments < 1 or not 0 <= largest <= 90:
            raise CommandError("Give at least one assignment, and from 0 to 90 percent.")
        began = time.monotonic()
        policies.publish(at=timezone.now())
        establish_kinds()
        sizes = {
            "assignments": assignments,
            "workers": max(workers or assignments // 5, 20),
            "companies": max(assignments // 50, 10),
            "groups": max(groups or assignments // 1_000, 5),
            "largest": largest,
        }
        with transaction.atomic(), connection.cursor() as cursor:
            for name, value in SETTINGS.items():
                cursor.execute(f"SET LOCAL {name} = %s", [value])
            for function in FUNCTIONS:
                cursor.execute(function)
            loading.fill(cursor, sizes, say=self.say)
            loading.advance_sequences(cursor)
        with loading.timed("statistics", self.say), connection.cursor() as cursor:
            cursor.execute("ANALYZE" if connection.in_atomic_block else "VACUUM ANALYZE")
        with loading.timed("scorecards", self.say):
            keeping.rebuild(at=timezone.now())
        with loading.timed("labels of rules", self.say):
            label_rules.sweep(at=timezone.now())
        self.say(f"{assignments:,} assignments in {time.monotonic() - began:.0f} s")

    def say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
