"""What the client handed over: the parts and their way, the documents."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from assignments import lifecycle
from assignments.contents import parts_of
from assignments.forms.handed import LegForm, VersionForm, initial_parts, part_rows
from assignments.forms.sheet import typed_in
from assignments.models import Assignment, Document, Part
from assignments.moves import refusal
from assignments.parts import version_of
from assignments.states import MOVES, allowed
from assignments.views.loading import (
    answers_late_moves,
    load,
    other_acts,
    posted,
    refusals_in,
    refused_now,
)
from core import files
from core.permissions import demand

ACTS = {
    "ship": "ship_part", "receive": "receive_part", "return": "return_part",
    "take_back": "take_back_part",
}  # fmt: skip
"""What the page calls an act, and the move it is."""

TRAVELS = {"ship", "return"}


@login_required
@answers_late_moves
@require_http_methods(["GET", "HEAD", "POST"])
def parts(request: HttpRequest, reference: str) -> HttpResponse:
    """Where each part is; a POST is one step of one part."""
    assignment = load(request, reference, "assignments.see_contact")
    rows = list(assignment.parts.order_by("position", "pk"))
    form = LegForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        part = get_object_or_404(Part, assignment=assignment, pk=form.cleaned_data["part"])
        act = form.cleaned_data["act"]
        demand(request, MOVES[ACTS[act]].permission, assignment)
        with refusals_in(form):
            _step(request, act, part, form)
            messages.success(request, f"Noted for {part.name}.")
            return redirect("assignments:parts", reference)
    elif request.method == "POST" and set(form.errors) & {"act", "part"}:
        raise Http404
    context = {
        "assignment": assignment,
        "parts": [_shown(request, assignment, part, form) for part in rows],
        "refused": form.non_field_errors() if form.is_bound else (),
        "zone": assignment.zone,
        "is_worker": request.actor.is_worker,
        "change_url": _change_url(request, assignment),
        "gear": other_acts(request, assignment, at=timezone.now()),
    }
    return render(request, "assignments/parts.html", context)


@login_required
@answers_late_moves
@require_http_methods(["GET", "HEAD", "POST"])
def change_parts(request: HttpRequest, reference: str) -> HttpResponse:
    """Add parts to agreed work, change them, and take off what has not left yet."""
    assignment = load(request, reference, "assignments.change_parts")
    refused_now("change_parts", assignment)
    data, stored = posted(request), parts_of(assignment)
    form = VersionForm(data, initial={"seen": version_of(stored)})
    rows = part_rows(data, initial=initial_parts(stored), extra=1 if stored else 2)
    added = "add_parts" in request.POST
    if added:
        typed = [typed_in(row) for row in rows.forms]
        form, rows = VersionForm(initial=typed_in(form)), part_rows(initial=typed, extra=2)
    elif data is not None and form.is_valid() and rows.is_valid():
        with refusals_in(form):
            seen, by, at = form.cleaned_data["seen"], request.actor, timezone.now()
            lifecycle.change_parts(assignment, rows.parts(), seen=seen, by=by, at=at)
            messages.success(request, "The parts are saved.")
            return redirect("assignments:parts", reference)
    context = {"assignment": assignment, "form": form, "rows": rows, "added": added}
    return render(request, "assignments/parts_change.html", context)


@login_required
@require_safe
def document(request: HttpRequest, reference: str, number: int) -> HttpResponseBase:
    """The file; what is only for the assigned worker is nobody else's outside the company."""
    rows = Assignment.objects.visible_to(request.actor)
    assignment = get_object_or_404(rows, reference=reference)
    found = get_object_or_404(Document, assignment=assignment, pk=number)
    if found.audience == Document.Audience.WORKER:
        demand(request, "assignments.see_contact", assignment)
    return files.serve(found.file, found.name, found.content_type)


def _change_url(request: HttpRequest, assignment: Assignment) -> str:
    """Where the client adds or changes parts now, if anywhere."""
    for move, name, anchor in (("change_parts", "change_parts", ""), ("edit", "edit", "#parts")):
        may = request.actor.can(MOVES[move].permission, assignment)
        if may and allowed(move, assignment.status):
            return reverse(f"assignments:{name}", args=[assignment.reference]) + anchor
    return ""


def _step(request: HttpRequest, act: str, part: Part, form: LegForm) -> None:
    travel = {name: form.cleaned_data[name] for name in ("carrier", "tracking")}
    verb = lifecycle.VERBS[ACTS[act]]
    verb(part, by=request.actor, at=timezone.now(), **(travel if act in TRAVELS else {}))


def _shown(request: HttpRequest, assignment: Assignment, part: Part, sent: LegForm) -> dict:
    """A part with the steps that this person can take now, each with its form."""
    done = {
        "ship": part.received_at, "receive": part.received_at,
        "return": part.back_at or not part.return_wanted,
        "take_back": part.back_at or not part.return_wanted,
    }  # fmt: skip
    acts: dict[str, Any] = {}
    for act, name in ACTS.items():
        allowed = request.actor.can(MOVES[name].permission, assignment)
        if allowed and not done[act] and not refusal(name, assignment, set()):
            acts[act] = _form_of(part, act, sent)
    return {"part": part, "acts": acts}


def _form_of(part: Part, act: str, sent: LegForm) -> LegForm:
    """The form of one step; the one that was sent keeps what was typed and its errors."""
    auto_id = f"id_{part.pk}_{act}_%s"
    if sent.is_bound and (sent.data.get("part"), sent.data.get("act")) == (str(part.pk), act):
        sent.auto_id = auto_id
        return sent
    there = act == "ship"
    initial = {
        "part": part.pk,
        "act": act,
        "carrier": part.carrier if there else part.return_carrier,
        "tracking": part.tracking if there else part.return_tracking,
    }
    return LegForm(initial=initial, auto_id=auto_id)
