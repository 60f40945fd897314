"""Find work: what is open on the marketplace, for a worker."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from assignments import screening
from assignments.forms.find_work import SORTS, FindWorkForm
from assignments.models import Assignment
from assignments.queries import find_work as queries
from assignments.views.rows import Row, row_of, sharing_companies
from core.paging import Key, Page, cursors_of, page_of
from core.permissions import demand
from vetting.models import Requirement

PAGE = 25
Matches = QuerySet[Assignment, Assignment]


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
    is_first = not any(cursors.values())
    only_qualified = bool(wanted.get("qualified"))
    order = queries.ORDERS[wanted.get("sort") or "newest"]
    keys = queries.first_keys(matches, order) if only_qualified and is_first else None
    page = drawn_page(matches, keys, form, order, cursors)
    lacking = screening.lacking(worker, page.rows, at, met=only_qualified)
    context = {
        "form": form,
        "sorts": SORTS,
        "page": page,
        "rows": [
            marked_row(found, lacking.get(found.pk), at=at)
            for found in sharing_companies(page.rows)
        ],
        "only_qualified": only_qualified,
        "asked": form.asked,
        "newer": page.newer_url(request.GET),
        "older": page.older_url(request.GET),
        "count": count_words(counted(page, matches, keys)) if is_first else None,
        "worker": worker,
        "now": at,
    }
    return render(request, "assignments/find_work.html", context)


def drawn_page(
    matches: Matches,
    keys: list[int] | None,
    form: FindWorkForm,
    order: Sequence[Key],
    cursors: dict[str, str],
) -> Page[Assignment]:
    """The page with what its rows show; of a first page whose ``keys`` are known just those."""

    def drawn(rows: Matches) -> Matches:
        return queries.for_list(rows, form.worker, form.origin)

    if keys is None:
        return page_of(matches, order, drawn=drawn, size=PAGE, **cursors)
    first = Assignment.objects.filter(pk__in=keys[: PAGE + 1])
    return page_of(drawn(first), order, size=PAGE)


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


def counted(page: Page[Assignment], matches: Matches, keys: list[int] | None) -> int:
    """How many match; the database counts only where there is a second page."""
    if keys is not None:
        return len(keys)
    return queries.count_up_to(matches) if page.after else len(page.rows)


def count_words(count: int) -> str:
    if count > queries.COUNTED:
        return f"{queries.COUNTED}+ assignments"
    return f"{count} assignment{'' if count == 1 else 's'}"
