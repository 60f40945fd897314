"""A worker's home: what to do next, invitations, what waits for the client, what was earned.

Three statements (figures, work, invitations) and, for a newcomer, one for the policies.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, Min, OuterRef, Q, Sum
from django.urls import reverse

from accounts.actors import Actor
from accounts.models import WorkerProfile
from assignments.models import Application, Assignment
from assignments.queries import my_work
from assignments.states import Status
from assignments.views.own_rows import invited, to_do
from core.dates import date_words, relative_words
from core.money import ZERO, format_money
from escalations.models import Side
from marketplace.home.parts import (
    Home,
    Step,
    Tile,
    case_figures,
    cases,
    figure,
    guidelines,
    number,
    unanswered,
    waiting_for_rating,
)
from messaging.models import Thread
from payments.models import Invoice
from scorecards.listing import to_rate

LATELY = timedelta(days=30)
MOST_TO_DO = 6
MOST_INVITATIONS = 3


def home_of(actor: Actor, *, at: datetime) -> Home:
    worker = actor.worker
    assert worker is not None
    facts = facts_of(worker, at=at)
    work = my_work.to_do(worker).order_by("starts_at", "pk")[:MOST_TO_DO]
    asked = my_work.invitations(worker).order_by("-pk")[:MOST_INVITATIONS]
    return Home(
        tiles=[tile for tile in tiles_of(facts, at) if tile],
        steps=[] if facts["worked_ever"] else first_steps(facts, actor, at),
        more={
            "rows": [to_do(row, at) for row in work],
            "invitations": [invited(row, at) for row in asked],
            "to_do_count": facts["to_do"] or 0,
            "to_rate": waiting_for_rating(actor, at=at) if facts["to_rate"] else [],
        },
    )


def facts_of(worker: WorkerProfile, *, at: datetime) -> dict[str, Any]:
    """Every figure of the page in one statement."""
    mine = Assignment.objects.filter(worker=OuterRef("pk"))
    approval = mine.filter(status=Status.PENDING_APPROVAL)
    invoices = Invoice.objects.filter(worker=OuterRef("pk"), withdrawn_at=None)
    owed = invoices.filter(paid_at=None)
    earned = invoices.filter(paid_at__gte=at - LATELY)
    threads = Thread.objects.filter(worker=OuterRef("pk"), waiting_for="worker")
    bids = Application.objects.filter(worker=OuterRef("pk"))
    return WorkerProfile.objects.filter(pk=worker.pk).values(
        to_do=number(mine.filter(status__in=my_work.TO_DO), "worker"),
        approval=number(approval, "worker"),
        approval_sum=figure(approval, "worker", Sum("amount_claimed")),
        approval_since=figure(approval, "worker", Min("submitted_at")),
        owed_sum=figure(owed, "worker", Sum("worker_amount")),
        owed_first=figure(owed, "worker", Min("due_on")),
        late_sum=figure(owed.filter(due_on__lt=at.date()), "worker", Sum("worker_amount")),
        earned=figure(earned, "worker", Count("pk")),
        earned_sum=figure(earned, "worker", Sum("worker_amount")),
        unanswered=number(threads, "worker"),
        bids=number(bids.filter(status=Application.Status.OPEN), "worker"),
        applied_ever=Exists(bids),
        worked_ever=Exists(mine.filter(~Q(status=Status.ASSIGNED))),
        to_rate=Exists(to_rate(Side.WORKER, at=at).filter(worker=OuterRef("pk"))),
        **case_figures(Side.WORKER),
    )[0]


def tiles_of(facts: dict[str, Any], at: datetime) -> list[Tile | None]:
    own, earnings = reverse("assignments:my_work"), reverse("payments:earnings")
    return [
        unanswered(facts["unanswered"]),
        cases(facts),
        facts["approval"] and Tile(
            "Waiting for approval",
            format_money(facts["approval_sum"] or ZERO),
            f"{own}?tab=waiting",
            "See what was submitted",
            tone="info",
            icon="clock",
            note=f"the oldest submitted {relative_words(facts['approval_since'], at)}",
        ),
        facts["owed_sum"] and Tile(
            "Approved, to be paid",
            format_money(facts["owed_sum"]),
            earnings,
            "See the invoices",
            tone="bad" if facts["late_sum"] else "info",
            icon="wallet",
            note=f"{format_money(facts['late_sum'])} past due"
            if facts["late_sum"]
            else f"the next on {date_words(facts['owed_first'])}",
        ),
        facts["bids"] and Tile(
            "Applications open",
            str(facts["bids"]),
            f"{own}?tab=applied",
            "See what you asked for",
            icon="hand",
        ),
        facts["earned_sum"] and Tile(
            "Earned in 30 days",
            format_money(facts["earned_sum"]),
            earnings,
            "See your earnings",
            tone="good",
            icon="banknote",
            note=f"{facts['earned']} paid",
        ),
    ]  # fmt: skip


def first_steps(facts: dict[str, Any], actor: Actor, at: datetime) -> list[Step]:
    """What a new worker does first; shown until work has begun once."""
    worker = actor.worker
    assert worker is not None
    missing = [
        words
        for words, there in (
            ("a headline", worker.headline),
            ("a few words about you", worker.about),
            ("your skills", worker.skills),
        )
        if not there
    ]
    return [
        Step(
            "Complete your profile",
            not missing,
            reverse("accounts:worker_settings"),
            f"Still missing: {', '.join(missing)}." if missing else "",
        ),
        guidelines(actor, at=at),
        Step(
            "Apply for your first assignment",
            bool(facts["applied_ever"]),
            reverse("assignments:find_work"),
            "Look at the client’s scorecard first.",
        ),
    ]
