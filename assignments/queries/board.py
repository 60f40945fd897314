"""The client's board: a company's assignments, how many there are of each, and what waits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import reduce

from django.db.models import Count, Q, QuerySet

from accounts.models import Company
from assignments.models import Application, Assignment
from assignments.states import Status
from core.paging import Key, number_key

MOST_WORDS = 8
COUNTED = 100
"""Up to here the tabs count exactly; beyond it they say “100+”."""

NEWEST: list[Key] = [number_key("pk", descending=True)]

SHOWN = (
    "reference", "title", "status", "on_site", "city", "region", "time_zone", "starts_at",
    "ends_at", "is_window", "budget", "amount_claimed", "terms_days", "submitted_at",
    "confirmed_at", "wants_confirmation", "on_marketplace", "company_id",
    "owner__full_name", "owner__email", "worker__user__full_name", "worker__user__email",
    "worker__reference", "invoice__due_on", "invoice__total",
)  # fmt: skip


def for_board(company: Company) -> QuerySet[Assignment, Assignment]:
    """Only what a row shows, newest first by the key of the page."""
    return (
        Assignment.objects.filter(company=company)
        .select_related("owner", "worker__user", "invoice")
        .only(*SHOWN)
    )


def counts(company: Company) -> Counter[str]:
    """How many assignments have each status, each counted no further than one past ``COUNTED``.

    One query over the board's index, whatever the company's size.
    """
    every = Assignment.objects.filter(company=company).order_by()
    parts = [
        every.filter(status=status).values_list("status", flat=True)[: COUNTED + 1]
        for status in Status.values
    ]
    first, *rest = parts
    return Counter(first.union(*rest, all=True))


def count_words(count: int) -> str:
    return f"{COUNTED}+" if count > COUNTED else str(count)


def applicants_of(assignments: Iterable[Assignment]) -> dict[int, int]:
    """How many open applications wait on each of these sent assignments (one query)."""
    sent = [row.pk for row in assignments if row.status == Status.SENT]
    if not sent:
        return {}
    waiting = Application.objects.filter(assignment__in=sent, status=Application.Status.OPEN)
    return dict(waiting.values_list("assignment").annotate(n=Count("pk")).order_by())


def of_worker_named(
    rows: QuerySet[Assignment, Assignment], text: str
) -> QuerySet[Assignment, Assignment]:
    """Rows whose worker's name holds every typed word."""
    words = text.split()[:MOST_WORDS]
    holds = (Q(worker__user__full_name__icontains=word) for word in words)
    return rows.filter(reduce(Q.__and__, holds, Q()))
