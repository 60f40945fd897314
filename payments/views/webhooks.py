"""The address that providers tell to."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from core.webhooks import answer
from payments import providers, webhooks


@csrf_exempt
@require_POST
def webhook(request: HttpRequest, provider: str) -> HttpResponse:
    """Keep what the provider tells and answer 200, whether or not it concerns us."""
    tells = providers.telling(provider)
    if tells is None:
        raise Http404

    def hear(body: bytes) -> None:
        webhooks.hear(tells, provider, body, request.headers, at=timezone.now())

    return answer(request, hear, unreadable="Not an event.")
