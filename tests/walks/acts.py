"""What may be done in the walk: each act as a call, and what it means for the model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from typing import Any, ClassVar

from accounts.actors import Actor
from assignments import lifecycle, reasons
from assignments.models import Assignment
from conduct import policies
from core.errors import DomainError
from escalations import casework
from escalations.models import Case
from payments import funding, payouts, provider_events, refunds, statements, subjects
from payments.models import Invoice
from payments.providers.base import Answer
from tests.factories import accounts as people
from tests.factories import assignments as work
from tests.factories.payments import make_payable
from tests.racing import Outcome, race
from tests.walks.model import LIMIT, Books, Job, Sent, cents_of, money

AT = datetime(2026, 11, 10, 15, tzinfo=UTC)
SERIALS = count(1)
SHOWN = 30
"""Lines of the diary that a failure shows."""


@dataclass
class Act:
    """Something to be done, alone or at once with another, and what it means for the model."""

    do: Callable[[], Any]
    then: Callable[[Any], None] = lambda done: None

    @property
    def name(self) -> str:
        """Of the method that made it."""
        return self.do.__qualname__.split(".")[1].removeprefix("act_")


class Trade:
    """The people, their clock and their books, and every act that moves money."""

    raced: ClassVar[int] = 0
    done: ClassVar[Counter[str]] = Counter()
    refused: ClassVar[Counter[str]] = Counter()
    wrong: ClassVar[tuple[Exception, list[str]] | None] = None

    def open_trade(self) -> None:
        policies.publish(at=datetime(2026, 1, 1, tzinfo=UTC))
        reasons.establish()
        self.serial = next(SERIALS)
        self.at = AT
        self.clients = [self._client(number) for number in (1, 2)]
        self.workers = [people.worker(f"Wal Ker {self.serial} {n}", at=AT) for n in (1, 2)]
        self.desk = people.lead(f"Lena Lead {self.serial}")
        for worker in self.workers:
            make_payable(worker, at=AT)
        self.books = Books([actor.company for actor in self.clients], self.workers)
        self.keys = count(1)
        self.diary: list[str] = []
        for who, amount in enumerate((200_000, 40_000)):
            self.at_once(self.act_fund(who, amount, "card"))

    def _client(self, number: int) -> Actor:
        company = people.company(f"Walk {self.serial} {number}", credit_limit=money(LIMIT))
        name = f"Wilma Walk {self.serial} {number}"
        return people.member(company, name, ["administrator"], at=AT)

    def key(self) -> str:
        return f"walk-{self.serial}-{next(self.keys)}"

    def at_once(self, *acts: Act | None) -> None:
        """Do the acts, at the same moment where there are several, and tell the model."""
        wanted = [act for act in acts if act]
        self.diary.append(f"{self.at:%m-%d %H:%M} " + " | ".join(act.name for act in wanted))
        Trade.raced += len(wanted) > 1
        with self.witnessed():
            alone = map(_alone, wanted)
            outcomes = race(*[act.do for act in wanted]) if len(wanted) > 1 else alone
            for act, outcome in zip(wanted, list(outcomes), strict=True):
                if outcome.won:
                    Trade.done[act.name] += 1
                    act.then(outcome.result)
                else:
                    self.diary.append(f"  {act.name} refused: {outcome.refusal}")
                    Trade.refused[type(outcome.refusal).__name__] += 1

    @contextmanager
    def witnessed(self) -> Iterator[None]:
        """Keep the first thing that goes wrong: hypothesis tries the steps once more, and of two
        at once the other may come first then."""
        try:
            yield
        except Exception as error:
            Trade.wrong = Trade.wrong or (error, self.diary[-SHOWN:])
            raise

    def job(self, which: int, *statuses: str) -> Job | None:
        """One of the pieces of work that stand there now, or one that is brought there."""
        fitting = self.books.jobs_in(*statuses) or self._brought(which, statuses[0])
        return fitting[which % len(fitting)] if fitting else None

    def _brought(self, which: int, status: str) -> list[Job]:
        """Do what comes before, with ordinary amounts, where the money is there for it."""
        if status == "sent":
            self.at_once(self.act_send(which % 2, 10_001 + which, 30 * (which // 2 % 2)))
        elif status == "assigned":
            self.at_once(self.act_assign(self.job(which, "sent"), which % 2))
        elif status == "pending_approval":
            job = self.job(which, "assigned", "in_progress")
            self.at_once(self.act_hand_over(job, 1 + which % 100))
        elif status == "invoiced":
            self.at_once(self.act_approve(self.job(which, "pending_approval")))
        elif status == "disputed":
            stages = ("pending_approval", "invoiced", "paid", "assigned", "cancelled")
            self.at_once(self.act_dispute(self.job(which, stages[which % 5], *stages), "worker"))
        return self.books.jobs_in(status)

    def act_fund(self, who: int, amount: int, method: str) -> Act:
        key, company = self.key(), self.clients[who].company
        self.books.fundings[key] = Sent(who, amount)
        wanted = {"company": company, "amount": money(amount), "method": method, "key": key}
        return Act(lambda: funding.add(**wanted, by=self.clients[who], at=self.at))

    def act_send(self, who: int, price: int, terms: int) -> Act:
        by, at = self.clients[who], self.at
        draft = work.draft(
            by, at=at, terms_days=terms, deliverables=False, wants_check_in=False,
            flat_price=money(price),
        )  # fmt: skip
        job = Job(draft.pk, who, price, terms)
        self.books.jobs.append(job)
        return Act(lambda: lifecycle.send(draft, by=by, at=at))

    def act_assign(self, job: Job | None, worker: int) -> Act | None:
        if job is None:
            return None
        bid = lifecycle.apply(
            job.row, by=self.workers[worker], at=self.at, red_scorecard_seen=True
        )  # fmt: skip

        def then(done: Assignment) -> None:
            job.worker = worker

        return Act(lambda: lifecycle.assign(bid, by=self.clients[job.who], at=self.at), then)

    def act_void(self, job: Job | None) -> Act | None:
        return job and Act(
            lambda: lifecycle.void(job.row, note="Walk", by=self.clients[job.who], at=self.at)
        )

    def act_increase(self, job: Job | None, kind: str, amount: int, side: str) -> Act | None:
        if job is None:
            return None
        client, worker = self.clients[job.who], self.workers[job.worker]
        said = {"amount": money(amount), "reason": "More", "key": self.key()}

        def do() -> Any:
            by = client if side == "client" else worker
            asked = lifecycle.VERBS[kind](job.row, **said, by=by, at=self.at)
            if side == "client":
                return asked
            try:
                return lifecycle.accept_change(asked, by=client, at=self.at)
            except BaseException:
                lifecycle.decline_change(asked, reason="No", by=client, at=self.at)
                raise

        def then(done: Any) -> None:
            job.grow(kind, amount)

        return Act(do, then)

    def act_hand_over(self, job: Job | None, share: int) -> Act | None:
        if job is None:
            return None
        asked = max(job.price * share // 100, 1)

        def do() -> Assignment:
            by = self.workers[job.worker]
            if job.row.status == "assigned":
                lifecycle.start(job.row, by=by, at=self.at)
            return lifecycle.submit(
                job.row, resolution="Done.", amount=money(asked), by=by, at=self.at
            )

        def then(done: Assignment) -> None:
            job.asked = asked

        return Act(do, then)

    def act_send_back(self, job: Job | None) -> Act | None:
        by = job and self.clients[job.who]
        return job and Act(lambda: lifecycle.send_back(job.row, note="No", by=by, at=self.at))

    def act_approve(self, job: Job | None) -> Act | None:
        if job is None:
            return None

        def then(done: Assignment) -> None:
            job.may_be.add(job.claim)

        return Act(lambda: lifecycle.approve(job.row, by=self.clients[job.who], at=self.at), then)

    def act_cancel(self, job: Job | None, share: int) -> Act | None:
        if job is None:
            return None
        fee = job.most * share // 100
        said = {"reason": "site_not_ready", "note": "Walk", "fee": money(fee)}

        def then(done: Assignment) -> None:
            job.may_be.add(fee)

        by = self.clients[job.who]
        return Act(lambda: lifecycle.cancel(job.row, **said, by=by, at=self.at), then)

    def act_pay(self, job: Job | None) -> Act | None:
        invoice = job and job.row.invoice
        by = job and self.clients[job.who]
        return invoice and Act(lambda: subjects.pay(invoice, by=by, at=self.at))

    def act_pay_all(self, who: int) -> Act:
        by = self.clients[who]
        owed = Invoice.objects.unpaid().filter(company=by.company).select_related("company")
        return Act(lambda: statements.pay_several(owed, by=by, at=self.at))

    def act_dispute(self, job: Job | None, side: str) -> Act | None:
        if job is None:
            return None
        by = self.clients[job.who] if side == "client" else self.workers[job.worker]
        said = {"kind": "payment_dispute", "what_happened": "This.", "outcome": "other"}
        return Act(
            lambda: casework.open_case(
                assignment=job.row, **said, outcome_words="That.", by=by, at=self.at
            )
        )

    def act_decide(self, job: Job | None, effect: str, share: int) -> Act | None:
        case = job and Case.objects.active().filter(assignment=job.pk).first()
        if job is None or case is None:
            return None
        amount = max(job.most * share // 100, 1)
        said = {"effect": effect, "words": "So be it.", "amount": money(amount)}

        def then(done: Any) -> None:
            job.may_be |= {amount, job.most, job.claim}

        return Act(lambda: casework.decide(case, **said, by=self.desk, at=self.at), then)

    def act_pay_out(self, worker: int, amount: int | None) -> Act:
        by, key = self.workers[worker], self.key()
        wanted = amount and money(amount)

        def then(made: Any) -> None:
            self.books.payouts[key] = Sent(worker, cents_of(made.amount))
            assert amount in (None, self.books.payouts[key].cents)
            again = payouts.request(by.worker, wanted, key=key, by=by, at=self.at)
            assert again.pk == made.pk, "the same key again is the same payout"

        return Act(lambda: payouts.request(by.worker, wanted, key=key, by=by, at=self.at), then)

    def act_take_back(self, who: int, amount: int) -> Act:
        by, key = self.clients[who], self.key()
        wanted = {"amount": money(amount), "key": key, "by": by, "at": self.at}

        def then(made: Any) -> None:
            assert sum(cents_of(one.amount) for one in made) == amount
            for one in made:
                self.books.refunds[one.key] = Sent(who, cents_of(one.amount))
            assert refunds.request(by.company, **wanted) == made, "the same key is the same refund"

        return Act(lambda: refunds.request(by.company, **wanted), then)

    def act_told(self, which: int, word: str, serial: int, wrong: bool) -> list[Act]:
        """What a provider says of one thing it was asked for, applied by three at once."""
        about, _, word = word.partition(" ")
        orders = {"funding": self.books.fundings, "payout": self.books.payouts}
        sent = orders.get(about, self.books.refunds)
        if not sent:
            return []
        key = list(sent)[which % len(sent)]
        told = Answer(
            f"{key}:{word}:{serial}:{wrong}", f"{about}.{word}", key,
            money(sent[key].cents + wrong), "USD",
        )  # fmt: skip
        stored = provider_events.store("sandbox", [told], at=self.at)
        return [Act(lambda e=e: provider_events.settle(e, at=self.at)) for e in stored * 3]


def _alone(act: Act) -> Outcome:
    try:
        return Outcome(result=act.do())
    except DomainError as refusal:
        return Outcome(refusal=refusal)
