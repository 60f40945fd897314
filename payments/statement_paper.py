"""A statement on paper: the invoices of a week or a month, and what is still owed, as PDF."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.utils.dateformat import format as date_format
from reportlab.platypus import Table

from core.money import ZERO, format_money
from payments.models import Invoice, Statement
from payments.paper import (
    ACCENT,
    DAY,
    QUIET,
    load_fonts,
    plain_table,
    printed,
    ruled_table,
    text,
)


def statement_pdf(statement: Statement, invoices: Sequence[Invoice]) -> bytes:
    """The PDF of a statement whose company, and of invoices whose workers, are at hand."""
    load_fonts()
    owed = sum((one.total for one in invoices if one.status == "open"), ZERO)
    parts = [
        _head(statement),
        _lines(statement, invoices),
        text(
            f"Still owed: {format_money(owed, statement.currency)}. Each invoice is due on its own "
            "day; pay them alone or together.",
            9,
            color=QUIET,
        ),
    ]
    return printed(f"{statement.label} {statement.company}", parts)


def _head(statement: Statement) -> Table:
    company = statement.company
    left = [
        text(settings.SITE_NAME, 16, bold=True, color=ACCENT),
        text(company.name, bold=True),
        text(", ".join(part for part in (company.city, company.region) if part), color=QUIET),
    ]
    days = f"{date_format(statement.first_day, DAY)} to {date_format(statement.last_day, DAY)}"
    right = [
        text(f"Statement {statement.label}", 14, bold=True, right=True),
        text(days, right=True, color=QUIET),
    ]
    return Table([[left, right]], colWidths=["50%", "50%"], style=plain_table())


def _lines(statement: Statement, invoices: Sequence[Invoice]) -> Table:
    heading = [text(title, 8, color=QUIET) for title in ("Invoice", "For", "Due")]
    lines = [[*heading, text("Total", 8, color=QUIET, right=True)]]
    for one in invoices:
        due = "Paid" if one.paid_at else date_format(one.due_on, DAY)
        amount = text(format_money(one.total, one.currency), right=True)
        about = text(f"{one.title} ({one.reference}), {one.worker}")
        lines.append([text(one.label), about, text(due), amount])
    total = text(format_money(statement.total, statement.currency), 11, bold=True, right=True)
    lines.append([text("Total", 11, bold=True), text(""), text(""), total])
    return Table(lines, colWidths=["17%", "45%", "20%", "18%"], repeatRows=1, style=ruled_table())
