"""A company's other papers as PDF: statements of a week or a month, and credit notes."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.utils.dateformat import format as date_format
from reportlab.platypus import Paragraph, Table

from accounts import companies
from accounts.models import Company
from core.money import ZERO, format_money
from core.paper import DAY, QUIET, heading, load_fonts, printed, ruled_table, text
from payments.models import CreditNote, Invoice, Statement


def statement_pdf(statement: Statement, invoices: Sequence[Invoice]) -> bytes:
    """The PDF of a statement whose company, and of invoices whose workers, are at hand."""
    load_fonts()
    days = f"{date_format(statement.first_day, DAY)} to {date_format(statement.last_day, DAY)}"
    owed = sum((one.total for one in invoices if one.is_open), ZERO)
    parts = [
        _heading(statement.company, f"Statement {statement.label}", days),
        _lines(statement, invoices),
        text(
            f"Still owed: {format_money(owed, statement.currency)}. Each invoice is due on its own "
            "day; pay them alone or together.",
            9,
            color=QUIET,
        ),
    ]
    return printed(f"{statement.label} {statement.company}", parts)


def credit_note_pdf(note: CreditNote) -> bytes:
    """The PDF of a credit note whose company and invoice are at hand."""
    load_fonts()
    lines = [
        ("Part of the worker’s pay", note.worker_amount),
        ("Service fee of it", note.fee_amount),
    ]
    rows = [[text("Given back", 8, color=QUIET), text("Amount", 8, color=QUIET, right=True)]]
    rows += [[text(words), _amount(amount, note.currency)] for words, amount in lines]
    rows.append([text("To your cash", 11, bold=True), _amount(note.total, note.currency, 11)])
    parts = [
        _heading(note.company, f"Credit note {note.label}", date_format(note.issued_at, DAY)),
        text(f"For invoice {note.invoice.label}: {note.invoice.title} ({note.invoice.reference})"),
        Table(rows, colWidths=["78%", "22%"], repeatRows=1, style=ruled_table()),
        text(note.reason, 9, color=QUIET),
    ]
    return printed(f"{note.label} {note.company}", parts)


def _amount(amount: Decimal, currency: str, size: float = 9) -> Paragraph:
    return text(format_money(amount, currency), size, right=True, bold=size > 9)


def _heading(company: Company, about: str, days: str) -> Table:
    place = ", ".join(part for part in (company.city, company.region) if part)
    whose = [text(company.name, bold=True), text(place, color=QUIET)]
    return heading(about, days, whose, logo=companies.logo_of(company))


def _lines(statement: Statement, invoices: Sequence[Invoice]) -> Table:
    heading = [text(title, 8, color=QUIET) for title in ("Invoice", "For", "Due")]
    lines = [[*heading, text("Total", 8, color=QUIET, right=True)]]
    for one in invoices:
        due = "Paid" if one.paid_at else date_format(one.due_on, DAY)
        about = text(f"{one.title} ({one.reference}), {one.worker}")
        lines.append([text(one.label), about, text(due), _amount(one.total, one.currency)])
    total = _amount(statement.total, statement.currency, 11)
    lines.append([text("Total", 11, bold=True), text(""), text(""), total])
    return Table(lines, colWidths=["17%", "45%", "20%", "18%"], repeatRows=1, style=ruled_table())
