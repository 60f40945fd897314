"""The invoice on paper: one A4 or letter sheet as PDF.

Set in DejaVu Sans (``payments/fonts``), which holds Latin, Greek, Cyrillic, Hebrew and
Arabic letters but no Chinese, Japanese or Korean: those print as boxes here, and in full
from the browser.
"""

from __future__ import annotations

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
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from core.money import format_money
from payments.models import Invoice

FONTS = Path(__file__).parent / "fonts"
FONT, BOLD = "DejaVuSans", "DejaVuSans-Bold"
INK, QUIET, RULE, ACCENT = (
    colors.HexColor(shade) for shade in ("#1e1c19", "#625c53", "#c9c2b7", "#0e5a63")
)
DAY = "F j, Y"


@cache
def _fonts() -> None:
    """Read the fonts once in a process; one PDF holds only the letters it uses."""
    for name in (FONT, BOLD):
        pdfmetrics.registerFont(TTFont(name, FONTS / f"{name}.ttf"))


def _style(size: float = 9, *, bold: bool = False, color: colors.Color = INK, right: bool = False
) -> ParagraphStyle:  # fmt: skip
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


def _text(words: str, size: float = 9, **look: bool | colors.Color) -> Paragraph:
    return Paragraph(escape(words).replace("\n", "<br/>"), _style(size, **look))  # type: ignore[arg-type]


def invoice_pdf(invoice: Invoice) -> bytes:
    """The PDF of an invoice whose company, worker and lines are at hand."""
    _fonts()
    sheet = BytesIO()
    document = SimpleDocTemplate(
        sheet,
        pagesize=LETTER,
        leftMargin=20 * mm,
        rightMargin=20 * mm,
        topMargin=18 * mm,
        bottomMargin=18 * mm,
        title=f"{invoice.label} {invoice.title}",
        author=settings.SITE_NAME,
    )
    document.build(
        [_head(invoice), Spacer(1, 8 * mm), _parties(invoice), Spacer(1, 8 * mm), _lines(invoice)]
        + [Spacer(1, 6 * mm), _foot(invoice)]
    )
    return sheet.getvalue()


def _head(invoice: Invoice) -> Table:
    left = [
        _text(settings.SITE_NAME, 16, bold=True, color=ACCENT),
        _text(f"For assignment {invoice.reference}", color=QUIET),
    ]
    right = [
        _text(f"Invoice {invoice.label}", 14, bold=True, right=True),
        _text(_standing(invoice), right=True, color=QUIET),
    ]
    return Table([[left, right]], colWidths=["50%", "50%"], style=_plain())


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
        [_text(title, 8, color=QUIET)]
        + [_text(part, bold=not place) for place, part in enumerate(parts) if part]
        for title, parts in columns
    ]
    for cell in cells[2][1:]:
        cell.style = _style()
    return Table([cells], colWidths=["36%", "36%", "28%"], style=_plain())


def _lines(invoice: Invoice) -> Table:
    def money(amount: object) -> Paragraph:
        return _text(format_money(amount, invoice.currency), right=True)  # type: ignore[arg-type]

    rows: list[list[Paragraph | str]] = [
        [
            _text("Description", 8, color=QUIET),
            _text("Quantity", 8, color=QUIET, right=True),
            _text("Unit price", 8, color=QUIET, right=True),
            _text("Amount", 8, color=QUIET, right=True),
        ]
    ]
    for line in invoice.lines.all():
        quantity = f"{line.quantity.normalize():f}"
        rows.append(
            [
                _text(line.description),
                _text(quantity, right=True),
                money(line.unit_price),
                money(line.amount),
            ]
        )
    total = format_money(invoice.total, invoice.currency)
    rows.append([_text("Total", 11, bold=True), "", "", _text(total, 11, bold=True, right=True)])
    look = [
        ("LINEBELOW", (0, 0), (-1, 0), 0.8, RULE),
        ("LINEBELOW", (0, 1), (-1, -3), 0.4, RULE),
        ("LINEABOVE", (0, -1), (-1, -1), 0.8, INK),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("RIGHTPADDING", (0, 0), (-1, -1), 0),
        ("TOPPADDING", (0, 0), (-1, -1), 5),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 5),
    ]
    widths = ["52%", "13%", "17%", "18%"]
    return Table(rows, colWidths=widths, repeatRows=1, style=TableStyle(look))


def _foot(invoice: Invoice) -> Paragraph:
    words = (
        f"Amounts are in {invoice.currency}. "
        f"{settings.SITE_NAME} pays the worker when this invoice is paid."
    )
    if invoice.withdrawn_at and invoice.withdrawn_reason:
        words = f"Withdrawn: {invoice.withdrawn_reason}"
    return _text(words, 8, color=QUIET)


def _plain() -> TableStyle:
    return TableStyle(
        [
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("RIGHTPADDING", (0, 0), (-1, -1), 6),
        ]
    )
