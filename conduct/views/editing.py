"""Policies before staff: write, preview, compare, publish, and see who has accepted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actors import Actor
from conduct import editing
from conduct.forms.editing import AcceptanceReportForm, DraftForm, PolicyForm, PublishForm
from conduct.models import Policy, PolicyVersion
from conduct.queries import reports
from conduct.views.desk import LARGEST_KEY, enter, frame
from core.differences import difference
from core.forms import refusals_in
from core.markdown import render as render_markdown
from core.paging import number_key, page_of
from core.spreadsheets import download

EDIT = "conduct.edit_policies"
MOST_OPINIONS = 20
HEADER = ("Name", "E-mail", "Accepted", "From")


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    enter(request, EDIT)
    rows = reports.overview(at=timezone.now())
    context = frame(request, "Policies", rows=rows)
    return TemplateResponse(request, "admin/conduct/policies.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    actor = enter(request, EDIT)
    form = PolicyForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_in(form):
            made = editing.add_policy(**form.cleaned_data, by=actor, at=timezone.now())
            messages.success(request, "Write its first text; nobody sees it before you publish.")
            return redirect("admin:conduct_policy_change", made.pk)
    context = frame(request, "New policy", form=form)
    status = 422 if form.errors else 200
    return TemplateResponse(request, "admin/conduct/policy_add.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """The editor. The button that was pressed says what happens: save, preview, publish …"""
    actor = enter(request, EDIT)
    policy = get_object_or_404(
        Policy.objects.select_related("draft__edited_by"), pk=min(pk, LARGEST_KEY)
    )
    if request.method != "POST":
        return _show(request, policy)
    act = request.POST.get("act", "")
    if act not in ACTS:
        return _show(request, policy)
    return ACTS[act](request, policy, actor)


def _save(request: HttpRequest, policy: Policy, by: Actor) -> HttpResponse:
    form = DraftForm(request.POST)
    said = "The draft is kept. Nobody sees it before you publish it."
    return _tried(
        request, policy, form,
        lambda data: editing.save_draft(policy, **data, by=by, at=timezone.now()), said,
    )  # fmt: skip


def _preview(request: HttpRequest, policy: Policy, by: Actor) -> HttpResponse:
    form = DraftForm(request.POST)
    text = form.cleaned_data["text"] if form.is_valid() else ""
    return _show(request, policy, form=form, preview=text)


def _publish(request: HttpRequest, policy: Policy, by: Actor) -> HttpResponse:
    form = PublishForm(request.POST)
    said = "It is published. Everybody whom it concerns is asked before their next step."
    return _tried(
        request, policy, form,
        lambda data: editing.publish(policy, **data, by=by, at=timezone.now()), said,
    )  # fmt: skip


def _discard(request: HttpRequest, policy: Policy, by: Actor) -> HttpResponse:
    return _tried(
        request, policy, forms.Form(request.POST),
        lambda data: editing.discard(policy, by=by, at=timezone.now()),
        "The draft is thrown away.",
    )  # fmt: skip


def _take_back(request: HttpRequest, policy: Policy, by: Actor) -> HttpResponse:
    def act(data: dict[str, Any]) -> None:
        waiting = policy.versions.order_by("-number").first()
        if waiting is not None:
            editing.take_back(waiting, by=by, at=timezone.now())

    said = "It is taken back, and is a draft again."
    return _tried(request, policy, forms.Form(request.POST), act, said)


def _tried(
    request: HttpRequest, policy: Policy, form: Any, act: Callable[[dict[str, Any]], Any], said: str
) -> HttpResponse:
    if form.is_valid():
        with refusals_in(form):
            act(form.cleaned_data)
            messages.success(request, said)
            return redirect("admin:conduct_policy_change", policy.pk)
    if isinstance(form, DraftForm):
        return _show(request, policy, form=form)
    return _show(request, policy, publishing=form)


ACTS: dict[str, Callable[[HttpRequest, Policy, Actor], HttpResponse]] = {
    "save": _save,
    "preview": _preview,
    "publish": _publish,
    "discard": _discard,
    "take_back": _take_back,
}


def _show(
    request: HttpRequest, policy: Policy, *, form: Any = None, publishing: Any = None,
    preview: str = "",
) -> HttpResponse:  # fmt: skip
    now = timezone.now()
    versions = list(reports.versions_of(policy))
    current = next((one for one in versions if one.in_force_from <= now), None)
    draft = getattr(policy, "draft", None)
    first = {
        "text": draft.text if draft else (current.text if current else ""),
        "note": draft.note if draft else "",
        "revision": draft.revision if draft else 0,
    }
    shown = preview or (draft.text if draft else "")
    context = frame(
        request, policy.title, policy=policy, draft=draft, versions=versions, current=current,
        waiting=next((one for one in versions if one.in_force_from > now), None),
        form=form or DraftForm(initial=first),
        publishing=publishing or PublishForm(initial={"revision": first["revision"]}),
        preview=render_markdown(preview, top_heading=3) if preview else "",
        pieces=difference(current.text, shown) if current and shown else [],
        opinions=reports.opinions_of(policy)[:MOST_OPINIONS],
    )  # fmt: skip
    errors = (form is not None and form.errors) or publishing is not None
    return TemplateResponse(
        request, "admin/conduct/policy.html", context, status=422 if errors else 200
    )


@require_safe
def acceptance(request: HttpRequest, pk: int) -> HttpResponse:
    """Who of those whom a version concerns has accepted it, and who has not."""
    enter(request, EDIT)
    version, form, rows = _report(request, pk)
    wanted = form.cleaned_data
    page = page_of(
        rows, [number_key()], after=wanted.get("after", ""), before=wanted.get("before", "")
    )
    context = frame(
        request, "Who has accepted", version=version, form=form, rows=page.rows,
        counts=reports.acceptance_counts(version), filtered=bool(wanted.get("q")),
        which=wanted.get("which") or "", tabs=_tabs(wanted), query=request.GET.urlencode(),
        newer=page.newer_url(request.GET), older=page.older_url(request.GET),
    )  # fmt: skip
    return TemplateResponse(request, "admin/conduct/acceptance.html", context)


@require_safe
def acceptance_csv(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The same rows as a spreadsheet, sent while they are read."""
    enter(request, EDIT)
    version, _, rows = _report(request, pk)
    name = f"acceptance-{version.policy.slug}-{version.number}.csv"
    return download(name, HEADER, _cells(rows.order_by("pk")))


def _report(request: HttpRequest, pk: int) -> tuple[PolicyVersion, AcceptanceReportForm, Any]:
    rows = PolicyVersion.objects.select_related("policy")
    version = get_object_or_404(rows, pk=min(pk, LARGEST_KEY))
    form = AcceptanceReportForm(request.GET)
    form.is_valid()
    wanted = form.cleaned_data
    found = reports.acceptance_of(
        version, which=wanted.get("which") or "", words=wanted.get("q") or ""
    )
    return version, form, found


def _tabs(wanted: dict[str, Any]) -> list[dict[str, Any]]:
    which = wanted.get("which") or ""
    return [
        {"label": label, "url": f"?which={code}", "active": code == which}
        for code, label in reports.WHICH
    ]


def _cells(rows: Any) -> Iterator[Sequence[object]]:
    for person in rows.iterator(chunk_size=500):
        when = person.accepted_at
        yield (
            person.full_name, person.email, f"{when:%Y-%m-%d %H:%M:%S}" if when else "",
            person.accepted_from or "",
        )  # fmt: skip
