"""The client's board: a company's assignments, how many there are of each, and what waits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import reduce
from typing import Any

from django.contrib.postgres.aggregates import JSONBAgg
from django.db.models import (
    Count,
    DateTimeField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce, JSONObject

from accounts.models import Company
from assignments.label_rules import RULES
from assignments.models import (
    Application,
    Assignment,
    AssignmentLabel,
    Hold,
    Label,
)
from assignments.states import Status
from core.paging import Key, moment_key, number_key

MOST_WORDS = 8
COUNTED = 100
"""Up to here the tabs count exactly; beyond it they say “100+”."""

ORDERS: dict[str, list[Key]] = {
    "newest": [number_key("pk", descending=True)],
    "soonest": [moment_key("starts_at"), number_key("pk")],
    "latest": [moment_key("starts_at", descending=True), number_key("pk", descending=True)],
}
UNFILLED_WITHIN = timedelta(hours=48)

SHOWN = (
    "reference", "title", "status", "on_site", "city", "region", "time_zone", "starts_at",
    "ends_at", "day_count", "is_window", "budget", "amount_claimed", "terms_days", "submitted_at",
    "confirmed_at", "arriving_at", "wants_confirmation", "on_marketplace", "company_id",
    "owner__full_name", "owner__email", "worker__user__full_name", "worker__user__email",
    "worker__reference", "invoice__due_on", "invoice__total",
)  # fmt: skip


def for_board(company: Company) -> QuerySet[Assignment, Assignment]:
    """Only what a row shows, newest first by the key of the page."""
    return (
        Assignment.objects.filter(company=company)
        .select_related("owner", "worker__user", "invoice")
        .annotate(
            on_hold=Exists(
                Hold.objects.filter(
                    assignment=OuterRef("pk"), kind=Hold.Kind.SCHEDULE, released_at=None
                )
            )
        )
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


def _has_applicants(at: datetime) -> Q:
    waiting = Application.objects.filter(assignment=OuterRef("pk"), status="open")
    return Q(Exists(waiting), status=Status.SENT)


def _is_unfilled(at: datetime) -> Q:
    return Q(status=Status.SENT, starts_at__lt=at + UNFILLED_WITHIN)


def _is_unconfirmed(at: datetime) -> Q:
    notice = Value(timedelta(hours=1)) * F("confirm_hours_before")
    due = Q(starts_at__lt=ExpressionWrapper(at + notice, output_field=DateTimeField()))
    return Q(status=Status.ASSIGNED, wants_confirmation=True, confirmed_at=None) & due


def _waits_for_approval(at: datetime) -> Q:
    return Q(status=Status.PENDING_APPROVAL)


def _is_past_due(at: datetime) -> Q:
    return Q(status=Status.INVOICED, invoice__due_on__lt=at.date())


NEEDS: dict[str, tuple[str, Callable[[datetime], Q]]] = {
    "choose": ("Applicants to choose from", _has_applicants),
    "unfilled": ("Nobody assigned, starts within 48 hours", _is_unfilled),
    "unconfirmed": ("Not confirmed in time", _is_unconfirmed),
    "approve": ("Waiting for approval", _waits_for_approval),
    "past_due": ("Payment past due", _is_past_due),
}
"""What may wait for the company: words, and the condition at a moment."""


def needing(
    rows: QuerySet[Assignment, Assignment], need: str, *, at: datetime
) -> QuerySet[Assignment, Assignment]:
    """Rows of which this waits for the company."""
    return rows.filter(NEEDS[need][1](at))


def count_words(count: int) -> str:
    return f"{COUNTED}+" if count > COUNTED else str(count)


def with_applicants(rows: QuerySet[Assignment, Assignment]) -> QuerySet[Assignment, Any]:
    """Each row with ``applicants``, how many open applications wait on it."""
    waiting = (
        Application.objects.filter(assignment=OuterRef("pk"), status=Application.Status.OPEN)
        .order_by()
        .values("assignment")
        .annotate(n=Count("pk"))
        .values("n")
    )
    return rows.annotate(applicants=Coalesce(Subquery(waiting), 0))


def of_worker_named(
    rows: QuerySet[Assignment, Assignment], text: str
) -> QuerySet[Assignment, Assignment]:
    """Rows whose worker's name holds every typed word."""
    words = text.split()[:MOST_WORDS]
    holds = (Q(worker__user__full_name__icontains=word) for word in words)
    return rows.filter(reduce(Q.__and__, holds, Q()))


def with_labels(rows: QuerySet[Assignment, Any]) -> QuerySet[Assignment, Any]:
    """Each row with ``open_labels``: what is on it now, read with the row."""
    found = (
        AssignmentLabel.objects.filter(assignment=OuterRef("pk"), resolved_at=None)
        .order_by()
        .values("assignment")
        .annotate(
            all=JSONBAgg(
                JSONObject(rule="rule", name="label__name", tone="label__tone", icon="label__icon"),
                order_by=["label__name", "pk"],
            )
        )
        .values("all")
    )
    return rows.annotate(open_labels=Subquery(found))


def labelled(rows: QuerySet[Assignment, Any], name: str) -> QuerySet[Assignment, Any]:
    """Rows with this label on: a rule's name, the reference of an own one, or any rule's.

    One label is on an assignment once, so that it may be joined: its index is in the order of
    the board, and PostgreSQL stops at the end of the page.
    """
    if name == ANY_RULE:
        on = AssignmentLabel.objects.filter(assignment=OuterRef("pk"), resolved_at=None)
        return rows.filter(Exists(on.exclude(rule="")))
    if name in RULES:
        return rows.filter(labels__rule=name, labels__label=None, labels__resolved_at=None)
    label = Label.objects.filter(reference=name).values("pk")[:1]
    return rows.filter(labels__label=Subquery(label), labels__resolved_at=None)


ANY_RULE = "attention"
