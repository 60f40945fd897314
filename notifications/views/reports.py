"""The address that mail providers report bounces and complaints to."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from core.webhooks import answer
from notifications import bouncing
from notifications.channels import reports


@csrf_exempt
@require_POST
def report(request: HttpRequest, provider: str) -> HttpResponse:
    """Anything but signed reports of bearable size is refused without a trace in the database."""
    reader = reports.READERS.get(provider)
    if reader is None:
        raise Http404
    now = timezone.now()

    def hear(body: bytes) -> None:
        for told in reader(body, request.headers, now):
            bouncing.hear(provider, told, at=now)

    return answer(request, hear, unreadable="Not a report.")
