"""What the page of a case asks for while it is open: who else is there, and whether it is new."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from accounts.acting import act_as_staff
from assignments.models import Deliverable
from core.files import serve, show
from escalations import queries
from escalations.casework import watching
from escalations.models import CaseLook, Evidence
from escalations.views.entering import LARGEST_KEY, load


class HeartbeatForm(forms.Form):
    seen = forms.IntegerField(required=False, min_value=0, max_value=2**63 - 1)
    state = forms.ChoiceField(choices=[("reading", ""), ("writing", ""), ("gone", "")])


@require_POST
def presence(request: HttpRequest, pk: int) -> HttpResponse:
    """Hear that the page is still open, and say who else has theirs open and what is new."""
    actor = act_as_staff(request)
    case = load(request, pk, find=queries.for_act)
    form = HeartbeatForm(request.POST)
    form.is_valid()
    state, seen = form.cleaned_data.get("state", "reading"), form.cleaned_data.get("seen")
    at = timezone.now()
    if state == "gone":
        watching.leave(case, by=actor)
        return HttpResponse(status=204)
    watching.be_present(case, by=actor, at=at, is_writing=state == "writing")
    context = {
        "case": case,
        "others": watching.others_at(case, by=actor, at=at),
        "is_new": seen is not None and watching.newest(case) > seen,
    }
    return render(request, "admin/escalations/_presence.html", context)


@require_safe
@xframe_options_sameorigin
def evidence(request: HttpRequest, pk: int, reference: str) -> HttpResponseBase:
    """A file put forward, to look at or to download; either is recorded as a look."""
    actor = act_as_staff(request)
    case = load(request, pk, find=queries.for_act)
    kept = get_object_or_404(Evidence.objects.filter(case=case), reference=reference)
    watching.look(case, CaseLook.What.EVIDENCE, by=actor, at=timezone.now(), detail=kept.name)
    return _answer(request, kept)


@require_safe
@xframe_options_sameorigin
def handed_in(request: HttpRequest, pk: int, number: int) -> HttpResponseBase:
    """A file that the worker handed in, seen from the case; recorded as a look as well."""
    actor = act_as_staff(request)
    case = load(request, pk, find=queries.for_act)
    files = Deliverable.objects.filter(assignment=case.assignment_id, removed_at=None)
    kept = get_object_or_404(files, pk=min(number, LARGEST_KEY))
    watching.look(case, CaseLook.What.EVIDENCE, by=actor, at=timezone.now(), detail=kept.name)
    return _answer(request, kept)


def _answer(request: HttpRequest, kept: Evidence | Deliverable) -> HttpResponseBase:
    """In the browser's own viewer, also within the page of the case; or as a download."""
    answer = serve if "download" in request.GET else show
    return answer(kept.file, kept.name, kept.content_type)
