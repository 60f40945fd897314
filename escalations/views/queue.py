"""The desk's queue: which cases wait for what, found, narrowed down, and given to somebody."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from accounts.acting import act_as_staff
from core.paging import moment_key, number_key, page_of
from core.permissions import demand
from escalations import casework, office_hours, queries
from escalations.casework.assigning import Shared
from escalations.forms import QueueForm
from escalations.forms.desk import BulkForm
from escalations.models import Case
from escalations.office_hours import OfficeHours
from escalations.views.entering import frame

BY_URGENCY = [number_key("priority"), moment_key("due_at"), number_key("pk")]
NEWEST_FIRST = [number_key("pk", descending=True)]
LONGEST_BACK = 2_000
NARROWING = ("kind", "status", "priority", "side", "assignee")


@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    actor = act_as_staff(request)
    demand(request, "escalations.read")
    at = timezone.now()
    form = QueueForm(request.GET)
    form.is_valid()
    filters = form.cleaned_data
    name = filters.get("queue") or "open"
    page = page_of(
        queries.desk_rows(filters, user=actor.user, at=at),
        NEWEST_FIRST if name == "closed" else BY_URGENCY,
        after=filters.get("after", ""),
        before=filters.get("before", ""),
        drawn=queries.as_rows,
    )
    context = {
        **frame("Escalation desk"),
        **_narrowed(filters),
        "tabs": _tabs(name, filters, queries.queue_counts(user=actor.user, at=at)),
        "rows": page.rows,
        "form": form,
        "bulk": _bulk(form) if actor.can("escalations.lead") and name != "closed" else None,
        "queue": name,
        "promise": _promise(office_hours.current()),
        "newer_url": page.newer_url(request.GET),
        "older_url": page.older_url(request.GET),
        "may_audit": actor.can("escalations.audit"),
        "now": at,
    }
    return TemplateResponse(request, "admin/escalations/queue.html", context)


def _promise(hours: OfficeHours) -> str:
    return (
        f"First answer within {hours.first_answer_words}, an update to both sides at least every "
        f"{hours.update_words}."
    )


def _bulk(form: QueueForm) -> BulkForm:
    """The form for the ticked rows; the team is asked for once for both forms of the page."""
    bulk = BulkForm()
    team = [(key, str(person)) for key, person in bulk.people.items()]
    form.fields["assignee"].choices = [("", "Anybody or nobody"), *team]
    return bulk


def _narrowed(filters: dict[str, Any]) -> dict[str, bool]:
    narrowed = any(filters.get(key) for key in NARROWING)
    return {"narrowed": narrowed, "filtered": narrowed or bool(filters.get("q"))}


def _tabs(name: str, filters: dict[str, Any], counts: dict[str, int]) -> list[dict[str, Any]]:
    kept = {key: filters[key] for key in ("q", "kind", "priority", "side") if filters.get(key)}
    if filters.get("assignee"):
        kept["assignee"] = filters["assignee"].pk
    return [
        {
            "label": label,
            "url": "?" + urlencode({"queue": code, **kept}),
            "active": code == name,
            "count": counts.get(code),
            "late": code == "overdue" and bool(counts.get(code)),
        }
        for code, label in QueueForm.QUEUES
    ]


@require_POST
def assign_many(request: HttpRequest) -> HttpResponse:
    """Give the ticked cases to one person, or let routing find one for each."""
    actor = act_as_staff(request)
    demand(request, "escalations.lead")
    form = BulkForm(request.POST)
    if form.is_valid():
        keys = form.cleaned_data["cases"]
        cases = Case.objects.filter(pk__in=keys).select_related("worker").order_by("pk")
        to = form.people.get(form.cleaned_data["to"])
        _say(request, casework.assign_many(list(cases), to=to, by=actor, at=timezone.now()))
    else:
        for errors in form.errors.values():
            messages.error(request, " ".join(errors))
    return redirect(_back(request))


def _say(request: HttpRequest, shared: Sequence[Shared]) -> None:
    given = [one.case.label for one in shared if not one.refusal]
    if given:
        cases = "1 case was" if len(given) == 1 else f"{len(given)} cases were"
        messages.success(request, f"{cases} assigned: {', '.join(given)}.")
    for one in shared:
        if one.refusal:
            messages.warning(request, f"{one.case.label}: {one.refusal}")


def _back(request: HttpRequest) -> str:
    """The queue as it was narrowed down."""
    asked = QueryDict(request.POST.get("back", "")[:LONGEST_BACK])
    return f"{reverse('admin:escalations_case_changelist')}?{asked.urlencode()}"
