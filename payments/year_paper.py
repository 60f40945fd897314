"""A worker's year on paper: what clients paid, month by month and client by client, as PDF."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.utils.dateformat import format as date_format
from reportlab.platypus import Table

from accounts.models import WorkerProfile
from core.money import format_money
from core.paper import (
    ACCENT,
    DAY,
    QUIET,
    load_fonts,
    plain_table,
    printed,
    ruled_table,
    text,
)
from payments.models import TaxDetails
from payments.payout_settings import legal_name
from payments.queries import Year


def year_pdf(worker: WorkerProfile, year: Year, tax: TaxDetails | None, *, at: datetime) -> bytes:
    """The PDF of a year; the tax number stands on it as screens show it, masked."""
    load_fonts()
    months = [(f"{month:%B}", amount, count) for month, amount, count in year.months]
    parts = [
        _head(worker, year, tax, at=at),
        _table("Month", months, year),
        _table("Client", year.clients, year),
        text(
            f"Paid to your earnings between January 1 and December 31, {year.year} (UTC), expenses "
            f"and bonuses included. {format_money(year.sent_to_bank)} of your earnings were paid "
            "out to your bank in that year. Workers pay no fee.",
            8,
            color=QUIET,
        ),
    ]
    return printed(f"{year.year} of {worker}", parts)


def _head(worker: WorkerProfile, year: Year, tax: TaxDetails | None, *, at: datetime) -> Table:
    left = [
        text(settings.SITE_NAME, 16, bold=True, color=ACCENT),
        text(legal_name(tax) if tax else str(worker), bold=True),
        text(worker.place, color=QUIET),
    ]
    if tax:
        left.append(text(f"{tax.get_kind_display()} {tax.masked}", color=QUIET))
    right = [
        text(f"Yearly summary {year.year}", 14, bold=True, right=True),
        text(f"Made on {date_format(at, DAY)}", right=True, color=QUIET),
    ]
    return Table([[left, right]], colWidths=["55%", "45%"], style=plain_table())


def _table(heading: str, rows: Iterable[tuple[str, Decimal, int]], year: Year) -> Table:
    lines = [
        [
            text(heading, 8, color=QUIET),
            text("Payments", 8, color=QUIET, right=True),
            text("Paid to you", 8, color=QUIET, right=True),
        ]
    ]
    for name, amount, count in rows:
        lines.append(
            [text(name), text(str(count), right=True), text(format_money(amount), right=True)]
        )
    lines.append(
        [
            text("Total", 11, bold=True),
            text(str(year.count), 11, bold=True, right=True),
            text(format_money(year.paid), 11, bold=True, right=True),
        ]
    )
    return Table(lines, colWidths=["60%", "18%", "22%"], repeatRows=1, style=ruled_table())
