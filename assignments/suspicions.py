"""What is brought before staff about assignments: late cancellations, no-shows, unpaid invoices,
first postings of new clients. Nothing follows from any of it by itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import (
    CharField,
    Count,
    Exists,
    F,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
)
from django.db.models.functions import Cast

from accounts.actors import Actor
from accounts.models import Company
from assignments import routing
from assignments.models import Assignment, Cancellation, Hold, Mark, Unassignment
from assignments.states import Status
from conduct.concerns import Act, Finder, Found, register, register_act
from conduct.models import Concern, Source
from core.money import ZERO, format_money
from payments.models import Funding

NO_SHOW = "no_show"
MOST_NAMED = 5
MOST = 500


def _since(at: datetime) -> datetime:
    return at - timedelta(days=settings.SUGGEST_WITHIN_DAYS)


def _not_yet_shown(
    rows: QuerySet[Any, Any], source: str, side: str, owner: str, moment: str
) -> QuerySet[Any, Any]:
    """Those that happened after staff were last shown something of this kind about the party."""
    earlier = Concern.objects.filter(source=source, **{side: OuterRef(owner)}).order_by(
        "-raised_at"
    )
    rows = rows.annotate(shown_at=Subquery(earlier.values("raised_at")[:1]))
    return rows.filter(Q(shown_at=None) | Q(**{f"{moment}__gt": F("shown_at")}))


def late_cancellations(at: datetime) -> Iterator[Found]:
    """Clients with several late cancellations within the window (one query)."""
    rows = Cancellation.objects.filter(
        mark=Mark.CANCELLED_LATE, cancelled_at__gt=_since(at), cancelled_at__lte=at
    )
    rows = _not_yet_shown(
        rows, Source.LATE_CANCELLATION, "company", "assignment__company", "cancelled_at"
    )
    for row in _several(rows, "assignment__company", "cancelled_at"):
        unpaid = row["unpaid"]
        words = f"{row['count']} late cancellations in {settings.SUGGEST_WITHIN_DAYS} days"
        words += f", {unpaid} of them without a fee" if unpaid else ", all with a fee"
        yield Found(
            f"company:{row['latest']}", f"{words}: {_named(row['names'])}.",
            company=row["assignment__company"], reference=row["names"][0],
            kind="late_cancellation",
        )  # fmt: skip


def late_back_outs(at: datetime) -> Iterator[Found]:
    """Workers who left late several times within the window (one query)."""
    rows = Unassignment.objects.filter(
        mark=Mark.CANCELLED_LATE, unassigned_at__gt=_since(at), unassigned_at__lte=at
    )
    rows = _not_yet_shown(rows, Source.LATE_CANCELLATION, "worker", "worker", "unassigned_at")
    for row in _several(rows, "worker", "unassigned_at"):
        words = f"Off {row['count']} assignments late in {settings.SUGGEST_WITHIN_DAYS} days"
        yield Found(
            f"worker:{row['latest']}", f"{words}: {_named(row['names'])}.", worker=row["worker"],
            reference=row["names"][0], kind="late_back_out",
        )  # fmt: skip


def _several(rows: QuerySet[Any, Any], owner: str, moment: str) -> QuerySet[Any, Any]:
    unpaid = {"unpaid": Count("pk", filter=Q(fee=0))} if owner != "worker" else {}
    return (
        rows.order_by()
        .values(owner)
        .annotate(
            count=Count("pk"), latest=Max("pk"),
            names=ArrayAgg("assignment__reference", order_by=[f"-{moment}", "-pk"]), **unpaid,
        )
        .filter(count__gte=settings.SUGGEST_AFTER_LATE)
        .order_by(owner)[:MOST]
    )  # fmt: skip


def _named(names: list[str]) -> str:
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def no_shows(at: datetime) -> Iterator[Found]:
    """Every worker who was taken off, or left, as abandoned (one query)."""
    shown = Concern.objects.filter(source=Source.NO_SHOW, key=OuterRef("key"))
    rows = (
        Unassignment.objects.filter(
            mark=Mark.ABANDONED, unassigned_at__gt=_since(at), unassigned_at__lte=at
        )
        .annotate(key=Cast("pk", CharField()))
        .filter(~Exists(shown))
        .select_related("assignment", "reason")
        .order_by("pk")[:MOST]
    )
    for row in rows:
        note = f" “{row.note[:300]}”" if row.note else ""
        yield Found(
            row.key, f"{row.assignment.title}: {row.reason.label}.{note}", worker=row.worker_id,
            reference=row.assignment.reference,
            kind="no_show" if row.reason_id == NO_SHOW else "left_site",
        )  # fmt: skip


def unpaid(at: datetime) -> Iterator[Found]:
    """Clients with invoices long past due that no case holds up (one query)."""
    last = at.date() - timedelta(days=settings.OVERDUE_BLOCK_DAYS)
    held = Hold.objects.filter(assignment=OuterRef("pk"), kind=Hold.Kind.DISPUTE, released_at=None)
    shown = Concern.objects.filter(
        source=Source.PAYMENT_LATE, company=OuterRef("company"), raised_at__gt=_since(at)
    )
    rows = (
        Assignment.objects.filter(
            ~Exists(held), ~Exists(shown), invoice__paid_at=None, invoice__withdrawn_at=None,
            invoice__due_on__lt=last,
        )
        .order_by()
        .values("company")
        .annotate(
            count=Count("pk"), oldest=Min("invoice__due_on"), first=Min("invoice"),
            names=ArrayAgg("reference", order_by=["invoice__due_on", "pk"]),
        )
        .order_by("company")[:MOST]
    )  # fmt: skip
    for row in rows:
        days = (at.date() - row["oldest"]).days
        invoices = f"{row['count']} invoice{'s' * (row['count'] != 1)}"
        yield Found(
            f"{row['company']}:{row['first']}:{at:%Y-%m}",
            f"{invoices} past due, the oldest for {days} days: {_named(row['names'])}.",
            company=row["company"], reference=row["names"][0], kind="late_payment",
        )  # fmt: skip


def new_clients(at: datetime) -> Iterator[Found]:
    """Every new client once, with its first posting, before anybody verified who it is, and
    whether money has arrived yet (one query)."""
    first = Assignment.objects.filter(company=OuterRef("pk"), sent_at__lte=at).order_by("sent_at")
    arrived = Funding.objects.filter(company=OuterRef("pk"), status=Funding.Status.SETTLED)
    sums = arrived.order_by().values("company").annotate(sum=Sum("amount")).values("sum")
    shown = Concern.objects.filter(source=Source.NEW_CLIENT, company=OuterRef("pk"))
    rows = (
        Company.objects.filter(
            ~Exists(shown), created_at__gt=at - timedelta(days=settings.NEW_CLIENT_DAYS)
        )
        .annotate(
            posted=Subquery(first.values("reference")[:1]),
            title=Subquery(first.values("title")[:1]), arrived=Subquery(sums),
        )
        .filter(posted__isnull=False)
        .order_by("pk")[:MOST]
    )  # fmt: skip
    for row in rows:
        funds = "No money of theirs has arrived yet."
        if (row.arrived or ZERO) > ZERO:
            funds = f"{format_money(row.arrived, row.currency)} of theirs has arrived."
        days = (at - row.created_at).days
        since = f"{days} day{'s' * (days != 1)} ago" if days else "today"
        site = f" Their site: {row.website}." if row.website else " They name no site of their own."
        yield Found(
            str(row.pk),
            f"Joined {since} and has sent a first assignment, “{row.title}”. {funds} Nobody has "
            f"verified who they are.{site}",
            company=row.pk, reference=row.posted,
        )  # fmt: skip


def _is_sent(reference: str) -> bool:
    return Assignment.objects.filter(reference=reference, status=Status.SENT).exists()


def _take_down(reference: str, *, words: str, by: Actor, at: datetime) -> None:
    routing.void(Assignment.objects.get(reference=reference), note=words, by=by, at=at)


def bring_forward() -> None:
    """Register the rules, and what staff can do about a posting."""
    for source, find in (
        (Source.LATE_CANCELLATION, late_cancellations),
        (Source.LATE_CANCELLATION, late_back_outs),
        (Source.NO_SHOW, no_shows),
        (Source.PAYMENT_LATE, unpaid),
        (Source.NEW_CLIENT, new_clients),
    ):
        register(Finder(source, find))
    register_act(
        Act("take_down", "Take the posting down", "Took the posting down", _is_sent, _take_down)
    )
