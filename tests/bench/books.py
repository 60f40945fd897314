"""``bin/bench books``: what it costs to prove books of many postings.

Fills the tables of the books by bulk loading, runs ``check_ledger`` in a process of its own, and
tells from PostgreSQL's own counters how often the postings were read; then one posting in the
middle is spoilt behind the guards' back, and has to be found by name.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.db import connection, transaction

from marketplace.scale import loading
from marketplace.scale.loading import timed
from payments import audit
from payments.models import Posting, Transfer

ROOT = Path(__file__).resolve().parents[2]
FILE = Path(__file__).with_name("books.sql")
POSTINGS_EACH = 12
MOST_PASSES, MOST_MEMORY = 2, 300
TABLE = "payments_posting"
FILLING = {
    "session_replication_role": "replica",
    "synchronous_commit": "off",
    "work_mem": "128MB",
    "maintenance_work_mem": "256MB",
}


@dataclass
class Check:
    """One run: how it ended, how long it took, and the most memory in MB, client and server."""

    said: str = ""
    seconds: float = 0.0
    client: float = 0.0
    server: float = 0.0


def run(*, postings: int) -> int:
    """Fill, check, spoil, check; returns 1 where a goal is missed."""
    if not Posting.objects.exists():
        _fill(postings // POSTINGS_EACH)
    count = Posting.objects.count()
    size = _ask("SELECT pg_database_size(current_database()) / 1048576")
    print(f"{count:,} postings of {Transfer.objects.count():,} transfers, {size:,.0f} MB in all")
    before = _read()
    right = _checked()
    rows, blocks = (now - then for now, then in zip(_read(), before, strict=True))
    passes = max(rows / count, blocks / _ask(f"SELECT pg_relation_size('{TABLE}') / 8192"))
    print(
        f"check_ledger: {right.seconds:.0f} s; postings read {rows / count:.2f} times by row, "
        f"{passes:.2f} by block at most, fewer than {MOST_PASSES}; {right.client:.0f} MB of own "
        f"memory and {right.server:.0f} MB of PostgreSQL's, {MOST_MEMORY} at most"
    )
    _explain()
    with _spoilt(count // 2) as wanted:
        wrong = _checked()
    missing = [name for name in wanted if name not in wrong.said]
    print(f"one posting spoilt: {wrong.seconds:.0f} s\n{wrong.said.strip()}")
    good = "The books are right" in right.said and not missing
    if not good:
        print(f"\n{right.said}\nnot found: {missing}")
    return (
        0 if good and passes < MOST_PASSES and max(right.client, right.server) <= MOST_MEMORY else 1
    )


def _fill(work: int) -> None:
    companies = max(work // 50, 1)
    sizes = {
        "work": work // companies * companies,
        "companies": companies,
        "workers": max(work // 5, 1),
    }
    with timed("books", print), transaction.atomic(), connection.cursor() as cursor:
        for name, value in FILLING.items():
            cursor.execute(f"SET LOCAL {name} = %s", [value])
        loading.fill(cursor, sizes, say=print, files=[FILE])
        loading.advance_sequences(cursor)
    with timed("statistics", print), connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _ask(sql: str) -> float:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        (found,) = cursor.fetchone()
    return float(found)


def _read() -> tuple[float, float]:
    """Rows and blocks of the postings that PostgreSQL has read so far, from disk or memory."""
    time.sleep(1.5)  # a process that ended tells its counts within a second
    of = f"WHERE relname = '{TABLE}'"
    rows = _ask(f"SELECT seq_tup_read + coalesce(idx_tup_fetch, 0) FROM pg_stat_user_tables {of}")
    return rows, _ask(f"SELECT heap_blks_read + heap_blks_hit FROM pg_statio_user_tables {of}")


def _checked() -> Check:
    """``manage.py check_ledger`` in a process of its own, watched from outside."""
    found, began, over = Check(), time.monotonic(), threading.Event()
    process = subprocess.Popen(
        [sys.executable, "manage.py", "check_ledger"],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    watch = threading.Thread(target=_watch, args=(found, over))
    watch.start()
    assert process.stdout is not None
    found.said = process.stdout.read()
    _, _, used = os.wait4(process.pid, 0)
    over.set()
    watch.join()
    found.seconds, found.client = time.monotonic() - began, used.ru_maxrss / 1024
    return found


def _watch(found: Check, over: threading.Event) -> None:
    """The most private memory that PostgreSQL's processes for the check have held together."""
    with connection.cursor() as cursor:
        while not over.wait(0.2):
            cursor.execute(
                "SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND "
                "datname = current_database() AND backend_type IN %s",
                [("client backend", "parallel worker")],
            )
            pids = [pid for (pid,) in cursor.fetchall()]
            found.server = max(found.server, sum(_private(pid) for pid in pids) / 1024)
    connection.close()


def _private(pid: int) -> int:
    """KiB that belong to this process alone; nothing once it has ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_"))


def _explain() -> None:
    """The steps of the plan that touch the postings."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {next(audit.statements())}")
        steps = [line for (line,) in cursor.fetchall() if f" on {TABLE}" in line]
    print(f"steps of the plan that read {TABLE}:", *steps, sep="\n")


@contextmanager
def _spoilt(place: int) -> Iterator[list[str]]:
    """A cent more on a payment's posting to the earnings; yields the findings that this makes."""
    (key,) = Posting.objects.filter(
        transfer__kind="payment", account__kind="worker_earnings", pk__gte=place
    ).order_by("pk").values_list("pk", flat=True)[:1]  # fmt: skip
    _write("UPDATE payments_posting SET amount = amount + 0.01 WHERE id = %s", key)
    try:
        yield ["unbalanced_transfer", "balance_differs", "invoice_paid_wrongly"]
    finally:
        _write("UPDATE payments_posting SET amount = amount - 0.01 WHERE id = %s", key)


def _write(sql: str, *values: object) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(sql, values)
