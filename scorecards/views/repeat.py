"""The rows behind the share of those who came back."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import Company, WorkerProfile
from core.paging import cursors_of, number_key, page_of
from core.permissions import demand
from scorecards import repeating

MOST_FIRST = [number_key("jobs", descending=True), number_key(descending=True)]
ROWS = 20


@login_required
@require_safe
def of_company(request: HttpRequest, slug: str) -> HttpResponse:
    """The workers who completed work for a company; by name for its members and staff."""
    demand(request, "scorecards.see_company")
    company = get_object_or_404(Company.objects.visible_to(request.actor), slug=slug)
    knows = request.actor.is_staff or request.actor.company == company
    return _page(request, company, lambda row: str(row) if knows else _somebody("worker", row))


@login_required
@require_safe
def of_worker(request: HttpRequest, reference: str) -> HttpResponse:
    """The clients for whom a worker completed work; by name for the worker and staff, and
    their own for members."""
    rows = WorkerProfile.objects.visible_to(request.actor).select_related("user")
    worker = get_object_or_404(rows, reference=reference)
    demand(request, "accounts.see_worker", worker)
    actor = request.actor
    knows = actor.is_staff or actor.worker == worker
    return _page(
        request, worker,
        lambda row: str(row) if knows or row == actor.company else _somebody("client", row),
    )  # fmt: skip


def _page(request: HttpRequest, owner: Company | WorkerProfile, named: Any) -> HttpResponse:
    at = timezone.now()
    found = repeating.those_who_worked(owner, at=at)
    page = page_of(found, MOST_FIRST, size=ROWS, **cursors_of(request.GET))
    context = {
        "owner": owner,
        "repeat": repeating.share_of(owner, at=at),
        "is_company": isinstance(owner, Company),
        "rows": [{"name": named(row), "jobs": row.jobs, "last_at": row.last_at}
                 for row in page.rows],
        "newer": page.newer_url(request.GET),
        "older": page.older_url(request.GET),
    }  # fmt: skip
    return render(request, "scorecards/repeat.html", context)


def _somebody(word: str, row: Company | WorkerProfile) -> str:
    place = ", ".join(part for part in (row.city, row.region) if part)
    return f"A {word} in {place}" if place else f"A {word}"
