"""A company's assignments as a spreadsheet: the columns, and one row after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal

from django.db.models import QuerySet

from assignments.models import Assignment, CustomField
from assignments.queries.custom import answers_of, with_answers
from core.paging import Key, walk


def _moment(moment: datetime | None, assignment: Assignment) -> str:
    """On the wall clock of the site, as spreadsheets read it."""
    return f"{moment.astimezone(assignment.zone):%Y-%m-%d %H:%M}" if moment else ""


def _of_invoice(name: str) -> Callable[[Assignment], object]:
    return lambda row: getattr(row.invoice, name) if row.invoice else ""


def _at(name: str) -> Callable[[Assignment], object]:
    return lambda row: _moment(getattr(row, name), row)


COLUMNS: dict[str, Callable[[Assignment], object]] = {
    "Number": lambda row: row.reference,
    "Title": lambda row: row.title,
    "Status": lambda row: row.get_status_display(),
    "Industry": lambda row: row.industry.name,
    "Looked after by": lambda row: str(row.owner),
    "Worker": lambda row: str(row.worker) if row.worker else "",
    "Worker number": lambda row: row.worker.reference if row.worker else "",
    "Site": lambda row: row.site_name,
    "Street": lambda row: row.street,
    "City": lambda row: row.city,
    "State": lambda row: row.region,
    "ZIP code": lambda row: row.postal_code,
    "Time zone": lambda row: row.time_zone,
    "Start": _at("starts_at"),
    "End": _at("ends_at"),
    "Price": lambda row: row.terms.sentence(row.company.currency),
    "Worker pay at most": lambda row: row.budget,
    "Worker pay asked for": lambda row: row.amount_claimed,
    "Terms in days": lambda row: row.terms_days,
    "Invoice": _of_invoice("label"),
    "Worker pay": _of_invoice("worker_amount"),
    "Service fee": _of_invoice("fee_amount"),
    "Total": _of_invoice("total"),
    "Due on": _of_invoice("due_on"),
    "Currency": lambda row: row.company.currency,
    "Sent": _at("sent_at"),
    "Assigned": _at("assigned_at"),
    "Started": _at("started_at"),
    "Submitted": _at("submitted_at"),
    "Approved": _at("approved_at"),
    "Paid": _at("paid_at"),
    "Cancelled": _at("cancelled_at"),
}
"""Headings and what stands under them; times are of the site's wall clock."""


def rows_of(
    matching: QuerySet[Assignment, Assignment], keys: Sequence[Key], own: Sequence[CustomField] = ()
) -> Iterator[list[object]]:
    """One line after the other, read in chunks; last the answers to ``own`` fields."""
    rows = with_answers(
        matching.select_related("company", "industry", "owner", "worker__user", "invoice")
        .defer(None)
        .defer("description", "special_instructions", "search", "resolution")
    )
    for row in walk(rows, keys):
        yield [*(_cell(read(row)) for read in COLUMNS.values()), *answers_of(row, own)]


def _cell(value: object) -> object:
    return value if isinstance(value, int | Decimal) else "" if value is None else str(value)
