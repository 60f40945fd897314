"""What the client handed over: the parts and their way, the documents."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from assignments import lifecycle
from assignments.forms.handed import LegForm
from assignments.models import Assignment, Document, Part
from assignments.moves import refusal
from assignments.states import MOVES
from assignments.views.loading import answers_late_moves, attempted, load
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
        if attempted(form, lambda: _done(request, act, part, form)):
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
    }
    return render(request, "assignments/parts.html", context)


@login_required
@require_safe
def document(request: HttpRequest, reference: str, number: int) -> HttpResponseBase:
    """The file; what is only for the assigned worker is nobody else's outside the company."""
    rows = Assignment.objects.visible_to(request.actor)
    assignment = get_object_or_404(rows, reference=reference)
    found = get_object_or_404(Document, assignment=assignment, pk=number)
    if found.audience == Document.Audience.WORKER:
        demand(request, "assignments.see_contact", assignment)
    try:
        return files.serve(found.file, found.name, found.content_type)
    except FileNotFoundError:
        raise Http404 from None


def _done(request: HttpRequest, act: str, part: Part, form: LegForm) -> Part:
    travel = {name: form.cleaned_data[name] for name in ("carrier", "tracking")}
    verb = lifecycle.VERBS[ACTS[act]]
    changed: Part = verb(
        part, by=request.actor, at=timezone.now(), **(travel if act in TRAVELS else {})
    )
    return changed


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
