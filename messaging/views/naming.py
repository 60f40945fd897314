"""Names that may follow an @ in a conversation."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from messaging import mentioning
from messaging.forms import NamesForm
from messaging.views.loading import load


@login_required
@never_cache
@require_safe
def names(request: HttpRequest, reference: str) -> JsonResponse:
    """Whom the author may name, as the composer offers them while it is written in."""
    form = NamesForm(request.GET)
    if not form.is_valid():
        raise Http404
    assignment, _, chosen = load(request, reference, form.cleaned_data["worker"])
    if chosen is None:
        raise Http404
    people = mentioning.colleagues(assignment, chosen.thread_id, request.actor)
    return JsonResponse({"names": sorted({one.full_name for one in people if one.full_name})})
