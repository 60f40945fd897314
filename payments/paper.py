"""The invoice on paper: one A4 or letter sheet as PDF.

Set in DejaVu Sans (``payments/fonts``), which holds Latin, Greek, Cyrillic, Hebrew and
Arabic letters but no Chinese, Japanese or Korean: those print as boxes here, and in full
from the browser.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from io import BytesIO
from pathlib import Path
from xml.sax.saxutils import escape

from django.conf import settings
from django.utils.dateformat import format as date_format
from reportlab.lib import colors
from reportlab.lib.pagesizes import LETTER
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import (
    Flowable,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
    Table,
    TableStyle,
)

from core.money import format_money
from payments.models import Invoice

FONTS = Path(__file__).parent / "fonts"
FONT, BOLD = "DejaVuSans", "DejaVuSans-Bold"
INK, QUIET, RULE, ACCENT = (
    colors.HexColor(shade) for shade in ("#1e1c19", "#625c53", "#c9c2b7", "#0e5a63")
)
DAY = "F j, Y"


@cache
def load_fonts() -> None:
    """Read the fonts once in a process; one PDF holds only the letters it uses."""
    for name in (FONT, BOLD):
        pdfmetrics.registerFont(TTFont(name, FONTS / f"{name}.ttf"))


def text_style(
    size: float = 9, *, bold: bool = False, color: colors.Color = INK, right: bool = False
) -> ParagraphStyle:
    return ParagraphStyle(
        "text",
        fontName=BOLD if bold else FONT,
        fontSize=size,
        leading=size * 1.4,
        textColor=color,
        alignment=2 if right else 0,
        splitLongWords=1,
        wordWrap="LTR",
    )


def text(words: str, size: float = 9, **look: bool | colors.Color) -> Paragraph:
    return Paragraph(escape(words).replace("\n", "<br/>"), text_style(size, **look))  # type: ignore[arg-type]


def printed(title: str, parts: Sequence[Flowable]) -> bytes:
    """The parts one under the other on letter pages, with space between them."""
    load_fonts()
    sheet = BytesIO()
    document = SimpleDocTemplate(
        sheet,
        pagesize=LETTER,
        leftMargin=20 * mm,
        rightMargin=20 * mm,
        topMargin=18 * mm,
        bottomMargin=18 * mm,
        title=title,
        author=settings.SITE_NAME,
    )
    spaced = [part for one in parts for part in (one, Spacer(1, 8 * mm))]
    document.build(spaced[:-1])
    return sheet.getvalue()


def invoice_pdf(invoice: Invoice) -> bytes:
    """The PDF of an invoice whose company, worker and lines are at hand."""
    load_fonts()
    parts = [_head(invoice), _parties(invoice), _lines(invoice), _foot(invoice)]
    return printed(f"{invoice.label} {invoice.title}", parts)


def _head(invoice: Invoice) -> Table:
    left = [
        text(settings.SITE_NAME, 16, bold=True, color=ACCENT),
        text(f"For assignment {invoice.reference}", color=QUIET),
    ]
    right = [
        text(f"Invoice {invoice.label}", 14, bold=True, right=True),
        text(_standing(invoice), right=True, color=QUIET),
    ]
    return Table([[left, right]], colWidths=["50%", "50%"], style=plain_table())


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
    columns = [("Billed to", payer), ("For the work of", payee), ("Dates", facts)]
    cells = [
        [text(title, 8, color=QUIET)]
        + [text(part, bold=not place) for place, part in enumerate(parts) if part]
        for title, parts in columns
    ]
    for cell in cells[2][1:]:
        cell.style = text_style()
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


def plain_table() -> TableStyle:
    return TableStyle(
        [
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("RIGHTPADDING", (0, 0), (-1, -1), 6),
        ]
    )


def ruled_table() -> TableStyle:
    """Rows with fine lines between them; the first is the heading, the last the total."""
    return TableStyle(
        [
            ("LINEBELOW", (0, 0), (-1, 0), 0.8, RULE),
            ("LINEBELOW", (0, 1), (-1, -3), 0.4, RULE),
            ("LINEABOVE", (0, -1), (-1, -1), 0.8, INK),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("RIGHTPADDING", (0, 0), (-1, -1), 0),
            ("TOPPADDING", (0, 0), (-1, -1), 5),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 5),
        ]
    )
