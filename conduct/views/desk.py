"""The conduct desk inside the admin: the queue, and the page of one concern."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from accounts.acting import act_as_staff
from accounts.actors import Actor
from conduct import concerns
from conduct.forms import standing as asked
from conduct.models import Concern, Side
from conduct.queries import desk as queries
from conduct.queries.standing import open_appeals, standing_of
from core.forms import refusals_in
from core.paging import Page, moment_key, number_key, page_of
from core.permissions import demand

LARGEST_KEY = 2**63 - 1
ORDERS = {
    "open": [number_key()],
    "closed": [number_key(descending=True)],
    "appeals": [moment_key("due_at"), number_key()],
    "reviews": [moment_key("begins_at"), number_key()],
}
"""The oldest first, but of what is closed."""


def enter(request: HttpRequest, *permissions: str) -> Actor:
    """The member of staff; any one of the permissions lets them in."""
    actor = act_as_staff(request)
    if not any(actor.can(permission) for permission in permissions):
        demand(request, permissions[0])
    return actor


def frame(request: HttpRequest, title: str, **context: Any) -> dict[str, Any]:
    return {
        **admin.site.each_context(request),
        "title": title,
        "is_nav_sidebar_enabled": False,
        "now": timezone.now(),
        **context,
    }


@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    enter(request, "conduct.work_queue", "conduct.decide_appeals")
    at = timezone.now()
    form = asked.QueueForm(request.GET)
    form.is_valid()
    wanted = form.cleaned_data
    name = wanted.get("queue") or "open"
    page = _page_of(name, wanted, at)
    counts = queries.counts(at=at)
    kept = {"q": wanted["q"]} if wanted.get("q") else {}
    tabs = [
        {
            "label": label,
            "url": "?" + urlencode({"queue": code, **kept}),
            "active": code == name,
            "count": counts.get(code),
        }
        for code, label in asked.QueueForm.QUEUES
    ]
    context = frame(
        request, "Conduct desk", tabs=tabs, rows=page.rows, form=form, queue=name,
        filtered=bool(kept), newer=page.newer_url(request.GET), older=page.older_url(request.GET),
    )  # fmt: skip
    return TemplateResponse(request, "admin/conduct/queue.html", context)


def _page_of(name: str, wanted: dict[str, Any], at: Any) -> Page[Any]:
    if name == "appeals":
        rows: Any = open_appeals()
    elif name == "reviews":
        rows = queries.reviews(at=at)
    else:
        rows = queries.concerns(name, wanted.get("q") or "")
    place = {key: wanted.get(key, "") for key in ("after", "before")}
    return page_of(rows, ORDERS.get(name, ORDERS["open"]), **place)


@require_safe
def concern(request: HttpRequest, pk: int) -> HttpResponse:
    enter(request, "conduct.work_queue")
    return _show(request, _load(pk))


@require_POST
def act(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """One form of the page: validate it, call its verb, say so; else show its errors."""
    actor = enter(request, "conduct.work_queue")
    found = _load(pk)
    form = _forms(found)[name](request.POST, prefix=name)
    if form.is_valid():
        with refusals_in(form):
            said = ACTS[name](found, form.cleaned_data, actor)
            messages.success(request, said)
            return redirect("admin:conduct_concern_change", found.pk)
    return _show(request, _load(pk), name, form)


def _load(pk: int) -> Concern:
    rows = Concern.objects.select_related(*queries.ABOUT)
    return get_object_or_404(rows, pk=min(pk, LARGEST_KEY))


def _side(found: Concern) -> str:
    return Side.COMPANY if found.company_id is not None else Side.WORKER


def _forms(found: Concern) -> dict[str, Callable[..., forms.Form]]:
    def confirm(*args: Any, **kwargs: Any) -> forms.Form:
        return asked.ConfirmForm(*args, side=_side(found), **kwargs)

    return {
        "dismiss": asked.DismissForm,
        "confirm": confirm,
        "stop": asked.WhyForm,
        "take_down": asked.ActForm,
    }


def _show(
    request: HttpRequest, found: Concern, name: str = "", bound: forms.Form | None = None
) -> HttpResponse:
    at, party = timezone.now(), {"company": found.company, "worker": found.worker}
    first = {"confirm": {"kind": found.kind_id}}
    given = {key: form(prefix=key, initial=first.get(key)) for key, form in _forms(found).items()}
    if bound is not None:
        given[name] = bound
    context = frame(
        request, str(found), concern=found, forms=given, opened=name,
        bound=[bound] if bound is not None else [],
        standing=standing_of(**party, at=at), acts=concerns.acts_on(found),
        stopped=found.stop is not None and found.stop.holds(at),
        history=queries.history_of(found),
        others=[one for one in queries.concerns_about(**party)[:6] if one.pk != found.pk][:5],
    )  # fmt: skip
    status = 422 if bound is not None else 200
    return TemplateResponse(request, "admin/conduct/concern.html", context, status=status)


def _dismiss(found: Concern, data: dict[str, Any], by: Actor) -> str:
    concerns.dismiss(found, by=by, at=timezone.now(), **data)
    return "Closed. Nothing was recorded."


def _confirm(found: Concern, data: dict[str, Any], by: Actor) -> str:
    violation = concerns.confirm(found, by=by, at=timezone.now(), **data)
    follows = violation.measure.get_effect_display().lower()
    return f"{violation.reference} is recorded, number {violation.number}: {follows}."


def _stop(found: Concern, data: dict[str, Any], by: Actor) -> str:
    concerns.stop(found, words=data["words"], by=by, at=timezone.now())
    return "New work is stopped, and the party is told why. This stays open for you to look into."


def _take_down(found: Concern, data: dict[str, Any], by: Actor) -> str:
    concerns.act(found, "take_down", words=data["words"], by=by, at=timezone.now())
    return "The posting is taken down. This stays open for you to look into."


ACTS: dict[str, Callable[[Concern, dict[str, Any], Actor], str]] = {
    "dismiss": _dismiss,
    "confirm": _confirm,
    "stop": _stop,
    "take_down": _take_down,
}
