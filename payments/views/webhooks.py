"""The address that providers tell to."""

from __future__ import annotations

from allauth.core import ratelimit
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from payments import providers, webhooks
from payments.providers.base import NotGenuine


@csrf_exempt
@require_POST
def webhook(request: HttpRequest, provider: str) -> HttpResponse:
    """Keep what the provider tells and answer 200, whether or not it concerns us.

    Anything but a signed message of bearable size is refused without a trace in the database; a
    genuine one is never held back, however many forged ones come from the same address.
    """
    tells = providers.telling(provider)
    if tells is None:
        raise Http404
    body = request.read(webhooks.LARGEST + 1)
    if len(body) > webhooks.LARGEST:
        return HttpResponse("Too large.", status=413, content_type="text/plain")
    try:
        webhooks.hear(tells, provider, body, request.headers, at=timezone.now())
    except webhooks.Unreadable:
        return HttpResponse("Not an event.", status=400, content_type="text/plain")
    except NotGenuine:
        may = ratelimit.consume(request, action="forged_webhook")
        return HttpResponse("Not signed.", status=400 if may else 429, content_type="text/plain")
    return HttpResponse("Kept.", content_type="text/plain")
