"""A company's dealings as its own bookkeeper enters them: every entry with its lines.

What the company has here, reserved or not, is one account of its books; setting money aside is
no entry. Over any period the lines of ``BALANCE`` come to what the ledger says that its cash and
reserved accounts changed by, and those of ``PAYABLE`` to what it owes more or less.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from heapq import merge
from itertools import islice
from typing import TypeVar

from django.db.models import OuterRef, QuerySet, Subquery, Sum

from accounts.models import Company, WorkerProfile
from payments.models import CreditNote, Invoice, InvoiceLine, Posting, Transfer, TransferKind
from payments.queries.company import EFFECT

CHUNK = 500
Row = TypeVar("Row")


class Account(StrEnum):
    BALANCE = "balance"
    BANK = "bank"
    PAYABLE = "payable"
    LABOR = "labor"
    EXPENSES = "expenses"
    FEES = "fees"
    CORRECTIONS = "corrections"


class Kind(StrEnum):
    BILL = "Bill"
    WITHDRAWN = "Bill withdrawn"
    PAYMENT = "Bill payment"
    CREDIT = "Credit note"
    CREDITED = "Credit received"
    ADDED = "Funds added"
    TAKEN_BACK = "Funds taken back"
    CAME_BACK = "Funds came back"
    CORRECTION = "Correction"


COSTS = {
    InvoiceLine.Kind.EXPENSE: Account.EXPENSES,
    InvoiceLine.Kind.FEE: Account.FEES,
}
"""Lines of an invoice that are not the worker's labor."""

BANKED = {
    TransferKind.FUNDING: Kind.ADDED,
    TransferKind.REFUND_SENT: Kind.TAKEN_BACK,
    TransferKind.REFUND_RETURNED: Kind.CAME_BACK,
}
"""What moves between the company's own bank account and here."""


@dataclass(frozen=True, slots=True)
class Line:
    """A debit is positive, a credit negative."""

    account: Account
    amount: Decimal
    memo: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """Lines that come to zero; the first is the one the entry is about.

    ``key`` is of this entry alone and stays; ``number`` is of the paper it is about.
    """

    at: datetime
    kind: Kind
    key: str
    number: str
    lines: tuple[Line, ...]
    memo: str = ""
    vendor: str = ""
    reference: str = ""
    customer: str = ""
    project: str = ""
    due_on: date | None = None


About = Callable[[Sequence[int]], dict[int, tuple[str, str]]]


@dataclass(frozen=True)
class Period:
    """Days of UTC, both of them included."""

    first: date
    last: date
    begin: datetime = field(init=False)
    end: datetime = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "begin", datetime.combine(self.first, time(), UTC))
        after = datetime.combine(self.last + timedelta(days=1), time(), UTC)
        object.__setattr__(self, "end", after)


def entries(company: Company, period: Period, *, about: About) -> Iterator[Entry]:
    """Every entry of a period, the oldest first, read in portions.

    ``about`` tells customer and project of invoices by their key.
    """
    told = merge(
        _bills(company, period, about), _withdrawn(company, period, about),
        _moved(company, period, about), key=lambda entry: entry.at,
    )  # fmt: skip
    yield from told


def bills(company: Company, period: Period) -> QuerySet[Invoice, Invoice]:
    """Invoices issued in a period, with what an export tells of them."""
    issued = Invoice.objects.filter(company=company, currency=company.currency)
    return _with_names(
        issued.filter(issued_at__gte=period.begin, issued_at__lt=period.end)
    ).order_by("issued_at", "pk")


def credit_notes(company: Company, period: Period) -> QuerySet[CreditNote, CreditNote]:
    notes = CreditNote.objects.filter(
        company=company, issued_at__gte=period.begin, issued_at__lt=period.end
    )
    return notes.select_related("invoice__worker__user").order_by("issued_at", "pk")


def vendors(company: Company, period: Period) -> Iterator[str]:
    """The names of all workers whom an entry of the period may name."""
    touched = Invoice.objects.filter(company=company, issued_at__lt=period.end)
    workers = WorkerProfile.objects.filter(pk__in=touched.values("worker"))
    rows = workers.select_related("user").only("reference", "user__full_name", "user__email")
    for worker in rows.order_by("pk").iterator(chunk_size=CHUNK):
        yield vendor_name(worker)


def vendor_name(worker: WorkerProfile, longest: int = 41) -> str:
    """The name with the number that tells two of one name apart, as long as QuickBooks takes."""
    mark = f" ({worker.reference})"
    return f"{str(worker)[: longest - len(mark)].strip()}{mark}"


def account_of(line: InvoiceLine) -> Account:
    return COSTS.get(line.kind, Account.LABOR)  # type: ignore[call-overload,no-any-return]


def in_portions(rows: Iterator[Row], size: int = CHUNK) -> Iterator[list[Row]]:
    while portion := list(islice(rows, size)):
        yield portion


