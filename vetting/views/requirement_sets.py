"""A company's requirement sets: the list, and the builder that says whom a set lets through."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.errors import DomainError
from core.forms import refusals_in
from core.permissions import demand
from vetting import requirement_sets as verbs
from vetting.forms.requirements import NearForm, NewSetForm, SetForm, SetListForm
from vetting.models import Requirement, RequirementSet
from vetting.queries import requirements as queries
from vetting.requirements import registry, screening
from vetting.requirements.registry import Kind, On, ValuesForm

METHODS = ["GET", "HEAD", "POST"]
MANAGE = "vetting.manage_requirements"


def load(request: HttpRequest, reference: str, permission: str) -> RequirementSet:
    rows = RequirementSet.objects.visible_to(request.actor).select_related("company")
    found = get_object_or_404(rows, reference=reference)
    demand(request, permission, found)
    return found


@login_required
@require_safe
def sets(request: HttpRequest) -> HttpResponse:
    demand(request, "vetting.see_requirements")
    form = SetListForm(request.GET)
    archived = form.is_valid() and form.cleaned_data["archived"]
    found = queries.of_company(request.actor.company, archived=archived)[: verbs.MOST_SETS]
    context = {
        "rows": [(row, queries.sentences_of(row)) for row in found],
        "archived": archived,
    }
    return render(request, "vetting/requirement_sets.html", context)


@login_required
@require_http_methods(METHODS)
def new(request: HttpRequest) -> HttpResponse:
    demand(request, "vetting.create_requirements")
    form = NewSetForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_in(form):
            made = verbs.create(**form.cleaned_data, by=request.actor, at=timezone.now())
            messages.success(request, f"“{made}” is there. Now say what it asks.")
            return redirect(made)
    return render(request, "vetting/requirement_set_form.html", {"form": form, "found": None})


@login_required
@require_safe
def one(request: HttpRequest, reference: str) -> HttpResponse:
    [found] = screening.whole([load(request, reference, "vetting.see_requirement_set")])
    near = NearForm(request.GET)
    near.is_valid()
    context = {
        "found": found,
        "lines": queries.lines_of(found),
        "menu": queries.menu(),
        "near": near,
        "effect": effect_of(found, near),
        "passing": queries.overrides_of(found).count(),
    }
    return render(request, "vetting/requirement_set.html", context)


@login_required
@require_http_methods(METHODS)
def edit(request: HttpRequest, reference: str) -> HttpResponse:
    found = load(request, reference, MANAGE)
    initial = {name: getattr(found, name) for name in SetForm.base_fields}
    form = SetForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        with refusals_in(form):
            verbs.edit(found, **form.cleaned_data, by=request.actor, at=timezone.now())
            messages.success(request, "Saved.")
            return redirect(found)
    return render(request, "vetting/requirement_set_form.html", {"form": form, "found": found})


@require_POST
@login_required
def copy(request: HttpRequest, reference: str) -> HttpResponse:
    found = load(request, reference, MANAGE)
    try:
        made = verbs.duplicate(found, by=request.actor, at=timezone.now())
    except DomainError as refused:
        messages.error(request, str(refused))
        return redirect(found)
    messages.success(request, f"This is a copy of “{found}”. Change what differs.")
    return redirect(made)


@require_POST
@login_required
def archive(request: HttpRequest, reference: str) -> HttpResponse:
    """Put the set away; posted with ``back`` it comes back."""
    found = load(request, reference, MANAGE)
    at = timezone.now()
    try:
        if "back" in request.POST:
            verbs.restore(found, by=request.actor, at=at)
            messages.success(request, f"“{found}” is in use again.")
        else:
            verbs.archive(found, by=request.actor, at=at)
            messages.success(request, f"“{found}” is archived. What asks it already goes on.")
    except DomainError as refused:
        messages.error(request, str(refused))
    return redirect(found)


@login_required
@require_http_methods(METHODS)
def add(request: HttpRequest, reference: str, kind: str) -> HttpResponse:
    found = load(request, reference, MANAGE)
    wanted = registry.kind(kind)
    if isinstance(wanted, registry.Unknown):
        raise Http404
    form = bound(request, wanted, found)
    if request.htmx:
        return previewed(request, found, wanted, form)
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            row = verbs.add(found, kind, form.values(), by=request.actor, at=timezone.now())
            messages.success(request, f"Added: {wanted.sentence(row.values)}.")
            return redirect(found)
    context = {"found": found, "kind": wanted, "form": form, "row": None}
    context |= preview(request, found, wanted, form)
    return render(request, "vetting/requirement.html", context)


@login_required
@require_http_methods(METHODS)
def requirement(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Change one requirement; posted with ``act`` it is moved or removed."""
    found = load(request, reference, MANAGE)
    row = get_object_or_404(found.requirements.select_related("requirement_set"), pk=pk)
    wanted = registry.kind(row.kind)
    if request.method == "POST" and "act" in request.POST:
        return moved(request, row)
    form = bound(request, wanted, found, row)
    if request.htmx:
        return previewed(request, found, wanted, form, row)
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            verbs.change(row, form.values(), by=request.actor, at=timezone.now())
            messages.success(request, "Saved.")
            return redirect(found)
    context = {"found": found, "kind": wanted, "form": form, "row": row}
    context |= preview(request, found, wanted, form, row)
    return render(request, "vetting/requirement.html", context)


def moved(request: HttpRequest, row: Requirement) -> HttpResponse:
    found, act, at = row.requirement_set, request.POST["act"], timezone.now()
    try:
        if act in ("up", "down"):
            verbs.move(row, up=act == "up", by=request.actor, at=at)
        elif act == "remove":
            verbs.remove(row, by=request.actor, at=at)
            messages.success(request, "Removed.")
    except DomainError as refused:
        messages.error(request, str(refused))
    return redirect(found)


def bound(
    request: HttpRequest, kind: Kind, found: RequirementSet, row: Requirement | None = None
) -> ValuesForm:
    return kind.form(
        request.POST if request.method == "POST" else None,
        company=found.company,
        initial=kind.initial(row.values) if row else None,
    )


def effect_of(found: RequirementSet, near: NearForm, **draft: Any) -> queries.Effect:
    at, place = timezone.now(), near.place
    on = On.today(found.company, at)
    if place is not None:
        on = On(found.company, at, at.date(), place.latitude, place.longitude, region=place.region)
    return queries.effect([found], on, place=place, miles=near.within, **draft)


def preview(
    request: HttpRequest,
    found: RequirementSet,
    kind: Kind,
    form: ValuesForm,
    row: Requirement | None = None,
) -> dict[str, Any]:
    """Whom the set would let through with what is typed now; as it stands where that is wrong."""
    near = NearForm(request.POST if request.method == "POST" else request.GET)
    near.is_valid()
    draft: dict[str, Any] = {}
    if form.is_bound and form.is_valid():
        draft = {"draft": [(kind, form.values())], "instead_of": row.pk if row else None}
    sentence = kind.sentence(draft["draft"][0][1]) if draft else ""
    return {"effect": effect_of(found, near, **draft), "near": near, "sentence": sentence}


def previewed(
    request: HttpRequest,
    found: RequirementSet,
    kind: Kind,
    form: ValuesForm,
    row: Requirement | None = None,
) -> HttpResponse:
    return render(request, "vetting/_effect.html", preview(request, found, kind, form, row))
