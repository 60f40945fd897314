"""The escalation desk: the queue and the page of a case, inside the admin site.

``escalations.admin`` gives these views their addresses. Whoever has no permission to work
cases is refused; assigning to somebody else is for leads.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from accounts.acting import SESSION_KEY
from accounts.actors import Actor
from core.errors import DomainError
from core.forms import refuse
from core.paging import moment_key, number_key, page_of
from core.permissions import demand
from escalations import casework, queries, showing
from escalations import forms as asked
from escalations.casework.deciding import options
from escalations.dossier import dossier_of
from escalations.models import Case
from escalations.states import CLOSED, CONTEST, REOPEN_WITHIN, Effect
from escalations.team import members

BY_URGENCY = [number_key("priority"), moment_key("due_at"), number_key("pk")]
NEWEST_FIRST = [number_key("pk", descending=True)]

FORMS: dict[str, Callable[..., forms.Form]] = {
    "reply": asked.StaffReplyForm,
    "ask": asked.AskForm,
    "note": asked.NoteForm,
    "decide": asked.DecideForm,
    "propose": asked.DecideForm,
    "assign": lambda *args, **kwargs: asked.AssignForm(*args, team=members(), **kwargs),
    "reopen": asked.ReopenForm,
    "rating": asked.VerdictForm,
    "take": forms.Form,
}
LARGEST_KEY = 2**63 - 1
STAFF = "staff"
LEADS_ONLY = frozenset({"assign"})


def staff_actor(request: HttpRequest) -> Actor:
    """At the desk a person acts as staff, and from there on, so that its links open for them."""
    actor = Actor.as_staff(request.user)
    if request.session.get(SESSION_KEY) != STAFF:
        request.session[SESSION_KEY] = STAFF
    request.actor = actor  # type: ignore[attr-defined]
    return actor


@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    actor = staff_actor(request)
    demand(request, "escalations.work")
    at = timezone.now()
    form = asked.QueueForm(request.GET)
    form.is_valid()
    filters = form.cleaned_data
    name = filters.get("queue") or "open"
    narrowed = any(filters.get(key) for key in ("kind", "status", "priority", "side"))
    page = page_of(
        queries.desk_rows(filters, user=actor.user, at=at),
        NEWEST_FIRST if name == "closed" else BY_URGENCY,
        after=filters.get("after", ""),
        before=filters.get("before", ""),
    )
    context = {
        **admin.site.each_context(request),
        "title": "Escalation desk",
        "tabs": _tabs(name, filters, queries.queue_counts(user=actor.user, at=at)),
        "rows": page.rows,
        "form": form,
        "queue": name,
        "narrowed": narrowed,
        "filtered": narrowed or bool(filters.get("q")),
        "is_nav_sidebar_enabled": False,
        "newer_url": page.newer_url(request.GET),
        "older_url": page.older_url(request.GET),
        "now": at,
    }
    return TemplateResponse(request, "admin/escalations/queue.html", context)


def _tabs(name: str, filters: dict[str, Any], counts: dict[str, int]) -> list[dict[str, Any]]:
    kept = {key: filters[key] for key in ("q", "kind", "priority", "side") if filters.get(key)}
    return [
        {
            "label": label,
            "url": "?" + urlencode({"queue": code, **kept}),
            "active": code == name,
            "count": counts.get(code),
            "late": code == "overdue" and bool(counts.get(code)),
        }
        for code, label in asked.QueueForm.QUEUES
    ]


@require_safe
def page(request: HttpRequest, pk: int) -> HttpResponse:
    staff_actor(request)
    demand(request, "escalations.work")
    return _page(request, _load(request, pk))


@require_POST
def act(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """One form of the page: validate it, call its verb, say so; else show its errors."""
    actor = staff_actor(request)
    demand(request, "escalations.lead" if name in LEADS_ONLY else "escalations.work")
    case = _load(request, pk)
    form = FORMS[name](request.POST, prefix=name)
    if form.is_valid():
        try:
            said = ACTS[name](case, form.cleaned_data, actor, timezone.now())
        except DomainError as refused:
            refuse(form, refused)
        else:
            messages.success(request, said)
            return redirect("admin:escalations_case_change", case.pk)
    return _page(request, _load(request, pk), name, form)


def _load(request: HttpRequest, pk: int) -> Case:
    cases = queries.with_due(queries.for_page(request.actor))
    return get_object_or_404(cases, pk=min(pk, LARGEST_KEY))


def _page(
    request: HttpRequest, case: Case, name: str = "", bound: forms.Form | None = None
) -> HttpResponse:
    at, actor = timezone.now(), request.actor
    ended = case.status in CLOSED
    given = {key: form(prefix=key) for key, form in FORMS.items() if key != "take"}
    if bound is not None:
        given[name] = bound
    context = {
        **admin.site.each_context(request),
        "title": f"{case.label} {case.get_kind_display()}",
        "is_nav_sidebar_enabled": False,
        "case": case,
        "assignment": case.assignment,
        "page": showing.page_of(case, actor, at=at),
        "dossier": dossier_of(case, actor, at=at),
        "options": _options(case, given),
        "forms": given,
        "bound": [bound] if bound is not None else [],
        "opened": name or "reply",
        "contested": case.kind == CONTEST,
        "ended": ended,
        "may_take": not ended and case.assignee_id is None,
        "may_assign": not ended and actor.can("escalations.lead"),
        "may_reopen": ended and case.closed_at and at <= case.closed_at + REOPEN_WITHIN,
        "now": at,
    }
    return TemplateResponse(request, "admin/escalations/case.html", context)


def _options(case: Case, given: dict[str, forms.Form]) -> list[dict[str, Any]]:
    """Each effect with what it would do, and whether it was chosen in the form shown."""
    labels = dict(asked.DecideForm.base_fields["effect"].choices)
    chosen = {key: str(given[key]["effect"].value() or "") for key in ("decide", "propose")}
    return [
        {
            "effect": option.effect,
            "label": labels[option.effect],
            "possible": option.possible,
            "sentence": option.sentence,
            "chosen": option.effect in chosen.values(),
        }
        for option in options(case)
    ]


def _take(case: Case, data: dict[str, Any], by: Actor, at: datetime) -> str:
    casework.take(case, by=by, at=at)
    return f"{case.label} is yours."


def _assign(case: Case, data: dict[str, Any], by: Actor, at: datetime) -> str:
    casework.assign(case, to=data["assignee"], by=by, at=at)
    return f"{case.label} is assigned to {data['assignee']}."


def _reply(case: Case, data: dict[str, Any], by: Actor, at: datetime) -> str:
    casework.reply(case, body=data["body"], to=data["to"], key=data["key"], by=by, at=at)
    return "Your reply was sent."


def _ask(case: Case, data: dict[str, Any], by: Actor, at: datetime) -> str:
    casework.ask_party(
        case, side=data["side"], question=data["body"], key=data["key"], by=by, at=at
    )
    return f"{showing.name_of_side(case, data['side'])} was asked and has 48 hours."


def _note(case: Case, data: dict[str, Any], by: Actor, at: datetime) -> str:
    casework.note(case, body=data["body"], key=data["key"], by=by, at=at)
    return "The note is kept, for staff only."


def _propose(case: Case, data: dict[str, Any], by: Actor, at: datetime) -> str:
    casework.propose(case, **_decision(data), by=by, at=at)
    return "The proposal is out. Both sides have two days to answer."


def _decide(case: Case, data: dict[str, Any], by: Actor, at: datetime) -> str:
    decision = casework.decide(case, **_decision(data), by=by, at=at)
    return f"{case.label} is decided. {' '.join(decision.applied)}"


def _rating(case: Case, data: dict[str, Any], by: Actor, at: datetime) -> str:
    removed = data["verdict"] == "removed"
    decision = casework.settle(case, removed=removed, words=data["words"], by=by, at=at)
    return f"{case.label} is decided. {decision.applied[-1]}"


def _decision(data: dict[str, Any]) -> dict[str, Any]:
    amount = data["amount"] if Effect(data["effect"]).needs_amount else None
    return {"effect": data["effect"], "amount": amount, "words": data["words"]}


def _reopen(case: Case, data: dict[str, Any], by: Actor, at: datetime) -> str:
    casework.reopen(case, words=data["words"], by=by, at=at)
    return f"{case.label} is open again."


ACTS: dict[str, Callable[[Case, dict[str, Any], Actor, datetime], str]] = {
    "take": _take,
    "assign": _assign,
    "reply": _reply,
    "ask": _ask,
    "note": _note,
    "propose": _propose,
    "decide": _decide,
    "rating": _rating,
    "reopen": _reopen,
}
