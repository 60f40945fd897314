"""Paper: letter pages as PDF, set in the house's type.

Set in DejaVu Sans (``core/fonts``), which holds Latin, Greek, Cyrillic, Hebrew and Arabic
letters. What it does not hold is said in its place (``core/paper_words.py``): emoji by their
names, Chinese, Japanese or Korean by how many signs there are. Printed from the browser all of it
stands in full.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from io import BytesIO
from pathlib import Path
from xml.sax.saxutils import escape

from django.conf import settings
from reportlab.lib import colors
from reportlab.lib.pagesizes import LETTER
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import (
    Flowable,
    Image,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
    Table,
    TableStyle,
)

from core.paper_words import in_glyphs

FONTS = Path(__file__).parent / "fonts"
FONT, BOLD = "DejaVuSans", "DejaVuSans-Bold"
INK, QUIET, RULE, ACCENT = (
    colors.HexColor(shade) for shade in ("#1e1c19", "#625c53", "#c9c2b7", "#0e5a63")
)
DAY = "F j, Y"
LOGO_BOX = (60 * mm, 18 * mm)


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
    load_fonts()
    words = in_glyphs(words, pdfmetrics.getFont(FONT).face.charToGlyph)
    return Paragraph(escape(words).replace("\n", "<br/>"), text_style(size, **look))  # type: ignore[arg-type]


def printed(title: str, parts: Sequence[Flowable | list[Flowable]]) -> bytes:
    """The parts one under the other on letter pages, with space between them; those in a list
    belong together and keep their own."""
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
        lang="en-US",
    )
    spaced: list[Flowable] = []
    for one in parts:
        spaced += [*(one if isinstance(one, list) else [one]), Spacer(1, 8 * mm)]
    document.build(spaced[:-1])
    return sheet.getvalue()


def heading(title: str, under: str, about: Sequence[Paragraph], *, logo: bytes = b"") -> Table:
    """The top of a paper: the logo (a PNG) of whose paper it is and the site's name at the left,
    what it is at the right."""
    name = text(settings.SITE_NAME, 16, bold=True, color=ACCENT)
    left: list[Flowable] = [name, *about]
    if logo:
        left = [_picture(logo), Spacer(1, 3 * mm), text(settings.SITE_NAME, color=ACCENT), *about]
    right = [text(title, 14, bold=True, right=True), text(under, right=True, color=QUIET)]
    return Table([[left, right]], colWidths=["50%", "50%"], style=plain_table())


def _picture(png: bytes) -> Image:
    """Within the logo's box, never larger than its pixels at 72 to the inch."""
    picture = Image(BytesIO(png), hAlign="LEFT", mask="auto")
    share = min(LOGO_BOX[0] / picture.imageWidth, LOGO_BOX[1] / picture.imageHeight, 1)
    picture.drawWidth, picture.drawHeight = picture.imageWidth * share, picture.imageHeight * share
    return picture


def plain_table() -> TableStyle:
    """Columns without lines; the last ends at the margin, as a ruled table does."""
    return TableStyle(
        [
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("RIGHTPADDING", (0, 0), (-2, -1), 6),
            ("RIGHTPADDING", (-1, 0), (-1, -1), 0),
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
            ("RIGHTPADDING", (0, 0), (-2, -1), 8),
            ("RIGHTPADDING", (-1, 0), (-1, -1), 0),
            ("TOPPADDING", (0, 0), (-1, -1), 5),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 5),
        ]
    )
