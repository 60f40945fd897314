"""The books checked every night, and the result kept for the staff to read."""

from __future__ import annotations

import logging
import time
from datetime import datetime

from payments import audit
from payments.models import BooksCheck

log = logging.getLogger(__name__)

MOST_KEPT = 200
"""Findings written down; more than that is one fault many times."""


def check_books(*, at: datetime) -> BooksCheck:
    """Ask every check; findings are kept by name and place, and logged as errors."""
    begun = time.perf_counter()
    found = list(audit.findings())
    for finding in found[:MOST_KEPT]:
        log.error("check of the books: %s", finding)
    kept = [
        {"check": one.check.name, "where": one.where, "meaning": one.check.meaning}
        for one in found[:MOST_KEPT]
    ]
    return BooksCheck.objects.create(
        checked_at=at, seconds=time.perf_counter() - begun, findings=kept, count=len(found)
    )