def _with_names(invoices: QuerySet[Invoice, Invoice]) -> QuerySet[Invoice, Invoice]:
    return invoices.select_related("worker__user").defer("worker__search").prefetch_related("lines")


def _bills(company: Company, period: Period, about: About) -> Iterator[Entry]:
    rows = bills(company, period).iterator(chunk_size=CHUNK)
    for portion in in_portions(rows):
        told = about([bill.pk for bill in portion])
        for bill in portion:
            yield _bill(bill, Kind.BILL, bill.issued_at, 1, told)


def _withdrawn(company: Company, period: Period, about: About) -> Iterator[Entry]:
    taken = Invoice.objects.filter(company=company, currency=company.currency)
    taken = taken.filter(withdrawn_at__gte=period.begin, withdrawn_at__lt=period.end)
    rows = _with_names(taken).order_by("withdrawn_at", "pk").iterator(chunk_size=CHUNK)
    for portion in in_portions(rows):
        told = about([bill.pk for bill in portion])
        for bill in portion:
            assert bill.withdrawn_at
            yield _bill(bill, Kind.WITHDRAWN, bill.withdrawn_at, -1, told)


def _bill(
    bill: Invoice, kind: Kind, at: datetime, sign: int, told: dict[int, tuple[str, str]]
) -> Entry:
    lines = sorted(bill.lines.all(), key=lambda line: line.pk)
    customer, project = told.get(bill.pk, ("", ""))
    return Entry(
        at, kind, bill.label if sign > 0 else f"{bill.label}-W", bill.label,
        (
            Line(Account.PAYABLE, -sign * bill.total, bill.title),
            *(Line(account_of(row), sign * row.amount, row.description) for row in lines),
        ),
        memo=bill.title, vendor=vendor_name(bill.worker), reference=bill.reference,
        customer=customer, project=project, due_on=bill.due_on if sign > 0 else None,
    )  # fmt: skip


def _moved(company: Company, period: Period, about: About) -> Iterator[Entry]:
    """What changed the company's money here, each transfer once; setting aside changes nothing."""
    own = Posting.objects.filter(transfer=OuterRef("pk"), account__company=company).order_by()
    net = Subquery(own.values("transfer").annotate(net=Sum(EFFECT)).values("net"))
    moved = (
        Transfer.objects.filter(company=company, currency=company.currency)
        .filter(at__gte=period.begin, at__lt=period.end)
        .exclude(kind__in=(TransferKind.RESERVATION, TransferKind.RELEASE))
        .annotate(net=net)
        .exclude(net=0)
        .select_related("invoice__worker__user", "credit_note__invoice__worker__user")
        .defer("invoice__worker__search", "credit_note__invoice__worker__search")
        .order_by("at", "pk")
    )
    for portion in in_portions(moved.iterator(chunk_size=CHUNK)):
        bills = [bill.pk for row in portion if (bill := _bill_of(row))]
        told = about(bills) if bills else {}
        for row in portion:
            if row.net:  # type: ignore[attr-defined]
                yield from _told(row, row.net, told)  # type: ignore[attr-defined]


def _bill_of(row: Transfer) -> Invoice | None:
    """The invoice that a transfer pays, or of which it gives a part back."""
    note: CreditNote | None = getattr(row, "credit_note", None)
    bill: Invoice | None = note.invoice if note else getattr(row, "invoice", None)
    return bill


def _told(row: Transfer, net: Decimal, told: dict[int, tuple[str, str]]) -> Iterator[Entry]:
    here = Line(Account.BALANCE, net)
    bill, note = _bill_of(row), getattr(row, "credit_note", None)
    if bill is None:
        kind = BANKED.get(row.kind, Kind.CORRECTION)  # type: ignore[call-overload]
        other = Account.CORRECTIONS if kind == Kind.CORRECTION else Account.BANK
        lines = (here, Line(other, -net))
        yield Entry(row.at, kind, f"T{row.pk}", f"T{row.pk}", lines, memo=row.memo)
        return
    customer, project = told.get(bill.pk, ("", ""))
    paid = Entry(
        row.at, Kind.PAYMENT, f"{bill.label}-P", bill.label,
        (here, Line(Account.PAYABLE, -net)), f"{bill.label}: {bill.title}",
        vendor_name(bill.worker), bill.reference, customer, project,
    )  # fmt: skip
    if note is None:
        yield paid
        return
    given = (
        Line(Account.PAYABLE, note.total, note.reason),
        Line(Account.LABOR, -note.worker_amount, note.reason),
        *([Line(Account.FEES, -note.fee_amount, note.reason)] if note.fee_amount else []),
    )
    facts = {"number": note.label, "memo": f"{note.label} for {bill.label}: {note.reason}"}
    yield replace(paid, kind=Kind.CREDIT, key=note.label, lines=given, **facts)
    yield replace(paid, kind=Kind.CREDITED, key=f"{note.label}-R", **facts)
