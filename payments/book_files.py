"""Files that bookkeeping programs take: a journal and bills as CSV, and IIF for QuickBooks."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings

from accounts.models import Company
from core.money import ZERO
from core.spreadsheets import safe_cell
from payments.models import CreditNote, Invoice
from payments.queries import bookkeeping
from payments.queries.bookkeeping import About, Account, Entry, Kind, Line, Period

DEFAULT_NAMES = {
    Account.BALANCE: f"{settings.SITE_NAME} Balance",
    Account.BANK: "Checking",
    Account.PAYABLE: "Accounts Payable",
    Account.LABOR: "Contract Labor",
    Account.EXPENSES: "Reimbursed Expenses",
    Account.FEES: "Marketplace Fees",
    Account.CORRECTIONS: f"{settings.SITE_NAME} Corrections",
}
TYPES = {
    Account.BALANCE: "BANK",
    Account.BANK: "BANK",
    Account.PAYABLE: "AP",
    Account.LABOR: "EXP",
    Account.EXPENSES: "EXP",
    Account.FEES: "EXP",
    Account.CORRECTIONS: "EXP",
}
"""What kind of account QuickBooks makes of one that it does not know."""

KEYWORDS = {
    Kind.BILL: "BILL",
    Kind.WITHDRAWN: "BILL REFUND",
    Kind.PAYMENT: "CHECK",
    Kind.CREDIT: "BILL REFUND",
    Kind.CREDITED: "DEPOSIT",
    Kind.ADDED: "TRANSFER",
    Kind.TAKEN_BACK: "TRANSFER",
    Kind.CAME_BACK: "TRANSFER",
    Kind.CORRECTION: "GENERAL JOURNAL",
}
"""The transaction that QuickBooks makes of an entry."""

Names = Mapping[Account, str]


@dataclass(frozen=True)
class JournalLine:
    entry: Entry
    line: Line
    names: Names
    currency: str


@dataclass(frozen=True)
class BillLine:
    """One line of a bill, or a credit note with its amounts below zero."""

    number: str
    vendor: str
    issued: str
    due: str
    reference: str
    title: str
    account: Account
    words: str
    quantity: Decimal
    price: Decimal
    amount: Decimal
    standing: str
    paid: str
    about: tuple[str, str]
    names: Names
    currency: str


@dataclass(frozen=True)
class Column:
    heading: str
    words: str
    cell: Callable[..., object]


JOURNAL = (
    Column("Entry", "The same on all lines of one entry, and on no other, today and in every later "
           "file: a program that knows it refuses the entry a second time.",
           lambda row: row.entry.key),
    Column("Date", "The day in UTC, as 2026-11-30.", lambda row: f"{row.entry.at:%Y-%m-%d}"),
    Column("Type", "What happened: " + ", ".join(kind.lower() for kind in Kind) + ".",
           lambda row: str(row.entry.kind)),
    Column("Account", "The account of yours that you named for it.",
           lambda row: row.names[row.line.account]),
    Column("Debit", "The amount, where it is a debit.",
           lambda row: row.line.amount if row.line.amount > 0 else ""),
    Column("Credit", "The amount, where it is a credit.",
           lambda row: -row.line.amount if row.line.amount < 0 else ""),
    Column("Currency", "Of both amounts.", lambda row: row.currency),
    Column("Number", "Of the invoice or credit note that it is about.",
           lambda row: row.entry.number),
    Column("Vendor", "The worker, with the number that tells two of one name apart.",
           lambda row: row.entry.vendor),
    Column("Description", "What the line is for.",
           lambda row: row.line.memo or row.entry.memo),
    Column("Assignment", "Its number here.", lambda row: row.entry.reference),
    Column("Customer", "Your customer for whom the work was done; for programs with customers or "
           "jobs.", lambda row: row.entry.customer),
    Column("Project", "Your project; for programs with classes or tracking.",
           lambda row: row.entry.project),
    Column("Due", "When a bill is due.",
           lambda row: f"{row.entry.due_on:%Y-%m-%d}" if row.entry.due_on else ""),
)  # fmt: skip

BILLS = (
    Column("Bill number", "Of the invoice, or of the credit note.", lambda row: row.number),
    Column("Vendor", "The worker, with the number that tells two of one name apart.",
           lambda row: row.vendor),
    Column("Bill date", "The day in UTC on which it was issued.", lambda row: row.issued),
    Column("Due date", "Empty for a credit note.", lambda row: row.due),
    Column("Account", "The account of yours that you named for it.",
           lambda row: row.names[row.account]),
    Column("Line description", "Price, hours, units, expense, bonus, or service fee.",
           lambda row: row.words),
    Column("Quantity", "Hours or units; else 1.", lambda row: row.quantity),
    Column("Unit price", "For one of them.", lambda row: row.price),
    Column("Line amount", "What the line comes to; below zero on a credit note.",
           lambda row: row.amount),
    Column("Currency", "Of both amounts.", lambda row: row.currency),
    Column("Memo", "The title of the work, or the reason of a credit note.",
           lambda row: row.title),
    Column("Assignment", "Its number here.", lambda row: row.reference),
    Column("Customer", "Your customer for whom the work was done.", lambda row: row.about[0]),
    Column("Project", "Your project.", lambda row: row.about[1]),
    Column("Standing", "Open or paid, at the moment of the export.", lambda row: row.standing),
    Column("Paid on", "The day in UTC.", lambda row: row.paid),
)  # fmt: skip


def journal_rows(
    company: Company, period: Period, names: Names, about: About
) -> Iterator[list[object]]:
    """A row for each line of each entry."""
    for entry in bookkeeping.entries(company, period, about=about):
        for line in entry.lines:
            told = JournalLine(entry, line, names, company.currency)
            yield [column.cell(told) for column in JOURNAL]


def bill_rows(
    company: Company, period: Period, names: Names, about: About
) -> Iterator[list[object]]:
    """A row for each line of each invoice that stands; after them the credit notes."""
    rows = bookkeeping.bills(company, period).filter(withdrawn_at=None)
    for portion in bookkeeping.in_portions(rows.iterator(chunk_size=bookkeeping.CHUNK)):
        told = about([bill.pk for bill in portion])
        for bill in portion:
            for line in _lines_of(bill, told.get(bill.pk, ("", "")), names):
                yield [column.cell(line) for column in BILLS]
    notes = bookkeeping.credit_notes(company, period).iterator(chunk_size=bookkeeping.CHUNK)
    for given in bookkeeping.in_portions(notes):
        told = about([note.invoice_id for note in given])
        for note in given:
            for line in _lines_of_note(note, told.get(note.invoice_id, ("", "")), names):
                yield [column.cell(line) for column in BILLS]


def _lines_of_note(note: CreditNote, about: tuple[str, str], names: Names) -> Iterator[BillLine]:
    day, bill = f"{note.issued_at:%Y-%m-%d}", note.invoice
    for account, amount in ((Account.LABOR, note.worker_amount), (Account.FEES, note.fee_amount)):
        if amount:
            yield BillLine(
                note.label, bookkeeping.vendor_name(bill.worker), day, "", bill.reference,
                note.reason, account, f"Credit for {bill.label}", Decimal(1), -amount, -amount,
                "paid", day, about, names, note.currency,
            )  # fmt: skip


def _lines_of(bill: Invoice, about: tuple[str, str], names: Names) -> Iterator[BillLine]:
    paid = f"{bill.paid_at:%Y-%m-%d}" if bill.paid_at else ""
    for line in sorted(bill.lines.all(), key=lambda line: line.pk):
        yield BillLine(
            bill.label, bookkeeping.vendor_name(bill.worker), f"{bill.issued_at:%Y-%m-%d}",
            f"{bill.due_on:%Y-%m-%d}", bill.reference, bill.title, bookkeeping.account_of(line),
            line.description, line.quantity, line.unit_price, line.amount, bill.status, paid,
            about, names, bill.currency,
        )  # fmt: skip


TRNS = ("TRNSTYPE", "DATE", "ACCNT", "NAME", "CLASS", "AMOUNT", "DOCNUM", "MEMO", "DUEDATE")
SPL = ("TRNSTYPE", "DATE", "ACCNT", "NAME", "CLASS", "AMOUNT", "DOCNUM", "MEMO")
LONGEST_NUMBER = 11


def iif_lines(company: Company, period: Period, names: Names, about: About) -> Iterator[bytes]:
    """The file for QuickBooks Desktop: accounts, vendors, then each entry as a transaction.

    A debit is positive, a credit negative, as IIF has it. The bytes are Windows-1252: letters
    that it lacks lose their marks or become question marks.
    """
    yield _iif("!ACCNT", "NAME", "ACCNTTYPE")
    for account in Account:
        yield _iif("ACCNT", names[account], TYPES[account])
    yield _iif("!VEND", "NAME")
    for vendor in bookkeeping.vendors(company, period):
        yield _iif("VEND", vendor)
    yield _iif("!TRNS", *TRNS)
    yield _iif("!SPL", *SPL)
    yield _iif("!ENDTRNS")
    for entry in bookkeeping.entries(company, period, about=about):
        for place, line in enumerate(entry.lines):
            yield _iif_line(entry, line, names, first=not place)
        yield _iif("ENDTRNS")


def _iif_line(entry: Entry, line: Line, names: Names, *, first: bool) -> bytes:
    day = f"{entry.at:%m/%d/%Y}"
    named = first or line.account == Account.PAYABLE
    vendor = entry.vendor if named and entry.kind not in bookkeeping.BANKED.values() else ""
    project = "" if line.account in (Account.BALANCE, Account.PAYABLE) else entry.project
    cells = [
        KEYWORDS[entry.kind], day, names[line.account], vendor, project, line.amount + ZERO,
        entry.number[:LONGEST_NUMBER], line.memo or entry.memo,
    ]  # fmt: skip
    if first:
        due = f"{entry.due_on:%m/%d/%Y}" if entry.due_on else ""
        return _iif("TRNS", *cells, due)
    return _iif("SPL", *cells)


def _iif(*cells: object) -> bytes:
    """One line; a text can break neither it nor a cell, and runs in no spreadsheet."""
    return ("\t".join(_plain(cell) for cell in cells) + "\r\n").encode("cp1252", "replace")


def _plain(cell: object) -> str:
    if isinstance(cell, Decimal):
        return f"{cell:.2f}"
    text = re.sub(r"[\s\0\"]+", " ", str(cell)).strip()
    return "".join(map(_western, str(safe_cell(text))))


def _western(letter: str) -> str:
    try:
        letter.encode("cp1252")
    except UnicodeEncodeError:
        bare = unicodedata.normalize("NFKD", letter).encode("cp1252", "ignore").decode("cp1252")
        return bare or "?"
    return letter
