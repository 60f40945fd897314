"""``bin/bench reminders``: sweeping and delivering beside the least that the database must do.

Each world is copied, and in the copy 10,000 of its assignments and workers have something due
at a moment at which all else lies still. A process of Django knows one database, so that each
world is measured by a process of its own: ``python -m tests.bench.reminding``.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from urllib.parse import parse_qs, urlsplit, urlunsplit

import psycopg2

FILE = Path(__file__).with_suffix(".sql")
COPY = "reminders"
TABLE = "notifications_reminder"
TIMES = 3
AHEAD = timedelta(days=300)
"""By then nothing of a filled world is due or near by itself."""
MOST_OF_COUNT, LEAST_OF_INSERT, LEAST_OF_NOTHING, MOST_GROWTH = 15, 0.1, 0.5, 1.3


@dataclass(frozen=True)
class Figures:
    """Of one world, in seconds; ``due`` and ``made`` are rows, ``nothings`` (tasks that do nothing)
    and ``mails`` numbers a second."""

    assignments: int
    due: int
    made: int
    count: float
    inserted: float
    making: float
    telling: float
    again: float
    nothings: float
    mails: float


def run(env: Mapping[str, str], beside: Mapping[str, str] | None) -> int:
    """Measure a world, and beside it a smaller one; returns 1 where a goal is missed."""
    smaller = figures_in(beside) if beside else None
    larger = figures_in(env)
    for one in filter(None, (smaller, larger)):
        told(one)
    missed = larger.making > MOST_OF_COUNT * larger.count
    missed |= larger.again > MOST_OF_COUNT * larger.count
    missed |= larger.inserted / larger.making < LEAST_OF_INSERT
    missed |= larger.mails / larger.nothings < LEAST_OF_NOTHING
    if smaller:
        growths = {
            name: getattr(larger, name) / getattr(smaller, name)
            for name in ("count", "making", "again")
        }
        said = ", ".join(f"{name} {growth:.2f}" for name, growth in growths.items())
        print(f"from {smaller.assignments:,} to {larger.assignments:,}: {said}")
        missed |= max(growths["making"], growths["again"]) > MOST_GROWTH
    return int(missed)


def told(one: Figures) -> None:
    print(
        f"\n{one.assignments:,} assignments, {one.due:,} reminders due:\n"
        f"  count of what is due                 {one.count * 1000:8.1f} ms\n"
        f"  sweep that finds them                {one.making * 1000:8.1f} ms,"
        f" {one.making / one.count:.1f} times the count (at most {MOST_OF_COUNT})\n"
        f"  sweep when all is told               {one.again * 1000:8.1f} ms,"
        f" {one.again / one.count:.1f} times the count (at most {MOST_OF_COUNT})\n"
        f"  one INSERT ... SELECT of these rows  {one.inserted * 1000:8.1f} ms;"
        f" the sweep inserts at {one.inserted / one.making:.2f} of its rate"
        f" (at least {LEAST_OF_INSERT})\n"
        f"  telling them: notices and deliveries {one.telling * 1000:8.1f} ms,"
        f" {one.made / one.telling:,.0f}/s\n"
        f"  mails claimed and delivered          {one.mails:8.1f} /s,"
        f" {one.mails / one.nothings:.2f} of tasks that do nothing ({one.nothings:,.0f}/s;"
        f" at least {LEAST_OF_NOTHING})",
        flush=True,
    )


def figures_in(env: Mapping[str, str]) -> Figures:
    with a_copy(env) as there:
        command = [sys.executable, "-m", "tests.bench.reminding"]
        said = subprocess.run(command, env=there, check=True, stdout=subprocess.PIPE, text=True)
    return Figures(**json.loads(said.stdout.splitlines()[-1]))


@contextmanager
def a_copy(env: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """The environment of a copy of this world's database, which is dropped afterwards."""
    address = urlsplit(env["DATABASE_URL"])
    source, host = address.path.strip("/"), parse_qs(address.query)["host"][0]
    line = psycopg2.connect(host=host, user="postgres", dbname="template1")
    line.autocommit = True
    try:
        with line.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {COPY} WITH (FORCE)")
            cursor.execute(f"CREATE DATABASE {COPY} TEMPLATE {source} STRATEGY FILE_COPY")
            yield {**env, "DATABASE_URL": urlunsplit(address._replace(path=f"/{COPY}"))}
            cursor.execute(f"DROP DATABASE {COPY} WITH (FORCE)")
    finally:
        line.close()


