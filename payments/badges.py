"""How an invoice stands today, in a word."""

from __future__ import annotations

from datetime import date

from core.badges import Badge
from payments.models import Invoice
from payments.queries import DUE_SOON_DAYS


def badge_of(invoice: Invoice, *, today: date) -> Badge:
    if invoice.status == "paid":
        return Badge("Paid", "good", "check")
    if invoice.status == "withdrawn":
        return Badge("Withdrawn", "neutral", "undo-2")
    late = invoice.days_past_due(today)
    if late:
        return Badge(f"{late} {'day' if late == 1 else 'days'} past due", "bad", "triangle-alert")
    left = (invoice.due_on - today).days
    if left <= DUE_SOON_DAYS:
        words = {0: "Due today", 1: "Due tomorrow"}.get(left, f"Due in {left} days")
        return Badge(words, "warning", "clock")
    return Badge("Open", "info", "file-text")
