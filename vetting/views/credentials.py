"""A worker's own credentials: the list, one of them, handing in, changing, renewing."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.files import serve
from core.forms import refusals_in
from core.permissions import demand
from vetting import credentials as verbs
from vetting.credential_states import MOVES
from vetting.forms.credentials import CredentialForm, WhichForm
from vetting.models import Credential, CredentialDocument, CredentialKind
from vetting.queries import credentials as queries
from vetting.views import company_reviews

METHODS = ["GET", "HEAD", "POST"]


@login_required
@require_safe
def credentials(request: HttpRequest) -> HttpResponse:
    """The worker's own; for a company what workers have handed in to it."""
    demand(request, "vetting.see_credentials")
    if request.actor.is_client:
        return company_reviews.queue(request)
    now, earlier = queries.own_lines(request.actor.worker, today(request))
    return render(request, "vetting/my_credentials.html", {"now": now, "earlier": earlier})


@login_required
@require_safe
def credential(request: HttpRequest, reference: str) -> HttpResponse:
    found = load(request, reference, "vetting.see_credential")
    if request.actor.is_client:
        return company_reviews.page(request, found)
    renewed = queries.is_renewed(found)
    context = {
        "credential": found,
        "badge": queries.badge_of(found, today(request)),
        "files": queries.files_of(found),
        "history": queries.history_of(found),
        "may_change": found.status in MOVES["change"].sources,
        "may_withdraw": found.status in MOVES["withdraw"].sources,
        "may_renew": found.is_verified and not renewed and found.kind.archived_at is None,
        "is_renewed": renewed,
        "is_over": found.is_over_on(today(request)),
    }
    return render(request, "vetting/credential.html", context)


@login_required
@require_http_methods(METHODS)
def new(request: HttpRequest) -> HttpResponse:
    """First which kind, then what it asks for."""
    demand(request, "vetting.keep_credentials")
    which = WhichForm(request.GET)
    which.is_valid()
    kind, asking = which.cleaned_data.get("kind"), which.cleaned_data.get("company")
    if kind is None:
        return render(request, "vetting/credential_kinds.html", {"families": families()})
    initial = {"is_shown": not kind.is_check, "company": asking.slug if asking else None}
    form = form_of(request, kind, asking=asking, initial=initial)
    if form.is_valid():
        company = form.cleaned_data.get("company")
        with refusals_in(form):
            return redirect(hand_in(request, form, kind=kind, company=company))
    return answer(request, form, {"kind": kind, "title": f"Add: {kind}", "back": None})


@login_required
@require_http_methods(METHODS)
def renew(request: HttpRequest, reference: str) -> HttpResponse:
    """The same facts with new dates and a new document; the old one counts until it is over."""
    found = load(request, reference, "vetting.keep_credential")
    if not found.is_verified or queries.is_renewed(found):
        messages.info(request, "There is nothing to renew here now.")
        return redirect(found)
    initial = facts_of(found, "issuer", "number", "region", "amount", "is_shown")
    initial["company"] = found.company.slug if found.company else None
    form = form_of(request, found.kind, asking=found.company, initial=initial)
    if "company" in form.fields:
        del form.fields["company"]
    if form.is_valid():
        what = {"kind": found.kind, "company": found.company, "renews": found}
        with refusals_in(form):
            return redirect(hand_in(request, form, **what))
    context = {"kind": found.kind, "title": f"Renew: {found.kind}", "back": found, "renews": found}
    return answer(request, form, context)


@login_required
@require_http_methods(METHODS)
def change(request: HttpRequest, reference: str) -> HttpResponse:
    found = load(request, reference, "vetting.keep_credential")
    if found.status not in MOVES["change"].sources:
        messages.info(request, "This is decided: it cannot be changed any more.")
        return redirect(found)
    form = form_of(request, found.kind, credential=found, initial=facts_of(found, *verbs.FACTS))
    if form.is_valid():
        with refusals_in(form):
            verbs.change(
                found, form.facts, removed=form.taken_off, by=request.actor, at=timezone.now(),
                **form.handed_in,
            )  # fmt: skip
            messages.success(request, "Handed in again. You are told what comes of it.")
            return redirect(found)
    context = {"kind": found.kind, "title": f"Change: {found.kind}", "back": found, "of": found}
    return answer(request, form, context)


@require_POST
@login_required
def withdraw(request: HttpRequest, reference: str) -> HttpResponse:
    found = load(request, reference, "vetting.keep_credential")
    verbs.withdraw(found, by=request.actor, at=timezone.now())
    messages.success(request, f"“{found.kind}” is withdrawn. It counts for nothing any more.")
    return redirect("vetting:credentials")


@require_POST
@login_required
def shown(request: HttpRequest, reference: str) -> HttpResponse:
    """Posted with ``shown`` clients may know of it, without it they may not."""
    found = load(request, reference, "vetting.keep_credential")
    wanted = "shown" in request.POST
    verbs.show(found, wanted, by=request.actor, at=timezone.now())
    said = "Clients may know of it now." if wanted else "It is hidden from clients now."
    messages.success(request, said)
    return redirect(found)


@login_required
@require_safe
def document(request: HttpRequest, reference: str) -> HttpResponseBase:
    demand(request, "vetting.open_documents")
    rows = CredentialDocument.objects.visible_to(request.actor, on=today(request))
    found = get_object_or_404(rows, reference=reference)
    return serve(found.file, found.name, found.content_type)


def load(request: HttpRequest, reference: str, permission: str) -> Credential:
    rows = Credential.objects.visible_to(request.actor)
    rows = rows.select_related("kind", "company", "worker__user", "renews", "decided_by")
    found = get_object_or_404(queries.with_documents(rows), reference=reference)
    demand(request, permission, found)
    return found


def today(request: HttpRequest) -> Any:
    if request.actor.worker:
        return verbs.today_of(request.actor.worker, timezone.now())
    return timezone.localdate()


def families() -> list[tuple[str, list[CredentialKind]]]:
    """The kinds in use, under the name of their family."""
    found: dict[str, list[CredentialKind]] = {}
    for kind in CredentialKind.objects.in_use():
        found.setdefault(kind.get_family_display(), []).append(kind)
    return list(found.items())


def form_of(
    request: HttpRequest, kind: CredentialKind, *, credential: Credential | None = None,
    asking: Any = None, initial: dict[str, Any],
) -> CredentialForm:  # fmt: skip
    posted = request.method == "POST"
    return CredentialForm(
        request.POST if posted else None, request.FILES if posted else None, kind=kind,
        worker=request.actor.worker, today=today(request), credential=credential, asking=asking,
        initial=initial,
    )  # fmt: skip


def facts_of(credential: Credential, *names: str) -> dict[str, Any]:
    return {name: getattr(credential, name) for name in names}


def hand_in(request: HttpRequest, form: CredentialForm, **what: Any) -> Credential:
    key, at = form.cleaned_data["key"], timezone.now()
    made = verbs.add(
        what.pop("kind"), form.facts, key=key, by=request.actor, at=at, **what, **form.handed_in
    )
    messages.success(request, "Handed in for review. You are told what comes of it.")
    return made


def answer(request: HttpRequest, form: CredentialForm, context: dict[str, Any]) -> HttpResponse:
    """The form; after a refusal with the good files kept, so that nobody chooses them again."""
    status = 200
    if form.is_bound:
        status = 422
        if form.good:
            form.keep(verbs.park(form.good, by=request.actor, at=timezone.now()))
    of = context.get("of")
    context |= {"form": form, "files": queries.files_of(of) if of else []}
    return render(request, "vetting/credential_form.html", context, status=status)
