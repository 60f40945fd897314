"""The invoice on paper: one letter sheet as PDF."""

from __future__ import annotations

from django.conf import settings
from django.utils.dateformat import format as date_format
from reportlab.platypus import Paragraph, Table

from accounts import companies
from core.money import format_money
from core.paper import DAY, QUIET, heading, load_fonts, plain_table, printed, ruled_table, text
from payments.models import Invoice


def invoice_pdf(invoice: Invoice) -> bytes:
    """The PDF of an invoice whose company, worker and lines are at hand."""
    load_fonts()
    parts = [_head(invoice), _parties(invoice), _lines(invoice), _foot(invoice)]
    return printed(f"{invoice.label} {invoice.title}", parts)


def _head(invoice: Invoice) -> Table:
    about = [text(f"For assignment {invoice.reference}", color=QUIET)]
    logo = companies.logo_of(invoice.company)
    return heading(f"Invoice {invoice.label}", _standing(invoice), about, logo=logo)


def _standing(invoice: Invoice) -> str:
    if invoice.paid_at:
        return f"Paid on {date_format(invoice.paid_at, DAY)}"
    if invoice.withdrawn_at:
        return f"Withdrawn on {date_format(invoice.withdrawn_at, DAY)}"
    return f"Due on {date_format(invoice.due_on, DAY)}"


def _parties(invoice: Invoice) -> Table:
    company, worker = invoice.company, invoice.worker
    payer = [company.name, ", ".join(part for part in (company.city, company.region) if part)]
    payee = [str(worker), worker.place]
    terms = "On receipt" if not invoice.terms_days else f"{invoice.terms_days} days"
    facts = [
        f"Issued {date_format(invoice.issued_at, DAY)}",
        f"Due {date_format(invoice.due_on, DAY)}",
        f"Terms {terms.lower()}",
    ]
    columns = [("Billed to", payer, 1), ("For the work of", payee, 1), ("Dates", facts, 0)]
    cells = [
        [text(title, 8, color=QUIET)]
        + [text(part, bold=place < names) for place, part in enumerate(parts) if part]
        for title, parts, names in columns
    ]
    return Table([cells], colWidths=["36%", "36%", "28%"], style=plain_table())


def _lines(invoice: Invoice) -> Table:
    def money(amount: object) -> Paragraph:
        return text(format_money(amount, invoice.currency), right=True)  # type: ignore[arg-type]

    rows: list[list[Paragraph | str]] = [
        [
            text("Description", 8, color=QUIET),
            text("Quantity", 8, color=QUIET, right=True),
            text("Unit price", 8, color=QUIET, right=True),
            text("Amount", 8, color=QUIET, right=True),
        ]
    ]
    for line in invoice.lines.all():
        quantity = f"{line.quantity.normalize():f}"
        rows.append(
            [
                text(line.description),
                text(quantity, right=True),
                money(line.unit_price),
                money(line.amount),
            ]
        )
    total = format_money(invoice.total, invoice.currency)
    rows.append([text("Total", 11, bold=True), "", "", text(total, 11, bold=True, right=True)])
    widths = ["52%", "13%", "17%", "18%"]
    return Table(rows, colWidths=widths, repeatRows=1, style=ruled_table())


def _foot(invoice: Invoice) -> Paragraph:
    words = (
        f"Amounts are in {invoice.currency}. "
        f"{settings.SITE_NAME} pays the worker when this invoice is paid."
    )
    if invoice.withdrawn_at and invoice.withdrawn_reason:
        words = f"Withdrawn: {invoice.withdrawn_reason}"
    return text(words, 8, color=QUIET)
