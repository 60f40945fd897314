"""A company's own review of what workers have handed in to it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from core.forms import refusals_in
from core.paging import number_key, page_of
from core.permissions import demand
from vetting import reviewing as verbs
from vetting.credential_states import MOVES
from vetting.forms.credentials import CompanyQueueForm, DecisionForm
from vetting.models import Credential
from vetting.queries import credentials as queries

NEWEST = [number_key("pk", descending=True)]
SAID = {
    "verify": "Verified. {worker} is told.",
    "ask_again": "{worker} is asked for it.",
    "refuse": "Not accepted. {worker} reads why.",
}


def queue(request: HttpRequest) -> HttpResponse:
    form = CompanyQueueForm(request.GET)
    form.is_valid()
    wanted, day = form.cleaned_data, timezone.localdate()
    status = wanted.get("status") or ""
    rows = queries.of_company(request.actor.company, status=status, words=wanted.get("q") or "")
    page = page_of(rows, NEWEST, after=wanted.get("after", ""), before=wanted.get("before", ""))
    context = {
        "form": form,
        "rows": [queries.Line(row, queries.badge_of(row, day)) for row in page.rows],
        "newer": page.newer_url(request.GET),
        "older": page.older_url(request.GET),
        "filtered": bool(status or wanted.get("q")),
    }
    return render(request, "vetting/company_reviews.html", context)


def page(
    request: HttpRequest, credential: Credential, form: DecisionForm | None = None,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    context = {
        "credential": credential,
        "badge": queries.badge_of(credential, timezone.localdate()),
        "files": queries.files_of(credential),
        "history": queries.history_of(credential, names=True),
        "earlier": queries.earlier_of(credential),
        "form": form or DecisionForm(credential=credential),
        "acts": acts_on(credential),
    }
    return render(request, "vetting/company_review.html", context, status=status)


@require_POST
@login_required
def decision(request: HttpRequest, reference: str) -> HttpResponse:
    rows = Credential.objects.visible_to(request.actor)
    rows = queries.with_documents(rows.select_related("kind", "company", "worker__user"))
    found = get_object_or_404(rows, reference=reference)
    demand(request, "vetting.decide_credential", found)
    form = DecisionForm(request.POST, credential=found)
    if form.is_valid():
        with refusals_in(form):
            decide(request, found, form)
            return redirect("vetting:credentials")
    found = get_object_or_404(rows, pk=found.pk)
    return page(request, found, form, status=422)


def acts_on(credential: Credential) -> list[tuple[str, str]]:
    """The buttons that the table of moves allows now."""
    return [
        (name, MOVES[name].label)
        for name in DecisionForm.ACTS
        if credential.status in MOVES[name].sources
    ]


def decide(request: HttpRequest, credential: Credential, form: DecisionForm) -> None:
    """Call the verb of the button."""
    data: dict[str, Any] = form.cleaned_data
    acting = {"revision": data["revision"], "by": request.actor, "at": timezone.now()}
    if data["act"] == "verify":
        facts = {name: data.get(name) for name in ("expires_on", "amount")}
        verbs.verify(credential, **facts, **acting)
    elif data["act"] == "refuse":
        verbs.refuse(credential, reason=data["reason"], **acting)
    else:
        verbs.ask_again(credential, reason=data["reason"], **acting)
    messages.success(request, SAID[data["act"]].format(worker=credential.worker))
