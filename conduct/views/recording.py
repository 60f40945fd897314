"""Staff record a violation, look at a party's past, decide appeals and reviews."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.actors import Actor
from accounts.models import Company, WorkerProfile
from conduct import appeals, measures, violations
from conduct.forms import standing as asked
from conduct.models import AppealFile, Measure, Severity
from conduct.queries.desk import concerns_about, history_of
from conduct.queries.standing import NoStep, Standing, ladder, measures_of, standing_of, step_for
from conduct.views.desk import LARGEST_KEY, enter, frame
from core.files import serve
from core.forms import refusals_in
from core.permissions import demand
from core.text_fields import LineField

MOST_SHOWN = 50


class AboutForm(forms.Form):
    """Where staff come from: the assignment and the case that they were looking at."""

    assignment = LineField(required=False, max_length=12)
    case = LineField(required=False, max_length=12)


def _party(side: str, pk: int) -> dict[str, Any]:
    pk = min(pk, LARGEST_KEY)
    if side == "company":
        return {"company": get_object_or_404(Company, pk=pk), "worker": None}
    rows = WorkerProfile.objects.select_related("user")
    return {"company": None, "worker": get_object_or_404(rows, pk=pk)}


@require_safe
def party(request: HttpRequest, side: str, pk: int) -> HttpResponse:
    """Everything about the conduct of one company or worker."""
    actor = enter(request, "conduct.record", "conduct.work_queue")
    found, now = _party(side, pk), timezone.now()
    who = found["company"] or found["worker"]
    context = frame(
        request, str(who), party=who, side=side, standing=standing_of(**found, at=now),
        rows=measures_of(**found)[:MOST_SHOWN], concerns=concerns_about(**found)[:MOST_SHOWN],
        may_record=actor.can("conduct.record"), may_work=actor.can("conduct.work_queue"),
    )  # fmt: skip
    return TemplateResponse(request, "admin/conduct/party.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def record(request: HttpRequest, side: str, pk: int) -> HttpResponse:
    """The form of a violation, with what each severity would bring beside it."""
    actor = enter(request, "conduct.record")
    found, now = _party(side, pk), timezone.now()
    about = AboutForm(request.GET)
    came = about.cleaned_data if about.is_valid() else {}
    first = {
        "happened_on": timezone.localdate(),
        "assignment_reference": came.get("assignment", ""),
        "case_label": came.get("case", ""),
    }
    data = request.POST if request.method == "POST" else None
    form = asked.RecordForm(data, initial=first, side=side)
    if form.is_valid():
        with refusals_in(form):
            made = violations.record(**found, **form.cleaned_data, by=actor, at=now)
            effect = made.measure.get_effect_display().lower()
            messages.success(request, f"{made.reference} is recorded: {effect}. The party is told.")
            return redirect("admin:conduct_party", side, pk)
    standing = standing_of(**found, at=now)
    context = frame(
        request, "Record a violation", party=found["company"] or found["worker"], side=side,
        form=form, standing=standing, follows=follows(standing),
    )  # fmt: skip
    status = 422 if form.errors else 200
    return TemplateResponse(request, "admin/conduct/record.html", context, status=status)


def follows(standing: Standing) -> list[tuple[str, Any]]:
    """What the next violation of each severity would bring."""
    steps, found = ladder(), []
    for severity in Severity:
        severe = standing.severe + (severity == Severity.SEVERE)
        try:
            found.append((severity.label, step_for(severity, standing.count + 1, severe, steps)))
        except NoStep:
            continue
    return found


@require_safe
def measure(request: HttpRequest, pk: int) -> HttpResponse:
    enter(request, "conduct.record", "conduct.decide_appeals", "conduct.work_queue")
    return _show(request, _load(pk))


@require_POST
def decide(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    actor = enter(request, PERMISSIONS[name])
    demand(request, PERMISSIONS[name])
    found = _load(pk)
    form = FORMS[name](request.POST, prefix=name)
    if form.is_valid():
        with refusals_in(form):
            said = ACTS[name](found, form.cleaned_data, actor)
            messages.success(request, said)
            return redirect("admin:conduct_measure_change", found.pk)
    return _show(request, _load(pk), name, form)


@require_safe
def appeal_file(request: HttpRequest, pk: int, code: str) -> HttpResponseBase:
    """A file of an appeal, for staff."""
    enter(request, "conduct.record", "conduct.decide_appeals")
    files = AppealFile.objects.filter(appeal__measure=min(pk, LARGEST_KEY))
    kept = get_object_or_404(files, reference=code)
    return serve(kept.file, kept.name, kept.content_type)


def _load(pk: int) -> Measure:
    rows = Measure.objects.select_related(
        "violation__kind", "violation__recorded_by", "company", "worker__user", "placed_by",
        "ended_by", "appeal__made_by", "appeal__decided_by",
    )  # fmt: skip
    return get_object_or_404(rows, pk=min(pk, LARGEST_KEY))


def _show(
    request: HttpRequest, found: Measure, name: str = "", bound: forms.Form | None = None
) -> HttpResponse:
    actor, now = request.actor, timezone.now()
    appeal = getattr(found, "appeal", None)
    given = {key: form(prefix=key) for key, form in FORMS.items()}
    if bound is not None:
        given[name] = bound
    holds = found.holds(now)
    decides = appeal is not None and not appeal.decided_at and actor.can(PERMISSIONS["appeal"])
    decides = decides and found.placed_by_id != actor.user_id
    context = frame(
        request, str(found), measure=found, appeal=appeal,
        files=appeals.files_of(appeal) if appeal else [], forms=given,
        opened=name or ("appeal" if decides else ""),
        bound=[bound] if bound is not None else [], holds=holds,
        side="company" if found.company_id else "worker",
        decides_appeal=decides,
        by_myself=appeal is not None and not appeal.decided_at
        and found.placed_by_id == actor.user_id,
        decides_review=holds and found.is_review and actor.can(PERMISSIONS["review"]),
        may_lift=holds and actor.can(PERMISSIONS["lift"]),
        history=history_of(*(row for row in (found, found.violation, appeal) if row)),
    )  # fmt: skip
    status = 422 if bound is not None else 200
    return TemplateResponse(request, "admin/conduct/measure.html", context, status=status)


def _appeal(found: Measure, data: dict[str, Any], by: Actor) -> str:
    made = getattr(found, "appeal", None)
    if made is None:
        raise Http404
    appeals.decide(made, by=by, at=timezone.now(), **data)
    return "The appeal is decided, and the party is told."


def _review(found: Measure, data: dict[str, Any], by: Actor) -> str:
    measures.decide_review(found, by=by, at=timezone.now(), **data)
    return "The review is decided, and the party is told."


def _lift(found: Measure, data: dict[str, Any], by: Actor) -> str:
    measures.lift(found, words=data["words"], by=by, at=timezone.now())
    return "Lifted. The party is told."


FORMS: dict[str, type[forms.Form]] = {
    "appeal": asked.AppealDecisionForm,
    "review": asked.ReviewForm,
    "lift": asked.WhyForm,
}
PERMISSIONS = {
    "appeal": "conduct.decide_appeals",
    "review": "conduct.decide_appeals",
    "lift": "conduct.decide_appeals",
}
ACTS: dict[str, Callable[[Measure, dict[str, Any], Actor], str]] = {
    "appeal": _appeal,
    "review": _review,
    "lift": _lift,
}
