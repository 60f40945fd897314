"""``bin/bench faults``: the books under chance, contention, and processes that are killed.

1. The walk of ``tests/walks`` for many steps, some of them several acts at once.
2. Money operations through a running site whose processes are killed meanwhile.
3. Many reminders that fall due while database, broker, workers and beats are killed (``overdue``).

All print the seed that makes them again: the same acts, amounts and moments. Who wins of two at
once, and how far a process had got when it was killed, is the machine's doing.
"""

from __future__ import annotations

import logging
import random
import secrets
import time
from collections import Counter
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from accounts.actors import Actor
from marketplace.embedded.__main__ import Choices, start_site
from marketplace.embedded.supervisor import Supervisor
from payments import audit
from payments.models import AccountKind, Funding, LedgerAccount, Payout, Transfer
from tests.bench import overdue
from tests.bench.killing import Killer, Operation, carry_out, children_of, settled
from tests.bench.load import Server
from tests.factories import accounts as people
from tests.factories import assignments as work
from tests.factories.payments import add_cash, make_payable
from tests.smtp_sink import a_sink
from tests.walks import walk
from tests.walks.acts import Trade

EACH = 100
"""Steps of one walk; then a new trade begins."""
SHARES = {"fund": 5, "approve": 5, "pay": 4, "bonus": 3, "pay out": 3}


def run(
    supervisor: Supervisor, place: Path, env: dict[str, str], port: int,
    *, steps: int, operations: int, reminders: int, seed: int | None,
) -> int:  # fmt: skip
    """Returns 1 where anything is not as it must be."""
    seed = secrets.randbelow(10**9) if seed is None else seed
    print(f"seed {seed}: bin/bench faults --steps {steps} --operations {operations}"
          f" --reminders {reminders} --seed {seed}")  # fmt: skip
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    logging.disable(logging.ERROR)  # what providers say wrongly on purpose
    walked(steps, seed)
    with a_sink() as sink:
        env = {**env, "EMAIL_URL": sink.url}
        wrong = killed(supervisor, place, env, port, operations=operations, seed=seed)
        return wrong | overdue.run(supervisor, sink, reminders=reminders, seed=seed)


def walked(steps: int, seed: int) -> None:
    """Raises what is wrong, with the steps that led there."""
    began = time.monotonic()
    walk.take(steps, seed=seed, each=EACH)
    done = ", ".join(f"{count} {name}" for name, count in Trade.done.most_common())
    refused = ", ".join(f"{count} {name}" for name, count in Trade.refused.most_common())
    print(f"\n{walk.MoneyWalk.steps:,} steps, {Trade.raced:,} of them several at once, in "
          f"{time.monotonic() - began:.0f} s; the books were right after each.")  # fmt: skip
    print(f"done: {done}\nrefused: {refused}", flush=True)


def killed(
    supervisor: Supervisor, place: Path, env: dict[str, str], port: int,
    *, operations: int, seed: int,
) -> int:  # fmt: skip
    """Operations through the site, while its processes are killed; then the count."""
    scene = Scene(random.Random(seed), operations)
    start_site(supervisor, Choices("127.0.0.1", port, place), env)
    for child in supervisor.children:
        child.was_ready = True
    named = {child.name: child for child in supervisor.children}

    def victims() -> list[tuple[str, int]]:
        web = [("web process", pid) for pid in children_of(named["web"].pid)]
        pool = [("task process", pid) for pid in children_of(named["worker"].pid)]
        main = named["worker"].pid
        return [*web, *web, *pool, *([("task master", main)] if main else [])]

    began = time.monotonic()
    killer = Killer(seed, victims)
    carry_out(scene.operations, Server(port, named["web"].pid or 0), killer,
              supervisor.keep_running)  # fmt: skip
    settled()
    struck = ", ".join(f"{count} of a {name}" for name, count in killer.killed.items())
    print(f"\n{len(scene.operations)} operations in {time.monotonic() - began:.0f} s under "
          f"{killer.killed.total()} kill -9: {struck}")  # fmt: skip
    wrong = scene.told()
    print(*(f"WRONG: {line}" for line in wrong), sep="\n")
    return 1 if wrong else 0


