"""The client's board: every assignment of the company, by status, with filters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.decorators import login_required
from django.db.models.functions import Lower
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from accounts.actors import Actor
from assignments import schedule
from assignments.filters import NAMES_BESIDE, ORDERS, SIZES, BoardFilter
from assignments.label_rules import badges_of
from assignments.models import Assignment, SavedView
from assignments.queries import board
from assignments.states import Status
from assignments.views.bulk import offered_to
from core.badges import badge_for
from core.components.small import badges
from core.dates import moment_words, relative_words
from core.money import format_money
from core.paging import cursors_of, page_of
from core.permissions import demand
from core.printing import Printed


@dataclass(frozen=True, slots=True)
class Row(Printed):
    """One row in words, so that the template of 30 rows only prints."""

    url: str
    title: str
    reference: str
    badges: SafeString
    where: str
    when: str
    worker: str
    owner: str
    amount: str
    hint: str
    waits: bool


@login_required
@require_safe
def board_page(request: HttpRequest) -> HttpResponse:
    demand(request, "assignments.see_board")
    at, company = timezone.now(), request.actor.company
    filters = BoardFilter(request.GET, actor=request.actor, at=at)
    rows = board.with_labels(board.with_applicants(filters.rows))
    page = page_of(rows, filters.order, size=filters.size, **cursors_of(request.GET))
    counts = board.counts(company)
    context = {
        "form": filters.form,
        "rows": [row_of(row, currency=company.currency, at=at) for row in page.rows],
        "asked": filters.asked,
        "beside": beside(request.GET),
        "orders": ORDERS,
        "sizes": SIZES,
        "size": filters.size,
        "views": views_of(request.actor, filters.asked),
        "acts": offered_to(request.actor),
        "tabs": tabs_of(request.GET, counts, filters.form.cleaned_data.get("status") or ""),
        "newer": page.newer_url(request.GET),
        "older": page.older_url(request.GET),
        "has_any": bool(counts),
    }
    return render(request, "assignments/board.html", context)


def beside(query: QueryDict) -> list[tuple[str, str]]:
    """What is asked for besides order and number of rows, for the bar of those to carry."""
    left_out = (*NAMES_BESIDE, "after", "before")
    return [(name, query[name]) for name in query if name not in left_out and query[name]]


def views_of(actor: Actor, asked: str) -> list[dict[str, object]]:
    """The saved views of this member, the one that is looked at marked."""
    found = SavedView.objects.visible_to(actor).order_by(Lower("name"), "pk")
    return [
        {"name": view.name, "url": view.get_absolute_url(), "active": view.query == asked}
        for view in found
    ]


def tabs_of(query: QueryDict, counts: dict[str, int], current: str) -> list[dict[str, object]]:
    """One tab a status, keeping whatever else is asked for."""
    kept = query.copy()
    for name in ("status", "after", "before"):
        kept.pop(name, None)

    def tab(value: str, label: str, count: str) -> dict[str, object]:
        address = kept.copy()
        if value:
            address["status"] = value
        return {
            "label": label,
            "url": f"?{address.urlencode()}",
            "active": value == current,
            "count": count,
        }

    return [tab("", "All", "")] + [
        tab(status, status.label, board.count_words(counts[status]))
        for status in Status
        if counts[status] or status == current
    ]


def row_of(assignment: Assignment, *, currency: str, at: datetime) -> Row:
    hint, waits = hint_of(assignment, assignment.applicants, at=at)
    amount = assignment.amount_claimed or assignment.budget
    return Row(
        url=assignment.get_absolute_url(),
        title=assignment.title,
        reference=assignment.reference,
        badges=badges(
            badge_for(assignment.status, assignment.get_status_display()),
            *badges_of(assignment.open_labels),
        ),
        where=assignment.place or "On site",
        when=schedule.when_words(assignment),
        worker=str(assignment.worker) if assignment.worker else "",
        owner=str(assignment.owner),
        amount=format_money(amount, currency),
        hint=hint,
        waits=waits,
    )


def hint_of(assignment: Assignment, applicants: int, *, at: datetime) -> tuple[str, bool]:
    """What waits on this row, in a few words, and whether it waits for the client."""
    status = assignment.status
    if status == Status.SENT and applicants:
        return f"{applicants} applicant{'' if applicants == 1 else 's'} to choose from", True
    if status == Status.SENT and assignment.starts_at < at:
        return "Nobody assigned, and the start has passed", True
    if status == Status.SENT:
        return "No applicants yet", False
    if status == Status.DRAFT:
        return "Not sent yet", assignment.starts_at < at
    if status in (Status.ASSIGNED, Status.IN_PROGRESS) and assignment.on_hold:
        return "On hold", True
    if assignment.arriving_at and status in (Status.ASSIGNED, Status.IN_PROGRESS):
        clock = moment_words(assignment.arriving_at, assignment.time_zone, "time")
        return f"On the way, arrives {clock}", False
    if status == Status.ASSIGNED and assignment.wants_confirmation and not assignment.confirmed_at:
        return "Not confirmed by the worker yet", False
    if status == Status.PENDING_APPROVAL and assignment.submitted_at:
        return f"Submitted {relative_words(assignment.submitted_at, at)}", True
    if status == Status.INVOICED and assignment.invoice:
        due = assignment.invoice.due_on
        late = due < at.date()
        return f"{'Was due' if late else 'Due'} {due:%b} {due.day}, {due.year}", late
    return "", False
