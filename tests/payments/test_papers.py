"""What is printed: invoices, statements and credit notes as PDF."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from reportlab.lib.pagesizes import LETTER
from reportlab.lib.units import mm
from reportlab.platypus import Paragraph, Table

from core.paper import BOLD, FONT, heading
from payments import credit_notes, statements
from payments.company_papers import credit_note_pdf, statement_pdf
from payments.paper import _lines, _parties, invoice_pdf
from tests.factories.accounts import logo

pytestmark = pytest.mark.django_db

WIDTH = LETTER[0] - 40 * mm - 12
PICTURE = b"/Subtype /Image"


def wrapped(cell: list[Paragraph], width: float) -> dict[str, int]:
    """How many lines each paragraph takes."""
    lines = {}
    for one in cell:
        one.wrap(width, 1000)
        lines[one.getPlainText()] = len(one.blPara.lines)
    return lines


def test_dates_stand_on_one_line_and_only_names_are_bold(issue):
    table = _parties(issue(at=datetime(2026, 9, 28, 15, tzinfo=UTC), terms_days=90))
    billed, worked, dates = table._cellvalues[0]
    fonts = [part.frags[0].fontName for part in dates]
    assert fonts == [FONT] * 4
    assert [cell[1].frags[0].fontName for cell in (billed, worked)] == [BOLD, BOLD]
    said = wrapped(dates, WIDTH * 0.28)
    assert "Issued September 28, 2026" in said and set(said.values()) == {1}


def test_the_heading_ends_at_the_margin_as_the_lines_do():
    table: Table = heading("Invoice INV-000001", "Due on November 10, 2026", [])
    table.wrap(WIDTH, 1000)
    assert table._cellStyles[0][-1].rightPadding == 0
    assert table._cellStyles[0][0].rightPadding == 6


def test_a_long_text_keeps_off_the_column_beside_it(issue):
    table = _lines(issue(title="Light up a new circuit " * 8))
    table.wrap(WIDTH, 1000)
    assert [style.rightPadding for style in table._cellStyles[1]] == [8, 8, 8, 0]


def test_the_companys_logo_stands_on_each_of_its_papers(
    issue, alice, acme, funds, paid, olga, at, wanda
):
    bill = issue(100, terms_days=30, at=at - timedelta(days=3))
    day = (at - timedelta(days=3)).date()
    stated = statements.issue(acme, day, day, at=at)
    note = credit_notes.issue(paid.invoice, Decimal(5), reason="A part is missing", by=olga, at=at)
    assert stated

    def papers():
        for row in (bill, stated, note):
            row.company.refresh_from_db()
        rows = list(stated.invoices.select_related("company", "worker__user"))
        return [invoice_pdf(bill), statement_pdf(stated, rows), credit_note_pdf(note)]

    plain = papers()
    assert [sheet.count(PICTURE) for sheet in plain] == [0, 0, 0]
    logo(alice, at=at)
    assert all(sheet.count(PICTURE) for sheet in papers())
    for sheet in plain:
        assert b"/Lang" in sheet and b"/ToUnicode" in sheet
