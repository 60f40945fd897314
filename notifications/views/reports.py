"""The address that mail providers report bounces and complaints to."""

from __future__ import annotations

from allauth.core import ratelimit
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from notifications import bouncing
from notifications.channels import reports


@csrf_exempt
@require_POST
def report(request: HttpRequest, provider: str) -> HttpResponse:
    """Anything but signed reports of bearable size is refused without a trace in the database."""
    reader = reports.READERS.get(provider)
    if reader is None:
        raise Http404
    body = request.read(reports.LARGEST + 1)
    if len(body) > reports.LARGEST:
        return HttpResponse("Too large.", status=413, content_type="text/plain")
    now = timezone.now()
    try:
        for told in reader(body, request.headers, now):
            bouncing.hear(provider, told, at=now)
    except reports.Unreadable:
        return HttpResponse("Not a report.", status=400, content_type="text/plain")
    except reports.NotGenuine:
        may = ratelimit.consume(request, action="forged_webhook")
        return HttpResponse("Not signed.", status=400 if may else 429, content_type="text/plain")
    return HttpResponse("Kept.", content_type="text/plain")
