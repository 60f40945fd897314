"""``bin/bench ledger``: transfers per second of ``ledger.post``, beside its own statements.

The statements are caught from one call and sent again by plain psycopg and by pgbench, to the
same tables with their triggers, on the same server, each in turn: what is left between them is
what Python and Django add. Then every company pays one account, and each another one: what is
left between these two is what a hot row would cost.
"""

from __future__ import annotations

import multiprocessing
import random
import re
import statistics
import subprocess
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import psycopg2
from django.db import connection, connections, transaction
from psycopg2.extensions import adapt

from accounts.actors import SYSTEM
from marketplace.embedded.binaries import postgres_programs
from marketplace.embedded.places import Account
from marketplace.scale.loading import advance_sequences, model_defaults
from payments import audit, ledger
from payments.models import LedgerAccount

ACCOUNTS = 10_000
PROCESSES = 2
CROWD = 8
KIND = "funding"
PLAIN, IN_C, ONE = "the same by psycopg", "the same by pgbench", "into one account"
GOALS = {PLAIN: 0.40, IN_C: 0.20, ONE: 0.80}

SETTING = f"""
    INSERT INTO accounts_company (id, name, slug, currency, created_at)
    SELECT i, 'Company ' || i, 'company-' || i, 'USD', now()
    FROM generate_series(1, {ACCOUNTS}) AS i;
    INSERT INTO payments_ledgeraccount (id, kind, currency, company_id, provider, balance)
    SELECT i, 'company_cash', 'USD', i, '', 0 FROM generate_series(1, {ACCOUNTS}) AS i
    UNION ALL SELECT {ACCOUNTS} + i, 'outside', 'USD', NULL, 'bank ' || i, 0
    FROM generate_series(1, {ACCOUNTS}) AS i
    UNION ALL SELECT 2 * {ACCOUNTS} + 1, 'platform_fees', 'USD', NULL, '', 0;
    INSERT INTO payments_transfer (id, kind, key, currency, amount, memo, company_id, at)
    SELECT i, '{KIND}', 'opening:' || i, 'USD', 1000000, '', i, now()
    FROM generate_series(1, {ACCOUNTS}) AS i;
    INSERT INTO payments_posting (transfer_id, account_id, side, amount, at)
    SELECT i, account, side, 1000000, now() FROM generate_series(1, {ACCOUNTS}) AS i
    CROSS JOIN LATERAL (VALUES ({ACCOUNTS} + i, 'debit'), (i, 'credit')) AS line (account, side);
"""

Pair = Callable[[random.Random], tuple[int, int]]


def anybody(chance: random.Random) -> tuple[int, int]:
    """From one company's cash to another's."""
    source, target = chance.sample(range(1, ACCOUNTS + 1), 2)
    return source, target


def to_many(chance: random.Random) -> tuple[int, int]:
    """From a company to one of as many accounts that keep no balance."""
    return chance.randint(1, ACCOUNTS), ACCOUNTS + chance.randint(1, ACCOUNTS)


def to_one(chance: random.Random) -> tuple[int, int]:
    """From a company to the platform's fees."""
    return chance.randint(1, ACCOUNTS), 2 * ACCOUNTS + 1


@dataclass(frozen=True)
class Way:
    """One way of posting, by so many processes; ``beside`` is the other way it is measured by."""

    name: str
    rate: Callable[[float], float]
    beside: str = ""


def run(*, seconds: float, repetitions: int) -> int:
    """Measure every way in turn; returns 1 where a goal is missed or the books are wrong."""
    if not LedgerAccount.objects.exists():
        _set_up()
    sent = _caught()
    ways = [
        Way("ledger.post", lambda s: _rate(_by_verb, anybody, PROCESSES, s)),
        Way(PLAIN, lambda s: _rate(_by_psycopg, anybody, PROCESSES, s, sent), "ledger.post"),
        Way(IN_C, lambda s: _by_pgbench(sent, PROCESSES, s), "ledger.post"),
        Way("into many accounts", lambda s: _rate(_by_verb, to_many, CROWD, s)),
        Way(ONE, lambda s: _rate(_by_verb, to_one, CROWD, s), "into many accounts"),
    ]
    print(f"{ACCOUNTS:,} accounts, {repetitions} repetitions of {seconds:g} s; {PROCESSES} "
          f"processes, {CROWD} into accounts of the platform.\n")  # fmt: skip
    rates: dict[str, list[float]] = {way.name: [] for way in ways}
    for _ in range(repetitions):
        for way in ways:
            rates[way.name].append(way.rate(seconds))
    print(f"{'way':<22}{'transfers/s':>12}{'least':>9}{'most':>9}{'ratio':>8}{'goal':>7}")
    missed = sum([_print(way, rates) for way in ways])
    found = list(audit.findings())
    print(f"\ncheck_ledger: {len(found)} findings", *found[:5], sep="\n  ")
    return 1 if missed or found else 0


def _print(way: Way, rates: dict[str, list[float]]) -> bool:
    own = statistics.median(rates[way.name])
    line = f"{way.name:<22}{own:>12,.0f}{min(rates[way.name]):>9,.0f}{max(rates[way.name]):>9,.0f}"
    if not way.beside:
        print(line)
        return False
    other = statistics.median(rates[way.beside])
    ratio = own / other if way.name == ONE else other / own
    goal = GOALS[way.name]
    print(f"{line}{ratio:>8.2f}{goal:>7.2f}{'  below' if ratio < goal else ''}")
    return ratio < goal


def _set_up() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        with model_defaults(cursor, ["accounts_company"]):
            cursor.execute(SETTING)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        advance_sequences(cursor)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _lines(accounts: dict[int, LedgerAccount], pair: tuple[int, int], amount: Decimal) -> list[Any]:
    return [ledger.debit(accounts[pair[0]], amount), ledger.credit(accounts[pair[1]], amount)]


