"""What the board shows, as a spreadsheet."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, StreamingHttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from assignments.filters import BoardFilter
from assignments.forms.bulk import TickedForm
from assignments.queries import custom, export
from core import spreadsheets
from core.permissions import demand


@login_required
@require_safe
def assignments_csv(request: HttpRequest) -> StreamingHttpResponse:
    """Every row that the same address would list, or those ticked, sent while it is read."""
    demand(request, "assignments.see_board")
    at = timezone.now()
    filters = BoardFilter(request.GET, actor=request.actor, at=at)
    ticked = TickedForm(request.GET)
    matching = filters.rows
    if ticked.is_valid() and ticked.cleaned_data["a"]:
        matching = matching.filter(reference__in=ticked.cleaned_data["a"])
    own = list(custom.answered_fields(request.actor.company))
    rows = export.rows_of(matching, filters.order, own)
    name = f"{request.actor.company.slug}-assignments-{at:%Y-%m-%d}.csv"
    return spreadsheets.download(name, [*export.COLUMNS, *map(custom.heading, own)], rows)
