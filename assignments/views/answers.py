"""What was answered to one set of fields, summed up; a closing survey above all."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from assignments.answers import line_of
from assignments.models import FieldSet
from assignments.queries import custom
from core import spreadsheets
from core.permissions import demand

COLUMNS = ("Number", "Title", "Worker", "Submitted")


def load(request: HttpRequest, reference: str) -> FieldSet:
    found: FieldSet = get_object_or_404(
        FieldSet.objects.visible_to(request.actor).select_related("customer", "project"),
        reference=reference,
    )
    demand(request, "assignments.see_catalog")
    return found


@login_required
@require_safe
def summary(request: HttpRequest, reference: str) -> HttpResponse:
    """Question by question: shares of choices, averages of numbers, the latest texts."""
    found = load(request, reference)
    summaries = custom.summaries_of(found)
    context = {
        "set": found,
        "questions": [(one, _texts(one)) for one in summaries],
        "has_answers": any(one.count for one in summaries),
        "may_manage": request.actor.can("assignments.change_catalog", found),
    }
    return render(request, "assignments/fields/answers.html", context)


@login_required
@require_safe
def summary_csv(request: HttpRequest, reference: str) -> StreamingHttpResponse:
    """Every answer, a line for each assignment, sent while it is read."""
    found = load(request, reference)
    own = [one for one in custom.answered_fields(found.company) if one.field_set_id == found.pk]
    name = f"{found.reference.lower()}-answers-{timezone.now():%Y-%m-%d}.csv"
    header = [*COLUMNS, *(one.label for one in own)]
    return spreadsheets.download(name, header, custom.answer_rows(found, own))


def _texts(one: custom.Summary) -> list[dict[str, Any]]:
    return [
        {"assignment": row.assignment, "line": line_of(row.assignment, row), "at": row.answered_at}
        for row in one.texts
    ]
