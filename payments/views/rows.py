"""Invoices in words, so that a list's template only prints."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from core.badges import Badge
from payments.badges import badge_of
from payments.models import Invoice


@dataclass(frozen=True, slots=True)
class InvoiceRow:
    invoice: Invoice
    url: str
    badge: Badge


def invoice_rows(invoices: Iterable[Invoice], *, today: date) -> list[InvoiceRow]:
    return [
        InvoiceRow(invoice, invoice.get_absolute_url(), badge_of(invoice, today=today))
        for invoice in invoices
    ]
