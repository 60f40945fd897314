"""The staff's review of credentials: the queue and one credential, inside the admin site."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_safe

from accounts.acting import act_as_staff
from core.forms import refusals_in
from core.paging import moment_key, number_key, page_of
from core.permissions import demand
from vetting.forms.credentials import DecisionForm, QueueForm
from vetting.models import Credential
from vetting.queries import credentials as queries
from vetting.views.company_reviews import acts_on, decide

OLDEST_FIRST = [moment_key("submitted_at"), number_key("pk")]
NEWEST_FIRST = [number_key("pk", descending=True)]
LARGEST_KEY = 2**63 - 1


def enter(request: HttpRequest) -> None:
    act_as_staff(request)
    demand(request, "vetting.review_credentials")


@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    enter(request)
    at = timezone.now()
    form = QueueForm(request.GET)
    form.is_valid()
    wanted = form.cleaned_data
    name = wanted.get("queue") or "waiting"
    kept = {key: wanted[key] for key in ("q", "family") if wanted.get(key)}
    rows = queries.for_staff(
        name, family=wanted.get("family") or "", words=wanted.get("q") or "", at=at
    )
    page = page_of(
        rows, OLDEST_FIRST if name == "waiting" else NEWEST_FIRST,
        after=wanted.get("after", ""), before=wanted.get("before", ""),
    )  # fmt: skip
    counts, day = queries.staff_counts(at=at), timezone.localdate()
    context = {
        **admin.site.each_context(request),
        "title": "Review credentials",
        "is_nav_sidebar_enabled": False,
        "form": form,
        "queue": name,
        "rows": [queries.Line(row, queries.badge_of(row, day)) for row in page.rows],
        "tabs": [
            {"label": label, "url": "?" + urlencode({"queue": code, **kept}),
             "active": code == name, "count": counts.get(code)}
            for code, label in QueueForm.QUEUES
        ],
        "filtered": bool(kept),
        "newer": page.newer_url(request.GET),
        "older": page.older_url(request.GET),
    }  # fmt: skip
    return TemplateResponse(request, "admin/vetting/credentials.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """One credential with its documents and what came before; posting decides it."""
    enter(request)
    found = load(pk)
    form = DecisionForm(request.POST if request.method == "POST" else None, credential=found)
    if form.is_valid():
        with refusals_in(form):
            decide(request, found, form)
            return redirect("admin:vetting_credential_changelist")
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": str(found),
        "is_nav_sidebar_enabled": False,
        **about(load(pk) if form.is_bound else found),
        "form": form,
    }
    status = 422 if form.is_bound else 200
    return TemplateResponse(request, "admin/vetting/credential.html", context, status=status)


def load(pk: int) -> Credential:
    rows = Credential.objects.select_related("kind", "company", "worker__user", "decided_by")
    return get_object_or_404(queries.with_documents(rows), pk=min(pk, LARGEST_KEY))


def about(credential: Credential) -> dict[str, Any]:
    return {
        "credential": credential,
        "badge": queries.badge_of(credential, timezone.localdate()),
        "files": queries.files_of(credential),
        "history": queries.history_of(credential, names=True),
        "earlier": queries.earlier_of(credential),
        "acts": [] if credential.company_id else acts_on(credential),
    }
