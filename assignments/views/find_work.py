"""Find work: what is open on the marketplace, for a worker."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from assignments import screening
from assignments.forms.find_work import SORTS, FindWorkForm
from assignments.models import Assignment
from assignments.queries import find_work as queries
from assignments.views.rows import Row, row_of, sharing_companies
from core.paging import cursors_of, page_of
from core.permissions import demand
from vetting.models import Requirement

PAGE = 25
LOOKED_AT = 50
"""How many are screened for one page of the work that the worker qualifies for."""


@login_required
@require_safe
def find_work(request: HttpRequest) -> HttpResponse:
    demand(request, "assignments.find_work")
    at = timezone.now()
    worker = request.actor.worker
    form = FindWorkForm(request.GET, worker=worker)
    form.is_valid()
    wanted = form.cleaned_data
    matches = queries.found(worker, wanted, origin=form.origin, at=at)
    cursors = cursors_of(request.GET)
    only_qualified = bool(wanted.get("qualified"))
    page = page_of(
        matches,
        queries.ORDERS[wanted.get("sort") or "newest"],
        drawn=lambda rows: queries.for_list(rows, worker, form.origin),
        size=LOOKED_AT if only_qualified else PAGE,
        **cursors,
    )
    lacking = screening.lacking(worker, page.rows, at)
    shown = [row for row in page.rows if not (only_qualified and lacking.get(row.pk))]
    context = {
        "form": form,
        "sorts": SORTS,
        "page": page,
        "rows": [
            marked_row(found, lacking.get(found.pk), at=at) for found in sharing_companies(shown)
        ],
        "only_qualified": only_qualified,
        "looked_at": len(page.rows),
        "asked": form.asked,
        "newer": page.newer_url(request.GET),
        "older": page.older_url(request.GET),
        "count": None
        if any(cursors.values()) or only_qualified
        else count_words(page.rows, matches, page.after),
        "worker": worker,
        "now": at,
    }
    return render(request, "assignments/find_work.html", context)


def marked_row(assignment: Assignment, lacking: list[Requirement] | None, *, at: datetime) -> Row:
    mark, tone = mark_of(assignment)
    missing = None if lacking is None else len(lacking)
    return row_of(assignment, at=at, mark=mark, tone=tone, lacking=missing)


def mark_of(assignment: Assignment) -> tuple[str, str]:
    """What this worker has to do with it already, or what is special about it."""
    if assignment.has_applied:
        return "You applied", "good"
    if assignment.is_invited:
        return "You are invited", "info"
    if assignment.is_for_group and not assignment.on_marketplace:
        return "Offered to you first", "info"
    if assignment.first_to_accept:
        return "First to accept", "neutral"
    return "", ""


def count_words(rows: list[Assignment], matches: object, after: str) -> str:
    """How many match, in words; the database counts only where there is a second page."""
    count = queries.count_up_to(matches) if after else len(rows)
    if count > queries.COUNTED:
        return f"{queries.COUNTED}+ assignments"
    return f"{count} assignment{'' if count == 1 else 's'}"