def measure(at: datetime) -> Figures:
    from django.db import connection

    from assignments.models import Assignment
    from notifications.models import Reminder
    from tests.bench import sending

    with connection.cursor() as cursor:
        arrange(cursor, at)
        due, counted = timed(partial(count, cursor, count_of_due(cursor, at)))
        made, inserted, making = found(cursor, at)
        telling, again = settled(cursor, at)
    told = Reminder.objects.filter(status="told").count()
    assert due == made == told, (due, made, told)
    number = Assignment.objects.count()
    return Figures(
        number, told, told, counted, inserted, making, telling, again, *sending.rates(at)
    )


def found(cursor, at: datetime) -> tuple[int, float, float]:
    """How many the sweep makes; the time of a plain insert of just these rows, and its own."""
    from notifications import reminders

    def make() -> int:
        return sum(reminders.make(rule, at=at) for rule in reminders.RULES)

    def insert() -> None:
        cursor.execute(f"INSERT INTO {TABLE} SELECT * FROM kept")

    def empty() -> None:
        cursor.execute(f"DELETE FROM {TABLE}")
        cursor.execute(f"VACUUM ANALYZE {TABLE}")

    make()
    cursor.execute(f"CREATE TEMP TABLE kept AS SELECT * FROM {TABLE}")
    empty()
    _, inserted = timed(insert, after=empty)
    _, making = timed(make, after=empty)
    return make(), inserted, making


def settled(cursor, at: datetime) -> tuple[float, float]:
    """The time of telling all that is made, and of a sweep that finds it all told."""
    from notifications import reminders

    _, telling = timed(lambda: [reminders.settle(r, at=at) for r in reminders.RULES], times=1)
    cursor.execute(f"VACUUM ANALYZE {TABLE}")
    _, again = timed(lambda: reminders.sweep(at=at))
    return telling, again


def count(cursor, statement: str) -> int:
    cursor.execute(statement)
    return int(cursor.fetchone()[0])


def arrange(cursor, at: datetime) -> None:
    from marketplace.scale.loading import statements

    cursor.execute("SET session_replication_role = replica")
    for _, statement in statements([FILE]):
        cursor.execute(statement, {"at": at})
    cursor.execute("SET session_replication_role = origin")
    cursor.execute("VACUUM ANALYZE")


def count_of_due(cursor, at: datetime) -> str:
    """One statement that counts what every rule finds due, made or not."""
    from notifications.reminders import RULES
    from notifications.reminders.sweeping import due_of

    parts = [cursor.mogrify(*due_of(rule, at=at)).decode() for rule in RULES]
    return f"SELECT count(*) FROM ({' UNION ALL '.join(parts)}) AS due"


def timed(
    act: Callable[[], object], *, after: Callable[[], None] = lambda: None, times: int = TIMES
) -> tuple[object, float]:
    """What it answers and how long it takes, in the middle of several times."""
    spans = []
    for _ in range(times):
        began = time.perf_counter()
        answer = act()
        spans.append(time.perf_counter() - began)
        after()
    return answer, statistics.median(spans)


if __name__ == "__main__":
    import django

    django.setup()
    from django.utils import timezone

    moment = (timezone.now() + AHEAD).replace(hour=15, minute=0, second=0, microsecond=0)
    print(json.dumps(asdict(measure(moment))))
