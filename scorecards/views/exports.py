"""The rows behind a figure, as a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import Company, WorkerProfile
from core import spreadsheets
from core.permissions import demand
from scorecards import queries, sharing
from scorecards.forms import FigureForm
from scorecards.formulas import COMPANY_FORMULAS, WORKER_FORMULAS
from scorecards.showing import rows_in_words

AT_ONCE = 500


@login_required
@require_safe
def own_rows(request: HttpRequest) -> StreamingHttpResponse:
    """One's own, as the page of own figures lists them."""
    demand(request, "scorecards.see_own")
    return _file(
        request, request.actor.company if request.actor.is_client else request.actor.worker
    )


@login_required
@require_safe
def company_rows(request: HttpRequest, slug: str) -> StreamingHttpResponse:
    demand(request, "scorecards.see_company")
    return _file(request, get_object_or_404(Company.objects.visible_to(request.actor), slug=slug))


@login_required
@require_safe
def worker_rows(request: HttpRequest, reference: str) -> StreamingHttpResponse:
    workers = WorkerProfile.objects.visible_to(request.actor).select_related("user")
    worker = get_object_or_404(workers, reference=reference)
    demand(request, "accounts.see_worker", worker)
    return _file(request, worker)


def _file(request: HttpRequest, owner: Company | WorkerProfile) -> StreamingHttpResponse:
    """Every row that the page would list, each with what it adds to the figure."""
    known = COMPANY_FORMULAS if isinstance(owner, Company) else WORKER_FORMULAS
    form, at = FigureForm(request.GET, formulas=known), timezone.now()
    formula, window = form.formula, form.window_chosen
    header = ["Assignment", "Other side", "Counted on", "Value", "Adds to the figure",
              "In words", "Comment"]  # fmt: skip
    name = f"{formula.name.replace('_', '-')}-{window.replace('_', '-')}-{at:%Y-%m-%d}.csv"
    return spreadsheets.download(name, header, _lines(request, owner, form, at))


def _lines(
    request: HttpRequest, owner: Company | WorkerProfile, form: FigureForm, at: datetime
) -> Iterator[list[Any]]:
    formula, window = form.formula, form.window_chosen
    summary = sharing.summary(
        queries.source_of(owner, formula), formula, owner.pk, window=window, months=0, at=at
    )
    rows = queries.rows_behind(owner, formula, window=window, at=at).order_by("-dated_at", "-pk")
    found = rows.iterator(chunk_size=AT_ONCE)
    while batch := list(islice(found, AT_ONCE)):
        for row in rows_in_words(batch, summary, request.actor):
            yield [
                row.title, row.who, row.at.isoformat(timespec="minutes"), row.value,
                "" if row.portion is None else row.portion, row.share, row.said,
            ]  # fmt: skip