class Scene:
    """The people, what each of them is about to do, and what they had before."""

    def __init__(self, chance: random.Random, operations: int) -> None:
        self.at = timezone.now() - timedelta(days=4)
        self.clients = [self._client(number) for number in range(4)]
        self.workers = [people.worker(f"Kay Worker {number}") for number in range(6)]
        for worker in self.workers:
            make_payable(worker, at=self.at)
        kinds = [kind for kind, share in SHARES.items() for _ in range(share)]
        wanted = [kinds[number % len(kinds)] for number in range(operations)]
        make = {"fund": self._fund, "approve": self._approve, "pay": self._pay,
                "bonus": self._bonus, "pay out": self._pay_out}  # fmt: skip
        self.moves: dict[int, Counter[tuple[str, int]]] = {}
        self.operations = [make[kind](number) for number, kind in enumerate(wanted)]
        for worker in self.workers:
            self._earn(worker, sum(kind == "pay out" for kind in wanted) * 600)
        chance.shuffle(self.operations)
        self.before = self._balances()

    def _client(self, number: int) -> Actor:
        company = people.company(f"Killed {number}", credit_limit=Decimal(900_000))
        add_cash(company, Decimal(500_000), at=self.at)
        return people.member(company, f"Kim Client {number}", ["administrator"])

    def _earn(self, worker: Actor, amount: int) -> None:
        if amount:
            work.in_stage("paid", self.clients[0], worker, at=self.at, flat_price=Decimal(amount))

    def _pair(self, number: int) -> tuple[Actor, Actor]:
        return self.clients[number % 4], self.workers[number % 6]

    def _operation(self, kind: str, who: Actor, path: str, field: str, rows, moves, **typed):
        made = Operation(kind, who, path, field, rows.count, typed)
        self.moves[id(made)] = Counter(moves)
        return made

    def _fund(self, number: int) -> Operation:
        who = self.clients[number % 4]
        amount = Decimal(1000 + number) + Decimal(("0.00", "0.37", "0.73")[number % 3])
        rows = Funding.objects.filter(company=who.company, amount=amount)
        return self._operation(
            "fund", who, "/payments/funds/", "method", rows, {("cash", who.company.pk): amount},
            amount=str(amount),
        )  # fmt: skip

    def _stage(self, stage: str, number: int, **facts):
        client, worker = self._pair(number)
        facts["flat_price"] = Decimal(100 + number)
        return client, worker, work.in_stage(stage, client, worker, at=self.at, **facts)

    def _approve(self, number: int) -> Operation:
        client, worker, row = self._stage("pending_approval", number)
        rows = Transfer.objects.filter(kind="payment", invoice__reference=row.reference)
        return self._operation(
            "approve", client, f"/assignments/{row.reference}/approval/", "submitted_at", rows,
            {("earned", worker.worker.pk): row.budget},
        )  # fmt: skip

    def _pay(self, number: int) -> Operation:
        client, worker, row = self._stage("invoiced", number)
        rows = Transfer.objects.filter(kind="payment", invoice=row.invoice)
        return self._operation(
            "pay", client, f"/assignments/{row.reference}/payment/", "pay", rows,
            {("cash", client.company.pk): -row.invoice.total,
             ("earned", worker.worker.pk): row.budget},
        )  # fmt: skip

    def _bonus(self, number: int) -> Operation:
        client, _, row = self._stage("assigned", number)
        rows = row.changes.filter(kind="add_bonus", status="accepted")
        return self._operation(
            "bonus", client, f"/assignments/{row.reference}/changes/bonus/", "reason", rows,
            {("cash", client.company.pk): Decimal("-22.00")}, amount="20.00", reason="Well done.",
        )  # fmt: skip

    def _pay_out(self, number: int) -> Operation:
        worker = self.workers[number % 6]
        amount = Decimal(100 + number)
        rows = Payout.objects.filter(worker=worker.worker, amount=amount)
        return self._operation(
            "pay out", worker, "/earnings/payouts/", "amount", rows,
            {("earned", worker.worker.pk): -amount}, amount=str(amount),
        )  # fmt: skip

    def _balances(self) -> Counter[tuple[str, int]]:
        """Of these people alone: what the walk left half done may be finished meanwhile."""
        accounts = LedgerAccount.objects
        companies = [client.company for client in self.clients]
        workers = [worker.worker for worker in self.workers]
        found: Counter[tuple[str, int]] = Counter()
        for row in accounts.filter(kind=AccountKind.COMPANY_CASH, company__in=companies):
            found["cash", row.company_id] = row.balance
        for row in accounts.filter(kind=AccountKind.WORKER_EARNINGS, worker__in=workers):
            found["earned", row.worker_id] = row.balance
        return found

    def told(self) -> list[str]:
        """Prints the count by kind, and returns what is wrong."""
        wrong, wanted = [str(finding) for finding in audit.findings()], Counter(self.before)
        counts: dict[str, Counter[str]] = {kind: Counter() for kind in SHARES}
        for one in self.operations:
            times = one.happened()
            counts[one.kind].update(
                all=1, answered=one.answered, again=one.tries > 1, happened=times
            )
            if times > 1 or (one.answered and times != 1):
                wrong.append(f"{one.kind} {one.path} {one.typed}: {times} times, {one.answer}")
            if times:
                wanted.update(self.moves[id(one)])
        print(f"{'operation':<12}{'forms':>7}{'answered':>10}{'sent again':>12}{'happened':>10}")
        for kind, count in counts.items():
            print(f"{kind:<12}{count['all']:>7}{count['answered']:>10}{count['again']:>12}"
                  f"{count['happened']:>10}")  # fmt: skip
        kept = self._balances()
        wrong += [f"{owner}: {kept[owner]} and not {wanted[owner]}"
                  for owner in {*kept, *wanted} if kept[owner] != wanted[owner]]  # fmt: skip
        return wrong
