"""The model beside the walk of ``walk``: amounts in cents, and what they come to."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from accounts.actors import Actor
from accounts.models import Company
from assignments.models import Assignment
from escalations import models as cases
from payments import audit, credit, provider_events
from payments.models import (
    CreditNote,
    Funding,
    LedgerAccount,
    Payout,
    ProviderEvent,
    Refund,
    Transfer,
)

LIMIT = 200_000
OPEN = ("sent", "assigned", "in_progress", "pending_approval")


def money(cents: int) -> Decimal:
    return Decimal(cents) / 100


def cents_of(amount: Decimal) -> int:
    return int(amount * 100)


def fee_of(cents: int) -> int:
    """A tenth, halves away from zero."""
    return int((Decimal(cents) / 10).quantize(Decimal(1), ROUND_HALF_UP))


@dataclass
class Job:
    """One piece of work: who pays, what was agreed, and what it may end with."""

    pk: int
    who: int
    price: int
    terms: int
    extras: int = 0
    worker: int = 0
    asked: int = 0
    may_be: set[int] = field(default_factory=set)

    @property
    def row(self) -> Assignment:
        rows = Assignment.objects.select_related("company", "reservation", "invoice__company")
        return rows.get(pk=self.pk)

    @property
    def most(self) -> int:
        return self.price + self.extras

    @property
    def claim(self) -> int:
        """What approval pays: the part of the price that was asked for, and all agreed extras."""
        return self.asked + self.extras

    def grow(self, kind: str, amount: int) -> None:
        if kind == "raise_budget":
            self.price += amount
        else:
            self.extras += amount
        if self.may_be:
            self.may_be.add(self.claim)


@dataclass(frozen=True)
class Sent:
    """Money asked for at a provider: by which company or worker, and how much."""

    who: int
    cents: int


class Books:
    """What the ledger must hold, worked out from how things stand and the model's own amounts."""

    def __init__(self, companies: Sequence[Company], workers: Sequence[Actor]) -> None:
        self.companies, self.workers = list(companies), [actor.worker for actor in workers]
        self.jobs: list[Job] = []
        self.fundings: dict[str, Sent] = {}
        self.payouts: dict[str, Sent] = {}
        self.refunds: dict[str, Sent] = {}

    def jobs_in(self, *statuses: str) -> list[Job]:
        """The pieces of work in these statuses; ``disputed``: with a case that is open."""
        if statuses == ("disputed",):
            open_cases = cases.Case.objects.active().values_list("assignment", flat=True)
            return [job for job in self.jobs if job.pk in set(open_cases)]
        found = set(
            Assignment.objects.filter(
                pk__in=[job.pk for job in self.jobs], status__in=statuses
            ).values_list("pk", flat=True)
        )
        return [job for job in self.jobs if job.pk in found]

    def agree(self, *, audit: bool) -> None:
        """The cheap questions, and the whole audit where it is wanted."""
        self._accounts()
        self._reservations()
        self._one_effect_each()
        for company in self.companies:
            assert credit.exposure(company) <= money(LIMIT), "more credit than agreed"
        if audit:
            self._audited()

    def _audited(self) -> None:
        found = [str(finding) for finding in audit.findings()]
        assert found == [], found

    def _accounts(self) -> None:
        wanted: Counter[tuple[str, int | None, int | None]] = Counter()
        for job, row in self._rows():
            wanted.update(self._of_job(job, row))
        self._of_notes(wanted)
        self._of_providers(wanted)
        kept = defaultdict(int)
        for kind, company, worker, balance in (
            LedgerAccount.objects.filter(company__in=self.companies)
            .union(LedgerAccount.objects.filter(worker__in=self.workers))
            .values_list("kind", "company_id", "worker_id", "balance")
        ):
            assert balance >= 0
            kept[kind, company, worker] = cents_of(balance)
        for account in {*wanted, *kept}:
            assert kept[account] == wanted[account], (account, kept[account], wanted[account])

    def _rows(self) -> list[tuple[Job, Assignment]]:
        rows = Assignment.objects.select_related("reservation", "invoice").in_bulk(
            [job.pk for job in self.jobs]
        )
        return [(job, rows[job.pk]) for job in self.jobs]

    def _of_job(self, job: Job, row: Assignment) -> Counter[tuple[str, int | None, int | None]]:
        company, worker = self.companies[job.who].pk, self.workers[job.worker].pk
        cash = ("company_cash", company, None)
        moved: Counter[tuple[str, int | None, int | None]] = Counter()
        if row.status in OPEN and not job.terms:
            held = job.most + fee_of(job.most)
            moved[cash] -= held
            moved["company_reserved", company, None] += held
        if row.invoice and row.invoice.paid_at:
            paid = cents_of(row.invoice.worker_amount)
            assert paid in job.may_be, (row.status, paid, job)
            moved[cash] -= paid + fee_of(paid)
            moved["worker_earnings", None, worker] += paid
        return moved

    def _of_notes(self, wanted: Counter[tuple[str, int | None, int | None]]) -> None:
        for note in CreditNote.objects.filter(company__in=self.companies).select_related("invoice"):
            wanted["company_cash", note.company_id, None] += cents_of(note.total)
            wanted["worker_earnings", None, note.invoice.worker_id] -= cents_of(note.from_worker)
            assert note.from_worker <= note.worker_amount <= note.invoice.worker_amount

    def _of_providers(self, wanted: Counter[tuple[str, int | None, int | None]]) -> None:
        for key, status in Funding.objects.filter(key__in=self.fundings).values_list(
            "key", "status"
        ):
            if status == "settled":
                sent = self.fundings[key]
                wanted["company_cash", self.companies[sent.who].pk, None] += sent.cents
        for key, status in Refund.objects.filter(key__in=self.refunds).values_list("key", "status"):
            sent = self.refunds[key]
            company = self.companies[sent.who].pk
            if status in Refund.TAKEN:
                wanted["company_cash", company, None] -= sent.cents
            if status == "ordered":
                wanted["company_reserved", company, None] += sent.cents
        for key, status in Payout.objects.filter(key__in=self.payouts).values_list("key", "status"):
            sent = self.payouts[key]
            worker = self.workers[sent.who].pk
            if status not in Payout.CAME_BACK:
                wanted["worker_earnings", None, worker] -= sent.cents
            if status in Payout.UNDER_WAY:
                wanted["payout_in_transit", None, worker] += sent.cents

    def _reservations(self) -> None:
        """Open work has set aside the most that may be paid and its fee; ended work nothing."""
        for job, row in self._rows():
            if row.reservation is None:
                continue
            assert (row.reservation.closed_at is None) == (row.status in OPEN), row.status
            if row.status in OPEN:
                assert cents_of(row.reservation.amount) == job.most + fee_of(job.most)

    def _one_effect_each(self) -> None:
        """A provider that says a thing ten times moves the money once."""
        of_fundings = Transfer.objects.filter(funding__key__in=self.fundings)
        assert (
            of_fundings.count()
            == Funding.objects.filter(key__in=self.fundings, status="settled").count()
        )
        for model, kind, keys in (
            (Payout, "payout", self.payouts),
            (Refund, "refund", self.refunds),
        ):
            for made in model.objects.filter(key__in=keys):
                moved = Transfer.objects.filter(key__startswith=f"{kind}:{made.reference}:").count()
                assert moved == 1 + (made.sent_id is not None) + (made.restored_id is not None)
            assert model.objects.filter(key__in=keys).count() == len(keys)

    def close_what_does_not_fit(self, *, by: Actor, at: datetime) -> None:
        """Staff read what a provider told wrongly: it has moved nothing."""
        for event in ProviderEvent.objects.exclude(error="").filter(note=""):
            assert event.applied_at is None
            provider_events.understand(event, "Told wrongly in the walk.", by=by, at=at)
