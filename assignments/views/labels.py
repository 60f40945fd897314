"""A company's own labels, and the labels of one assignment with their log."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from assignments import labelling, lifecycle
from assignments.forms.labels import LabelForm, LabelsForm, ResolveForm
from assignments.label_rules import RULES
from assignments.models import Assignment, AssignmentLabel, Label
from assignments.views.field_sets import own_company
from assignments.views.loading import load, posted, refusals_in
from core.badges import Badge
from core.permissions import demand

MOST_LOGGED = 50


@login_required
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    company = own_company(request)
    demand(request, "assignments.see_catalog")
    in_use = Count("uses", filter=Q(uses__resolved_at=None))
    rows = Label.objects.of(company).annotate(in_use=in_use).order_by("archived_at", "name", "pk")
    context = {
        "rows": [(row, Badge(row.name, row.tone, row.icon)) for row in rows[:200]],
        "rules": [rule.badge for rule in RULES.values()],
        "may_manage": request.actor.can("assignments.add_to_catalog"),
    }
    return render(request, "assignments/labels/list.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    own_company(request)
    demand(request, "assignments.add_to_catalog")
    return _writing(request, None)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def entry(request: HttpRequest, reference: str) -> HttpResponse:
    """One label: change it, archive it, or take it back into use."""
    found: Label = get_object_or_404(Label.objects.visible_to(request.actor), reference=reference)
    demand(request, "assignments.change_catalog", found)
    if request.method == "POST" and "shelve" in request.POST:
        try:
            labelling.shelve_label(found, by=request.actor, at=timezone.now())
        except labelling.LabelNameTaken as refused:
            messages.error(request, str(refused))
        return redirect("assignments:labels")
    return _writing(request, found)


def _writing(request: HttpRequest, found: Label | None) -> HttpResponse:
    initial = {"name": found.name, "tone": found.tone, "icon": found.icon} if found else None
    form = LabelForm(posted(request), initial=initial)
    if form.is_valid():
        with refusals_in(form):
            saved = _saved(request, form, found)
            messages.success(request, f"{saved.name} is saved.")
            return redirect("assignments:labels")
    return render(request, "assignments/labels/entry.html", {"form": form, "entry": found})


def _saved(request: HttpRequest, form: LabelForm, found: Label | None) -> Label:
    words: dict[str, Any] = {**form.cleaned_data, "by": request.actor, "at": timezone.now()}
    if found is None:
        return labelling.add_label(**words)
    return labelling.change_label(found, **words)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def of_assignment(request: HttpRequest, reference: str) -> HttpResponse:
    """Put own labels on and take them off; resolve what a rule set; read the log."""
    assignment = load(request, reference, "assignments.relabel")
    resolving = "resolved" in request.POST
    form = LabelsForm(None if resolving else posted(request), assignment=assignment)
    resolve = ResolveForm(posted(request) if resolving else None)
    at = timezone.now()
    if resolving and resolve.is_valid():
        opened = get_object_or_404(
            AssignmentLabel, assignment=assignment, pk=resolve.cleaned_data["resolved"], label=None
        )
        note = resolve.cleaned_data["note"]
        lifecycle.resolve_label(opened, note=note, by=request.actor, at=at)
        messages.success(request, "Resolved.")
        return redirect("assignments:labels_of", reference)
    if form.is_valid():
        labels = form.cleaned_data["labels"]
        with refusals_in(form):
            lifecycle.relabel(assignment, labels, by=request.actor, at=at)
            messages.success(request, "The labels are saved.")
            return redirect(assignment)
    return render(request, "assignments/labels/of.html", _page_of(assignment, form, resolve))


def _page_of(assignment: Assignment, form: LabelsForm, resolve: ResolveForm) -> dict[str, Any]:
    log = assignment.labels.select_related("label", "opened_by", "resolved_by")
    rows = [(row, _badge_of(row)) for row in log.order_by("-pk")[:MOST_LOGGED]]
    sent = str(resolve.data.get("resolved", "")) if resolve.is_bound else ""
    open_ones = [
        (badge, row, resolve if str(row.pk) == sent else ResolveForm(auto_id=f"id_{row.pk}_%s"))
        for row, badge in rows
        if row.rule and row.resolved_at is None
    ]
    return {
        "assignment": assignment, "form": form, "log": rows, "open": open_ones,
        "resolve": resolve, "zone": assignment.zone,
    }  # fmt: skip


def _badge_of(row: AssignmentLabel) -> Badge:
    if row.label:
        return Badge(row.label.name, row.label.tone, row.label.icon)
    return RULES[row.rule].badge if row.rule in RULES else Badge(row.rule)
