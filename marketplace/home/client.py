"""A client's home: approvals, applicants, money and messages that wait, and the first steps.

Three statements (figures, assignments, threads) and, for a newcomer, one for the policies.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import (
    Case,
    Exists,
    F,
    IntegerField,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.urls import reverse

from accounts.actors import Actor
from accounts.models import Company
from assignments.models import Application, Assignment, AssignmentLabel, ChangeRequest, Hold
from assignments.states import UNDER_WAY, Status
from core.dates import day_words, relative_words
from core.money import ZERO, format_money
from escalations.models import Side
from marketplace.home.parts import (
    Home,
    Need,
    Step,
    Tile,
    case_figures,
    cases,
    figure,
    guidelines,
    number,
    plural,
    unanswered,
    waiting_for_rating,
)
from messaging.models import Thread
from payments.models import AccountKind, Invoice, LedgerAccount
from scorecards.listing import to_rate
from vetting.models import Attempt
from vetting.states import Sitting

DUE_SOON = timedelta(days=7)
MOST_NEEDS = 8
MOST_THREADS = 4


def home_of(actor: Actor, *, at: datetime) -> Home:
    company = actor.company
    assert company is not None
    facts = facts_of(company, at=at)
    needs = [need for row in needing(company, at=at) if (need := need_of(row, actor, at))]
    return Home(
        tiles=[tile for tile in tiles_of(facts, actor, company, at) if tile],
        needs=needs,
        steps=[] if facts["sent_ever"] else first_steps(facts, actor, at),
        more={
            "threads": waiting_threads(company) if facts["unanswered"] else [],
            "threads_waiting": facts["unanswered"] or 0,
            "cash": facts["cash"] or ZERO,
            "reserved": facts["reserved"] or ZERO,
            "starting": facts["starting"] or 0,
            "may_see_money": actor.can("payments.view"),
            "to_rate": waiting_for_rating(actor, at=at) if facts["to_rate"] else [],
        },
    )


def facts_of(company: Company, *, at: datetime) -> dict[str, Any]:
    """Every figure of the page in one statement."""
    mine = Assignment.objects.filter(company=OuterRef("pk"))
    approving = mine.filter(status=Status.PENDING_APPROVAL).filter(~_disputed())
    unpaid = Invoice.objects.filter(company=OuterRef("pk"), paid_at=None, withdrawn_at=None)
    soon = unpaid.filter(due_on__lte=(at + DUE_SOON).date())
    applied = Application.objects.filter(
        assignment__company=OuterRef("pk"),
        assignment__status=Status.SENT,
        status=Application.Status.OPEN,
    )
    waiting = Thread.objects.filter(company=OuterRef("pk"), waiting_for="company")
    to_mark = Attempt.objects.filter(test__company=OuterRef("pk"), status=Sitting.MARKING)
    cash = LedgerAccount.objects.filter(company=OuterRef("pk"), currency=company.currency)
    coming = mine.filter(status=Status.ASSIGNED, starts_at__lte=at + timedelta(days=1))
    attention = AssignmentLabel.objects.filter(
        assignment__company=OuterRef("pk"), resolved_at=None, label=None
    )
    return Company.objects.filter(pk=company.pk).values(
        approving=number(approving, "company"),
        approving_since=figure(approving, "company", Min("submitted_at")),
        approving_sum=figure(approving, "company", Sum("amount_claimed")),
        drafts=number(mine.filter(status=Status.DRAFT), "company"),
        applicants=number(applied, "assignment__company"),
        unanswered=number(waiting, "company"),
        marking=number(to_mark, "test__company"),
        due_soon=number(soon, "company"),
        due_soon_sum=figure(soon, "company", Sum("total")),
        past_due=number(soon.filter(due_on__lt=at.date()), "company"),
        cash=cash.filter(kind=AccountKind.COMPANY_CASH).values("balance")[:1],
        reserved=cash.filter(kind=AccountKind.COMPANY_RESERVED).values("balance")[:1],
        starting=number(coming, "company"),
        attention=number(attention, "assignment__company"),
        sent_ever=Exists(mine.filter(sent_at__isnull=False)),
        drafted_ever=Exists(mine),
        to_rate=Exists(to_rate(Side.COMPANY, at=at).filter(company=OuterRef("pk"))),
        **case_figures(Side.COMPANY),
    )[0]


def tiles_of(
    facts: dict[str, Any], actor: Actor, company: Company, at: datetime
) -> list[Tile | None]:
    board = reverse("assignments:list")
    return [
        facts["approving"] and Tile(
            "To approve",
            str(facts["approving"]),
            f"{board}?status=pending_approval",
            "Review and approve",
            tone="warning",
            icon="clipboard-check",
            note=f"{format_money(facts['approving_sum'], company.currency)}, the oldest submitted "
            f"{relative_words(facts['approving_since'], at)}",
        ),
        facts["attention"] and Tile(
            "Needs attention",
            str(facts["attention"]),
            f"{board}?label=attention",
            "See what is late or at risk",
            tone="bad",
            icon="triangle-alert",
        ),
        facts["applicants"] and Tile(
            "Applicants waiting",
            str(facts["applicants"]),
            f"{board}?status=sent",
            "Choose a worker",
            tone="info",
            icon="users",
        ),
        unanswered(facts["unanswered"]),
        facts["marking"] and actor.can("vetting.create_test") and Tile(
            "Answers to mark",
            str(facts["marking"]),
            reverse("vetting:marking"),
            "Mark them",
            tone="info",
            icon="graduation-cap",
        ),
        cases(facts),
        facts["due_soon"] and actor.can("payments.view") and Tile(
            "Money due this week",
            format_money(facts["due_soon_sum"], company.currency),
            reverse("payments:invoices"),
            "Pay the invoices",
            tone="bad" if facts["past_due"] else "info",
            icon="wallet",
            note=f"{plural(facts['past_due'], 'invoice')} past due" if facts["past_due"] else "",
        ),
        facts["drafts"] and Tile(
            "Drafts",
            str(facts["drafts"]),
            f"{board}?status=draft",
            "Finish and send",
            icon="file-text",
        ),
    ]  # fmt: skip


def needing(company: Company, *, at: datetime) -> QuerySet[Assignment, Assignment]:
    """Assignments that wait for the client, the most pressing first, in one statement."""
    open_ones = Application.objects.filter(
        assignment=OuterRef("pk"), status=Application.Status.OPEN
    )
    asked = ChangeRequest.objects.filter(
        Q(expires_at=None) | Q(expires_at__gt=at),
        assignment=OuterRef("pk"),
        status=ChangeRequest.Status.OPEN,
        side=ChangeRequest.Side.WORKER,
    )
    waiting = Hold.objects.filter(
        ~Exists(ChangeRequest.objects.filter(hold=OuterRef("pk"), status="open")),
        assignment=OuterRef("pk"),
        kind=Hold.Kind.SCHEDULE,
        released_at=None,
    )
    approving = Q(status=Status.PENDING_APPROVAL)
    holding = Q(status__in=(Status.ASSIGNED, Status.IN_PROGRESS)) & Exists(waiting)
    answering = Q(status__in=UNDER_WAY) & Exists(asked)
    choosing = Q(status=Status.SENT) & Exists(open_ones)
    paying = Q(
        status=Status.INVOICED,
        invoice__paid_at=None,
        invoice__withdrawn_at=None,
        invoice__due_on__lte=(at + DUE_SOON).date(),
    )
    weight = Case(
        When(Q(status=Status.INVOICED, invoice__due_on__lt=at.date()), then=Value(0)),
        When(Q(has_asked=True) | approving, then=Value(1)),
        When(status=Status.SENT, then=Value(2)),
        default=Value(3),
        output_field=IntegerField(),
    )
    return (
        Assignment.objects.filter(
            answering | holding | (approving | choosing | paying) & ~_disputed(), company=company
        )
        .annotate(has_asked=Exists(asked), held_at=Subquery(waiting.values("placed_at")[:1]))
        .annotate(weight=weight, applicants=number(open_ones, "assignment"))
        .select_related("worker__user", "invoice")
        .defer("description", "special_instructions", "search", "resolution")
        .order_by("weight", F("submitted_at").asc(nulls_last=True), "starts_at", "pk")[:MOST_NEEDS]
    )


def need_of(row: Assignment, actor: Actor, at: datetime) -> Need | None:
    """The sentence of a row, or nothing where this member's roles leave it to others."""
    currency = actor.company.currency if actor.company else "USD"
    if row.has_asked and may_answer(row, actor):  # type: ignore[attr-defined]
        return Need(
            reverse("assignments:changes", args=[row.reference]),
            row.title,
            f"{row.worker} asks for a change",
            "Answer",
            tone="warning",
        )
    held_at = row.held_at  # type: ignore[attr-defined]
    if held_at and actor.can("assignments.put_on_hold", row):
        return Need(
            reverse("assignments:release", args=[row.reference]),
            row.title,
            f"On hold, placed {relative_words(held_at, at)}; {row.worker} waits",
            "Release it",
        )
    if row.status == Status.PENDING_APPROVAL and actor.can("assignments.approve", row):
        late = row.submitted_at is not None and at - row.submitted_at > timedelta(days=2)
        return Need(
            reverse("assignments:approval", args=[row.reference]),
            row.title,
            f"{row.worker} submitted {relative_words(row.submitted_at or at, at)}",
            "Approve",
            tone="bad" if late else "warning",
            amount=format_money(row.amount_claimed or ZERO, currency),
        )
    if row.status == Status.SENT and actor.can("assignments.assign", row):
        applicants = row.applicants  # type: ignore[attr-defined]
        return Need(
            reverse("assignments:applications", args=[row.reference]),
            row.title,
            f"{plural(applicants, 'applicant')}, starts {relative_words(row.starts_at, at)}",
            "Choose a worker",
            amount=format_money(row.budget, currency),
        )
    if row.status == Status.INVOICED and row.invoice and actor.can("assignments.pay", row):
        late = row.invoice.due_on < at.date()
        return Need(
            reverse("assignments:payment", args=[row.reference]),
            row.title,
            f"{row.invoice.label}, due {day_words(row.invoice.due_on, at.date())}",
            "Pay",
            tone="bad" if late else "info",
            amount=format_money(row.invoice.total, currency),
        )
    return None


