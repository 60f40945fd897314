"""Files of messages: handed out, shown in the browser's own viewer, and small."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from core.files import serve, show
from messaging.models import Attachment


@login_required
@require_safe
def attachment(request: HttpRequest, reference: str) -> HttpResponseBase:
    found = _load(request, reference)
    return serve(found.file, found.name, found.content_type)


@login_required
@require_safe
def preview(request: HttpRequest, reference: str) -> HttpResponseBase:
    """A picture or a PDF to look at; what no browser shows by itself is a download."""
    found = _load(request, reference)
    return show(found.file, found.name, found.content_type)


@login_required
@require_safe
def thumbnail(request: HttpRequest, reference: str) -> HttpResponseBase:
    found = _load(request, reference)
    if not found.thumbnail:
        raise Http404
    answer = show(found.thumbnail, f"{found.reference}.webp", "image/webp")
    answer["Cache-Control"] = "private, max-age=3600"
    return answer


def _load(request: HttpRequest, reference: str) -> Attachment:
    return get_object_or_404(Attachment.objects.visible_to(request.actor), reference=reference)