def _post(accounts: dict[int, LedgerAccount], pair: tuple[int, int], amount: Decimal, key: str):
    ledger.post(
        kind=KIND, key=key, lines=_lines(accounts, pair, amount), currency="USD", by=SYSTEM,
        at=datetime.now(UTC),
    )  # fmt: skip


Sent = list[tuple[str, tuple[Any, ...]]]
"""Statements with their values; those that change from one transfer to the next are marks."""
SOURCE, TARGET, AMOUNT, KEY = 101, 102, Decimal("98765.43"), "the-key-of-this-transfer"


def _caught() -> Sent:
    """What one ``ledger.post`` sends inside its transaction."""
    sent: Sent = []

    def catch(execute, sql, params, many, context):
        sent.append((sql, tuple(params or ())))
        return execute(sql, params, many, context)

    accounts = LedgerAccount.objects.in_bulk([SOURCE, TARGET])
    with transaction.atomic():
        with connection.execute_wrapper(catch):
            _post(accounts, (SOURCE, TARGET), AMOUNT, KEY)
        transaction.set_rollback(True)
    return sent


def _rate(way: Callable[..., int], pair: Pair, processes: int, seconds: float, *more: Any) -> float:
    """Transfers per second of so many processes that begin together."""
    connections.close_all()
    context = multiprocessing.get_context("fork")
    ready, counts = context.Barrier(processes), context.SimpleQueue()

    def work(number: int) -> None:
        counts.put(way(random.Random(number), pair, ready.wait, seconds, *more))

    started = [context.Process(target=work, args=(number,)) for number in range(processes)]
    for process in started:
        process.start()
    for process in started:
        process.join()
        assert process.exitcode == 0, "a process has failed; what it said is above"
    return sum(counts.get() for _ in started) / seconds


def _counted(ready: Callable[[], object], seconds: float, post: Callable[[], None]) -> int:
    """How often ``post`` is done in so long, once all are ready."""
    ready()
    until, count = time.monotonic() + seconds, 0
    while time.monotonic() < until:
        post()
        count += 1
    return count


def _amount(chance: random.Random) -> Decimal:
    return Decimal(chance.randint(1, 5000)) / 100


def _by_verb(chance: random.Random, pair: Pair, ready: Any, seconds: float) -> int:
    accounts = LedgerAccount.objects.in_bulk()
    return _counted(
        ready,
        seconds,
        lambda: _post(accounts, pair(chance), _amount(chance), uuid.uuid4().hex),
    )


def _by_psycopg(chance: random.Random, pair: Pair, ready: Any, seconds: float, sent: Sent) -> int:
    """The statements through the driver alone."""
    line = psycopg2.connect(**_server())

    def post() -> None:
        values = _values(pair(chance), _amount(chance), uuid.uuid4().hex)
        with line, line.cursor() as cursor:
            for sql, params in sent:
                cursor.execute(sql, [_filled(param, values) for param in params])
                cursor.fetchall()

    return _counted(ready, seconds, post)


def _server() -> dict[str, Any]:
    known = connection.get_connection_params()
    return {name: known[name] for name in ("host", "user", "dbname")}


def _values(pair: tuple[int, int], amount: object, key: str) -> dict[object, object]:
    return {SOURCE: pair[0], TARGET: pair[1], AMOUNT: amount, KEY: key}


def _filled(param: Any, values: dict[object, object]) -> Any:
    if isinstance(param, list):
        return [_filled(one, values) for one in param]
    if isinstance(param, int | Decimal | str):
        return values.get(param, param)
    return param


SCRIPT = """\\set a random(1, {accounts})
\\set b 1 + (:a + random(1, {accounts} - 2)) % {accounts}
\\set cents random(1, 5000)
\\set k random(1, 9000000000000000)
BEGIN;
{statements}
COMMIT;
"""
IN_WORDS = {
    SOURCE: "CAST(:a AS bigint)",
    TARGET: "CAST(:b AS bigint)",
    AMOUNT: "CAST(:cents AS numeric) / 100",
    KEY: "CAST(:k AS text) || '-' || CAST(:client_id AS text)",
}


def _by_pgbench(sent: Sent, processes: int, seconds: float) -> float:
    """The statements prepared once, sent by a program written in C."""
    statements = "\n".join(_in_words(sql, params) for sql, params in sent)
    server = _server()
    script = SCRIPT.format(accounts=ACCOUNTS, statements=statements)
    command = [
        postgres_programs(Account()) / "pgbench", "--no-vacuum", "--protocol=prepared",
        f"--client={processes}", f"--jobs={processes}", f"--time={max(1, round(seconds))}",
        "--file=-", f"--host={server['host']}", f"--username={server['user']}", server["dbname"],
    ]  # fmt: skip
    told = subprocess.run(command, input=script, capture_output=True, text=True, check=False)
    rate = re.search(r"tps = ([\d.]+)", told.stdout)
    if told.returncode or rate is None:
        raise AssertionError(f"pgbench: {told.stderr}\n{told.stdout}")
    return float(rate[1])


def _in_words(sql: str, params: tuple[Any, ...]) -> str:
    holes = iter(params)
    return re.sub("%s", lambda _: _literal(next(holes)), " ".join(sql.split())) + ";"


def _literal(param: Any) -> str:
    if isinstance(param, list):
        return f"ARRAY[{', '.join(_literal(one) for one in param)}]"
    if isinstance(param, int | Decimal | str) and param in IN_WORDS:
        return IN_WORDS[param]
    return adapt(param).getquoted().decode()