def may_answer(row: Assignment, actor: Actor) -> bool:
    """Whether this member answers requests of one kind or another."""
    return actor.can("assignments.reschedule", row) or actor.can("assignments.add_expense", row)


def waiting_threads(company: Company) -> QuerySet[Thread, Thread]:
    """The conversations in which a worker has waited longest for an answer."""
    return (
        Thread.objects.filter(company=company, waiting_for="company")
        .select_related("assignment", "worker__user")
        .order_by("waiting_since", "pk")[:MOST_THREADS]
    )


def first_steps(facts: dict[str, Any], actor: Actor, at: datetime) -> list[Step]:
    """What a new client does first; shown until something has been sent."""
    steps = [
        guidelines(actor, at=at),
        Step(
            "Write your first assignment",
            bool(facts["drafted_ever"]),
            reverse("assignments:new"),
            "Nobody sees it before you send it.",
        ),
        Step(
            "Send it to workers",
            False,
            f"{reverse('assignments:list')}?status=draft",
            "To everybody nearby, or to workers you choose.",
        ),
    ]
    if actor.can("payments.fund"):
        add = Step(
            "Add funds",
            bool(facts["cash"] or facts["reserved"]),
            reverse("payments:add_funds"),
            "Held for the work you send; what is not used stays yours.",
        )
        steps.insert(1, add)
    return steps


def _disputed() -> Exists:
    return Exists(
        Hold.objects.filter(assignment=OuterRef("pk"), kind=Hold.Kind.DISPUTE, released_at=None)
    )
